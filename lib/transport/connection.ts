/**
 * One connection from its first byte to its last: finds out what it speaks, then moves bytes between
 * the socket and a session, one request at a time.
 *
 * ```text
 * Detecting --classic, vsr--> Serving --end of stream, fault, overdue, drain--> Closed
 *     ▲     --http----------> Bridged --either end closes-------------------> Closed
 *     └─────--tls, once-----> Handshaking
 * ```
 *
 * Requests of one connection are answered in order (CLASSIC.md section 1), so a connection holds one
 * unanswered request, one unsent answer and what its buffer has room for: it is not read from while
 * an answer is made or sent. The exception is a request that waits for messages: then it is read on, and
 * what comes, or the end of the stream, ends the wait, so that a wait holds nobody up. Memory for frames larger than the buffer comes out of one budget that
 * all connections share.
 *
 * @module
 */
import { detect, DETECT_BYTES_MAX, type Detected } from "../../protocol/detect.ts";
import { type FrameFault, isFault } from "../../protocol/framing.ts";
import { TlsError } from "../../tls/alert.ts";
import type { PeerIdentity } from "../../tls/config.ts";
import type { Negotiated, TlsConnection } from "../../tls/connection.ts";
import type { Limits } from "../limits.ts";
import { type Clock, type Duplex, StreamClosed } from "../ports.ts";
import type { Conversation, FarewellReason } from "../session/conversation.ts";
import { Outbox } from "../session/outbox.ts";
import type { Session } from "../session/session.ts";
import type { LargeBuffers } from "./ciphertext_buffer.ts";
import type { MemoryBudget, MemoryGrant } from "./memory_budget.ts";
import { TlsStream } from "./tls.ts";

/** What a connection needs of the node. */
export interface ConnectionHost {
  readonly clock: Clock;
  readonly limits: Limits;
  readonly receiveBudget: MemoryBudget;
  /** Whether unsent answers hold so much memory that who does not read has to go sooner. */
  readonly isCrowded: boolean;
  /** Starts a conversation in the framing that was detected. */
  converse(framing: "classic" | "vsr", connection: Connection): Conversation;
  /** Takes over a connection whose stream speaks HTTP, of which `head` was read. */
  bridge(connection: Connection, head: Uint8Array): Promise<void>;
  /** A handshake begins: there may have to be room for it. */
  handshakeBegins(connection: Connection): void;
  /** `negotiated`: what was agreed on; nothing when the handshake failed. */
  handshakeEnds(connection: Connection, negotiated: Negotiated | undefined): void;
  /** One line for the log: what was refused and why. */
  refused(connection: Connection, why: string): void;
  /** One line for those who look for something: a stream was cut off. */
  cutOff(connection: Connection, why: string): void;
}

/** How the listener that a connection came in by speaks TLS. */
export interface TlsAcceptor {
  /** Whether plain text is refused. */
  readonly isRequired: boolean;
  readonly buffers: LargeBuffers;
  /** An engine for one more connection, with the certificates of now. */
  open(): TlsConnection;
}

/** What is known of a connection before its first byte. */
export interface Entry {
  /** How TLS is spoken; nothing where it is not. */
  readonly tls?: TlsAcceptor;
  /** Whom the certificate named that was shown below, as for a WebSocket inside of TLS. */
  readonly peerIdentity?: PeerIdentity;
}

/** How the bytes arrive. */
export type Carrier = "tcp" | "websocket";

/** A connection; `serve` runs it. */
export class Connection {
  readonly carrier: Carrier;
  readonly #host: ConnectionHost;
  readonly #tls: TlsAcceptor | undefined;
  /** What the client's bytes come from and go to; with TLS, its inside. */
  #duplex: Duplex;
  #peerIdentity: PeerIdentity | undefined;
  readonly #outbox = new Outbox();
  readonly #memory: MemoryGrant;
  #conversation: Conversation | undefined;
  /** No request is carried out any more from `dismissed` on. */
  #phase: "open" | "dismissed" | "closed" = "open";
  /** While the client is told; the stream stays open for it. */
  #farewell: Promise<void> | undefined;
  /** When the frame or first bytes now being received began; `undefined` between frames. */
  #receivingSinceMs: number | undefined;
  #writingSinceMs: number | undefined;
  #handshakingSinceMs: number | undefined;
  #busy = false;
  #bridged = false;
  #draining = false;
  /** A read that began while a request waited; whoever reads next takes it. */
  #ahead: Promise<number | null> | undefined;

  constructor(duplex: Duplex, carrier: Carrier, host: ConnectionHost, entry: Entry = {}) {
    this.carrier = carrier;
    this.#duplex = duplex;
    this.#host = host;
    this.#tls = entry.tls;
    this.#peerIdentity = entry.peerIdentity;
    this.#memory = host.receiveBudget.grant();
  }

  get duplex(): Duplex {
    return this.#duplex;
  }

  /** Whom the client's certificate names, if it showed one that is believed. */
  get peerIdentity(): PeerIdentity | undefined {
    return this.#peerIdentity;
  }

  /** Whether what the client says was sealed on its way. */
  get isTls(): boolean {
    return this.#duplex instanceof TlsStream;
  }

  /** The client's session, once the connection's first frame showed its framing. */
  get session(): Session | undefined {
    return this.#conversation?.session;
  }

  /** Whether the client waits for an answer: it cannot be expected to say anything meanwhile. */
  get isBusy(): boolean {
    return this.#busy;
  }

  /** Whether the stream speaks HTTP: then it is the bridge's to end, and what rides on it. */
  get isBridged(): boolean {
    return this.#bridged;
  }

  /** Whether the connection is closed, though `serve` may not have ended yet. */
  get isClosed(): boolean {
    return this.#phase === "closed";
  }

  /** Serves until the connection ends; rejects for a bug only. */
  async serve(): Promise<void> {
    try {
      await this.#serveUntilEnd();
    } catch (error) {
      if (!(error instanceof StreamClosed)) throw error;
    } finally {
      await this.#farewell;
      this.close();
      this.#conversation?.closed();
    }
  }

  /** Ends the connection now. */
  close(): void {
    if (this.#phase === "closed") return;
    this.#phase = "closed";
    this.#duplex.close();
    this.#memory.giveUp();
  }

  /**
   * Tells the client why, if the framing can and no answer is under way, then ends the connection.
   * What the client sends meanwhile is not carried out: it takes the farewell for the answer.
   */
  async dismiss(reason: FarewellReason): Promise<void> {
    const quiet = this.#phase === "open" && !this.#busy;
    const farewell = quiet ? this.#conversation?.farewell(reason) : undefined;
    if (farewell !== undefined) {
      this.#phase = "dismissed";
      this.#markWriting();
      await (this.#farewell = this.#duplex.write(farewell).catch(() => {}));
    }
    this.close();
  }

  /** Lets the request under way finish, then dismisses the client. */
  drain(): void {
    this.#draining = true;
    this.session?.interrupt();
    if (!this.#busy && !this.#bridged) void this.dismiss("shutdown");
  }

  /** Why the connection has to be closed at `nowMs`, if it has: it sends or reads too slowly. */
  overdue(nowMs: number): string | undefined {
    const { frameReceiveTimeMsMax } = this.#host.limits;
    const receiving = this.#receivingSinceMs;
    if (receiving !== undefined && nowMs - receiving > frameReceiveTimeMsMax) {
      return `A frame is not complete after ${frameReceiveTimeMsMax} ms`;
    }
    const { handshakeTimeMsMax } = this.#host.limits;
    const handshaking = this.#handshakingSinceMs;
    if (handshaking !== undefined && nowMs - handshaking > handshakeTimeMsMax) {
      return `TLS handshake is not complete after ${handshakeTimeMsMax} ms`;
    }
    const writing = this.#writingSinceMs;
    if (writing === undefined) return undefined;
    const { writeStallTimeMsMax, writeStallCrowdedTimeMsMax } = this.#host.limits;
    const stallMsMax = this.#host.isCrowded ? writeStallCrowdedTimeMsMax : writeStallTimeMsMax;
    if (nowMs - writing > stallMsMax) return `Answers are not read for ${stallMsMax} ms`;
    return undefined;
  }

  async #serveUntilEnd(): Promise<void> {
    const outer = await this.#detect();
    if (outer === undefined) return;
    const isPlain = outer.framing !== "tls";
    if (isPlain && !this.#tls?.isRequired) return await this.#serveDetected(outer);
    if (!await this.#secure(outer)) return;
    const inner = await this.#detect();
    if (inner !== undefined) await this.#serveDetected(inner);
  }

  /** The server's side of a TLS handshake; gives whether there is an inside to go on with. */
  async #secure({ framing, bytes }: Found): Promise<boolean> {
    if (this.#tls === undefined) {
      this.#host.refused(this, this.carrier === "tcp" ? NO_TLS : "TLS inside a WebSocket");
      return false;
    }
    const stream = new TlsStream(this.#duplex, this.#tls.open(), {
      buffers: this.#tls.buffers,
      clock: this.#host.clock,
      head: bytes,
      onFailure: (error) => this.#failed(error),
    });
    this.#duplex = stream;
    this.#receivingSinceMs = undefined;
    this.#handshakingSinceMs = this.#host.clock.monotonicMs();
    this.#host.handshakeBegins(this);
    let negotiated: Negotiated | undefined;
    try {
      await stream.handshake();
      negotiated = stream.negotiated;
    } catch (error) {
      if (!(error instanceof TlsError)) throw error;
      if (this.#phase === "open") this.#host.refused(this, failureOf(framing, error));
      await stream.linger();
      return false;
    } finally {
      this.#handshakingSinceMs = undefined;
      this.#host.handshakeEnds(this, negotiated);
    }
    this.#peerIdentity = negotiated?.peerIdentity;
    return true;
  }

  #failed({ reason, alert, message }: TlsError): void {
    if (reason === "truncated") this.#host.cutOff(this, message);
    else this.#host.refused(this, `TLS fails with ${alert}: ${message}`);
  }

  async #detect(): Promise<Found | undefined> {
    const buffer = new Uint8Array(DETECT_READ_BYTES);
    let length = 0;
    while (length < buffer.length) {
      const count = await this.#duplex.read(buffer.subarray(length));
      if (count === null) return undefined;
      if (length === 0) this.#receivingSinceMs = this.#host.clock.monotonicMs();
      length += count;
      const bytes = buffer.subarray(0, length);
      const framing = detect(bytes);
      if (framing !== undefined) return { framing, bytes };
    }
    throw new Error(`Detection of ${length} bytes has no answer`);
  }

  async #serveDetected({ framing, bytes }: Found): Promise<void> {
    switch (framing) {
      case "classic":
      case "vsr":
        return await this.#converse(this.#host.converse(framing, this), bytes);
      case "http":
        this.#receivingSinceMs = undefined;
        if (this.carrier === "websocket") {
          return this.#host.refused(this, "HTTP inside a WebSocket");
        }
        this.#bridged = true;
        return await this.#host.bridge(this, bytes);
      case "tls":
        return this.#host.refused(this, "TLS inside of TLS");
      case "invalid":
        return this.#host.refused(this, "Bytes of no protocol this node knows");
    }
  }

  async #converse(conversation: Conversation, head: Uint8Array): Promise<void> {
    this.#conversation = conversation;
    const { decoder, session } = conversation;
    try {
      for (let at = decoder.push(head); at < head.length;) {
        if (!(await this.#answerAll(conversation))) return;
        at += decoder.push(head.subarray(at));
      }
      session.whenWaiting = () => this.#watch(conversation);
      while (await this.#answerAll(conversation)) {
        if (!(await this.#makeRoom(conversation))) return;
        this.#markReceiving(decoder.pendingBytes > 0);
        const reading = this.#ahead ?? this.#duplex.read(decoder.space());
        this.#ahead = undefined;
        const count = await reading;
        if (count === null) return;
        decoder.received(count);
      }
    } finally {
      this.#memory.resize(0);
    }
  }

  /** Ends the wait of a request when there is something else to do. */
  #watch({ decoder, session }: Conversation): void {
    const interrupt = () => session.interrupt();
    const hasOther = this.#draining || this.#phase !== "open" || decoder.pendingBytes > 0;
    if (hasOther) return interrupt();
    this.#ahead ??= this.#duplex.read(decoder.space());
    this.#ahead.then(interrupt, interrupt);
  }

  /** Gets memory for the frame that was announced; gives whether the connection goes on. */
  async #makeRoom({ decoder, session }: Conversation): Promise<boolean> {
    const { wanted } = decoder;
    const grows = wanted > Math.max(decoder.capacity, UNCOUNTED_BYTES);
    // What a stranger may send is short: nobody's memory waits for the rest of a login.
    if (grows && session.userId === undefined) {
      this.#host.refused(this, `It announced ${wanted} bytes and has not logged in`);
      return false;
    }
    const granted = this.#memory.resize(Math.max(0, wanted - UNCOUNTED_BYTES));
    if (granted !== undefined) {
      // It is the node that takes its time now.
      this.#receivingSinceMs = undefined;
      await granted;
    }
    return this.#phase !== "closed";
  }

  /** Answers every whole request in the buffer; gives whether the connection goes on. */
  async #answerAll(conversation: Conversation): Promise<boolean> {
    const outbox = this.#outbox;
    for (let frame; (frame = this.#nextFrame(conversation)) !== undefined;) {
      this.#busy = true;
      if (isFault(frame as object)) {
        const fault = frame as FrameFault;
        conversation.answerFault(fault, outbox);
        if (fault.closes) {
          this.#host.refused(this, fault.fault);
          outbox.endAfterFlush();
        }
      } else {
        if (!outbox.empty && conversation.mayWait(frame)) await this.#flush();
        const pending = conversation.answer(frame, outbox);
        if (pending !== undefined) await pending;
      }
      // WebSocket: one message for each answer (CLASSIC.md section 1.5, VSR.md section 1).
      if (outbox.full || this.#duplex.wholeMessages) await this.#flush();
      if (outbox.ending) return false;
    }
    await this.#flush();
    if (this.#busy) conversation.session.lastActiveMs = this.#host.clock.monotonicMs();
    this.#busy = false;
    if (this.#draining && this.#phase === "open") await this.dismiss("shutdown");
    return this.#phase === "open";
  }

  #nextFrame({ decoder }: Conversation): unknown {
    if (this.#phase !== "open") return undefined;
    const frame = decoder.next();
    // The time a frame may take is its own: what follows has just begun.
    if (frame !== undefined) this.#receivingSinceMs = undefined;
    return frame;
  }

  async #flush(): Promise<void> {
    if (this.#outbox.empty) return;
    this.#markWriting();
    try {
      await this.#outbox.flush(this.#duplex, this.#markWriting);
    } finally {
      this.#writingSinceMs = undefined;
    }
  }

  readonly #markWriting = () => {
    this.#writingSinceMs = this.#host.clock.monotonicMs();
  };

  #markReceiving(inFrame: boolean): void {
    if (!inFrame) this.#receivingSinceMs = undefined;
    else this.#receivingSinceMs ??= this.#host.clock.monotonicMs();
  }
}

/** What a stream speaks, and the bytes that showed it. */
interface Found {
  readonly framing: Detected;
  readonly bytes: Uint8Array;
}

function failureOf(framing: Detected, { reason, alert, message }: TlsError): string {
  if (framing === "tls") {
    if (reason === "truncated") return "TLS handshake is cut off";
    return `TLS handshake fails with ${alert}: ${message}`;
  }
  return `It speaks ${PLAIN_NAMES[framing]}, and this port takes TLS only`;
}

const PLAIN_NAMES: Record<Exclude<Detected, "tls">, string> = {
  classic: "the classic protocol in plain text",
  vsr: "VSR in plain text",
  http: "plain HTTP",
  invalid: "nothing known",
};

const NO_TLS = "TLS, which is off on this port";

/** Buffers up to this size come with the connection; only what is larger is counted against the budget. */
const UNCOUNTED_BYTES = 64 * 1024;

/** More than enough to detect anything, and a whole login besides. */
const DETECT_READ_BYTES = Math.max(4096, DETECT_BYTES_MAX);
