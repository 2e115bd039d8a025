// Contacts in the console, in a real browser: found and checked as one types, let out and back in, imported.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { freshBrowser, launch, visit } from "./browser.js";
import { startServer } from "./server.js";

let server;
let chromium;
let cookies;

before(async () => {
  [server, chromium] = await Promise.all([startServer(), launch()]);
  await server.contact("Ana Lima", "ana@example.com", ["founders-circle"]);
  await server.contact("Bo <b>Bold</b>", "bo@example.com", []);
  const { context, page, close } = await freshBrowser(chromium, server.base);
  await page.goto(await server.consoleLink());
  await page.getByRole("button").first().click();
  await page.waitForURL(`${server.base}/console`);
  cookies = await context.storageState();
  await close();
});

after(async () => {
  await chromium?.close();
  await server?.stop();
});

const staff = (options) => freshBrowser(chromium, server.base, { storageState: cookies, ...options });
const names = (page) => page.locator("[data-hit]").allInnerTexts();
const shows = (page, expected) =>
  page.waitForFunction(
    (wanted) => {
      const found = [...document.querySelectorAll("[data-hit]")].map((hit) => hit.textContent);
      return JSON.stringify(found) === JSON.stringify(wanted);
    },
    expected,
  );

test("the list follows what is typed, the address too, and the keyboard alone leads to the contact", async () => {
  const { page, close } = await staff();
  await page.goto(`${server.base}/console/contacts`);
  await page.keyboard.press("/");
  assert.equal(await page.locator("#q").evaluate((field) => field === document.activeElement), true);
  await page.keyboard.type("lima");
  await shows(page, ["Ana Lima"]);
  assert.equal(new URL(page.url()).search, "?q=lima");
  assert.equal(await page.locator("[data-status]").innerText(), "1 contact");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Escape");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "Ana Lima" }).waitFor();
  await page.goBack();
  assert.equal(await page.locator("#q").inputValue(), "lima", "the way back leads to the same search");
  await shows(page, ["Ana Lima"]);
  await page.locator("#q").fill("");
  await shows(page, ["Bo <b>Bold</b>", "Ana Lima"]);
  assert.equal(await page.locator("main b").count(), 0, "a name is text");
  await close();
});

test("a filter keeps what is typed, and what is typed keeps the filter", async () => {
  const { page, close } = await staff();
  await page.goto(`${server.base}/console/contacts?show=out`);
  assert.deepEqual(await names(page), ["Bo <b>Bold</b>"]);
  await page.locator("#q").fill("ana");
  await page.getByText("Nobody found for").waitFor();
  await page.getByRole("link", { name: "In the portal", exact: true }).click();
  await page.waitForURL(/q=ana&show=in/);
  assert.deepEqual(await names(page), ["Ana Lima"]);
  await close();
});

test("what is typed into the form is checked meanwhile, and a phone number is read back", async () => {
  const { page, close } = await staff();
  await page.goto(`${server.base}/console/contacts/new`);
  await page.locator("#name").fill("Cy Typed");
  await page.locator("#email").fill("cy@@example.com");
  await page.locator("#phone").fill("415 555 0199");
  await page.locator("#email-error", { hasText: "Not an e-mail address" }).waitFor();
  await page.locator("#country").fill("us");
  await page.locator("#phone-hint", { hasText: "+1 415-555-0199 (US)" }).waitFor();
  assert.equal(await page.locator("#email").getAttribute("aria-invalid"), "true");
  await page.locator("#email").fill("ana@example.com");
  await page.locator("#email-hint", { hasText: "Ana Lima has it too" }).waitFor();
  assert.equal(await page.locator("#email").getAttribute("aria-invalid"), null);
  await page.getByRole("button", { name: "Add the contact" }).click();
  await page.getByRole("heading", { level: 1, name: "Cy Typed" }).waitFor();
  await close();
});

test("access is taken away and back with one button, in every way of looking", async () => {
  const id = await server.contact("Di Undo", "di@example.com", ["founders-circle"]);
  await visit(chromium, server.base, async ({ page }) => {
    await page.goto(`${server.base}/console/contacts/${id}`);
    await page.getByRole("button", { name: "Revoke portal access" }).click();
    await page.getByText("out of the portal").waitFor();
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByText("Undone.").waitFor();
    await page.locator(".state", { hasText: /^In the portal$/ }).first().waitFor();
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
    assert.equal(wide, false, "nothing hangs over the edge");
  }, { storageState: cookies });
});

const HEADER = "Contact Id,First Name,Last Name,Email,Phone,Country,Grants\n";
const file = (name, text) => ({ name, mimeType: "text/csv", buffer: Buffer.from(text) });

for (const javaScriptEnabled of [true, false]) {
  test(`a file is looked at, imported, and changes nothing twice, ${javaScriptEnabled ? "with" : "without"} script`, async () => {
    const { page, close } = await staff({ javaScriptEnabled });
    const tag = javaScriptEnabled ? "a" : "b";
    const rows = Array.from({ length: 300 }, (_, nth) => `${tag}-${nth},Row,${tag} ${nth},${tag}${nth}@example.com,,US,founders-circle\n`);
    const text = HEADER + rows.join("") + `${tag}-x,No,Address,,,US,\n`;
    const settled = async () => {
      for (let tries = 0; await page.locator("progress").count(); tries++) {
        assert.ok(tries < 300, "it goes on for ever");
        await page.waitForTimeout(100);
        if (!javaScriptEnabled) await page.goto(page.url());
      }
    };
    const upload = async () => {
      await page.goto(`${server.base}/console/import`);
      await page.locator("#file").setInputFiles(file("people.csv", text));
      await page.getByRole("button", { name: "Look at the file" }).click();
      await page.waitForURL(/\/console\/import\/.+/);
      await settled();
    };
    await upload();
    await page.getByText("Nothing was made yet").waitFor();
    await page.getByRole("button", { name: "Import 300 rows" }).click();
    await page.waitForURL(/\/console\/import\/.+/);
    await settled();
    await page.getByText("The file was imported.").waitFor();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: "Download what is refused" }).click(),
    ]);
    assert.equal(download.suggestedFilename(), "refused-rows.csv");
    await upload();
    await page.getByText("Nothing to import").waitFor();
    await close();
  });
}

test("a file that is too large is named before it travels", async () => {
  const { page, requests, close } = await staff();
  await page.goto(`${server.base}/console/import`);
  await page.locator("#file").setInputFiles(file("big.csv", "x".repeat(8 * 1024 * 1024 + 1)));
  await page.getByText("This file is larger than 8 MB").waitFor();
  const before = requests.length;
  await page.getByRole("button", { name: "Look at the file" }).click();
  assert.equal(requests.length, before);
  await close();
});
