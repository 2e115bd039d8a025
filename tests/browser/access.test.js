// axe-core finds nothing serious or critical, on any page, whoever looks, on a phone in the dark and at a desk by day.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";

import { WITH_SCRIPT, freshBrowser, launch } from "./browser.js";
import { ROLES, reachable } from "./pages.js";
import { startServer } from "./server.js";
import { populate } from "./world.js";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const WAYS = WITH_SCRIPT.filter((way) => /phone, dark|desktop, light/.test(way.name));

let server;
let chromium;
let world;

before(async () => {
  [server, chromium] = await Promise.all([startServer(), launch()]);
  world = await populate(server, chromium);
});

after(async () => {
  await chromium?.close();
  await server?.stop();
});

/** What axe-core finds on the page as it is. */
async function findings(page) {
  const asked = { iframes: false, resultTypes: ["violations"] };
  const { violations } = await page.evaluate((options) => globalThis.axe.run(document, options), asked);
  return violations
    .filter((found) => found.impact === "serious" || found.impact === "critical")
    .flatMap((found) => found.nodes.map((node) => `${found.id}: ${node.html} ${node.any[0]?.message ?? ""}`));
}

/** axe-core comes by the debugger, not by the page: its policy stands, and it asks for nothing more. */
async function inspector(way, storageState) {
  const visitor = await freshBrowser(chromium, server.base, { ...way.options, storageState });
  await visitor.context.addInitScript({ path: AXE });
  return visitor;
}

for (const role of ROLES) {
  for (const way of WAYS) {
    test(`${role}, ${way.name}`, async () => {
      const { page, close } = await inspector(way, world.state[role]);
      const found = [];
      for (const path of await reachable(page, server.base, role, world)) {
        await page.goto(server.base + path);
        await page.locator("details").evaluateAll((all) => all.forEach((details) => (details.open = true)));
        found.push(...(await findings(page)).map((what) => `${path}: ${what}`));
      }
      await close();
      assert.deepEqual(found, []);
    });
  }
}

test("a page with a picture without words is found", async () => {
  const { page, close } = await inspector(WAYS[0]);
  await page.goto(`${server.base}/portal/sign-in`);
  await page.evaluate(() => document.querySelector("main").append(new Image(1, 1)));
  assert.match((await findings(page)).join("\n"), /^image-alt: <img/m);
  await close();
});
