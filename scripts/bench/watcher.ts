/**
 * Somebody who looks on while a node works: the dashboard open in a browser, and a Prometheus that
 * scrapes each second.
 *
 * @module
 */
import type { NodeProcess } from "../node_process.ts";

/** Looks on until it is disposed of. */
export class Watcher implements AsyncDisposable {
  readonly #base: string;
  readonly #cookie: string;
  readonly #end = new AbortController();
  readonly #looking: Promise<unknown>;
  #scrapes = 0;
  #events = 0;

  static async start({ address }: NodeProcess): Promise<Watcher> {
    const base = `http://${address}`;
    const response = await fetch(`${base}/ui/login`, {
      method: "POST",
      redirect: "manual",
      headers: { origin: base },
      body: new URLSearchParams({ username: "iggy", password: "iggy", next: "/ui" }),
    });
    await response.body?.cancel();
    const [cookie] = (response.headers.get("set-cookie") ?? "").split(";");
    if (cookie === "") throw new Error(`The dashboard's login answers ${response.status}`);
    return new Watcher(base, cookie);
  }

  private constructor(base: string, cookie: string) {
    this.#base = base;
    this.#cookie = cookie;
    this.#looking = Promise.all([this.#watchPage(), this.#scrape()]);
    this.#looking.catch(() => {});
  }

  /** What came of it. */
  get seen(): string {
    return `${this.#scrapes} scrapes, ${this.#events} updates of the dashboard`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort();
    await this.#looking;
  }

  async #watchPage(): Promise<void> {
    const response = await this.#fetch("/ui/live?page=%2Fui");
    try {
      for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
        this.#events += chunk.match(/^event: page/gm)?.length ?? 0;
      }
    } catch (error) {
      if (!this.#end.signal.aborted) throw error;
    }
  }

  async #scrape(): Promise<void> {
    while (!this.#end.signal.aborted) {
      const response = await this.#fetch("/metrics").catch(() => undefined);
      if (response?.ok) this.#scrapes++;
      await response?.text().catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, SCRAPE_MS));
    }
  }

  async #fetch(path: string): Promise<Response> {
    const headers = { cookie: this.#cookie, "sec-fetch-site": "same-origin" };
    const response = await fetch(this.#base + path, { headers, signal: this.#end.signal });
    if (response.ok) return response;
    throw new Error(`${path} answers ${response.status}: ${await response.text()}`);
  }
}

const SCRAPE_MS = 1000;
