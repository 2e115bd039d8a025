// Pictures of the main pages for the README: `npm run screenshots`, into docs/screenshots/.
import { mkdir, stat } from "node:fs/promises";

import { freshBrowser, launch } from "./browser.js";
import { startServer } from "./server.js";
import { trouble } from "./watch.js";
import { until } from "./world.js";

const FOLDER = new URL("../../docs/screenshots/", import.meta.url).pathname;
const MOST = 100 * 1_000;
const DESK = { viewport: { width: 1200, height: 640 } };
const PHONE = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };
const HANDSET =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 " +
  "Mobile/15E148 Safari/604.1";

const OLGA = "olga@example.com";

/** The sample people of the pictures, with what they may see. */
const PEOPLE = [
  ["Ana Lima", "launch-your-practice founders-circle"],
  ["Dylan Conway", "launch-your-practice pricing-masterclass founders-circle"],
  ["Carsten Zirme", "pricing-masterclass"],
  ["Rebecca Francis", "founders-circle"],
  ["Mirjam Fröhlich", "launch-your-practice"],
  ["Gerardo García", "pricing-masterclass founders-circle"],
  ["Chloé Lefèvre", "launch-your-practice pricing-masterclass"],
  ["Samantha Wilson", "founders-circle"],
];

const slug = (name) => name.normalize("NFD").toLowerCase().replace(/[^a-z ]/g, "").replace(" ", ".");

let server;
let chromium;

async function visitor(options) {
  return freshBrowser(chromium, server.base, { reducedMotion: "reduce", ...options });
}

async function press(page) {
  await page.getByRole("button").first().click();
  await page.waitForLoadState("load");
}

/** The page as it is now, small enough for a README. */
async function shoot(page, name) {
  await page.evaluate(() => document.fonts.ready);
  await page.mouse.move(0, 0);
  const path = `${FOLDER}${name}.png`;
  await page.screenshot({ path, animations: "disabled", caret: "hide" });
  const { size } = await stat(path);
  if (size > MOST) throw new Error(`${name}.png has ${size} bytes: show less of the page`);
  console.log(`${name}.png ${(size / 1_000).toFixed(0)} KB`);
}

async function enter(link) {
  const phone = await visitor({ ...PHONE, userAgent: HANDSET });
  await phone.page.goto(link.url);
  await press(phone.page);
  return phone;
}

async function people() {
  const found = [];
  for (const [nth, [name, slugs]] of PEOPLE.entries()) {
    const args = ["--name", name, "--email", `${slug(name)}@example.com`, "--phone", `+1415555010${nth}`];
    const { id } = await server.cli("contact", "add", ...args);
    for (const offering of slugs.split(" ")) await server.cli("grant", id, offering, "--as", OLGA);
    found.push(id);
  }
  return found;
}

async function main() {
  process.env.MAGICLINK__PORTAL__NAME = "Riverside Coaching";
  [server, chromium] = await Promise.all([startServer(), launch()]);
  await mkdir(FOLDER, { recursive: true });
  const signIn = await server.consoleLink();
  const link = (contact, ...args) => server.link(contact, "--as", OLGA, ...args);
  const [ana, dylan, carsten, rebecca] = await people();

  const watched = await link(dylan, "--send", "sms,email", "--to", "founders-circle");
  await until("the messages", async () => {
    const { deliveries } = await server.cli("link", "show", watched.id);
    // A mail is sent, and nobody reports that it arrived.
    return deliveries.length === 2 && deliveries.every(({ state }) => state === "delivered" || state === "sent");
  });
  const button = await visitor({ ...PHONE, userAgent: HANDSET });
  await button.page.goto(watched.url);
  await shoot(button.page, "button");
  await press(button.page);
  await button.page.goto(`${server.base}/portal`);
  await shoot(button.page, "portal");
  await button.close();
  const dark = await visitor({ ...PHONE, userAgent: HANDSET, colorScheme: "dark" });
  await dark.page.goto((await link(rebecca)).url);
  await press(dark.page);
  await dark.page.goto(`${server.base}/portal`);
  await shoot(dark.page, "portal-dark");
  await dark.close();
  await (await enter(await link(carsten, "--send", "sms"))).close();
  await link(rebecca, "--send", "email", "--for", "7d");

  const staff = await visitor(DESK);
  await staff.page.goto(signIn);
  await press(staff.page);
  const at = async (path) => staff.page.goto(server.base + path);
  await at(`/console/generate?contact=${ana}`);
  await staff.page.getByRole("button", { name: "Generate", exact: true }).click();
  await staff.page.locator("main input.secret, main #url").first().waitFor();
  // Without what a QR code weighs, a wider window would do.
  await staff.page.setViewportSize({ width: 1000, height: 620 });
  await shoot(staff.page, "generated");
  await staff.page.setViewportSize(DESK.viewport);
  for (const [name, path] of Object.entries({
    dashboard: "/console",
    contact: `/console/contacts/${dylan}`,
    link: `/console/links/${watched.id}`,
    history: "/console/history",
    sandbox: "/sandbox",
  })) {
    await at(path);
    await shoot(staff.page, name);
  }
  await staff.page.emulateMedia({ colorScheme: "dark" });
  await at("/console");
  await shoot(staff.page, "dashboard-dark");
  await staff.close();
}

try {
  await main();
  const found = trouble();
  if (found.length) throw new Error(`pages did what they should not:\n${found.join("\n")}`);
} finally {
  await chromium?.close();
  await server?.stop();
}
