// *Generate magic link*: the reference flow by click, by keyboard alone, and without script.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { freshBrowser, launch, visit, WITH_SCRIPT } from "./browser.js";
import { startServer } from "./server.js";

let server;
let chromium;

const ANA = "Ana Good";
const GRANTED = ["launch-your-practice", "founders-circle"];
const SHOWN = ["Founders Circle", "Launch Your Practice"];

before(async () => {
  [server, chromium] = await Promise.all([startServer(), launch()]);
  await server.contact(ANA, "ana@example.com", GRANTED);
  await server.contact("Anabel Other", "anabel@example.com", ["pricing-masterclass"]);
  await server.contact("Bo Outside", "bo@example.com", []);
});

after(async () => {
  await chromium?.close();
  await server?.stop();
});


/** Signs an owner in; their dashboard is open. */
async function signIn(page) {
  await page.goto(await server.consoleLink());
  await page.getByRole("button").first().click();
  await page.waitForURL(`${server.base}/console`);
}

const opener = (page) => page.locator("main").getByRole("link", { name: "Generate magic link" });
const dialog = (page) => page.getByRole("dialog");
const whom = (page) => page.getByRole("combobox", { name: "For whom?" });
const secret = (page) => page.getByRole("textbox", { name: "The link" });
const generate = (page) => page.getByRole("button", { name: "Generate", exact: true });

/** What was copied, as somebody pastes it. */
async function pasted(context) {
  const pad = await context.newPage();
  await pad.setContent("<textarea autofocus></textarea>");
  await pad.locator("textarea").press("Control+V");
  const text = await pad.locator("textarea").inputValue();
  await pad.close();
  return text;
}

/** Whoever gets the link is in, and sees exactly what was granted. */
async function letsIn(url) {
  const visitor = await freshBrowser(chromium, server.base);
  await visitor.page.goto(url);
  await visitor.page.getByRole("button").first().click();
  await visitor.page.waitForURL(`${server.base}/portal`);
  assert.deepEqual((await visitor.page.locator("li.tile h3").allInnerTexts()).sort(), SHOWN);
  await visitor.close();
}

const free = async () => {
  for (const link of (await server.cli("link", "list")).items ?? []) {
    if (link.state === "live") await server.cli("link", "revoke", link.id);
  }
};

test("by click: picked, generated, copied, and the contact is in", async () => {
  await visit(
    chromium,
    server.base,
    async ({ page, context }) => {
      await free();
      await signIn(page);
      await opener(page).click();
      await whom(page).fill("ana good");
      await dialog(page).getByRole("option", { name: ANA }).click();
      await generate(page).click();
      await dialog(page).getByRole("button", { name: "Copy the link" }).click();
      await dialog(page).getByText("Copied").waitFor();
      const url = await pasted(context);
      assert.equal(url, await secret(page).inputValue());
      await letsIn(url);
      await dialog(page).locator(".reached", { hasText: /^Signed in$/ }).waitFor();
    },
    { these: WITH_SCRIPT, permissions: ["clipboard-write"] },
  );
});

test("by keyboard alone: three presses of Enter from the name to the copied link", async () => {
  await free();
  const staff = await freshBrowser(chromium, server.base, { permissions: ["clipboard-write"] });
  const { page } = staff;
  await signIn(page);
  await opener(page).focus();
  await page.keyboard.press("Enter");
  await whom(page).waitFor();
  await page.keyboard.type("ana");
  await page.getByRole("option").nth(1).waitFor();
  const marked = () => page.locator("[role=option][aria-selected=true]").innerText();
  const first = await marked();
  await page.keyboard.press("ArrowDown");
  assert.notEqual(await marked(), first);
  await page.keyboard.press("ArrowUp");
  assert.equal(await marked(), first);
  assert.equal(await whom(page).getAttribute("aria-activedescendant"), "found-0");
  await page.keyboard.press("Enter");
  await generate(page).and(page.locator(":focus")).waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Copy the link" }).and(page.locator(":focus")).waitFor();
  await page.keyboard.press("Enter");
  await dialog(page).getByText("Copied").waitFor();
  assert.match(await pasted(staff.context), /\/m\//);
  // The page below tells of the link then: it is loaded anew.
  await Promise.all([page.waitForEvent("load"), page.keyboard.press("Escape")]);
  assert.equal(await dialog(page).count(), 0);
  assert.equal(await secret(page).count(), 0, "the link went with the dialog");
  await staff.close();
});

test("Escape closes the list, then the dialog, and the focus goes back", async () => {
  const staff = await freshBrowser(chromium, server.base);
  const { page } = staff;
  await signIn(page);
  await opener(page).focus();
  await page.keyboard.press("Enter");
  await whom(page).waitFor();
  await page.keyboard.type("ana");
  await page.getByRole("option").first().waitFor();
  await page.keyboard.press("Escape");
  assert.equal(await page.getByRole("option").count(), 0);
  assert.equal(await dialog(page).isVisible(), true);
  await page.keyboard.press("Escape");
  await dialog(page).waitFor({ state: "hidden" });
  await opener(page).and(page.locator(":focus")).waitFor();
  await staff.close();
});

test("what stands in the way is said before Generate, and mended with one click", async () => {
  const staff = await freshBrowser(chromium, server.base);
  const { page } = staff;
  await signIn(page);
  await opener(page).click();
  await whom(page).fill("bo outside");
  await page.getByRole("option", { name: "Bo Outside" }).click();
  await page.getByText("grant a course or group first").waitFor();
  await page.getByRole("button", { name: "Grant Founders Circle", exact: true }).click();
  await page.getByText("It will work").waitFor();
  await page.getByRole("checkbox", { name: "Send SMS" }).check();
  await page.getByText("has no phone number on file").waitFor();
  await page.getByRole("checkbox", { name: "Send SMS" }).uncheck();
  await page.getByText("It will work").waitFor();
  await page.getByRole("checkbox", { name: "Send e-mail" }).check();
  await page.locator(".preview").getByText("It will say:").first().waitFor();
  await generate(page).click();
  await secret(page).waitFor();
  const { grants } = await server.cli("contact", "show", "bo@example.com");
  assert.deepEqual(grants.map((grant) => grant.offering), ["founders-circle"]);
  await staff.close();
});

test("the link leaves the screen after 90 seconds, and can be shown again", async () => {
  await free();
  const staff = await freshBrowser(chromium, server.base);
  const { page } = staff;
  await signIn(page);
  await page.clock.install();
  await page.goto(`${server.base}/console/generate`);
  await whom(page).fill("ana good");
  await page.clock.runFor(1_000);
  await page.getByRole("option", { name: ANA }).click();
  await generate(page).click();
  await secret(page).waitFor();
  const token = (await secret(page).inputValue()).split("/").at(-1);
  // The page's clock goes on by itself as well.
  await page.clock.runFor(45_000);
  assert.equal(await secret(page).count(), 1);
  await page.clock.runFor(45_000);
  await page.getByText("The link has left the screen.").waitFor();
  assert.ok(!(await page.content()).includes(token), "it is nowhere on the page");
  await page.getByRole("button", { name: "Show it again" }).click();
  await secret(page).waitFor();
  await page.clock.resume();
  await staff.close();
});

test("without script every step is a page, and a reload shows the link no more", async () => {
  await free();
  const staff = await freshBrowser(chromium, server.base, { javaScriptEnabled: false });
  const { page } = staff;
  await signIn(page);
  await opener(page).click();
  await page.getByLabel("For whom?").fill("ana good");
  await page.getByRole("button", { name: "Search" }).click();
  await page.getByRole("link", { name: ANA }).click();
  await generate(page).click();
  const url = await secret(page).inputValue();
  assert.ok(await page.getByRole("img", { name: "QR code of the link" }).isVisible());
  await page.reload();
  await page.getByText("shown only once").waitFor();
  assert.ok(!(await page.content()).includes(url));
  await letsIn(url);
  await staff.close();
});
