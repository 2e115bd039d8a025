// A contact's way in, in a real browser.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { freshBrowser, launch } from "./browser.js";
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

const titles = (page) => page.locator("li.tile h3").allInnerTexts();
const state = async (link) => (await server.cli("link", "show", link.id)).state;
const press = (page) => page.getByRole("button").first().click();

const GRANTED = ["launch-your-practice", "founders-circle"];
const SHOWN = ["Founders Circle", "Launch Your Practice"];

test("a fresh browser opens the link, presses the one button, and sees exactly what was granted", async () => {
  const contact = await server.contact("Ana Good", "ana@example.com", GRANTED);
  const link = await server.link(contact);
  const visitor = await freshBrowser(chromium, server.base);
  await visitor.page.goto(link.url);
  assert.equal(await visitor.page.getByRole("button").count(), 1);
  assert.equal(visitor.requests.length, 1, "the link's page has no subresource");
  assert.ok(!(await visitor.page.content()).includes("Ana"), "the link's page names nobody");
  await press(visitor.page);
  await visitor.page.waitForURL(`${server.base}/portal`);
  assert.deepEqual((await titles(visitor.page)).sort(), SHOWN);
  assert.equal(await state(link), "used");
  await visitor.close();
});

test("a browser that is signed in as staff sees exactly the contact's grants too", async () => {
  const contact = await server.contact("Ben Guest", "ben@example.com", ["pricing-masterclass"]);
  const link = await server.link(contact);
  const staff = await freshBrowser(chromium, server.base);
  await staff.page.goto(await server.consoleLink());
  await press(staff.page);
  await staff.page.waitForURL(`${server.base}/console`);
  await staff.page.goto(link.url);
  assert.match(await staff.page.locator("main").innerText(), /signed in to the console as Olga Owner/i);
  await staff.page.getByRole("button", { name: /^(sign in|continue|open)/i }).first().click();
  await staff.page.waitForURL(`${server.base}/portal`);
  assert.deepEqual(await titles(staff.page), ["Pricing Masterclass"]);
  await staff.close();
});

test("it works with scripts off", async () => {
  const contact = await server.contact("Cem Plain", "cem@example.com", GRANTED);
  const link = await server.link(contact, "--to", "founders-circle");
  const visitor = await freshBrowser(chromium, server.base, { javaScriptEnabled: false });
  await visitor.page.goto(link.url);
  await press(visitor.page);
  await visitor.page.waitForURL(`${server.base}/portal/offerings/founders-circle`);
  await visitor.page.goto(`${server.base}/portal`);
  assert.deepEqual((await titles(visitor.page)).sort(), SHOWN);
  await visitor.close();
});

test("a browser that idles on the page for 30 seconds spends nothing", async () => {
  const contact = await server.contact("Dora Slow", "dora@example.com", GRANTED);
  const link = await server.link(contact);
  const visitor = await freshBrowser(chromium, server.base);
  await visitor.page.goto(link.url);
  const visits = visitor.requests.length;
  await visitor.page.waitForTimeout(30_000);
  assert.equal(visitor.requests.length, visits, "the page asked for nothing more");
  assert.equal(await state(link), "live");
  await press(visitor.page);
  await visitor.page.waitForURL(`${server.base}/portal`);
  await visitor.close();
});

test("pressing again in the same browser leads back in and spends nothing", async () => {
  const contact = await server.contact("Eli Twice", "eli@example.com", GRANTED);
  const link = await server.link(contact, "--uses", "2");
  const visitor = await freshBrowser(chromium, server.base);
  await visitor.page.goto(link.url);
  await visitor.page.getByRole("button").first().dblclick();
  await visitor.page.waitForURL(`${server.base}/portal`);
  await visitor.page.goto(link.url);
  await press(visitor.page);
  await visitor.page.waitForURL(`${server.base}/portal`);
  assert.equal(await state(link), "live", "one of two uses is left");
  await visitor.close();
});

test("a link for somebody else asks first, and spends nothing until answered", async () => {
  const first = await server.contact("Fay First", "fay@example.com", ["founders-circle"]);
  const second = await server.contact("Gus Second", "gus@example.com", ["pricing-masterclass"]);
  const theirs = await server.link(second);
  const visitor = await freshBrowser(chromium, server.base);
  await visitor.page.goto((await server.link(first)).url);
  await press(visitor.page);
  await visitor.page.waitForURL(`${server.base}/portal`);
  await visitor.page.goto(theirs.url);
  assert.match(await visitor.page.locator("main").innerText(), /signed in as Fay First/i);
  assert.equal(await state(theirs), "live");
  await visitor.page.getByRole("button", { name: /someone else/i }).click();
  await visitor.page.waitForURL(`${server.base}/portal`);
  assert.deepEqual(await titles(visitor.page), ["Pricing Masterclass"]);
  await visitor.close();
});

test("a spent link's page offers a new one, which arrives and works", async () => {
  const contact = await server.contact("Hal Again", "hal@example.com", GRANTED);
  const link = await server.link(contact);
  const once = await freshBrowser(chromium, server.base);
  await once.page.goto(link.url);
  await press(once.page);
  await once.page.waitForURL(`${server.base}/portal`);
  await once.close();

  const later = await freshBrowser(chromium, server.base);
  await later.page.goto(link.url);
  assert.match(await later.page.locator("main").innerText(), /used/i);
  await later.page.getByRole("button", { name: /new/i }).click();
  const fresh = await later.context.newPage();
  await assert.doesNotReject(async () => {
    for (let tries = 0; ; tries++) {
      await fresh.goto(`${server.base}/sandbox`);
      const message = fresh.locator("a[href*='/m/']").first();
      if (await message.count()) {
        await fresh.goto(await message.getAttribute("href"));
        break;
      }
      if (tries > 100) throw new Error("no message in the sandbox");
      await fresh.waitForTimeout(50);
    }
  });
  await fresh.getByRole("button").first().click();
  await fresh.waitForURL(`${server.base}/portal`);
  await later.close();
});
