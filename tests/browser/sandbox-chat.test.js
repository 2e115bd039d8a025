// The chat rooms of `demo`, as a newcomer tries them: without any account, in Slack's room and in Discord's.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";

import { WITH_SCRIPT, freshBrowser, launch, visit } from "./browser.js";
import { faults } from "./layout.js";
import { startServer } from "./server.js";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
/** What colours and sizes can do wrong, they do in these. */
const AXE_LOOKS = /phone, dark|desktop, light/;
const HOSTILE = "<img src=x-hostile onerror=alert(1)> **x** `y` <@1003> <!channel> [a](http://x-hostile.example)";
/** What stands before what is typed, and whom these tests send text messages to: everybody one alone. */
const ROOMS = {
  Slack: { prompt: "/magiclink", chosen: ["Carsten Zirme", "+14155550102"], typed: ["gerardo sms", "+14155550107"] },
  Discord: {
    prompt: "/magiclink contact:",
    chosen: ["Carlos Muñoz", "+14155550116"],
    typed: ["joel send: sms", "+14155550113"],
  },
};

let demo;
let chromium;

before(async () => {
  [demo, chromium] = await Promise.all([startServer({ demo: true }), launch()]);
  await demo.cli("contact", "add", "--name", HOSTILE, "--email", "hostile@example.com");
  await demo.cli("grant", "hostile@example.com", "alumni");
});

after(async () => {
  await chromium?.close();
  await demo?.stop();
});

/** One room, and what somebody in it does. */
function roomOf(page, name) {
  const room = page.getByRole("region", { name, exact: true });
  const newest = (text) => room.locator(".message:not(.own)", { hasText: text }).last();
  return {
    room,
    newest,
    async types(text, answer) {
      await room.getByRole("textbox", { name: ROOMS[name].prompt }).fill(text);
      await room.getByRole("button", { name: "Send", exact: true }).click();
      await newest(answer).waitFor();
      return newest(answer);
    },
  };
}

async function opened(name, options) {
  const visitor = await freshBrowser(chromium, demo.base, options);
  await visitor.page.goto(`${demo.base}/sandbox/chat`);
  return { ...visitor, ...roomOf(visitor.page, name) };
}

/** The text message to this number is seen in the sandbox; its link is opened on another phone, its button pressed. */
async function signsIn(number) {
  const phone = await freshBrowser(chromium, demo.base);
  const link = phone.page.locator(".bubble", { hasText: `to ${number}` }).locator("a[href*='/m/']");
  for (let tries = 0; (await link.count()) === 0; tries++) {
    assert.ok(tries < 200, `no text message to ${number}`);
    await phone.page.goto(`${demo.base}/sandbox`);
  }
  await link.click();
  await phone.page.getByRole("button").first().click();
  await phone.page.waitForURL((url) => url.pathname.startsWith("/portal"));
  await phone.close();
}

/** A line of a message, and not what the service sent. */
const line = (message, hasText) => message.locator(".line", { hasText });

for (const name of Object.keys(ROOMS)) {
  test(`${name}: from the command to signed in, with a menu, buttons and nothing loaded anew`, async () => {
    const { page, room, types, newest, close } = await opened(name);
    await room.getByText("Here you are Kim Late (agent)").waitFor();
    const asks = await types("car", "Several contacts are found");
    const [contact, number] = ROOMS[name].chosen;
    const option = asks.locator("option", { hasText: contact });
    await asks.getByRole("combobox").selectOption(await option.getAttribute("value"));
    await asks.getByRole("button", { name: "Choose" }).click();
    const made = newest(`Magic link for ${contact}`);
    await made.getByRole("button", { name: "Send SMS" }).click();
    await line(made, `SMS to ${number}`).waitFor();
    await signsIn(number);
    await line(made, /Signed in at \d\d:\d\d/).waitFor();
    assert.match(await made.locator(".seen").innerText(), /only visible to you/i);
    await made.getByText("What the service sent").click();
    assert.match(await made.locator("pre").innerText(), /"(blocks|components)"/);
    assert.equal(await page.evaluate(() => performance.getEntriesByType("navigation").length), 1);
    await close();
  });

  test(`${name}: the dialog is filled in, and makes a link`, async () => {
    const { room, newest, close } = await opened(name);
    await room.getByRole("button", { name: "nothing: the dialog" }).click();
    const dialog = room.getByRole("group", { name: "Magic link" });
    if (name === "Slack") {
      await dialog.getByLabel("Search: name, e-mail or phone").fill("mirjam");
      await dialog.getByRole("button", { name: "Search" }).click();
      await dialog.getByLabel("Contact").locator("option", { hasText: "Mirjam" }).waitFor({ state: "attached" });
      await dialog.getByLabel("Works for").selectOption({ label: "7 days" });
    } else {
      await dialog.getByLabel("Contact").fill("mirjam");
      await dialog.getByLabel("Works for").fill("7 days");
    }
    await dialog.getByLabel("Reason").fill("by phone");
    await dialog.getByRole("button", { name: /Make the link|Submit/ }).click();
    await newest("Magic link for Mirjam Fröhlich").waitFor();
    assert.equal(await dialog.count(), 0, "it closed");
    await close();
  });

  test(`${name}: without script a reload tells the same`, async () => {
    const { page, types, room, close } = await opened(name, { javaScriptEnabled: false });
    const [text, number] = ROOMS[name].typed;
    const made = await types(text, `SMS to ${number}`);
    await signsIn(number);
    const told = line(made, /Signed in at/);
    for (let tries = 0; (await told.count()) === 0; tries++) {
      assert.ok(tries < 200, await room.innerText());
      await page.reload();
    }
    await room.getByRole("button", { name: "nothing: the dialog" }).click();
    await room.getByRole("button", { name: "Cancel" }).click();
    assert.equal(await room.getByRole("group", { name: "Magic link" }).count(), 0);
    await close();
  });

  test(`${name}: whoever is nobody there is told how to connect, and does`, async () => {
    const owner = await opened(name, { colorScheme: "dark" });
    await owner.types("disconnect", "Disconnected");
    await owner.room.getByText(`Nobody knows you in ${name} yet`).waitFor();
    assert.equal(await owner.room.getByRole("textbox").getAttribute("placeholder"), "connect XXXX-XXXX");
    await owner.page.goto(await demo.consoleLink());
    await owner.page.getByRole("button").first().click();
    await owner.page.waitForURL(`${demo.base}/console`);
    await owner.page.goto(`${demo.base}/sandbox/chat`);
    const console_ = owner.context.waitForEvent("page");
    await owner.room.getByRole("link", { name: "Chat in the console" }).click();
    const shown = await console_;
    await shown.getByRole("button", { name: /Show a code/ }).click();
    const code = await shown.locator("#code").inputValue();
    assert.match(code, /^\/magiclink connect \S+$/);
    await owner.types(code, "here you are now Olga Owner (owner)");
    await owner.room.getByText("Here you are Olga Owner (owner)").waitFor();
    await owner.close();
  });
}

test("Discord suggests contacts while one types, and one is picked", async () => {
  const { room, newest, close } = await opened("Discord");
  await room.getByRole("textbox", { name: ROOMS.Discord.prompt }).pressSequentially("rebec");
  await room.getByRole("group", { name: "Suggestions" }).getByRole("button", { name: /^Rebecca Francis/ }).click();
  await newest("Magic link for Rebecca Francis").waitFor();
  await room.locator(".own", { hasText: "/magiclink contact: Rebecca Francis" }).last().waitFor();
  assert.equal(await room.getByRole("group", { name: "Suggestions" }).count(), 0);
  await close();
});

test("both rooms fit every screen, with hostile names that are only text, and axe-core finds nothing serious", async () => {
  const first = await opened("Slack");
  for (const name of Object.keys(ROOMS)) {
    const { types } = roomOf(first.page, name);
    const made = await types("hostile@example.com", "Magic link for");
    await made.getByRole("button", { name: "QR code" }).click();
    await first.page.getByRole("region", { name }).getByRole("img", { name: "QR code of the magic link" }).waitFor();
    await types("help", "Magic links let a contact into the portal");
    await types("car", "Several contacts are found");
    const shown = first.page.getByRole("region", { name }).locator("strong", { hasText: "x-hostile" }).last();
    assert.equal(await shown.innerText(), HOSTILE);
    await roomOf(first.page, name).room.getByRole("button", { name: "nothing: the dialog" }).click();
    await roomOf(first.page, name).room.getByRole("group", { name: "Magic link" }).waitFor();
  }
  await first.close();
  await visit(
    chromium,
    demo.base,
    async ({ page, context }, { name }) => {
      await context.addInitScript({ path: AXE });
      await page.goto(`${demo.base}/sandbox/chat`);
      await page.locator("li:nth-last-child(-n + 3) details").evaluateAll((all) => all.forEach((one) => (one.open = true)));
      const sown = await page.locator("[src*='x-hostile'], [onerror], a[href*='x-hostile']").count();
      assert.deepEqual([sown, await page.evaluate(faults)], [0, []]);
      if (!AXE_LOOKS.test(name)) return;
      const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
      const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
      assert.deepEqual(serious.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html}`)), []);
    },
    { these: WITH_SCRIPT },
  );
});
