/**
 * An engine without cryptography, for tests of what is around it. Records have the head of TLS's;
 * data is inverted, in place, to show what was opened and what was not.
 *
 * @module
 */
import { TlsError } from "../../tls/alert.ts";
import type { Negotiated, TlsConnection, TlsEvent } from "../../tls/connection.ts";
import type { Outgoing } from "../../tls/outgoing.ts";
import type { BufferPool } from "../../tls/provider/provider.ts";

/** Types of records. */
export const SCRIPT = {
  /** Begins the handshake; answered by another, and then both are connected. */
  hello: 22,
  data: 23,
  /** Is answered with a `pong`. */
  ping: 24,
  pong: 25,
  /** close_notify. */
  end: 21,
  /** Means nothing; comes in one byte. */
  changeCipherSpec: 20,
  /** What an engine refuses: it answers with an `alert`. */
  wrong: 27,
  alert: 26,
} as const;

/** A record as it is on the wire. */
export function record(type: keyof typeof SCRIPT, content: Uint8Array | readonly number[] = []) {
  const bytes = new Uint8Array(5 + content.length);
  bytes.set([SCRIPT[type], 3, 3]);
  bytes[3] = content.length >> 8;
  bytes[4] = content.length & 255;
  const sealed = type === "data" ? Uint8Array.from(content, (byte) => byte ^ 255) : content;
  bytes.set(sealed, 5);
  return bytes;
}

/** One end; says what it was asked. */
export class ScriptedTls implements TlsConnection {
  /** What a hello is answered with in place of a hello, if the key takes its time. */
  signature: Promise<Uint8Array> | undefined;
  /** What `fail` was called with. */
  failure: Error | undefined;
  /** Whether it may send before it is connected, as a server may after its own flight. */
  isHalfOpen = false;
  pongs = 0;
  negotiated: Negotiated | undefined;
  readonly earlyDataBytesLeft = 0;
  #isConnected = false;
  #isSigning = false;
  #hasClosed = false;
  #hasEnded = false;

  constructor(readonly role: "client" | "server") {}

  get maySend(): boolean {
    return (this.#isConnected || this.isHalfOpen) && !this.#hasClosed;
  }

  start(out: Outgoing): void {
    if (this.role === "client") put(out, record("hello"));
  }

  receive(input: Uint8Array, out: Outgoing, events: TlsEvent[]): number {
    let at = 0;
    while (input.length - at >= 5 && !this.#isSigning) {
      if (input[at + 1] !== 3) this.#refuse(input[at], out);
      const length = input[at + 3] << 8 | input[at + 4];
      if (input.length - at < 5 + length) break;
      this.#take(input[at], input.subarray(at + 5, at + 5 + length), out, events);
      at += 5 + length;
    }
    return at;
  }

  receiveEnd(): void {
    if (!this.#hasEnded) throw new TlsError("truncated", "Stream was cut off");
  }

  send(data: Uint8Array, out: Outgoing): void {
    if (!this.maySend) throw new Error("Not open");
    let at = 0;
    do put(out, record("data", data.subarray(at, at += 16_384))); while (at < data.length);
  }

  sendEarlyData(): number {
    return 0;
  }

  provideSignature(signature: Uint8Array, out: Outgoing, events: TlsEvent[]): void {
    this.#isSigning = false;
    put(out, record("hello", signature));
    this.#connect(events);
  }

  fail(error: Error, out: Outgoing): void {
    this.failure = error;
    put(out, record("alert"));
  }

  updateKeys(): void {}

  exportKeyingMaterial(): Uint8Array {
    return new Uint8Array();
  }

  close(out: Outgoing): void {
    this.#hasClosed = true;
    put(out, record("end"));
  }

  #take(type: number, content: Uint8Array, out: Outgoing, events: TlsEvent[]): void {
    switch (type) {
      case SCRIPT.hello:
        return this.#hello(out, events);
      case SCRIPT.data:
        for (let at = 0; at < content.length; at++) content[at] ^= 255;
        return void events.push({ type: "data", bytes: content });
      case SCRIPT.ping:
        return put(out, record("pong"));
      case SCRIPT.pong:
        this.pongs++;
        return;
      case SCRIPT.changeCipherSpec:
        return;
      case SCRIPT.end:
        this.#hasEnded = true;
        return void events.push({ type: "end" });
      default:
        this.#refuse(type, out);
    }
  }

  #refuse(type: number, out: Outgoing): never {
    put(out, record("alert"));
    throw new TlsError("badKeyShare", `Record of type ${type} is wrong`);
  }

  #hello(out: Outgoing, events: TlsEvent[]): void {
    if (this.signature !== undefined) {
      this.#isSigning = true;
      return void events.push({
        type: "signature-wanted",
        scheme: 0x0403,
        signature: this.signature,
      });
    }
    if (this.role === "server") put(out, record("hello"));
    this.#connect(events);
  }

  #connect(events: TlsEvent[]): void {
    this.#isConnected = true;
    events.push({ type: "connected" });
  }
}

/** A pool that knows what it has lent, and notes the sizes. */
export class CountingPool implements BufferPool {
  readonly lent = new Set<Uint8Array>();
  bytesMax = 0;

  take(bytes: number): Uint8Array {
    const buffer = new Uint8Array(bytes);
    this.lent.add(buffer);
    this.bytesMax = Math.max(this.bytesMax, bytes);
    return buffer;
  }

  give(buffer: Uint8Array): void {
    this.lent.delete(buffer);
  }
}

function put(out: Outgoing, bytes: Uint8Array): void {
  out.reserve(bytes.length).set(bytes);
}
