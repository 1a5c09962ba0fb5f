/**
 * One connection: requests go out as fast as the window allows, answers come back in their order.
 *
 *     queue -> [window open] -> encoded -> written -> answered
 *                                  '------ in flight -----'
 *
 * Requests that are due together share one write, except that one which ends in a prepared batch, or
 * goes over a stream of whole messages, has a write of its own. An exclusive request waits until
 * nothing is in flight, and nothing follows it before it is answered.
 *
 * @module
 */
import { IggyError } from "../../protocol/errors.ts";
import { FrameDecoder, isFault } from "../../protocol/framing.ts";
import { WireWriter } from "../../protocol/wire.ts";
import type { Duplex } from "../ports.ts";
import { ConnectionError } from "./errors.ts";
import { earliest, type Exchange, ExchangeQueue } from "./exchange.ts";
import type { Framing } from "./framing.ts";
import type { PreparedBatch } from "./prepared_batch.ts";

/** What a connection tells its owner. */
export interface ConnectionEvents {
  /** The node refused a request; whoever hears it settles the request. */
  refused(connection: Connection, exchange: Exchange, error: IggyError): void;
  /** It is over. `unanswered` were sent, or at least in part, in this order; whoever hears it settles them. */
  ended(connection: Connection, reason: ConnectionError, unanswered: Exchange[]): void;
}

/** See the module comment. */
export class Connection {
  readonly #framing: Framing<unknown>;
  readonly #duplex: Duplex;
  readonly #decoder: FrameDecoder<unknown>;
  readonly #events: ConnectionEvents;
  readonly #inFlightMax: number;
  readonly #inFlight: Exchange[] = [];
  #queue = new ExchangeQueue();
  #writer = new WireWriter(WRITE_BYTES);
  #isWriting = false;
  #isEnded = false;
  #writing: Promise<void> = Promise.resolve();
  readonly #reading: Promise<void>;

  constructor(
    duplex: Duplex,
    framing: Framing<unknown>,
    events: ConnectionEvents,
    inFlightMax: number,
  ) {
    this.#framing = framing;
    this.#duplex = duplex;
    this.#decoder = new FrameDecoder(framing.layout);
    this.#events = events;
    this.#inFlightMax = inFlightMax;
    this.#reading = this.#read();
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Resolves when nothing runs any more; to be asked once it is over. */
  async finish(): Promise<void> {
    await this.#reading;
    await this.#writing;
  }

  /** When the first of the unanswered requests is late; `Infinity` when there is none. */
  get deadlineMs(): number {
    return earliest(this.#inFlight);
  }

  /** Sends one request ahead of all that wait. */
  send(exchange: Exchange): void {
    this.#queue.unshift(exchange);
    this.pump();
  }

  /** Takes its requests from `queue` from now on. */
  serve(queue: ExchangeQueue): void {
    this.#queue = queue;
    this.pump();
  }

  /** Sends what is due. To be called whenever something was put into the queue. */
  pump(): void {
    if (!this.#isWriting && !this.#isEnded) this.#writing = this.#write();
  }

  /** Closes it for `reason`; nothing happens when it is over already. */
  end(reason: ConnectionError): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#duplex.close();
    this.#events.ended(this, reason, this.#inFlight.splice(0));
  }

  async #write(): Promise<void> {
    this.#isWriting = true;
    try {
      for (let write = this.#nextWrite(); write !== undefined; write = this.#nextWrite()) {
        await this.#writeOne(write);
      }
    } catch (cause) {
      this.end(lost("cannot be written to", cause));
    } finally {
      this.#isWriting = false;
    }
  }

  async #writeOne({ bytes, batch }: Write): Promise<void> {
    try {
      await this.#duplex.write(bytes);
    } finally {
      batch?.giveBack(bytes);
    }
  }

  /** Encodes what is due into one piece of memory, which is not touched until it is written. */
  #nextWrite(): Write | undefined {
    if (this.#writer.length > RETAINED_BYTES_MAX) this.#writer = new WireWriter(WRITE_BYTES);
    this.#writer.clear();
    for (let exchange = this.#due(); exchange !== undefined; exchange = this.#due()) {
      const { batch } = exchange.request;
      if (batch !== undefined && this.#writer.length > 0) break;
      this.#queue.shift();
      if (!this.#encode(exchange)) continue;
      this.#inFlight.push(exchange);
      if (batch !== undefined) return { bytes: batch.lend(this.#writer.written), batch };
      if (this.#duplex.wholeMessages || this.#writer.length >= WRITE_BYTES) break;
    }
    return this.#writer.length === 0 ? undefined : { bytes: this.#writer.written };
  }

  /** The next request that may go out now. */
  #due(): Exchange | undefined {
    if (this.#isEnded) return undefined;
    const next = this.#queue.peek();
    const [oldest] = this.#inFlight;
    if (next === undefined || oldest === undefined) return next;
    if (next.request.isExclusive || oldest.request.isExclusive) return undefined;
    return this.#inFlight.length < this.#inFlightMax ? next : undefined;
  }

  #encode(exchange: Exchange): boolean {
    const start = this.#writer.length;
    try {
      this.#framing.encode(this.#writer, exchange);
      return true;
    } catch (error) {
      this.#writer.rewind(start);
      exchange.reject(error as Error);
      return false;
    }
  }

  async #read(): Promise<void> {
    try {
      while (!this.#isEnded) {
        const count = await this.#duplex.read(this.#decoder.space());
        if (count === null) return this.end(lost("was closed by the node"));
        this.#decoder.received(count);
        this.#answerAll();
        this.pump();
      }
    } catch (cause) {
      this.end(cause instanceof ConnectionError ? cause : lost("cannot be read from", cause));
    }
  }

  #answerAll(): void {
    while (!this.#isEnded) {
      const frame = this.#decoder.next();
      if (frame === undefined) return;
      if (isFault(frame)) throw new ConnectionError(`Node sends no answer: ${frame.fault}`);
      this.#answer(frame);
    }
  }

  #answer(frame: unknown): void {
    const [exchange] = this.#inFlight;
    let body;
    try {
      body = this.#framing.open(frame, exchange);
    } catch (error) {
      if (!(error instanceof IggyError)) throw error;
      this.#inFlight.shift();
      this.#events.refused(this, exchange!, error);
      return;
    }
    this.#inFlight.shift();
    exchange!.resolve(body);
  }
}

/** What goes into the socket at once; a batch gets its memory back afterwards. */
interface Write {
  readonly bytes: Uint8Array;
  readonly batch?: PreparedBatch;
}

function lost(what: string, cause?: unknown): ConnectionError {
  const why = cause instanceof Error ? `: ${cause.message}` : "";
  return new ConnectionError(`Connection ${what}${why}`, { cause });
}

/** So much is worth a write; more of small requests waits for the next. */
const WRITE_BYTES = 64 * 1024;

/** A writer that grew beyond this for one large send is not kept. */
const RETAINED_BYTES_MAX = 16 * 1024 * 1024;
