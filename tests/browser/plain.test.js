// The reference flow without script: from finding the contact to the contact's portal, on a phone and at a desk.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { EVERY_WAY, freshBrowser, launch } from "./browser.js";
import { startServer } from "./server.js";

let server;
let chromium;

before(async () => {
  [server, chromium] = await Promise.all([startServer(), launch()]);
});

after(async () => {
  await chromium?.close();
  await server?.stop();
});

const PLAIN = EVERY_WAY.filter((way) => !way.options.javaScriptEnabled);
const press = (page) => page.getByRole("button").first().click();
const titles = (page) => page.locator("li.tile h3").allInnerTexts();

for (const [nth, way] of PLAIN.entries()) {
  test(`staff find the contact, generate, and the contact is in: ${way.name}`, async () => {
    const name = `Pia Plain ${nth}`;
    await server.contact(name, `pia${nth}@example.com`, ["launch-your-practice", "founders-circle"]);

    const staff = await freshBrowser(chromium, server.base, way.options);
    await staff.page.goto(await server.consoleLink());
    await press(staff.page);
    await staff.page.waitForURL(`${server.base}/console`);
    await staff.page.getByRole("link", { name: "Generate magic link" }).first().click();
    const search = staff.page.locator("main input[name=q]");
    await search.fill(`pia${nth}@`);
    await search.press("Enter");
    await staff.page.locator("main").getByRole("link", { name: new RegExp(name) }).click();
    await staff.page.getByRole("button", { name: "Generate", exact: true }).click();
    const url = await staff.page.locator("main input.secret, main #url").first().inputValue();
    assert.ok(url.startsWith(`${server.base}/m/`) && url.length < 100, url);
    assert.match(await staff.page.locator("main").innerText(), /[0-9A-Z]{4}-[0-9A-Z]{4}/, "the code stands beside it");

    const visitor = await freshBrowser(chromium, server.base, way.options);
    await visitor.page.goto(url);
    assert.equal(await visitor.page.getByRole("button").count(), 1);
    await press(visitor.page);
    await visitor.page.waitForURL(`${server.base}/portal`);
    assert.deepEqual((await titles(visitor.page)).sort(), ["Founders Circle", "Launch Your Practice"]);
    await visitor.page.goto(`${server.base}/portal/account`);
    assert.match(await visitor.page.locator("main").innerText(), /this device/i);
    await visitor.close();

    await staff.page.goto(`${server.base}/console/history?kind=redeemed`);
    assert.ok((await staff.page.locator("main").innerText()).includes(name), "the history tells who signed in");
    await staff.close();
  });
}

test("a code signs in where the link can not be opened", async () => {
  const link = await server.link(await server.contact("Cora Code", "cora@example.com", ["founders-circle"]));
  const visitor = await freshBrowser(chromium, server.base, PLAIN[0].options);
  await visitor.page.goto(`${server.base}/portal/code`);
  await visitor.page.locator("input[name=address]").fill("cora@example.com");
  await visitor.page.locator("input[name=code]").fill(link.code.toLowerCase());
  await visitor.page.locator("main").getByRole("button", { name: /sign in/i }).click();
  await visitor.page.waitForURL(`${server.base}/portal`);
  assert.deepEqual(await titles(visitor.page), ["Founders Circle"]);
  await visitor.close();
});
