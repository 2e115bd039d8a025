// Pages that only a form leads to: what was made, what is asked back, what was refused.
import assert from "node:assert/strict";

const HEAD = "Contact Id,First Name,Last Name,Email,Phone,Country,Grants\n";
const csv = (text) => ({ name: "people.csv", mimeType: "text/csv", buffer: Buffer.from(text) });

/** What somebody sends from the page at `from`, and what the answer says. Without a `from`, it is the page before. */
const send = (from, to, fields, says) => ({ from, to, fields, says });
/** The same, refused beside what was typed. */
const wrong = (from, to, fields) => ({ from, to, fields, alert: true });
/** A form that stands on its own address. */
const own = (make, at, ...rest) => make(at, at, ...rest);

/** What each role sends, in this order: the later depends on the earlier. */
export function posted({ first, people, links }) {
  const contact = `/console/contacts/${first}`;
  const leaving = `/console/contacts/${people[2].id}/erase`;
  const generate = [`/console/generate?contact=${first}`, "/console/generate"];
  const live = `/console/links/${links.live.id}`;
  const words = ["/console/settings/words?channel=sms", "/console/settings/words"];
  const many = "/console/bulk/new?who=all&send=email&lifetime=7d";
  const page = (link) => new URL(link.url).pathname;
  return {
    owner: [
      send(...generate, { do: "check" }, /It will work/),
      send(...generate, { do: "generate", destination: "founders-circle" }, /This would not work/),
      send(...generate, { do: "generate" }, /Say it on the phone/),
      send(live, `${live}/reveal`, {}, /Say it on the phone/),
      own(send, "/console/generate/staff", {}, /Sign-in link for/),
      send("/console/tokens/add", "/console/tokens", { name: "Till" }, /API token/),
      wrong("/console/tokens/add", "/console/tokens", { name: "Till", expires_in: "never" }),
      wrong("/console/staff/add", "/console/staff", { name: "Kim", email: "nobody" }),
      send("/console/contacts/new", "/console/contacts", { name: " ", email: "a@@b" }, /Not an e-mail address/),
      send(`${contact}/edit`, `${contact}/details`, { name: "", email: "a@@b" }, /Not an e-mail address/),
      wrong(contact, `${contact}/grant`, { until: "2020-01-01T00:00" }),
      send(contact, `${contact}/ungrant`, {}, /Undo/),
      send(contact, `${contact}/end-session`, { session: "none" }, /session/),
      send(contact, `${contact}/preview`, {}, /preview/i),
      wrong("/console/offerings/add", "/console/offerings", { title: "A title", slug: "No Slug" }),
      own(wrong, "/console/offerings/offering-1/archive", { word: "another" }),
      send(...words, { do: "save", text: "{nobody}" }, /nobody/),
      send(...words, { do: "preview" }, /Save/),
      wrong(many, "/console/bulk", { confirmed: "0" }),
      { ...own(wrong, "/console/import"), file: csv("a,b\n1,2\n") },
      {
        ...own(send, "/console/import", {}, /Nothing was made yet/),
        file: csv(`${HEAD}p-1,New,One,new@example.com,,US,\np-2,No,Address,,,US,\n`),
      },
      send(null, /^\/console\/import\/./, {}, /The file was imported/),
      send("/console/chat", "/console/chat/code", {}, /Type this in the chat/),
      send("/console", "/console/switch", { do: "stop_issuing" }, /Resume/),
      send("/console", "/console/switch", { do: "resume" }, /Stop making links/),
      own(send, leaving, { word: "no" }, /nothing was erased/),
      own(send, leaving, { word: "erase" }, /Receipt of the erasure/),
    ],
    agent: [send(`${contact}/edit`, `${contact}/details`, { email: "other@example.com" }, /Are you sure/)],
    nobody: [
      own(send, "/portal/sign-in", { address: "person0@example.com" }, /person0@example\.com|messages/i),
      own(wrong, "/portal/sign-in", { address: "" }),
      own(wrong, "/portal/code", { address: "person0@example.com", code: "AAAA-AAAA" }),
      own(send, "/console/sign-in", { address: "owner@example.com" }, /owner@example\.com|messages/i),
      send(page(links.revoked), new RegExp(`^${page(links.revoked)}/`), {}, /messages/i),
    ],
  };
}

/** Leads the page there, as it is without a script that gets in between. */
export async function reach(page, base, { from, to, fields = {}, file, says, alert }) {
  if (from) await page.goto(base + from);
  const actions = await page.locator("form[method=post]").evaluateAll((all) => all.map((form) => form.getAttribute("action")));
  const nth = actions.findIndex((action) => (to instanceof RegExp ? to.test(action) : action === to));
  assert.notEqual(nth, -1, `no form to ${to} on ${page.url()}`);
  const form = page.locator("form[method=post]").nth(nth);
  if (file) await form.locator("input[type=file]").setInputFiles(file);
  await Promise.all([
    page.waitForEvent("domcontentloaded"),
    form.evaluate((form, typed) => {
      for (const [name, value] of Object.entries(typed)) {
        for (const field of form.querySelectorAll(`[name="${name}"]`)) field.disabled = true;
        const field = document.createElement("input");
        Object.assign(field, { type: "hidden", name, value });
        form.append(field);
      }
      HTMLFormElement.prototype.submit.call(form);
    }, fields),
  ]);
  await page.waitForFunction(() => !document.querySelector("progress"));
  await page.waitForLoadState();
  if (alert) assert.ok(await page.locator("main [role=alert], main .problem").count(), `nothing is said against it: ${from}`);
  if (says) assert.match(await page.locator("body").innerText(), says, `${from} ${to}`);
}
