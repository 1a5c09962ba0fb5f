/**
 * Pages that stay live: each open one is a stream of server-sent events.
 *
 * ```text
 * event: page   data: the inside of #live, whenever it has changed
 * event: gone   the session has ended; nothing follows
 * ```
 *
 * @module
 */
import type { Clock } from "../../ports.ts";

/** One page somebody looks at. */
export interface Watched {
  /** What the session holds. */
  readonly bearer: string;
  /** The page as it is now; `undefined` once the session is over. */
  readonly render: () => Promise<string | undefined>;
}

/** All open streams of a node. */
export class LiveStreams {
  readonly #clock: Clock;
  readonly #open = new Set<LiveStream>();

  readonly #streamsMax: number;

  /** `draining` ends all streams. */
  constructor(clock: Clock, draining: AbortSignal, streamsMax: number) {
    this.#clock = clock;
    this.#streamsMax = streamsMax;
    draining.addEventListener("abort", () => {
      for (const stream of this.#open) stream.end();
    });
  }

  /** Begins a stream; one too many gets 503, for each costs a page a second. */
  open(watched: Watched): Response {
    if (this.#open.size >= this.#streamsMax) {
      return new Response("Too many dashboards are open: close one\n", {
        status: 503,
        headers: { "retry-after": "10" },
      });
    }
    const stream = new LiveStream(this.#clock, watched, () => this.#open.delete(stream));
    this.#open.add(stream);
    return new Response(stream.body, {
      headers: { "content-type": "text/event-stream", "cache-control": "no-store" },
    });
  }

  /** Tells all pages of a session that it is over. */
  endSession(bearer: string): void {
    for (const stream of this.#open) if (stream.bearer === bearer) stream.dismiss();
  }
}

class LiveStream {
  readonly body: ReadableStream<Uint8Array>;
  readonly bearer: string;
  readonly #clock: Clock;
  readonly #render: Watched["render"];
  readonly #ended: () => void;
  #controller!: ReadableStreamDefaultController<Uint8Array>;
  #cancel = () => {};
  #isOver = false;
  #last = "";
  #quietTurns = 0;

  constructor(clock: Clock, { bearer, render }: Watched, ended: () => void) {
    this.#clock = clock;
    this.bearer = bearer;
    this.#render = render;
    this.#ended = ended;
    this.body = new ReadableStream({
      start: (controller) => {
        this.#controller = controller;
        this.#send("retry: 1000\n\n");
        void this.#turn();
      },
      cancel: () => this.end(),
    }, { highWaterMark: EVENTS_AHEAD });
  }

  /** Says that the session is over, and ends. */
  dismiss(): void {
    if (this.#isOver) return;
    this.#send("event: gone\ndata:\n\n");
    this.end();
  }

  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#cancel();
    this.#ended();
    try {
      this.#controller.close();
    } catch {
      // The reader has left already, and closed it so.
    }
  }

  async #turn(): Promise<void> {
    // A reader that is behind gets the newest page once it has caught up, and none in between.
    if ((this.#controller.desiredSize ?? 0) > 0) await this.#update();
    if (!this.#isOver) this.#cancel = this.#clock.after(TURN_MS, () => void this.#turn());
  }

  async #update(): Promise<void> {
    let page: string | undefined;
    try {
      page = await this.#render();
    } catch {
      // What a page says that fails, the page itself says when it is loaded again.
      return this.end();
    }
    if (this.#isOver) return;
    if (page === undefined) return this.dismiss();
    if (page !== this.#last) {
      this.#last = page;
      this.#quietTurns = 0;
      const lines = page.split(/\r\n|\r|\n/).map((line) => `data: ${line}\n`).join("");
      this.#send(`event: page\n${lines}\n`);
    } else if (++this.#quietTurns % QUIET_TURNS_MAX === 0) this.#send(": still here\n\n");
  }

  #send(text: string): void {
    this.#controller.enqueue(UTF8.encode(text));
  }
}

const TURN_MS = 1000;
/** A line that says nothing, so that proxies and the browser see that the node is there. */
const QUIET_TURNS_MAX = 10;
/** Of a reader that does not read, so many events are kept. */
const EVENTS_AHEAD = 2;
const UTF8 = new TextEncoder();
