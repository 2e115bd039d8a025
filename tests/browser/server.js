// The real binary on a data folder of its own, and what the tests ask of it.
import { execFile, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const magiclink = process.env.MAGICLINK ?? new URL("../../target/debug/magiclink", import.meta.url).pathname;

const CATALOGUE =
  "slug,kind,title,url\n" +
  "launch-your-practice,course,Launch Your Practice,https://courses.example.com/launch-your-practice\n" +
  "pricing-masterclass,course,Pricing Masterclass,https://courses.example.com/pricing-masterclass\n" +
  "founders-circle,group,Founders Circle,https://community.example.com/g/founders-circle\n";

const freePort = () =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });

/**
 * Starts `magiclink serve --sandbox` with a small catalogue, or `magiclink demo` with its sample people; stops it and
 * removes its data with `stop()`.
 */
export async function startServer({ demo = false } = {}) {
  const folder = await mkdtemp(join(tmpdir(), "magiclink-browser-"));
  const data = join(folder, "data");
  const address = `127.0.0.1:${await freePort()}`;
  const base = `http://${address}`;
  const command = demo ? ["demo"] : ["serve", "--sandbox", "--base-url", base];
  // Everybody in these tests has one address.
  const env = { ...process.env, MAGICLINK__LIMITS__IP: "1000000", MAGICLINK__LIMITS__IP_SIGN_IN: "1000000" };
  if (demo) env.MAGICLINK__SERVER__BASE_URL = base;
  const child = spawn(magiclink, [...command, "--listen", address, "--data", data], {
    stdio: ["ignore", "pipe", "pipe"],
    env,
  });
  let output = "";
  child.stdout.on("data", (text) => (output += text));
  child.stderr.on("data", (text) => (output += text));
  const ended = new Promise((resolve) => child.once("exit", resolve));

  const cli = async (...args) => {
    const { stdout } = await run(magiclink, [...args, "--json", "--data", data]);
    return stdout.trim() ? JSON.parse(stdout) : null;
  };

  const deadline = Date.now() + 20_000;
  for (;;) {
    const ready = await fetch(`${base}/readyz`).then((answer) => answer.ok, () => false);
    if (ready && (!demo || output.includes(`${base}/sandbox/chat`))) break;
    if (child.exitCode !== null || Date.now() > deadline) throw new Error(`the server did not start:\n${output}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }

  let files = 0;
  /** Takes over offerings or contacts from the text of a CSV file. */
  const importCsv = async (what, text) => {
    const file = join(folder, `${what}-${files++}.csv`);
    await writeFile(file, text);
    await run(magiclink, ["import", what, file, "--data", data]);
  };
  if (!demo) await importCsv("offerings", CATALOGUE);

  return {
    base,
    cli,
    importCsv,
    /** A contact with grants for these offerings; answers its id. */
    async contact(name, email, offerings) {
      const { id } = await cli("contact", "add", "--name", name, "--email", email);
      for (const slug of offerings) await cli("grant", id, slug);
      return id;
    },
    /** A magic link for this contact. */
    link: (contact, ...args) => cli("link", "issue", contact, ...args),
    /** A one-time console link for an owner with a name. */
    async consoleLink() {
      const team = await cli("staff", "list");
      const named = (team.items ?? team).find((member) => member.email === "olga@example.com");
      if (!named) await cli("staff", "add", "--name", "Olga Owner", "--email", "olga@example.com", "--role", "owner");
      return (await cli("staff", "sign-in", "olga@example.com")).url;
    },
    async stop() {
      child.kill("SIGTERM");
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
