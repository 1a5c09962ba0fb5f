/**
 * A conversation whose answers a test gives by hand, and a node around it that notes what a connection
 * tells. Requests are classic frames with any code; an answer is the request's body, sent back.
 *
 * @module
 */
import { type Limits, limitsWith } from "../../lib/limits.ts";
import type { Duplex } from "../../lib/ports.ts";
import type { Conversation, FarewellReason } from "../../lib/session/conversation.ts";
import type { Outbox } from "../../lib/session/outbox.ts";
import { Session } from "../../lib/session/session.ts";
import {
  type Carrier,
  Connection,
  type ConnectionHost,
  type TlsAcceptor,
} from "../../lib/transport/connection.ts";
import { MemoryBudget } from "../../lib/transport/memory_budget.ts";
import {
  type ClassicRequest,
  classicRequests,
  FrameDecoder,
  type FrameFault,
} from "../../protocol/framing.ts";
import { pipe, type PipeOptions } from "./pipe.ts";
import { SimClock } from "./sim_clock.ts";

/** Codes of requests that a scripted conversation answers in its own way. */
const SCRIPT = {
  /** At once. */
  echo: 1,
  /** When the test calls the next of `pending`. */
  later: 10,
  /** When its wait is ended, or the test calls the next of `pending`. */
  waits: 11,
  /** And asks for the end of the connection. */
  last: 20,
  /** With a bug. */
  bug: 21,
} as const;

/** A request's bytes. */
export function scripted(what: keyof typeof SCRIPT, ...body: number[]): Uint8Array {
  const bytes = new Uint8Array(8 + body.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 4 + body.length, true);
  view.setUint32(4, SCRIPT[what], true);
  bytes.set(body, 8);
  return bytes;
}

class ScriptedConversation implements Conversation<ClassicRequest> {
  readonly session: Session;
  readonly decoder: FrameDecoder<ClassicRequest>;
  /** First bytes of the bodies that came, in order. */
  readonly requests: number[] = [];
  readonly faults: FrameFault[] = [];
  /** Lets the request that waits be answered. */
  readonly pending: (() => void)[] = [];
  /** Calls of `closed`. */
  ends = 0;
  /** Says nothing at the end, as VSR at shutdown. */
  isSilent = false;

  constructor(duplex: Duplex, limits: Limits) {
    this.session = new Session(1, "classic", "tcp", duplex.peer, duplex.local, 0);
    this.session.login(0);
    const { frameBytesMax, classicControlBytesMax } = limits;
    this.decoder = new FrameDecoder(
      classicRequests({ frameBytesMax, controlBodyBytesMax: classicControlBytesMax }),
      { initialBytes: 1024, retainedBytesMax: 1024 },
    );
  }

  answer({ code, body }: ClassicRequest, outbox: Outbox): void | Promise<void> {
    this.requests.push(body[0]);
    switch (code) {
      case SCRIPT.later:
        return new Promise<void>((resolve) => this.pending.push(resolve))
          .then(() => outbox.writer.bytes(body));
      case SCRIPT.waits:
        return this.#wait(body.slice(), outbox);
      case SCRIPT.bug:
        throw new TypeError("Bug");
      case SCRIPT.last:
        outbox.endAfterFlush();
    }
    outbox.writer.bytes(body);
  }

  /** `body` is a copy: the view ends where the wait begins. */
  async #wait(body: Uint8Array, outbox: Outbox): Promise<void> {
    const signal = this.session.beginWait();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.pending.push(resolve);
    signal.addEventListener("abort", () => resolve());
    if (!signal.aborted) await promise;
    outbox.writer.bytes(body);
  }

  mayWait({ code }: ClassicRequest): boolean {
    return code === SCRIPT.waits;
  }

  answerFault(fault: FrameFault, outbox: Outbox): void {
    this.faults.push(fault);
    outbox.writer.u8(FAULT);
  }

  farewell(reason: FarewellReason): Uint8Array | undefined {
    return this.isSilent ? undefined : Uint8Array.of(FAREWELL[reason]);
  }

  closed(): void {
    this.ends++;
  }
}

export class ScriptedHost implements ConnectionHost {
  readonly clock = new SimClock();
  readonly limits: Limits;
  readonly receiveBudget: MemoryBudget;
  isCrowded = false;
  /** Framings that were detected. */
  readonly framings: string[] = [];
  readonly refusals: string[] = [];
  /** Streams that were cut off. */
  readonly cuts: string[] = [];
  /** Handshakes under way. */
  handshakes = 0;
  /** How the listener speaks TLS. */
  tls: TlsAcceptor | undefined;
  /** What the bridge was given. */
  readonly bridged: Uint8Array[] = [];
  conversation: ScriptedConversation | undefined;

  constructor(changes: Partial<Limits> = {}) {
    this.limits = limitsWith(changes);
    this.receiveBudget = new MemoryBudget(this.limits.receiveBytesTotalMax);
  }

  /** A connection that is served from now on, with the promise of its end. */
  serve(duplex: Duplex, carrier: Carrier = "tcp"): { connection: Connection; end: Promise<void> } {
    const connection = new Connection(duplex, carrier, this, { tls: this.tls });
    return { connection, end: connection.serve() };
  }

  converse(framing: "classic" | "vsr", { duplex }: Connection): Conversation {
    this.framings.push(framing);
    return this.conversation = new ScriptedConversation(duplex, this.limits);
  }

  async bridge({ duplex: stream }: Connection, head: Uint8Array): Promise<void> {
    this.framings.push("http");
    const bytes = [...head];
    const buffer = new Uint8Array(64);
    for (let count; (count = await stream.read(buffer)) !== null;) {
      bytes.push(...buffer.subarray(0, count));
    }
    this.bridged.push(Uint8Array.from(bytes));
  }

  handshakeBegins(): void {
    this.handshakes++;
  }

  handshakeEnds(): void {
    this.handshakes--;
  }

  refused(_connection: Connection, why: string): void {
    this.refusals.push(why);
  }

  cutOff(_connection: Connection, why: string): void {
    this.cuts.push(why);
  }
}

/** A connection that is served, its client, and the node around it. */
export function connected(options: PipeOptions & { limits?: Partial<Limits> } = {}) {
  const { limits, ...rest } = options;
  const host = new ScriptedHost(limits);
  const { client, server } = pipe(rest);
  const { connection, end } = host.serve(server, rest.wholeMessages ? "websocket" : "tcp");
  let ended = false;
  end.then(() => ended = true, () => ended = true);
  return {
    host,
    client,
    server,
    connection,
    end,
    ended: () => ended,
    /** There once the first frame is. */
    get conversation() {
      return host.conversation!;
    },
  };
}

/** What the scripted conversation sends at the end, and for what is no frame. */
export const FAREWELL: Record<FarewellReason, number> = { shutdown: 250, stale: 251 };
export const FAULT = 252;
