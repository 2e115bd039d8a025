// axe-core finds nothing serious or critical, on any page, whoever looks, on a phone in the dark and at a desk by day.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";

import { WITH_SCRIPT, freshBrowser } from "./browser.js";
import { ROLES, reachable } from "./pages.js";
import { posted, reach } from "./posted.js";
import { house } from "./world.js";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const WAYS = WITH_SCRIPT.filter((way) => /phone, dark|desktop, light/.test(way.name));

const portal = house();

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
  const visitor = await freshBrowser(portal.chromium, portal.server.base, { ...way.options, storageState });
  await visitor.context.addInitScript({ path: AXE });
  return visitor;
}

for (const role of ROLES) {
  for (const way of WAYS) {
    test(`${role}, ${way.name}`, async () => {
      const { page, close } = await inspector(way, portal.world.state[role]);
      const found = [];
      for (const path of await reachable(page, portal.server.base, role, portal.world)) {
        await page.goto(portal.server.base + path);
        await page.locator("details").evaluateAll((all) => all.forEach((details) => (details.open = true)));
        found.push(...(await findings(page)).map((what) => `${path}: ${what}`));
      }
      await close();
      assert.deepEqual(found, []);
    });
  }
}

test("pages that only a form leads to", async () => {
  const light = WITH_SCRIPT.find((way) => /phone, light/.test(way.name));
  const found = [];
  for (const [role, sent] of Object.entries(posted(portal.world))) {
    const { page, close } = await inspector(light, portal.world.state[role]);
    for (const one of sent) {
      await reach(page, portal.server.base, one);
      found.push(...(await findings(page)).map((what) => `${one.from} → ${one.to}: ${what}`));
    }
    await close();
  }
  assert.deepEqual(found, []);
});

test("a page with a picture without words is found", async () => {
  const { page, close } = await inspector(WAYS[0]);
  await page.goto(`${portal.server.base}/portal/sign-in`);
  await page.evaluate(() => document.querySelector("main").append(new Image(1, 1)));
  assert.match((await findings(page)).join("\n"), /^image-alt: <img/m);
  await close();
});
