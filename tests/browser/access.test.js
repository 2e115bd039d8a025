// axe-core finds nothing serious or critical, on any page, whoever looks, on a phone in the dark and at a desk by day.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";

import { WITH_SCRIPT } from "./browser.js";
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
async function inspector(way, role) {
  const visitor = await portal.visitor(role, way.options);
  await visitor.context.addInitScript({ path: AXE });
  return visitor;
}

for (const role of ROLES) {
  for (const way of WAYS) {
    test(`${role}, ${way.name}`, async () => {
      const { page, close } = await inspector(way, role);
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
    const { page, close } = await inspector(light, role);
    for (const one of sent) {
      await reach(page, portal.server.base, one);
      found.push(...(await findings(page)).map((what) => `${one.from} → ${one.to}: ${what}`));
    }
    await close();
  }
  assert.deepEqual(found, []);
});

/** A link on the screen, just made. */
const made = () => ({
  from: `/console/generate?contact=${portal.world.first}`,
  to: "/console/generate",
  fields: { do: "generate" },
  says: /Say it on the phone/,
});

for (const colorScheme of ["light", "dark"]) {
  test(`in forced colours, ${colorScheme}, what is drawn is still told apart`, async () => {
    const { page, close } = await portal.visitor("owner", { forcedColors: "active", colorScheme });
    await page.goto(`${portal.server.base}/console`);
    const drawn = await page.evaluate(() => {
      const ground = (selector, part) => getComputedStyle(document.querySelector(selector), part).backgroundColor;
      return {
        page: ground("body"),
        reached: ground(".steps li:not(.to-come)", "::after"),
        toCome: ground(".steps li.to-come", "::after"),
        happened: ground(".timeline li", "::before"),
        state: ground(".state", "::before"),
        bar: getComputedStyle(document.querySelector(".bar")).fill,
        slice: getComputedStyle(document.querySelector(".slice.by-link")).fill,
      };
    });
    for (const what of ["reached", "happened", "state", "bar", "slice"]) assert.notEqual(drawn[what], drawn.page, what);
    assert.notEqual(drawn.reached, drawn.toCome);
    await page.keyboard.press("Tab");
    const focus = await page.evaluate(() => getComputedStyle(document.activeElement).outline);
    assert.match(focus, /solid 3px/);
    await reach(page, portal.server.base, made());
    const ground = await page.locator(".qr").evaluate((qr) => getComputedStyle(qr).backgroundColor);
    assert.equal(ground, "rgb(255, 255, 255)");
    await close();
  });
}

test("on paper the link is whole, and what can only be pressed is left out", async () => {
  // What A4 has between its margins.
  const { page, close } = await portal.visitor("owner", { viewport: { width: 718, height: 1010 } });
  await page.emulateMedia({ media: "print" });
  await reach(page, portal.server.base, made());
  assert.ok(await page.locator("#url").evaluate((field) => field.scrollWidth <= field.clientWidth), "cut off");
  assert.ok(await page.locator(".qr").isVisible());
  for (const path of ["/console", `/console/contacts/${portal.world.first}`]) {
    await page.goto(portal.server.base + path);
    const pressed = page.locator("button:visible, .button:visible, summary:visible, [popover]:visible");
    assert.deepEqual(await pressed.allInnerTexts(), [], path);
  }
  await close();
});

test("a page with a picture without words is found", async () => {
  const { page, close } = await inspector(WAYS[0], "nobody");
  await page.goto(`${portal.server.base}/portal/sign-in`);
  await page.evaluate(() => document.querySelector("main").append(new Image(1, 1)));
  assert.match((await findings(page)).join("\n"), /^image-alt: <img/m);
  await close();
});
