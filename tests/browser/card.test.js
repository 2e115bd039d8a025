// The link's card in the console, in a real browser: it lives, and without script a reload tells the same.
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

const press = (page) => page.getByRole("button").first().click();
const reached = (page, words) => page.locator(".link-card .reached", { hasText: new RegExp(`^${words}$`) });
// The sandbox confirms what it shows, as the vendor does.
const ARRIVED = "Delivered";
const taken = (page) => page.locator(".steps li:not(.to-come) .what").allInnerTexts();

/** The console of somebody signed in. */
async function console_(options) {
  const staff = await freshBrowser(chromium, server.base, options);
  await staff.page.goto(await server.consoleLink());
  await press(staff.page);
  await staff.page.waitForURL(`${server.base}/console`);
  return staff;
}

// Without a screen Chromium says so, and counts as a scanner.
const PHONE =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1";

/** A program that looks at the link's page. */
async function scan(link) {
  const scanner = await freshBrowser(chromium, server.base);
  await scanner.page.goto(link.url);
  await scanner.close();
}

/** Opens the link on a phone; then presses its button. */
async function signIn(link) {
  const visitor = await freshBrowser(chromium, server.base, { userAgent: PHONE });
  await visitor.page.goto(link.url);
  return {
    async press() {
      await press(visitor.page);
      await visitor.page.waitForURL(`${server.base}/portal`);
      await visitor.close();
    },
  };
}

/** A contact with a phone and a grant. */
async function member(name, phone) {
  const { id } = await server.cli("contact", "add", "--name", name, "--phone", phone);
  await server.cli("grant", id, "founders-circle");
  return id;
}

test("the card goes from made to signed in without a reload", async () => {
  const link = await server.link(await member("Ivy Live", "+14155550111"));
  const staff = await console_();
  await staff.page.goto(`${server.base}/console/links/${link.id}`);
  let loads = 0;
  staff.page.on("load", () => loads++);
  await reached(staff.page, "Shown to staff").waitFor();
  await server.cli("link", "send", link.id, "--by", "sms");
  await reached(staff.page, ARRIVED).waitFor();
  await scan(link);
  await reached(staff.page, "Opened by a mail scanner").waitFor();
  const visit = await signIn(link);
  await reached(staff.page, "Opened").waitFor();
  await visit.press();
  await reached(staff.page, "Signed in").waitFor();
  const steps = ["Made", "Shown to staff", "Queued", "Being sent", "Sent", "Delivered"];
  steps.push("Opened by a mail scanner", "Opened", "Signed in");
  assert.deepEqual(await taken(staff.page), steps);
  assert.equal(await staff.page.locator("[data-reload]").isVisible(), false, "it lives, so nobody need reload");
  assert.equal(loads, 0);
  await staff.close();
});

test("a button of a card that was drawn anew still works", async () => {
  const link = await server.link(await member("Jon Again", "+14155550112"));
  const staff = await console_();
  await staff.page.goto(`${server.base}/console/links/${link.id}`);
  await server.cli("link", "send", link.id, "--by", "sms");
  await reached(staff.page, ARRIVED).waitFor();
  await staff.page.getByRole("button", { name: "Send by SMS" }).click();
  await staff.page.getByText("The link is on its way.").waitFor();
  await staff.page.locator(".sendings li").nth(1).waitFor();
  await staff.close();
});

test("without script a reload tells the same", async () => {
  const link = await server.link(await member("Kim Plain", "+14155550113"));
  const staff = await console_({ javaScriptEnabled: false });
  const { page } = staff;
  await page.goto(`${server.base}/console/links/${link.id}`);
  await page.getByRole("button", { name: "Send by SMS" }).click();
  const reload = async (words) => {
    for (let tries = 0; (await reached(page, words).count()) === 0; tries++) {
      assert.ok(tries < 200, `${words}: ${await page.locator(".link-card").innerText()}`);
      await page.getByRole("link", { name: "Reload" }).click();
    }
  };
  await reload(ARRIVED);
  const visit = await signIn(link);
  await reload("Opened");
  await visit.press();
  await reload("Signed in");
  assert.equal(await page.getByRole("link", { name: "Reload" }).count(), 0, "nothing more is to come");
  await staff.close();
});
