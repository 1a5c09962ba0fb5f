/**
 * The record layer (RFC 8446 §5): one half that takes records apart and opens them in place, one half
 * that cuts content into records and seals them. Each half has its own key and sequence number; the
 * number starts again at zero with each key.
 *
 * @module
 */
import { TlsError } from "./alert.ts";
import { trafficKey } from "./key_schedule.ts";
import type { Outgoing } from "./outgoing.ts";
import type { AeadKey, CipherSuite } from "./provider/provider.ts";
import { ContentType, nameOf, ProtocolVersion } from "./registry.ts";

/** Bytes of a TLSCiphertext at most, its header included (§5.2). */
export const RECORD_BYTES_MAX = 5 + 16_384 + 256;

/** Content of a record at most (§5.1). */
export const CONTENT_BYTES_MAX = 16_384;

/** Opens records. After `read`, `type` and `content` are those of the record that was read. */
export class RecordReader {
  /** ContentType of the last record: the inner one, where there is one. */
  type = 0;
  /** Its content: a view into the input. */
  content: Uint8Array = NOTHING;
  /** Whether the last record was protected. */
  isProtected = false;
  /** Largest content the peer was told to send (RFC 8449 §4). */
  contentBytesMax = CONTENT_BYTES_MAX;
  #protection: Protection | undefined;
  /** Ciphertext of a 0-RTT attempt that may still be passed over (§4.2.10), while that goes on. */
  #skippableBytes: number | undefined;
  #isFirst = true;
  /** Whether the peer has shown that it has keys. */
  #hasOpened = false;

  /** Opens what comes with this traffic secret from now on. */
  useSecret(suite: CipherSuite, secret: Uint8Array): void {
    this.#protection?.destroy();
    this.#protection = new Protection(suite, secret);
  }

  /** Whether records have to be protected. */
  get hasKey(): boolean {
    return this.#protection !== undefined;
  }

  /**
   * Passes over records of early data that was not accepted: those that do not open, or, where there
   * is no key yet, all application data. The first record that opens ends it.
   */
  skipEarlyData(bytesMax: number): void {
    this.#skippableBytes = bytesMax;
  }

  stopSkipping(): void {
    this.#skippableBytes = undefined;
  }

  /**
   * Reads the record at `at` in `input`, and opens it in place.
   *
   * @returns its length, or 0 when it is not complete. A record that is passed over has `type` 0.
   */
  read(input: Uint8Array, at: number): number {
    const available = input.length - at;
    if (this.#isFirst && available > 0) this.#checkFirst(input.subarray(at));
    if (available < HEADER_BYTES) return 0;
    const type = input[at];
    const length = input[at + 3] << 8 | input[at + 4];
    this.#checkHeader(type, input[at + 1] << 8 | input[at + 2], length);
    if (available < HEADER_BYTES + length) return 0;
    const end = at + HEADER_BYTES + length;
    this.isProtected = false;
    if (type === ContentType.application_data) this.#open(input, at, end);
    else this.#accept(type, input.subarray(at + HEADER_BYTES, end));
    this.#isFirst = false;
    return HEADER_BYTES + length;
  }

  /** Whoever speaks HTTP to a TLS port is told apart from noise. */
  #checkFirst(bytes: Uint8Array): void {
    if (bytes[0] >= ContentType.change_cipher_spec && bytes[0] <= ContentType.application_data) {
      return;
    }
    const text = String.fromCharCode(...bytes.subarray(0, 5));
    if (text === "CONNE") throw new TlsError("httpsProxyRequest", "Peer asks for an HTTP proxy");
    if (/^(GET |POST |HEAD |PUT )/.test(text)) {
      throw new TlsError("httpRequest", "Peer speaks plain HTTP: use https://");
    }
    // Less than a header may be HTTP still.
    if (bytes.length >= HEADER_BYTES && !HTTP_START.test(text)) {
      throw new TlsError("badRecordVersion", "Peer does not speak TLS");
    }
  }

  #checkHeader(type: number, version: number, length: number): void {
    // §5.1 lets legacy_record_version be ignored. It is looked at as far as all known peers agree, so
    // that a stream out of step is told from one that is tampered with. A change_cipher_spec counts
    // as one of the records in front of the keys, whose versions differ.
    const isExact = this.hasKey && type !== ContentType.change_cipher_spec;
    if (version >> 8 !== 3 || (isExact && version !== ProtocolVersion.TLS_1_2)) {
      throw new TlsError("badRecordVersion", `Record version is 0x${version.toString(16)}`);
    }
    // §5.2: the ciphertext may be 256 bytes longer than the content.
    const isCiphertext = type === ContentType.application_data;
    if (length > CONTENT_BYTES_MAX + (isCiphertext ? 256 : 0)) {
      const reason = isCiphertext ? "ciphertextTooLong" : "plaintextTooLong";
      throw new TlsError(reason, `Record of ${length} bytes is too long`);
    }
  }

  /** A record that is not protected. */
  #accept(type: number, content: Uint8Array): void {
    switch (type) {
      case ContentType.change_cipher_spec:
        break;
      case ContentType.alert:
      case ContentType.handshake:
        if (this.hasKey && !this.#isLastWord(type, content)) {
          // §5: once there are keys, everything but change_cipher_spec is protected.
          throw new TlsError("wrongOuterType", `${nameOf(ContentType, type)} is not protected`);
        }
        break;
      default:
        throw new TlsError("unexpectedRecord", `Record has content type ${type}`);
    }
    this.type = type;
    this.content = content;
  }

  /**
   * A peer that has no keys yet, for it understood nothing of this side's flight, can say why only
   * without protection. That it gives up is all that is believed: what ends a stream is protected.
   */
  #isLastWord(type: number, content: Uint8Array): boolean {
    return type === ContentType.alert && content[0] === FATAL && !this.#hasOpened;
  }

  #open(input: Uint8Array, at: number, end: number): void {
    const protection = this.#protection;
    if (protection === undefined) {
      if (this.#skip(end - at - HEADER_BYTES)) return;
      throw new TlsError("unexpectedRecord", "Application data came before there are keys");
    }
    const content = protection.open(input, at, end);
    if (content === undefined) {
      if (this.#skip(end - at - HEADER_BYTES)) return;
      throw new TlsError("badRecordMac", "Record cannot be decrypted");
    }
    this.#skippableBytes = undefined;
    this.#hasOpened = true;
    this.#strip(content);
  }

  /** §5.4: the content ends with its type and any number of zeros. */
  #strip(inner: Uint8Array): void {
    if (inner.length > this.contentBytesMax + 1) {
      throw new TlsError("plaintextTooLong", `Content of ${inner.length - 1} bytes is too long`);
    }
    let end = inner.length;
    while (end > 0 && inner[end - 1] === 0) end--;
    if (end === 0) throw new TlsError("noContentType", "Record has no content type");
    const type = inner[end - 1];
    if (
      type !== ContentType.application_data && type !== ContentType.handshake &&
      type !== ContentType.alert
    ) throw new TlsError("unexpectedRecord", `Protected record has content type ${type}`);
    this.type = type;
    this.content = inner.subarray(0, end - 1);
    this.isProtected = true;
  }

  /** Passes over a record; `false` when it is not the time for that. */
  #skip(bytes: number): boolean {
    if (this.#skippableBytes === undefined) return false;
    this.#skippableBytes -= bytes;
    if (this.#skippableBytes < 0) {
      throw new TlsError("tooMuchSkippedEarlyData", "Client sends more early data than it may");
    }
    this.type = 0;
    this.content = NOTHING;
    return true;
  }
}

/** Seals records. */
export class RecordWriter {
  /** Largest content to send: this side's choice and the peer's record_size_limit. */
  contentBytesMax = CONTENT_BYTES_MAX;
  /**
   * legacy_record_version of the next record (§5.1): a first ClientHello says 0x0301, for servers
   * that are picky; everything else 0x0303.
   */
  legacyVersion: number = ProtocolVersion.TLS_1_2;
  #protection: Protection | undefined;
  readonly #paddingMultiple: number;

  /** @param paddingMultiple protected content is padded to a multiple of it; 0 for none */
  constructor(paddingMultiple: number) {
    this.#paddingMultiple = paddingMultiple;
  }

  /** Seals what comes with this traffic secret from now on. */
  useSecret(suite: CipherSuite, secret: Uint8Array): void {
    this.#protection?.destroy();
    this.#protection = new Protection(suite, secret);
  }

  /** Seals nothing any more. */
  useNothing(): void {
    this.#protection?.destroy();
    this.#protection = undefined;
  }

  /** Whether so many records were sealed that the key has to change (§5.5). */
  get isWornOut(): boolean {
    return this.#protection?.isWornOut ?? false;
  }

  /** Appends `content` to `out`, in as many records as it takes; an empty content is one record. */
  write(type: number, content: Uint8Array, out: Outgoing): void {
    const limit = this.contentBytesMax;
    const overhead = HEADER_BYTES + (this.#protection === undefined ? 0 : 1 + TAG_BYTES);
    const count = Math.max(1, Math.ceil(content.length / limit));
    const last = content.length - (count - 1) * limit;
    const paddings = (count - 1) * this.#padding(limit) + this.#padding(last);
    const room = out.reserve(content.length + count * overhead + paddings);
    for (let at = 0, to = 0, index = 0; index < count; index++, at += limit) {
      to = this.#writeOne(type, content, at, Math.min(content.length, at + limit), room, to);
    }
    this.legacyVersion = ProtocolVersion.TLS_1_2;
  }

  #writeOne(
    type: number,
    content: Uint8Array,
    start: number,
    end: number,
    into: Uint8Array,
    at: number,
  ): number {
    const protection = this.#protection;
    const contentAt = at + HEADER_BYTES;
    const contentEnd = contentAt + end - start;
    into.set(
      start === 0 && end === content.length ? content : content.subarray(start, end),
      contentAt,
    );
    if (protection === undefined) {
      writeHeader(into, at, type, end - start, this.legacyVersion);
      return contentEnd;
    }
    into[contentEnd] = type;
    const innerEnd = contentEnd + 1 + this.#padding(end - start);
    into.fill(0, contentEnd + 1, innerEnd);
    const length = innerEnd - contentAt + TAG_BYTES;
    writeHeader(into, at, ContentType.application_data, length, ProtocolVersion.TLS_1_2);
    protection.seal(into, at, innerEnd + TAG_BYTES);
    return innerEnd + TAG_BYTES;
  }

  #padding(contentBytes: number): number {
    const multiple = this.#paddingMultiple;
    if (multiple === 0 || this.#protection === undefined) return 0;
    const padded = Math.ceil(contentBytes / multiple) * multiple;
    return Math.min(padded, this.contentBytesMax) - contentBytes;
  }
}

/** A key, an IV and the number of the next record (§5.3). */
class Protection {
  readonly #key: AeadKey;
  readonly #iv: Uint8Array;
  readonly #nonce = new Uint8Array(12);
  readonly #recordsMax: number;
  #sequence = 0;

  constructor(suite: CipherSuite, secret: Uint8Array) {
    const { key, iv } = trafficKey(suite, secret);
    this.#key = suite.aead.load(key);
    key.fill(0);
    this.#iv = iv;
    this.#nonce.set(iv);
    this.#recordsMax = suite.recordsMax;
  }

  get isWornOut(): boolean {
    return this.#sequence >= this.#recordsMax;
  }

  /** Seals the record from `at` to `end`; its header and content are in place, the tag has its room. */
  seal(bytes: Uint8Array, at: number, end: number): void {
    const header = bytes.subarray(at, at + HEADER_BYTES);
    this.#key.seal(this.#nextNonce(), header, bytes.subarray(at + HEADER_BYTES, end));
  }

  /** The TLSInnerPlaintext of the record from `at` to `end`, `undefined` when it does not open. */
  open(bytes: Uint8Array, at: number, end: number): Uint8Array | undefined {
    const start = at + HEADER_BYTES;
    if (end - start < TAG_BYTES) return undefined;
    const header = bytes.subarray(at, start);
    if (!this.#key.open(this.#nonceOf(this.#sequence), header, bytes.subarray(start, end))) {
      return undefined;
    }
    this.#sequence++;
    return bytes.subarray(start, end - TAG_BYTES);
  }

  destroy(): void {
    this.#key.destroy();
    this.#iv.fill(0);
  }

  #nextNonce(): Uint8Array {
    return this.#nonceOf(this.#sequence++);
  }

  #nonceOf(sequence: number): Uint8Array {
    const nonce = this.#nonce;
    const iv = this.#iv;
    const high = Math.floor(sequence / 0x100000000);
    for (let index = 0; index < 4; index++) {
      nonce[4 + index] = iv[4 + index] ^ high >>> (24 - 8 * index);
      nonce[8 + index] = iv[8 + index] ^ sequence >>> (24 - 8 * index);
    }
    return nonce;
  }
}

function writeHeader(
  into: Uint8Array,
  at: number,
  type: number,
  length: number,
  version: number,
): void {
  into[at] = type;
  into[at + 1] = version >> 8;
  into[at + 2] = version;
  into[at + 3] = length >> 8;
  into[at + 4] = length;
}

const NOTHING = new Uint8Array(0);
const FATAL = 2;
const HEADER_BYTES = 5;
const TAG_BYTES = 16;
const HTTP_START = /^(GET|POST|HEAD|PUT|CONNE|OPTIO|DELET|PATCH|TRACE)/;
