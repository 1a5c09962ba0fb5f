/**
 * Somebody who looks on while a node works: the dashboard open in a browser, and a Prometheus that
 * scrapes each second. In a process of its own, so that the client that is measured is held up by
 * nothing but what the node does:
 *
 *     deno run --allow-net scripts/bench/watcher.ts HOST:PORT
 *
 * @module
 */
import type { NodeProcess } from "../node_process.ts";

/** Looks on until it is disposed of. */
export class Watcher implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;

  static async start({ address }: NodeProcess): Promise<Watcher> {
    const args = ["run", "--quiet", "--no-prompt", "--allow-net", import.meta.filename!, address];
    const process = new Deno.Command(Deno.execPath(), {
      args,
      stdin: "null",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    const reader = process.stdout.getReader();
    const { value } = await reader.read();
    reader.releaseLock();
    if (value === undefined) throw new Error(`Nobody looks on: see above why`);
    return new Watcher(process);
  }

  private constructor(process: Deno.ChildProcess) {
    this.#process = process;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill("SIGTERM");
    const { stdout } = await this.#process.output();
    const last = new TextDecoder().decode(stdout).trimEnd().split("\n").at(-1);
    console.error(`watched: ${last}`);
  }
}

/** Logs in at the dashboard; gives the cookie. */
async function session(base: string): Promise<string> {
  const response = await fetch(`${base}/ui/login`, {
    method: "POST",
    redirect: "manual",
    headers: { origin: base },
    body: new URLSearchParams({ username: "iggy", password: "iggy", next: "/ui" }),
  });
  await response.body?.cancel();
  const [cookie] = (response.headers.get("set-cookie") ?? "").split(";");
  if (cookie === "") throw new Error(`The dashboard's login answers ${response.status}`);
  return cookie;
}

/** Says once a second what was seen so far, from the first scrape on. */
async function watch(base: string): Promise<void> {
  const headers = { cookie: await session(base), "sec-fetch-site": "same-origin" };
  const page = await fetch(`${base}/ui/live?page=%2Fui`, { headers });
  if (!page.ok) throw new Error(`The live page answers ${page.status}`);
  const seen = { scrapes: 0, updates: 0 };
  void (async () => {
    for await (const chunk of page.body!.pipeThrough(new TextDecoderStream())) {
      seen.updates += chunk.match(/^event: page/gm)?.length ?? 0;
    }
  })();
  for (;;) {
    const response = await fetch(`${base}/metrics`, { headers });
    await response.text();
    if (response.ok) seen.scrapes++;
    console.log(`${seen.scrapes} scrapes, ${seen.updates} updates of the dashboard`);
    await new Promise((resolve) => setTimeout(resolve, SCRAPE_MS));
  }
}

const SCRAPE_MS = 1000;

if (import.meta.main) await watch(`http://${Deno.args[0]}`);
