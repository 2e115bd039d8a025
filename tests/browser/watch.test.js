// The watch itself: it sees what would otherwise pass.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";

import { EVERY_WAY, freshBrowser, launch, visit } from "./browser.js";
import { trouble } from "./watch.js";

const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'";
const PAGES = {
  "/clean": "<link rel=stylesheet href=/style.css><script src=/quiet.js></script>",
  "/inline-script": "<script>1</script>",
  "/inline-style": "<p style='color:red'>red</p>",
  "/foreign": "<link rel=stylesheet href=http://localhost:9/style.css>",
  "/missing": "<link rel=stylesheet href=/no-such.css>",
  "/error": "<script src=/error.js></script>",
  "/warning": "<script src=/warning.js></script>",
  "/throws": "<script src=/throws.js></script>",
  "/aborted": "<script src=/aborted.js></script>",
  "/broken": "",
};
const FILES = {
  "/style.css": ["text/css", "p{color:green}"],
  "/quiet.js": ["text/javascript", "console.log('nothing to see')"],
  "/error.js": ["text/javascript", "console.error('went wrong')"],
  "/warning.js": ["text/javascript", "console.warn('careful')"],
  "/throws.js": ["text/javascript", "null.oops"],
  "/aborted.js": [
    "text/javascript",
    "const a = new AbortController(); fetch('/slow', { signal: a.signal }).catch(() => {}); a.abort()",
  ],
};

let server;
let base;
let chromium;

before(async () => {
  server = createServer((request, answer) => {
    const { pathname } = new URL(request.url, "http://localhost");
    if (pathname === "/never") return;
    const [kind, body] = FILES[pathname] ?? ["text/html", `<!doctype html><title>.</title>${PAGES[pathname]}`];
    const status = pathname === "/broken" ? 503 : pathname in PAGES || pathname in FILES ? 200 : 404;
    answer.writeHead(status, { "content-type": kind, "content-security-policy": POLICY });
    answer.end(body);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${server.address().port}`;
  chromium = await launch();
});

after(async () => {
  await chromium?.close();
  server?.closeAllConnections();
  server?.close();
});

/** What the watch says of a page. */
async function said(path, options) {
  const visitor = await freshBrowser(chromium, base, options);
  await visitor.page.goto(base + path, { waitUntil: "networkidle" });
  await visitor.close();
  return trouble();
}

for (const [path, words] of Object.entries({
  "/inline-script": /Content Security Policy/,
  "/inline-style": /Content Security Policy/,
  "/foreign": /foreign request|Content Security Policy/,
  "/missing": /^404: GET .*no-such\.css/,
  "/error": /console error: went wrong/,
  "/warning": /console warning: careful/,
  "/throws": /script error: TypeError/,
  "/broken": /^503: GET/,
  "/gone-and-fetched": null,
})) {
  test(words ? `${path.slice(1)} is seen` : "a failure page of 404 is no trouble", async () => {
    const found = await said(path);
    if (words) assert.ok(found.some((line) => words.test(line)), found.join("\n") || "nothing was seen");
    else assert.deepEqual(found, []);
  });
}

test("a clean page, and a search that is cut off, are no trouble", async () => {
  assert.deepEqual([...(await said("/clean")), ...(await said("/aborted"))], []);
});

test("a page that does not come is seen, unless the test itself has gone", async () => {
  for (const stays of [true, false]) {
    const visitor = await freshBrowser(chromium, base);
    const asked = visitor.page.waitForRequest(`${base}/never`);
    visitor.page.goto(`${base}/never`).catch(() => {});
    await asked;
    if (stays) await visitor.page.goto(`${base}/clean`);
    await visitor.close();
    assert.deepEqual(trouble(), stays ? [`failed: GET ${base}/never net::ERR_ABORTED`] : []);
  }
});

test("refused content is seen without script, too", async () => {
  const found = await said("/inline-style", { javaScriptEnabled: false });
  assert.match(found.join("\n"), /Content Security Policy/);
});

test("a profile that a test makes for itself is watched", async () => {
  const context = await chromium.newContext();
  const page = await context.newPage();
  await page.goto(`${base}/error`);
  await context.close();
  assert.match(trouble().join("\n"), /went wrong/);
});

test("what a test is about is named, and nothing else with it", async () => {
  const visitor = await freshBrowser(chromium, base);
  visitor.expect(/^503/);
  await visitor.page.goto(`${base}/broken`);
  await visitor.page.goto(`${base}/error`);
  await visitor.close();
  assert.match(trouble().join("\n"), /^console error: went wrong[^\n]*$/);
});

test("a visit goes every way, and says in which one it failed", async () => {
  const seen = [];
  await visit(chromium, base, async ({ page }, way) => {
    await page.goto(`${base}/clean`);
    seen.push(`${page.viewportSize().width} ${way.name}`);
  });
  assert.equal(new Set(seen).size, EVERY_WAY.length);
  assert.equal(seen.length, 8);
  const dark = visit(chromium, base, async (_, way) => assert.notEqual(way.options.colorScheme, "dark"));
  await assert.rejects(dark, /phone, dark, with script: /);
});
