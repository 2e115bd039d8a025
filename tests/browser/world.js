// A portal with one of everything, so that no page is empty, and somebody of every role to look at it.
import { after, before } from "node:test";

import { freshBrowser, launch } from "./browser.js";
import { startServer } from "./server.js";

/** Names as they come, one of them in another script. */
export const PLAIN = ["Ana Lima", "Dylan Conway", "Chloé Lefèvre", "מוסטפא אסעד", "花子 佐藤"];

const PHONE =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 " +
  "Mobile/15E148 Safari/604.1";

const cell = (text) => `"${text.replaceAll('"', '""')}"`;
const line = (...cells) => `${cells.map(cell).join(",")}\r\n`;
const two = (nth) => String(nth).padStart(2, "0");

/** Asks until it is so. */
export async function until(what, ask) {
  const deadline = Date.now() + 15_000;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > deadline) throw new Error(`${what} did not come`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Opens a one-time link, presses its button, and keeps the browser's cookies. */
async function signedIn(browser, server, url, at, options) {
  const visitor = await freshBrowser(browser, server.base, options);
  await visitor.page.goto(url);
  await visitor.page.getByRole("button").first().click();
  await visitor.page.waitForURL((now) => now.pathname === at);
  const storageState = await visitor.context.storageState();
  await visitor.close();
  return storageState;
}

/** Asks at the console's sign-in page, as everybody of the team does, and keeps the browser's cookies. */
async function signedInAsStaff(browser, server, email) {
  const { context, page, close } = await freshBrowser(browser, server.base);
  await page.goto(`${server.base}/console/sign-in`);
  await page.locator("main input[name=address]").fill(email);
  await page.locator("main form button").first().click();
  await page.waitForLoadState();
  const mail = await until(`a mail to ${email}`, async () => {
    await page.goto(`${server.base}/sandbox`);
    const links = page.locator("li", { hasText: email }).locator("a[href*='/console/m/']");
    return (await links.count()) > 0 && links.first().getAttribute("href");
  });
  await page.goto(mail);
  await page.getByRole("button").first().click();
  await page.waitForURL(`${server.base}/console`);
  const storageState = await context.storageState();
  await close();
  return storageState;
}

/** What becomes of text messages to come, as the sandbox's phone company says. */
async function fate(browser, server, word) {
  const visitor = await freshBrowser(browser, server.base);
  await visitor.page.goto(`${server.base}/sandbox`);
  const form = visitor.page.locator("form", { has: visitor.page.locator("select[name=next]") });
  await form.locator("select").selectOption(word);
  await form.getByRole("button").click();
  await visitor.page.waitForLoadState();
  await visitor.close();
}

/** A contact and an offering of each name, all granted to all. */
async function importAll(server, names, phrase) {
  const place = (nth) => `https://courses.example.com/${nth}`;
  const titles = names.map((name, nth) => line(`offering-${nth}`, nth % 2 ? "group" : "course", name, place(nth)));
  await server.importCsv("offerings", `slug,kind,title,url\r\n${titles.join("")}`);
  const all = names.map((_, nth) => `offering-${nth}`).join(";");
  const rows = names.map((name, nth) => {
    const [email, phone] = [`person${nth}@example.com`, `+141555501${two(nth)}`];
    return line(`crm-${nth}`, name, "", email, phone, "US", "en", all, `vip;${phrase}`, "2026-01-01T00:00:00Z");
  });
  const head = "Contact Id,First Name,Last Name,Email,Phone,Country,Language,Grants,Tags,Created\r\n";
  await server.importCsv("contacts", head + rows.join(""));
}

/** Fills the server; everybody and everything is called by `names`, and browsers call themselves `userAgent`. */
export async function populate(server, browser, { names = PLAIN, userAgent = PHONE, phrase = "by phone" } = {}) {
  await importAll(server, names, phrase);
  const people = await Promise.all(names.map((_, nth) => server.cli("contact", "show", `crm-${nth}`)));
  const state = { nobody: undefined };
  for (const [nth, role] of ["owner", "agent", "auditor"].entries()) {
    const email = `${role}@example.com`;
    await server.cli("staff", "add", "--name", names[nth % names.length], "--email", email, "--role", role);
    state[role] = await signedInAsStaff(browser, server, email);
  }
  for (const [nth, name] of names.entries()) {
    await server.cli("token", "create", "--name", name.slice(0, 100), "--role", nth % 2 ? "agent" : "auditor");
  }
  const first = people[0].id;
  const links = await makeLinks(server, people, phrase);
  state.contact = await signedIn(browser, server, links.used.url, "/portal", { userAgent });
  await fate(browser, server, "30003");
  const failed = await server.link(people[1].id, "--send", "sms");
  const failures = () => server.cli("deliveries", "list", "--state", "failed");
  await until("a failed delivery", async () => (await failures()).items?.length);
  await fate(browser, server, "delivered");
  await server.cli("link", "issue", "--all-uninvited", "--send", "email", "--yes");
  const sends = () => server.cli("bulk", "list");
  await until("the end of a bulk send", async () => (await sends()).items[0].state === "finished");
  const bulk = (await sends()).items[0].id;
  await server.cli("contact", "erase", people.at(-1).id);
  return { first, people, links: { ...links, failed }, bulk, state };
}

/** A filled portal and a browser for the tests of a file, there before the first and gone after the last. */
export function house(options) {
  const house = {
    /** A browser in which somebody of this role is signed in. */
    visitor: (role, looks) =>
      freshBrowser(house.chromium, house.server.base, { ...looks, storageState: house.world.state[role] }),
  };
  before(async () => {
    [house.server, house.chromium] = await Promise.all([startServer(), launch()]);
    house.world = await populate(house.server, house.chromium, options);
  });
  after(async () => {
    await house.chromium?.close();
    await house.server?.stop();
  });
  return house;
}

/** A link in each state, each with the reason `phrase`. */
async function makeLinks(server, people, phrase) {
  const link = (nth, ...args) => server.link(people[nth % people.length].id, "--reason", phrase, ...args);
  const links = {
    used: await link(0),
    live: await link(0, "--uses", "2", "--send", "sms,email", "--to", "offering-0"),
    revoked: await link(1),
    expired: await link(2, "--for", "1s"),
    ended: await link(3),
    gone: await link(people.length - 1),
  };
  await server.cli("link", "revoke", links.revoked.id, "--reason", phrase);
  const without = people[3 % people.length];
  for (const grant of without.grants) await server.cli("revoke", without.id, grant.offering);
  const { id } = links.expired;
  await until("the end of a link", async () => (await server.cli("link", "show", id)).state === "expired");
  return links;
}
