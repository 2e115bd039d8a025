// What the first look at a page costs: at most 60 KB over the wire, and nothing moves once it is drawn.
//
// `MAGICLINK_WEIGHTS=1 npm test weight.test.js` prints the table of docs/performance.md.
import assert from "node:assert/strict";
import { after, test } from "node:test";

import { WITH_SCRIPT } from "./browser.js";
import { ROLES, reachable, shape } from "./pages.js";
import { house } from "./world.js";

const MOST = 60 * 1_000;
const PHONE = WITH_SCRIPT.find((way) => way.name.startsWith("phone, light"));

const portal = house();

/** Bytes over the wire, headers too, as Chromium's network stack counts them; a stream counts as far as it has come. */
async function counted(page) {
  const session = await page.context().newCDPSession(page);
  const bytes = new Map();
  const add = (id, more) => bytes.set(id, (bytes.get(id) ?? 0) + more);
  session.on("Network.requestWillBeSent", ({ requestId, request, redirectResponse }) => {
    // What a sheet holds itself crosses no wire.
    if (!request.url.startsWith("data:")) add(requestId, 0);
    if (redirectResponse) add(requestId, redirectResponse.encodedDataLength);
  });
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    if (bytes.has(requestId)) add(requestId, encodedDataLength);
  });
  session.on("Network.dataReceived", ({ requestId, encodedDataLength }) => {
    if (streams.has(requestId)) add(requestId, encodedDataLength);
  });
  const streams = new Set();
  session.on("Network.responseReceived", ({ requestId, type }) => type === "EventSource" && streams.add(requestId));
  await session.send("Network.enable");
  return () => ({ requests: bytes.size, bytes: [...bytes.values()].reduce((sum, more) => sum + more, 0) });
}

/** How far what was drawn has moved since. */
const moved = () =>
  new Promise((resolve) => {
    let sum = 0;
    const observer = new PerformanceObserver((list) => {
      for (const shift of list.getEntries()) if (!shift.hadRecentInput) sum += shift.value;
    });
    observer.observe({ type: "layout-shift", buffered: true });
    requestAnimationFrame(() => requestAnimationFrame(() => resolve(sum)));
  });

/** The first look at a page, by a browser that has nothing of it yet. */
async function first(path, role) {
  const { page, close } = await portal.visitor(role, PHONE.options);
  const weigh = await counted(page);
  await page.goto(portal.server.base + path, { waitUntil: "load" });
  await page.evaluate(() => document.fonts.ready);
  const shift = await page.evaluate(moved);
  const weight = weigh();
  await close();
  return { ...weight, shift };
}

const table = [];

for (const role of ROLES) {
  test(`${role}: every page is light, and stands still`, async () => {
    const { page, close } = await portal.visitor(role);
    const paths = await reachable(page, portal.server.base, role, portal.world);
    await close();
    const wrong = [];
    for (const path of paths) {
      const { requests, bytes, shift } = await first(path, role);
      table.push({ page: shape(new URL(path, portal.server.base)), role, requests, KB: (bytes / 1_000).toFixed(1) });
      if (bytes > MOST || bytes < 300) wrong.push(`${path}: ${bytes} bytes`);
      if (shift > 0) wrong.push(`${path}: moved by ${shift}`);
    }
    assert.deepEqual(wrong, []);
  });
}

test("a page that grows or moves is found", async () => {
  const { page, close } = await portal.visitor("nobody", PHONE.options);
  await page.route("**/portal/sign-in", async (route) => {
    const answer = await route.fetch();
    const long = (await answer.text()).replace("</body>", `${"<br>".repeat(20_000)}</body>`);
    await route.fulfill({ response: answer, body: long });
  });
  await page.goto(`${portal.server.base}/portal/sign-in`);
  assert.equal(await page.evaluate(moved), 0);
  await page.evaluate(() => document.querySelector("h1").before(document.querySelector("h1").cloneNode(true)));
  assert.ok((await page.evaluate(moved)) > 0);
  await close();
});

after(() => {
  if (!process.env.MAGICLINK_WEIGHTS) return;
  const heaviest = new Map();
  for (const row of table) {
    row.page = row.page.replace(/m\/[\w-]{44}/, "m/{token}");
    if (Number(heaviest.get(row.page)?.KB ?? -1) < Number(row.KB)) heaviest.set(row.page, row);
  }
  console.log("| page | requests | KB over the wire |\n|---|---|---|");
  for (const row of [...heaviest.values()].sort((one, other) => other.KB - one.KB)) {
    console.log(`| \`${row.page}\` | ${row.requests} | ${row.KB} |`);
  }
});
