// Real Chromium, every page of which is watched.
import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

import { watch } from "./watch.js";

const executablePath =
  process.env.CHROMIUM ?? ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);

const PHONE = { width: 360, height: 740 };
const DESKTOP = { width: 1280, height: 800 };

/** Chromium; whatever profile is made in it is watched, with or without `freshBrowser`. */
export async function launch() {
  const browser = await chromium.launch({
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
  const plain = browser.newContext.bind(browser);
  browser.newContext = async ({ origin, ...options } = {}) => {
    const context = await plain(options);
    context.watched = watch(context, origin);
    const close = context.close.bind(context);
    context.close = (...how) => {
      context.watched.closes();
      return close(...how);
    };
    return context;
  };
  return browser;
}

/** A fresh profile with a page, whose requests are kept. `expect(pattern)` names trouble that the test is about. */
export async function freshBrowser(browser, base, options = {}) {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, origin: base, ...options });
  const requests = [];
  context.on("request", (request) => requests.push(request));
  return {
    context,
    requests,
    page: await context.newPage(),
    expect: context.watched.expect,
    close: () => context.close(),
  };
}

const ways = (scripts) =>
  scripts.flatMap((javaScriptEnabled) =>
    Object.entries({ phone: PHONE, desktop: DESKTOP }).flatMap(([size, viewport]) =>
      ["light", "dark"].map((colorScheme) => ({
        name: `${size}, ${colorScheme}, ${javaScriptEnabled ? "with" : "without"} script`,
        options: { viewport, colorScheme, javaScriptEnabled },
      })),
    ),
  );

/** How people look at a page: 360 and 1280 pixels wide, light and dark, with script and without. */
export const EVERY_WAY = ways([true, false]);
/** The same with script alone. */
export const WITH_SCRIPT = ways([true]);

/** Shows `see` a fresh browser once in each of `these` ways; whatever fails says in which. */
export async function visit(browser, base, see, { these = EVERY_WAY, ...options } = {}) {
  for (const way of these) {
    const visitor = await freshBrowser(browser, base, { ...way.options, ...options });
    try {
      await see(visitor, way);
    } catch (error) {
      error.message = `${way.name}: ${error.message}`;
      throw error;
    } finally {
      await visitor.close();
    }
  }
}
