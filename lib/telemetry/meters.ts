/**
 * What a node counts while it works: plain numbers that whoever shows them reads when asked. A request
 * costs two looks at the clock, a message nothing.
 *
 * @module
 */
import { Histogram } from "./histogram.ts";

/** Commands by what they do: the two that carry messages, and all others. */
export const COMMAND_KINDS = ["send", "poll", "control"] as const;

export type CommandKind = (typeof COMMAND_KINDS)[number];

/** How a TLS handshake ended. */
export interface HandshakeOutcome {
  readonly result: "full" | "resumed" | "failed";
  /** The key exchange, as IANA names it; nothing when it failed. */
  readonly group: string;
}

/** The counters of one node, since its start. */
export class Meters {
  /** From a request that is there to its answer that is ready; refused ones are not in here. */
  readonly latency: Readonly<Record<CommandKind, Histogram>> = {
    send: new Histogram(),
    poll: new Histogram(),
    control: new Histogram(),
  };
  /** From a request over HTTP to the head of its answer. */
  readonly httpLatency = new Histogram();
  /** By how much a timer of the event loop comes late. */
  readonly eventLoopDelay = new Histogram();
  sentMessages = 0;
  sentBytes = 0;
  polledMessages = 0;
  polledBytes = 0;
  httpRequests = 0;
  connectionsAccepted = 0;
  connectionsRefused = 0;
  readonly #refusals = new Map<number, number>();
  readonly #handshakes = new Map<string, HandshakeOutcome & { count: number }>();

  /** A request was refused with that code of Iggy's. */
  refused(code: number): void {
    this.#refusals.set(code, (this.#refusals.get(code) ?? 0) + 1);
  }

  /** How many requests were refused, by code. */
  get refusals(): ReadonlyMap<number, number> {
    return this.#refusals;
  }

  handshakeEnded({ result, group }: HandshakeOutcome): void {
    const key = `${result} ${group}`;
    const known = this.#handshakes.get(key);
    if (known === undefined) this.#handshakes.set(key, { result, group, count: 1 });
    else known.count++;
  }

  /** How many handshakes ended how. */
  get handshakes(): Iterable<HandshakeOutcome & { readonly count: number }> {
    return this.#handshakes.values();
  }
}
