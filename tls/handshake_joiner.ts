/**
 * Handshake messages out of record contents (RFC 8446 §5.1): several may share a record, one may be
 * spread over many.
 *
 * @module
 */
import { TlsError } from "./alert.ts";
import { HandshakeType } from "./registry.ts";

/** One handshake message: views, valid until the next record is taken in. */
export interface HandshakeMessage {
  /** HandshakeType. */
  readonly type: number;
  readonly body: Uint8Array;
  /** Header and body: what the transcript covers. */
  readonly bytes: Uint8Array;
}

/** Joins fragments. Copies only what is spread over records. */
export class HandshakeJoiner {
  /** Holds what waits: the record's own memory, or, once something was spread, memory of this object. */
  #bytes: Uint8Array = NOTHING;
  #start = 0;
  #end = 0;
  #owned = false;
  readonly #certificateBytesMax: number;

  constructor(certificateBytesMax: number) {
    this.#certificateBytesMax = certificateBytesMax;
  }

  /** Whether bytes of a message, or of more messages, wait. */
  get hasPending(): boolean {
    return this.#end > this.#start;
  }

  /** Takes in the content of a handshake record; call `next` until it gives nothing. */
  push(content: Uint8Array): void {
    if (!this.hasPending) {
      this.#bytes = content;
      this.#start = 0;
      this.#end = content.length;
      this.#owned = false;
      return;
    }
    this.#makeRoom(content.length);
    this.#bytes.set(content, this.#end);
    this.#end += content.length;
  }

  /** The next whole message. */
  next(): HandshakeMessage | undefined {
    const bytes = this.#bytes;
    const start = this.#start;
    const available = this.#end - start;
    if (available >= HEADER_BYTES) {
      const length = bytes[start + 1] << 16 | bytes[start + 2] << 8 | bytes[start + 3];
      this.#checkLength(bytes[start], length);
      if (available >= HEADER_BYTES + length) {
        this.#start += HEADER_BYTES + length;
        const message = bytes.subarray(start, this.#start);
        return { type: bytes[start], body: message.subarray(HEADER_BYTES), bytes: message };
      }
    }
    return undefined;
  }

  /** Copies what waits out of the record's memory: the caller is about to use that for something else. */
  keep(): void {
    this.#makeRoom(0);
  }

  /** Doubling, so that a message in thousands of pieces is copied about once. */
  #makeRoom(more: number): void {
    const pending = this.#end - this.#start;
    if (pending === 0 && more === 0) return this.#forget();
    if (this.#owned && this.#end + more <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(pending + more, 2 * pending));
    larger.set(this.#bytes.subarray(this.#start, this.#end));
    this.#bytes = larger;
    this.#start = 0;
    this.#end = pending;
    this.#owned = true;
  }

  #forget(): void {
    this.#bytes = NOTHING;
    this.#start = this.#end = 0;
    this.#owned = false;
  }

  /** Memory is bounded before it is filled. */
  #checkLength(type: number, length: number): void {
    const isCompressed = type === HandshakeType.compressed_certificate;
    const isCertificate = type === HandshakeType.certificate || isCompressed;
    const max = isCertificate ? this.#certificateBytesMax : MESSAGE_BYTES_MAX;
    if (length > max) {
      throw new TlsError(
        "handshakeMessageTooLong",
        `Handshake message of ${length} bytes, at most ${max}`,
        // RFC 8879 §4: bad_certificate for what is not going to be decompressed.
        isCompressed ? { alert: "bad_certificate" } : undefined,
      );
    }
  }
}

const NOTHING = new Uint8Array(0);
const HEADER_BYTES = 4;

/** A ClientHello whose extensions fill their block, which is 65,535 bytes, and two thousand suites. */
const MESSAGE_BYTES_MAX = 65_535 + 4096;
