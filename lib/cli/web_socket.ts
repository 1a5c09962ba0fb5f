/**
 * The client's end of a WebSocket (RFC 6455) over any byte stream: binary messages in, one binary
 * message per write out. Below it may be TLS of this project's own, which the runtime's WebSocket
 * has no place for.
 *
 * @module
 */
import { type Address, type Duplex, type Entropy, StreamClosed } from "../ports.ts";

/** Opens a WebSocket over `below`. Rejects when the far end does not take it. */
export async function webSocketOver(
  below: Duplex,
  { hostname, port }: Address,
  entropy: Entropy,
): Promise<Duplex> {
  const key = new Uint8Array(16);
  entropy.fill(key);
  const host = hostname.includes(":") ? `[${hostname}]` : hostname;
  const request = [
    "GET / HTTP/1.1",
    `Host: ${host}:${port}`,
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Key: ${key.toBase64()}`,
    "Sec-WebSocket-Version: 13",
  ];
  await below.write(UTF8.encode(`${request.join("\r\n")}\r\n\r\n`));
  const rest = await readHead(below);
  return new WebSocketStream(below, entropy, rest);
}

class WebSocketStream implements Duplex {
  readonly peer: Address;
  readonly local: Address;
  readonly wholeMessages = true;
  readonly #below: Duplex;
  readonly #entropy: Entropy;
  /** Read from below and not looked at yet. */
  #pending: Uint8Array;
  readonly #chunk = new Uint8Array(CHUNK_BYTES);
  /** Left of the payload of the frame that is being read. */
  #payloadLeft = 0;
  #isEnded = false;

  constructor(below: Duplex, entropy: Entropy, pending: Uint8Array) {
    this.peer = below.peer;
    this.local = below.local;
    this.#below = below;
    this.#entropy = entropy;
    this.#pending = pending;
  }

  async read(into: Uint8Array): Promise<number | null> {
    while (this.#payloadLeft === 0) {
      if (this.#isEnded || !await this.#readHeader()) return null;
    }
    if (this.#pending.length === 0 && !await this.#fill()) return null;
    const length = Math.min(this.#pending.length, this.#payloadLeft, into.length);
    into.set(this.#pending.subarray(0, length));
    this.#pending = this.#pending.subarray(length);
    this.#payloadLeft -= length;
    return length;
  }

  write(bytes: Uint8Array): Promise<void> {
    if (this.#isEnded) return Promise.reject(new StreamClosed("WebSocket is closed"));
    return this.#send(Opcode.binary, bytes);
  }

  close(): void {
    if (!this.#isEnded) {
      this.#isEnded = true;
      // A close that nobody takes any more is as good as one that is taken.
      this.#send(Opcode.close, new Uint8Array([0x03, 0xe8])).catch(() => {});
    }
    this.#below.close();
  }

  /** Reads the header of a frame; control frames are answered on the way. `false` at the end. */
  async #readHeader(): Promise<boolean> {
    const head = await this.#take(2);
    if (head === undefined) return false;
    const opcode = head[0] & 0x0f;
    let length = head[1] & 0x7f;
    const longer = length === 126 ? 2 : length === 127 ? 8 : 0;
    if (longer > 0) {
      const bytes = await this.#take(longer);
      if (bytes === undefined) return false;
      length = bytes.reduce((value, byte) => value * 256 + byte, 0);
    }
    if (opcode === Opcode.continuation || opcode === Opcode.binary) {
      this.#payloadLeft = length;
      return true;
    }
    const payload = await this.#take(length);
    if (payload === undefined) return false;
    if (opcode === Opcode.ping) await this.#send(Opcode.pong, payload);
    if (opcode === Opcode.close) this.#isEnded = true;
    return !this.#isEnded;
  }

  /** The next `count` bytes; `undefined` when the stream ends before. */
  async #take(count: number): Promise<Uint8Array | undefined> {
    while (this.#pending.length < count) if (!await this.#fill()) return undefined;
    const bytes = this.#pending.slice(0, count);
    this.#pending = this.#pending.subarray(count);
    return bytes;
  }

  async #fill(): Promise<boolean> {
    const count = await this.#below.read(this.#chunk);
    if (count === null) {
      this.#isEnded = true;
      return false;
    }
    this.#pending = joined(this.#pending, this.#chunk.subarray(0, count));
    return true;
  }

  /** Section 5.3: whatever a client sends is masked. */
  #send(opcode: number, payload: Uint8Array): Promise<void> {
    const { length } = payload;
    const extra = length < 126 ? 0 : length < 65_536 ? 2 : 8;
    const frame = new Uint8Array(2 + extra + 4 + length);
    const view = new DataView(frame.buffer);
    frame[0] = FINAL | opcode;
    frame[1] = MASKED | (extra === 0 ? length : extra === 2 ? 126 : 127);
    if (extra === 2) view.setUint16(2, length);
    if (extra === 8) view.setBigUint64(2, BigInt(length));
    const mask = frame.subarray(2 + extra, 6 + extra);
    this.#entropy.fill(mask);
    const at = 6 + extra;
    for (let index = 0; index < length; index++) {
      frame[at + index] = payload[index] ^ mask[index & 3];
    }
    return this.#below.write(frame);
  }
}

/** Reads the answer to the request; gives what came behind it. */
async function readHead(below: Duplex): Promise<Uint8Array> {
  let bytes: Uint8Array = new Uint8Array(0);
  const chunk = new Uint8Array(CHUNK_BYTES);
  while (bytes.length < HEAD_BYTES_MAX) {
    const count = await below.read(chunk);
    if (count === null) throw new Error("No WebSocket is spoken here: the stream ends");
    bytes = joined(bytes, chunk.subarray(0, count));
    const text = LATIN1.decode(bytes);
    const end = text.indexOf("\r\n\r\n");
    if (end < 0) continue;
    const [status, ...lines] = text.slice(0, end).split("\r\n");
    const isUpgrade = lines.some((line) => /^upgrade:\s*websocket\s*$/i.test(line));
    if (/^HTTP\/1\.1 101\b/.test(status) && isUpgrade) return bytes.slice(end + 4);
    throw new Error(`No WebSocket is spoken here: the answer is ${status.slice(0, 80)}`);
  }
  throw new Error("No WebSocket is spoken here: the answer has no end");
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(first.length + second.length);
  bytes.set(first);
  bytes.set(second, first.length);
  return bytes;
}

/** RFC 6455 section 5.2. */
const Opcode = { continuation: 0, binary: 2, close: 8, ping: 9, pong: 10 } as const;
const FINAL = 0x80;
const MASKED = 0x80;
const CHUNK_BYTES = 64 * 1024;
const HEAD_BYTES_MAX = 16 * 1024;
const UTF8 = new TextEncoder();
const LATIN1 = new TextDecoder("latin1");
