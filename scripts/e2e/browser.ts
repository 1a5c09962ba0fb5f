/**
 * Chromium that trusts the node's authority and writes down whatever goes wrong in its pages.
 *
 * @module
 */
import { type BrowserContext, chromium, type Page } from "playwright-core";

/** A browser with one profile. */
export interface Browser extends AsyncDisposable {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Console errors, requests to other origins, answers of 500 and above: what must not be. */
  readonly faults: string[];
}

/** Starts it; `authority` is a PEM file, `folder` takes its profile and its trust store. */
export async function startBrowser(
  origin: string,
  authority: string,
  folder: string,
): Promise<Browser> {
  await trust(authority, folder);
  const context = await chromium.launchPersistentContext(`${folder}/profile`, {
    executablePath: Deno.env.get("CHROMIUM") ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu"],
    env: { ...Deno.env.toObject(), HOME: folder },
    viewport: { width: 1440, height: 900 },
    permissions: ["clipboard-read", "clipboard-write"],
  });
  const faults: string[] = [];
  const page = context.pages()[0] ?? await context.newPage();
  page.on("console", (message) => {
    if (message.type() !== "error") return;
    // The browser tells of every refusal; those that the test asks for are none of the page's faults,
    // nor is the line that it cuts.
    if (/status of 40[01]|ERR_FAILED/.test(message.text())) return;
    faults.push(`console: ${message.text()} at ${page.url()}`);
  });
  page.on("pageerror", (error) => faults.push(`script: ${error.message} at ${page.url()}`));
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(`${origin}/`) && !url.startsWith("data:")) faults.push(`foreign: ${url}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 500) faults.push(`${response.status()}: ${response.url()}`);
  });
  return { page, context, faults, [Symbol.asyncDispose]: () => context.close() };
}

async function trust(authority: string, folder: string): Promise<void> {
  const database = `${folder}/.pki/nssdb`;
  Deno.mkdirSync(database, { recursive: true });
  await run("certutil", "-N", "-d", `sql:${database}`, "--empty-password");
  await run("certutil", "-A", "-d", `sql:${database}`, "-n", "node", "-t", "C,,", "-i", authority);
}

async function run(command: string, ...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(command, { args }).output();
  if (!success) throw new Error(`${command}: ${new TextDecoder().decode(stderr)}`);
}
