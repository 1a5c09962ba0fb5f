/**
 * TLS over a byte stream: a `Duplex` on a `Duplex`, with the engine of `tls/` in between, in either
 * role.
 *
 * ```text
 * Handshaking --connected--> Open --close(), end of stream--> Closed
 *      either --TlsError: its alert is sent--> Failed, which reads as the end of the stream
 * ```
 *
 * Records are opened where the socket has put them and copied once, to whom reads. What is written is
 * sealed in batches, each one write of the stream below, and so is a flight of the handshake.
 * Invariant: bytes leave in the order in which they were sealed.
 *
 * @module
 */
import { TlsError } from "../../tls/alert.ts";
import type { Negotiated, TlsConnection, TlsEvent } from "../../tls/connection.ts";
import { Outgoing } from "../../tls/outgoing.ts";
import { ContentType } from "../../tls/registry.ts";
import type { ClientSession } from "../../tls/resumption.ts";
import { type Address, type Clock, type Duplex, StreamClosed } from "../ports.ts";
import { CiphertextBuffer, LARGE_BYTES, type LargeBuffers } from "./ciphertext_buffer.ts";

/** What a TLS stream needs, and whom it tells. */
export interface TlsStreamOptions {
  readonly buffers: LargeBuffers;
  readonly clock: Clock;
  /** What was read from the stream below already. */
  readonly head?: Uint8Array;
  /** Called once when the connection fails after the handshake, a stream cut off included. */
  readonly onFailure?: (error: TlsError) => void;
  /** A client's: called with each ticket. */
  readonly onSession?: (session: ClientSession) => void;
}

/** See the module comment. */
export class TlsStream implements Duplex {
  readonly peer: Address;
  readonly local: Address;
  readonly wholeMessages = false;
  readonly #below: Duplex;
  readonly #tls: TlsConnection;
  readonly #options: TlsStreamOptions;
  readonly #ciphertext: CiphertextBuffer;
  readonly #events: TlsEvent[] = [];
  /** Views of what is opened and not read; the ciphertext's buffer stays as it is meanwhile. */
  readonly #plaintext: Uint8Array[] = [];
  #phase: "handshaking" | "open" | "failed" | "closed" = "handshaking";
  /** Whether nothing follows what is opened. */
  #isEnded = false;
  #isReceiving = false;
  /** Whether the bytes that wait were not shown to the engine yet. */
  #isFresh: boolean;
  #sealed: Outgoing;
  #spare: Outgoing;
  #sending: Promise<void> | undefined;
  #stopAcknowledging = () => {};

  constructor(below: Duplex, tls: TlsConnection, options: TlsStreamOptions) {
    const { buffers, head = NOTHING } = options;
    this.peer = below.peer;
    this.local = below.local;
    this.#below = below;
    this.#tls = tls;
    this.#options = options;
    this.#ciphertext = new CiphertextBuffer(buffers, head);
    this.#isFresh = head.length > 0;
    this.#sealed = new Outgoing(buffers.pool);
    this.#spare = new Outgoing(buffers.pool);
  }

  /** What was agreed, once the handshake is done. */
  get negotiated(): Negotiated | undefined {
    return this.#tls.negotiated;
  }

  /**
   * Does the handshake; to be called once, before anything is read or written.
   *
   * @throws {TlsError} when it fails: the alert was sent, as far as the peer still takes it
   * @throws {StreamClosed} when `close` was called meanwhile
   */
  async handshake(): Promise<void> {
    try {
      await this.#attempt(() => this.#tls.start(this.#sealed, this.#events));
      while (this.#phase === "handshaking") await this.#receive();
      // A server's tickets, and a client's last flight.
      await this.#flush();
    } catch (error) {
      if (this.#phase === "closed") throw this.#gone();
      throw error;
    }
    if (this.#phase === "closed") throw this.#gone();
  }

  /**
   * After a handshake that failed: waits a moment for the peer to take the alert and to close. A socket
   * that is closed with bytes unread is reset, and the alert is lost with it.
   */
  async linger(): Promise<void> {
    const { clock } = this.#options;
    if (this.#phase !== "failed" || this.#below.finish === undefined) return;
    const stop = clock.after(FAREWELL_MS_MAX, () => this.close());
    await this.#below.finish();
    const scrap = new Uint8Array(SCRAP_BYTES);
    for (let left = LINGER_BYTES_MAX; left > 0;) {
      const count = await this.#below.read(scrap);
      if (count === null) break;
      left -= count;
    }
    stop();
  }

  async read(into: Uint8Array): Promise<number | null> {
    for (;;) {
      const count = this.#takePlaintext(into);
      if (count > 0) return count;
      if (this.#isEnded || this.#phase !== "open") return null;
      try {
        await this.#receive();
      } catch (error) {
        if (error instanceof StreamClosed) return null;
        if (!(error instanceof TlsError)) throw error;
        this.#options.onFailure?.(error);
      }
    }
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      if (this.#phase !== "open") throw this.#gone();
      const isLarge = bytes.length - at > RECORD_BYTES_MAX && this.#options.buffers.reserve();
      const batch = bytes.subarray(at, at + (isLarge ? BATCH_BYTES : RECORD_BYTES_MAX));
      try {
        this.#tls.send(batch, this.#sealed);
        await this.#flush();
      } finally {
        if (isLarge) this.#options.buffers.unreserve();
      }
      at += batch.length;
    }
  }

  /** Ends both directions, with a close_notify where the stream below takes it at once. */
  close(): void {
    const { clock } = this.#options;
    const phase = this.#phase;
    if (phase === "closed") return;
    this.#phase = "closed";
    this.#isEnded = true;
    this.#plaintext.length = 0;
    if (!this.#isReceiving) this.#ciphertext.release();
    const end = () => this.#below.close();
    // Who does not even take what was sent before gets no farewell.
    if (phase !== "open" || this.#sending !== undefined) return end();
    this.#tls.close(this.#sealed);
    const stop = clock.after(FAREWELL_MS_MAX, end);
    this.#flush().catch(() => {}).finally(() => {
      stop();
      end();
    });
  }

  #takePlaintext(into: Uint8Array): number {
    let count = 0;
    while (this.#plaintext.length > 0 && count < into.length) {
      const [view] = this.#plaintext;
      const part = view.subarray(0, into.length - count);
      into.set(part, count);
      count += part.length;
      if (part.length === view.length) this.#plaintext.shift();
      else this.#plaintext[0] = view.subarray(part.length);
    }
    return count;
  }

  /** Takes in what one read of the stream below brings, or what waits already. */
  async #receive(): Promise<void> {
    if (!this.#isFresh) await this.#fill();
    this.#isFresh = false;
    // A peer that asks for answers and does not take them is not listened to.
    if (this.#sealed.length > UNSENT_BYTES_MAX) await this.#flush();
    const { waiting } = this.#ciphertext;
    const isLone = isChangeCipherSpec(waiting);
    await this.#attempt(() => {
      this.#ciphertext.consumed(this.#tls.receive(waiting, this.#sealed, this.#events));
    });
    if (isLone && this.#phase === "handshaking") this.#acknowledgeSoon();
  }

  /**
   * Has a server's system acknowledge what came, by a record without content, unless more comes soon:
   * rustls writes its change_cipher_spec by itself, and what it writes next waits 40 ms for that where
   * Nagle's algorithm is at work.
   */
  #acknowledgeSoon(): void {
    this.#stopAcknowledging = this.#options.clock.after(ACKNOWLEDGE_MS, () => {
      if (this.#phase !== "handshaking" || !this.#tls.maySend) return;
      this.#tls.send(NOTHING, this.#sealed);
      this.#flush().catch(() => {});
    });
  }

  async #fill(): Promise<void> {
    this.#isReceiving = true;
    let count: number | null;
    try {
      count = await this.#below.read(this.#ciphertext.space());
    } finally {
      this.#isReceiving = false;
      this.#stopAcknowledging();
      if (this.#phase === "closed") this.#ciphertext.release();
    }
    if (this.#phase === "closed") throw this.#gone();
    if (count !== null) return this.#ciphertext.received(count);
    this.#isEnded = true;
    await this.#attempt(() => this.#tls.receiveEnd());
    if (this.#phase === "handshaking") throw this.#gone();
  }

  /** One step of the engine, and what comes of it. */
  async #attempt(step: () => void): Promise<void> {
    try {
      step();
    } catch (error) {
      // What was believed before the failure is still to be read.
      this.#collect();
      await this.#fail();
      throw error;
    }
    const signing = this.#collect();
    if (signing !== undefined) return await this.#sign(signing);
    if (this.#sealed.length > 0) await this.#sendAside();
  }

  /** Takes in the events; gives a signature that has to be waited for. */
  #collect(): Promise<Uint8Array> | undefined {
    let signing: Promise<Uint8Array> | undefined;
    for (const event of this.#events.splice(0)) {
      switch (event.type) {
        case "data":
          if (event.bytes.length > 0) this.#plaintext.push(event.bytes);
          break;
        case "connected":
          if (this.#phase === "handshaking") this.#phase = "open";
          break;
        case "end":
          this.#isEnded = true;
          break;
        case "session":
          this.#options.onSession?.(event.session);
          break;
        case "signature-wanted":
          signing = event.signature;
      }
    }
    return signing;
  }

  /** Waits for a key that is slow or elsewhere; nothing is received meanwhile. */
  async #sign(signing: Promise<Uint8Array>): Promise<void> {
    await this.#flush();
    let signature: Uint8Array;
    try {
      signature = await signing;
    } catch (cause) {
      if (this.#phase === "closed") throw this.#gone();
      this.#tls.fail(cause instanceof Error ? cause : new Error(String(cause)), this.#sealed);
      await this.#fail();
      throw cause;
    }
    if (this.#phase === "closed") throw this.#gone();
    // What came behind the message that was waited at is there already.
    this.#isFresh = this.#ciphertext.waiting.length > 0;
    await this.#attempt(() => this.#tls.provideSignature(signature, this.#sealed, this.#events));
  }

  /** In the handshake a flight is waited for; later an answer must not hold up what is received. */
  async #sendAside(): Promise<void> {
    const sending = this.#flush();
    if (this.#phase === "handshaking") return await sending;
    sending.catch(() => {});
  }

  /** The alert goes out, as far as the peer takes it. */
  async #fail(): Promise<void> {
    const wasOpen = this.#phase === "open";
    if (this.#phase !== "closed") this.#phase = "failed";
    const { clock } = this.#options;
    const late = Promise.withResolvers<void>();
    const stop = clock.after(FAREWELL_MS_MAX, late.resolve);
    await Promise.race([this.#flush().catch(() => {}), late.promise]);
    stop();
    if (!wasOpen) this.#plaintext.length = 0;
  }

  /** Writes all that is sealed; one write at a time, in the order of sealing. */
  #flush(): Promise<void> {
    if (this.#sending !== undefined) return this.#sending;
    if (this.#sealed.length === 0) return Promise.resolve();
    return this.#sending = this.#sendAll();
  }

  async #sendAll(): Promise<void> {
    try {
      while (this.#sealed.length > 0) {
        const batch = this.#sealed;
        this.#sealed = this.#spare;
        this.#spare = batch;
        await this.#below.write(batch.bytes).finally(() => batch.clear());
      }
    } finally {
      // Not a turn later: what is sealed by then would be nobody's to send.
      this.#sending = undefined;
    }
  }

  #gone(): StreamClosed {
    return new StreamClosed(`Stream to ${this.peer.hostname}:${this.peer.port} is closed`);
  }
}

/** RFC 8446 §5: the one record of that type there is. */
function isChangeCipherSpec(bytes: Uint8Array): boolean {
  return bytes.length === 6 && bytes[0] === ContentType.change_cipher_spec;
}

const NOTHING = new Uint8Array(0);

const RECORD_BYTES_MAX = 2 ** 14;

/** So many whole records fit a large buffer with what TLS adds to each. */
const BATCH_BYTES = (LARGE_BYTES / RECORD_BYTES_MAX - 1) * RECORD_BYTES_MAX;

/** Answers of the engine's own: more of them means that the peer does not read. */
const UNSENT_BYTES_MAX = 16 * 1024;

/** Longer than it takes a peer to write its next record, and much less than an acknowledgement takes. */
const ACKNOWLEDGE_MS = 10;

/** What a peer may have sent behind the message that was refused. */
const LINGER_BYTES_MAX = 1024 * 1024;
const SCRAP_BYTES = 16 * 1024;

/** How long a close_notify or an alert may take to be written. */
const FAREWELL_MS_MAX = 1000;
