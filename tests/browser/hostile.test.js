// Names are only text, and no name breaks a page: on every page, at 360 and 1280 pixels.
import assert from "node:assert/strict";
import { test } from "node:test";

import { WITH_SCRIPT } from "./browser.js";
import { faults } from "./layout.js";
import { ROLES, reachable } from "./pages.js";
import { posted, reach } from "./posted.js";
import { house } from "./world.js";

/** Names of up to 200 characters are taken as they are. */
const NAMES = [
  "<x-hostile>Ana</x-hostile><img src=x-hostile onerror=alert(1)>",
  "\"><script>alert('x-hostile')</script><p x-hostile='",
  `${"Wolfeschlegelsteinhausenbergerdorff".repeat(6).slice(0, 199)}x`,
  `${"Maria de los Ángeles ".repeat(10).slice(0, 199)}x`,
  "دعاء قاسم-שָׁלוֹם (abc) 123 !?",
  "👩‍👩‍👧‍👦".repeat(12) + "🇪🇸".repeat(20),
  "=HYPERLINK(\"http://x-hostile.example\",\"x\")",
  "a‌b‍c̷̢̛̲̩̞͎̗͍͉̫̫̔̊̓͊͆̚d {{ page.command() }} ${x} <!-- -->",
];
/** Those that disguise themselves, and longer ones, are refused. */
const REFUSED = ["Ana \u202egnirts\u202c Lima", "A\u200bna", "x".repeat(300)];
const TYPED = [...NAMES, ...REFUSED];
const LONG_REASON = `<b x-hostile>${"because ".repeat(20)}</b>${"é".repeat(200)}`;
const AGENT = `<img src=x-hostile onerror=alert(1)> ${"Browser/1.0 ".repeat(40)}`;

const WAYS = WITH_SCRIPT.filter((way) => /light/.test(way.name));

const portal = house({ names: NAMES, userAgent: AGENT, phrase: LONG_REASON });

/** Elements and attributes that came out of a name. */
function infected() {
  const sown = "x-hostile, [x-hostile], [src*='x-hostile'], script:not([src]), [onerror], [onmouseover]";
  return [...document.querySelectorAll(sown)].map((element) => element.outerHTML.slice(0, 200));
}

async function look(page, path) {
  await page.goto(portal.server.base + path);
  const open = (all) => all.forEach((details) => (details.open = true));
  await page.locator("details").evaluateAll(open);
  return wrongs(page);
}

/** What is wrong with the page as it is. */
async function wrongs(page) {
  return [...(await page.evaluate(infected)), ...(await page.evaluate(faults))];
}

for (const role of ROLES) {
  for (const way of WAYS) {
    test(`${role}, ${way.name}`, async () => {
      const { page, close } = await portal.visitor(role, way.options);
      page.on("dialog", (dialog) => assert.fail(`a name opened a dialog: ${dialog.message()}`));
      const paths = await reachable(page, portal.server.base, role, portal.world);
      if (role === "owner") {
        for (const { id } of portal.world.people) {
          paths.push(`/console/contacts/${id}`, `/console/generate?contact=${id}`, `/console/history?contact=${id}`);
        }
        for (const typed of TYPED.map(encodeURIComponent)) {
          paths.push(`/console/contacts?q=${typed}`, `/console/generate?q=${typed}`, `/console/links?state=${typed}`);
        }
      }
      const found = new Map();
      for (const path of paths) {
        for (const what of await look(page, path)) found.set(what, [...(found.get(what) ?? []), path]);
      }
      await close();
      assert.deepEqual([...found].map(([what, on]) => `${what}, on ${on.slice(0, 3).join(" ")} (${on.length})`), []);
    });
  }
}

test("lists fit between a phone and a desk, too", async () => {
  const { page, close } = await portal.visitor("owner", { viewport: { width: 1084, height: 740 } });
  const found = [];
  const lists = ["contacts", `contacts/${portal.world.first}`, "links", "history", "offerings", "staff", "tokens", "bulk"];
  for (const path of lists) {
    found.push(...(await look(page, `/console/${path}`)).map((what) => `${path}: ${what}`));
    const over = (cards) => cards.map((card) => card.scrollWidth - card.clientWidth);
    const cut = await page.locator(".card:has(> .list)").evaluateAll(over);
    if (cut.some((px) => px > 1)) found.push(`${path}: a list is cut off by ${cut} px`);
  }
  await close();
  assert.deepEqual(found, []);
});

test("the names are on the pages, as text", async () => {
  const { page, close } = await portal.visitor("owner");
  await page.goto(`${portal.server.base}/console/contacts`);
  const shown = await page.locator("main").innerText();
  for (const name of NAMES.slice(0, -1)) {
    const words = name.normalize("NFC").replace(/\s+/g, " ");
    assert.ok(shown.replace(/\s+/g, " ").includes(words) || portal.world.people.at(-1).name === words, words);
  }
  await close();
});

test("what is typed comes back as text, also where it is refused", async () => {
  const { page, close } = await portal.visitor("owner");
  for (const typed of TYPED) {
    await page.goto(`${portal.server.base}/console/contacts/new`);
    await page.locator("input[name=name]").evaluate((field, value) => {
      field.removeAttribute("maxlength");
      field.value = value;
    }, typed);
    await page.locator("input[name=email]").fill("no-address@");
    await page.locator("main form").evaluate((form) => (form.noValidate = true));
    await page.locator("main form button").last().click();
    await page.waitForLoadState();
    assert.deepEqual(await wrongs(page), [], typed);
  }
  await close();
});

test("a page that a name has broken is found", async () => {
  const { page, close, expect } = await portal.visitor("nobody", { viewport: { width: 360, height: 740 } });
  expect(/inline event handler/);
  await page.goto(`${portal.server.base}/portal/sign-in`);
  assert.deepEqual(await wrongs(page), []);
  await page.evaluate((name) => (document.querySelector("h1").innerHTML = name), NAMES[0].replace("src=x-hostile", ""));
  assert.equal((await page.evaluate(infected)).length, 2);
  await page.evaluate(() => {
    const wide = document.createElement("p");
    wide.append("x".repeat(200));
    document.querySelector("main").append(wide);
    wide.attributeStyleMap.set("overflow-wrap", "normal");
  });
  await page.evaluate(() => document.querySelector("h1 + p").attributeStyleMap.set("margin-top", CSS.px(-40)));
  const found = (await page.evaluate(faults)).join("\n");
  assert.match(found, /px wide on 360/);
  assert.match(found, /lies over/);
  await close();
});

// The last: it takes away and erases.
test("pages that only a form leads to", async () => {
  const phone = WAYS.find((way) => way.name.startsWith("phone"));
  const found = [];
  for (const [role, sent] of Object.entries(posted(portal.world))) {
    const { page, close } = await portal.visitor(role, phone.options);
    for (const one of sent) {
      await reach(page, portal.server.base, one);
      found.push(...(await wrongs(page)).map((what) => `${one.from} → ${one.to}: ${what}`));
    }
    await close();
  }
  assert.deepEqual(found, []);
});
