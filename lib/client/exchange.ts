/**
 * One request on its way to its answer.
 *
 * @module
 */
import type { Command } from "../../protocol/command.ts";
import { NON_REPLICATED } from "../../protocol/commands.ts";
import type { WireReader, WireWriter } from "../../protocol/wire.ts";
import type { PreparedBatch } from "./prepared_batch.ts";

/** What is asked, and how its answer is read. */
export interface Request<Response> {
  readonly command: CommandNumbers;
  /** Appends the body, or what of it comes before `batch`. */
  writeBody(writer: WireWriter): void;
  /** The end of the body, sent from where it lies. */
  readonly batch?: PreparedBatch;
  /** Reads the body of the answer; called once, and its views end with the call. */
  readBody(reader: WireReader): Response;
  /** Whether it changes the session, so that no other request may be under way meanwhile. */
  readonly isExclusive?: boolean;
  /** Milliseconds for which the node may wait before it answers; its time to answer begins behind them. */
  readonly waitMs?: number;
}

/** A row of the command table, as far as framings look at it. */
export type CommandNumbers = Pick<
  Command<never, never>,
  "name" | "code" | "operation" | "resultFramed"
>;

/** A {@link Request} with the promise of its answer. It may go over several connections. */
export class Exchange<Response = unknown> {
  readonly request: Request<Response>;
  /** When to give up, on the monotonic clock. */
  readonly deadlineMs: number;
  readonly answer: Promise<Response>;
  /** The VSR request number it was sent under, for it to be sent again under the same (VSR.md section 6). */
  number: number | undefined;
  readonly #resolve: (response: Response) => void;
  readonly #reject: (error: Error) => void;

  constructor(request: Request<Response>, deadlineMs: number) {
    const { promise, resolve, reject } = Promise.withResolvers<Response>();
    this.request = request;
    this.deadlineMs = deadlineMs;
    this.answer = promise;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  /** Whether it may be sent again although it may have arrived: it only reads (VSR.md section 5.1). */
  get isRepeatable(): boolean {
    return this.request.command.operation === NON_REPLICATED && !this.request.isExclusive;
  }

  /** Whether it changes what is still there when the connection is not, as a login does not. */
  get isChange(): boolean {
    return this.request.command.operation !== NON_REPLICATED && !this.request.isExclusive;
  }

  /** Reads the answer; a body that does not decode is an error of this request only. */
  resolve(reader: WireReader): void {
    try {
      this.#resolve(this.request.readBody(reader));
    } catch (error) {
      this.reject(error as Error);
    }
  }

  reject(error: Error): void {
    this.#reject(error);
  }
}

/** The earliest deadline; `Infinity` when there is none. */
export function earliest(exchanges: readonly Exchange[]): number {
  return exchanges.reduce((min, { deadlineMs }) => Math.min(min, deadlineMs), Infinity);
}

/** Requests that wait for a connection, in order. */
export class ExchangeQueue {
  #waiting: Exchange[] = [];

  /** The next one; it stays. */
  peek(): Exchange | undefined {
    return this.#waiting[0];
  }

  shift(): Exchange | undefined {
    return this.#waiting.shift();
  }

  push(exchange: Exchange): void {
    this.#waiting.push(exchange);
  }

  /** Puts `exchanges` ahead of all others, in their order. */
  unshift(...exchanges: Exchange[]): void {
    this.#waiting.unshift(...exchanges);
  }

  /** When the first of them is late; `Infinity` when there is none. */
  get deadlineMs(): number {
    return earliest(this.#waiting);
  }

  /** Takes those that are late, in order. */
  takeLate(nowMs: number): Exchange[] {
    const late = this.#waiting.filter(({ deadlineMs }) => deadlineMs <= nowMs);
    if (late.length > 0) {
      this.#waiting = this.#waiting.filter(({ deadlineMs }) => deadlineMs > nowMs);
    }
    return late;
  }

  /** Takes all. */
  drain(): Exchange[] {
    const drained = this.#waiting;
    this.#waiting = [];
    return drained;
  }
}
