// The contact's pages as people use them: in their language, by paste, inside an app, from right to left.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { WITH_SCRIPT, freshBrowser, launch, visit } from "./browser.js";
import { startServer } from "./server.js";

const INSTAGRAM =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Instagram 330.0.0.36.71 (iPhone14,5; iOS 17_4)";
const GRANTED = ["launch-your-practice", "founders-circle"];

let server;
let chromium;
let named = 0;

before(async () => {
  [server, chromium] = await Promise.all([startServer(), launch()]);
});

after(async () => {
  await chromium?.close();
  await server?.stop();
});

/** A contact of their own for each test, with a live link. */
async function invited(name) {
  const email = `portal-${named++}@example.com`;
  const contact = await server.contact(name, email, GRANTED);
  return { contact, email, link: await server.link(contact) };
}

/** What reaches beyond the screen. */
function sideways() {
  const width = document.documentElement.clientWidth;
  const wide = [...document.querySelectorAll("main *, header *")].filter((element) => {
    const box = element.getBoundingClientRect();
    return box.width > 2 && (box.right > width + 1 || box.left < -1) && !element.closest(".skip, .sr");
  });
  return wide.slice(0, 3).map((element) => element.outerHTML.slice(0, 120));
}

const press = (page) => page.getByRole("button").first().click();

/** The account of somebody who pressed their link in this browser. */
async function account(visitor, link) {
  await visitor.page.goto(link.url);
  await press(visitor.page);
  await visitor.page.waitForURL(`${server.base}/portal`);
  await visitor.page.goto(`${server.base}/portal/account`);
}

test("the one button is large enough for a thumb, and in sight, on every screen", async () => {
  const { link } = await invited("Tia Thumb");
  await visit(chromium, server.base, async ({ page }) => {
    await page.goto(link.url);
    const [box, height] = [await page.getByRole("button").boundingBox(), page.viewportSize().height];
    assert.ok(box.height >= 48 && box.width >= 200, JSON.stringify(box));
    assert.ok(box.y >= 0 && box.y + box.height <= height, `${JSON.stringify(box)} of ${height}`);
  });
});

test("a page speaks the browser's language, and says which it is", async () => {
  const { link } = await invited("Lia Lingua");
  for (const [locale, button] of [
    ["en-GB", "Sign in"],
    ["de-AT", "Anmelden"],
    ["es-MX", "Entrar"],
    ["fr-FR", "Sign in"],
  ]) {
    const visitor = await freshBrowser(chromium, server.base, { locale });
    await visitor.page.goto(link.url);
    assert.equal(await visitor.page.getByRole("button").innerText(), button, locale);
    const lang = await visitor.page.locator("html").getAttribute("lang");
    assert.equal(lang, locale.startsWith("fr") ? "en" : locale.slice(0, 2));
    await visitor.close();
  }
});

test("a code is put into its groups however it is typed, and the button is next", async () => {
  const { link, email } = await invited("Cora Code");
  const visitor = await freshBrowser(chromium, server.base);
  const { page } = visitor;
  await page.goto(`${server.base}/portal/code`);
  await page.getByLabel("E-mail address or phone number").fill(email);
  const field = page.getByLabel("Code", { exact: true });
  await field.pressSequentially(` ${link.code.toLowerCase().replace("-", " ").replaceAll("0", "o").replaceAll("1", "l")}`);
  assert.equal(await field.inputValue(), link.code);
  assert.equal(await page.evaluate(() => document.activeElement.tagName), "BUTTON");
  await page.keyboard.press("Enter");
  await page.waitForURL(`${server.base}/portal`);
  await visitor.close();
});

test("a whole message can be pasted into the field of the code", async () => {
  const visitor = await freshBrowser(chromium, server.base);
  const { page } = visitor;
  await page.goto(`${server.base}/portal/code`);
  const field = page.getByLabel("Code", { exact: true });
  for (const [pasted, shown] of [
    ["K7QF-3M2X", "K7QF-3M2X"],
    [" k7qf3m2x\n", "K7QF-3M2X"],
    ["k7qf 3m2x", "K7QF-3M2X"],
    ["K7QF–3M2X.", "K7QF-3M2X"],
    ["Client portal, Ana Good:\nhttps://portal.example.com/m/AQAbCd-EfGh_ABCD-1234x\nCode K7QF-3M2X, valid 24 hours", "K7QF-3M2X"],
    ["OIL0-1234", "0110-1234"],
  ]) {
    await field.evaluate((input, text) => {
      const data = new DataTransfer();
      data.setData("text", text);
      input.value = "";
      input.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
    }, pasted);
    assert.equal(await field.inputValue(), shown, pasted);
  }
  await visitor.close();
});

test("without script one field takes the code in any spelling", async () => {
  const { link, email } = await invited("Nora Noscript");
  const visitor = await freshBrowser(chromium, server.base, { javaScriptEnabled: false });
  const { page } = visitor;
  await page.goto(`${server.base}/portal/code`);
  await page.getByLabel("E-mail address or phone number").fill(email);
  await page.getByLabel("Code", { exact: true }).fill(` ${link.code.toLowerCase().replace("-", "  ")} `);
  await press(page);
  await page.waitForURL(`${server.base}/portal`);
  await visitor.close();
});

test("an address typed when asking for a link need not be typed again with the code", async () => {
  const { email } = await invited("Ada Address");
  const visitor = await freshBrowser(chromium, server.base);
  const { page } = visitor;
  await page.goto(`${server.base}/portal/sign-in`);
  await page.getByLabel("E-mail address or phone number").fill(email);
  await press(page);
  await page.getByRole("link", { name: "Type the code" }).click();
  assert.equal(await page.getByLabel("E-mail address or phone number").inputValue(), email);
  assert.equal(await page.evaluate(() => document.activeElement.id), "code");
  await visitor.close();
});

test("inside an app the page helps out, loads nothing, and still signs in", async () => {
  const { link } = await invited("Ines Instagram");
  const visitor = await freshBrowser(chromium, server.base, { userAgent: INSTAGRAM });
  const { page } = visitor;
  await page.goto(link.url);
  assert.equal(await page.getByRole("heading", { level: 2 }).innerText(), "You are inside Instagram");
  assert.equal(await page.getByRole("link", { name: "Open in my browser" }).getAttribute("href"), `x-safari-${link.url}`);
  assert.equal(await page.getByLabel("Or copy this link").inputValue(), link.url);
  assert.equal(visitor.requests.length, 1);
  await press(page);
  await page.waitForURL(`${server.base}/portal`);
  await visitor.close();
});

test("“this was not me” ends every session and tells staff", async () => {
  const { contact, link } = await invited("Mia Notme");
  const other = await freshBrowser(chromium, server.base);
  await account(other, await server.link(contact));
  const visitor = await freshBrowser(chromium, server.base);
  await account(visitor, link);
  assert.equal(await visitor.page.getByText("this device").count(), 1);
  assert.equal(await visitor.page.locator(".rows > li").count(), 2);
  await visitor.page.getByRole("button", { name: "End everything and tell staff" }).click();
  await visitor.page.waitForURL(/notice=not-me/);
  assert.match(await visitor.page.getByRole("status").innerText(), /staff have been told/);
  await other.page.goto(`${server.base}/portal`);
  assert.equal(new URL(other.page.url()).pathname, "/portal/sign-in");
  const staff = await freshBrowser(chromium, server.base);
  await staff.page.goto(await server.consoleLink());
  await press(staff.page);
  await staff.page.waitForURL(`${server.base}/console`);
  assert.match(await staff.page.getByRole("region", { name: "This was not me" }).innerText(), /Mia Notme/);
  for (const one of [visitor, other, staff]) await one.close();
});

test("no page is broken from right to left, or in the longest language", async () => {
  const { link } = await invited("دعاء قاسم Wolfeschlegelsteinhausenbergerdorff");
  const spent = await invited("Rita Right");
  const ways = WITH_SCRIPT.filter((way) => /light/.test(way.name));
  for (const locale of ["de", "es"]) {
    await visit(
      chromium,
      server.base,
      async (visitor) => {
        const found = [];
        const look = async (path) => {
          await visitor.page.goto(new URL(path, server.base).href);
          for (const direction of ["ltr", "rtl"]) {
            await visitor.page.evaluate((dir) => (document.documentElement.dir = dir), direction);
            found.push(...(await visitor.page.evaluate(sideways)).map((what) => `${path}, ${direction}: ${what}`));
          }
        };
        for (const path of [link.url, "/portal/sign-in", "/portal/code", "/m/nonsense", "/nonsense"]) await look(path);
        const fresh = await server.link(spent.contact);
        await visitor.page.goto(fresh.url);
        await press(visitor.page);
        await visitor.page.waitForURL(`${server.base}/portal`);
        for (const path of ["/portal", "/portal/account", "/portal/offerings/founders-circle", link.url]) await look(path);
        assert.deepEqual(found, []);
      },
      { these: ways, locale },
    );
  }
});

test("a signed-in contact can do everything by keyboard", async () => {
  const { link } = await invited("Kim Keys");
  const visitor = await freshBrowser(chromium, server.base);
  const { page } = visitor;
  await page.goto(link.url);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.waitForURL(`${server.base}/portal`);
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  assert.match(await page.evaluate(() => document.activeElement.href), /\/portal\/offerings\//);
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/portal\/offerings\//);
  await visitor.close();
});
