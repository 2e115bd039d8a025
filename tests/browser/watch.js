// Every page that a test opens is watched. What a page does that it should not fails that test: script errors, console
// errors and warnings, content that the policy refused, failed requests, requests to anywhere else.
import assert from "node:assert/strict";
import { afterEach } from "node:test";

const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]"]);
/** A page that is left, a stream that has ended, a search that a later letter made obsolete: nothing failed. */
const MAY_BE_CUT_OFF = new Set(["eventsource", "fetch", "xhr"]);

const pending = [];

/** The host's own words for a failed load; the response says it better, and whose it was. */
const repeatsTheResponse = (text) => text.startsWith("Failed to load resource: the server responded");

/** Watches a browser's profile; `origin` where it is to talk to nobody else. */
export function watch(context, origin) {
  const expected = [];
  let closes = false;
  const note = (what) => {
    const known = expected.findIndex((pattern) => pattern.test(what));
    if (known === -1) pending.push(what);
  };
  const downloads = new Set();
  context.on("weberror", (error) => note(`script error: ${error.error().stack ?? error.error()}`));
  context.on("console", (message) => {
    const wrong = message.type() === "error" || message.type() === "warning";
    if (wrong && !repeatsTheResponse(message.text())) {
      note(`console ${message.type()}: ${message.text()} (${message.location().url})`);
    }
  });
  context.on("response", (answer) => {
    const request = answer.request();
    if (answer.headers()["content-disposition"]?.startsWith("attachment")) downloads.add(request);
    // A failure page is meant to answer 4xx; what a page loads, and a server that turns everybody away, is not.
    const status = answer.status();
    const meant = request.isNavigationRequest() && status < 500 && status !== 429;
    if (status >= 400 && !meant) note(`${answer.status()}: ${request.method()} ${request.url()}`);
  });
  context.on("requestfailed", (request) => {
    const words = request.failure()?.errorText;
    const cutOff = words === "net::ERR_ABORTED" && (closes || MAY_BE_CUT_OFF.has(request.resourceType()));
    if (!cutOff && !downloads.has(request)) note(`failed: ${request.method()} ${request.url()} ${words}`);
  });
  context.on("request", (request) => {
    const url = new URL(request.url());
    const ours = origin ? url.origin === origin : LOOPBACK.has(url.hostname);
    if (!ours) note(`foreign request: ${request.url()}`);
  });
  return {
    /** What a test is about is no trouble: `pattern` is matched against the line that would fail it. */
    expect: (pattern) => expected.push(pattern),
    /** From now on requests are cut off by the test itself. */
    closes: () => (closes = true),
  };
}

/** What went wrong since the last look. */
export const trouble = () => pending.splice(0);

// The screenshots open pages too, and ask for themselves.
if (!process.argv[1]?.endsWith("screenshots.js")) afterEach(() => assert.deepEqual(trouble(), [], "what pages did that they should not"));
