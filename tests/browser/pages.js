// Which pages there are: those that are known here, and whatever they link to.

const ID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** An address without ids, slugs and values: pages of one shape are one template. */
export function shape(url) {
  const path = url.pathname.replace(ID, "{id}").replace(/(offerings)\/[^/]+/, "$1/{slug}");
  const asked = [...new Set(url.searchParams.keys())].sort().join("&");
  return asked ? `${path}?${asked}` : path;
}

/** Where a reader of this role begins; the rest is found by following links. */
export function beginnings(role, { first, links, bulk }) {
  const link = (one) => new URL(one.url).pathname;
  const found = {
    nobody: [
      "/portal/sign-in",
      "/portal/code",
      "/console/sign-in",
      "/console/code",
      "/sandbox",
      "/sandbox/chat",
      "/api/docs",
      "/no-such-page",
      `/m/${"A".repeat(44)}`,
      `/console/m/${"A".repeat(44)}`,
      ...Object.values(links).map(link),
    ],
    contact: ["/portal", "/portal/account", "/portal/offerings/no-such", link(links.live), link(links.failed)],
    owner: [
      "/console",
      "/console/contacts",
      `/console/contacts/${first}`,
      "/console/contacts?q=a",
      "/console/contacts?q=zzzzzz",
      "/console/contacts/new",
      "/console/links?state=revoked",
      `/console/links/${links.live.id}`,
      `/console/links/${links.failed.id}`,
      "/console/generate",
      "/console/generate?q=a",
      `/console/generate?contact=${first}`,
      "/console/history?kind=redeemed",
      `/console/history?contact=${first}`,
      "/console/bulk",
      `/console/bulk/${bulk}`,
      "/console/bulk/new",
      "/console/bulk/new?who=all&send=email&lifetime=7d",
      "/console/offerings",
      "/console/staff",
      "/console/tokens",
      "/console/settings",
      "/console/settings/words?channel=sms",
      "/console/chat",
      "/console/no-such-page",
      "/console/contacts/no-such",
      "/console/links/00000000-0000-0000-0000-000000000000",
      link(links.live),
    ],
    agent: ["/console", `/console/contacts/${first}`, "/console/staff", "/console/settings"],
    auditor: ["/console", `/console/contacts/${first}`, "/console/generate", "/console/contacts/new"],
  };
  return found[role];
}

/** Where links of pages that this role sees may lead; nobody's pages hold other people's links. */
const REALM = { nobody: null, contact: "/portal", owner: "/console", agent: "/console", auditor: "/console" };

/** Every page that this role can come to, one for each shape beside those that are known. */
export async function reachable(page, base, role, world) {
  const found = beginnings(role, world);
  const shapes = new Set(found.map((path) => shape(new URL(path, base))));
  for (let looked = 0; looked < found.length && REALM[role]; looked++) {
    await page.goto(base + found[looked]);
    const links = await page.locator("a[href]:not([download])").evaluateAll((all) => all.map((link) => link.href));
    for (const url of links.map((link) => new URL(link))) {
      const seen = url.origin !== base || !url.pathname.startsWith(REALM[role]) || /\.csv$/.test(url.pathname);
      if (seen || shapes.has(shape(url))) continue;
      shapes.add(shape(url));
      found.push(url.pathname + url.search);
    }
  }
  return found;
}

export const ROLES = Object.keys(REALM);
