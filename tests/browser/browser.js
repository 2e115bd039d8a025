// Real Chromium. Whatever a page does that it should not fails the test: script errors, refused content, failed or
// foreign requests.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

const executablePath =
  process.env.CHROMIUM ?? ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);

export const launch = () =>
  chromium.launch({
    executablePath,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });

/** A fresh browser profile whose pages are watched; `trouble` collects what went wrong. */
export async function freshBrowser(browser, base, options = {}) {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, ...options });
  const trouble = [];
  const requests = [];
  context.on("page", (page) => {
    page.on("pageerror", (error) => trouble.push(`script error: ${error.message}`));
    page.on("console", (message) => {
      // A failure page is meant to answer 4xx; the browser calls that an error of the page's own load.
      const ownStatus = /status of 4(03|04|10)/.test(message.text());
      if (message.type() === "error" && !ownStatus) trouble.push(`console: ${message.text()}`);
    });
    page.on("requestfailed", (request) => {
      // A page that is left, or has seen all there is, ends its own stream.
      const ended = request.resourceType() === "eventsource" && request.failure()?.errorText === "net::ERR_ABORTED";
      if (!ended) trouble.push(`failed: ${request.url()} ${request.failure()?.errorText}`);
    });
    page.on("request", (request) => {
      requests.push(request);
      if (!request.url().startsWith(base)) trouble.push(`foreign request: ${request.url()}`);
    });
  });
  return {
    context,
    requests,
    page: await context.newPage(),
    async close() {
      await context.close();
      assert.deepEqual(trouble, []);
    },
  };
}
