/**
 * A byte stream in memory: two ends, with as little room between them as a test wants, that end and
 * break when told to.
 *
 * Bytes are copied when they enter the room in between and not before, as with a socket: who reuses
 * the memory of a write that has not resolved yet is found out.
 *
 * @module
 */
import { type Address, type Duplex, StreamClosed } from "../../lib/ports.ts";

/** What is particular to a pipe. */
export interface PipeOptions {
  /** Bytes each direction takes before a write has to wait for a read; default: any number. */
  readonly capacityBytes?: number;
  /** Whether a write arrives as one message that only {@link PipeEnd.message} shows whole. */
  readonly wholeMessages?: boolean;
  /** Whether one direction can be ended by itself, as a socket's; otherwise only a test does that. */
  readonly canFinish?: boolean;
  /** Address of the client's end; default 127.0.0.1:50001. */
  readonly client?: Address;
  /** Address of the server's end; default 127.0.0.1:8090. */
  readonly server?: Address;
}

/** Both ends. */
export interface Pipe {
  readonly client: PipeEnd;
  readonly server: PipeEnd;
}

export function pipe(options: PipeOptions = {}): Pipe {
  const { capacityBytes = Infinity } = options;
  const { client = CLIENT, server = SERVER } = options;
  const up = new Flow(capacityBytes);
  const down = new Flow(capacityBytes);
  return {
    client: new PipeEnd(down, up, client, server, options),
    server: new PipeEnd(up, down, server, client, options),
  };
}

/** One end. */
export class PipeEnd implements Duplex {
  readonly local: Address;
  readonly peer: Address;
  readonly wholeMessages: boolean;
  /** Calls of `close` so far. */
  closes = 0;
  readonly #in: Flow;
  readonly #out: Flow;

  constructor(
    input: Flow,
    output: Flow,
    local: Address,
    peer: Address,
    { wholeMessages = false, canFinish = false }: PipeOptions,
  ) {
    this.#in = input;
    this.#out = output;
    this.local = local;
    this.peer = peer;
    this.wholeMessages = wholeMessages;
    if (canFinish) this.finish = () => Promise.resolve(this.end());
  }

  /** Whether this end was closed, or the stream broke. */
  get closed(): boolean {
    return this.#in.broken;
  }

  /** Whether a read of this end waits for bytes. */
  get reading(): boolean {
    return this.#in.readers > 0;
  }

  /** Whether a write of this end waits for room. */
  get writing(): boolean {
    return this.#out.writers > 0;
  }

  read(into: Uint8Array): Promise<number | null> {
    return this.#in.read(into);
  }

  write(bytes: Uint8Array): Promise<void> {
    return this.#out.write(bytes);
  }

  close(): void {
    this.closes++;
    this.#in.break();
    this.#out.end();
  }

  /** What `finish` of a socket does, for a pipe that is told to have it. */
  finish?: () => Promise<void>;

  /** Says that nothing follows; the other direction goes on. */
  end(): void {
    this.#out.end();
  }

  /** Loses the connection: what is under way is gone, in both directions. */
  fail(): void {
    this.#in.break();
    this.#out.break();
  }

  /** The next `count` bytes; fewer when the stream ends before. */
  async take(count: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(count);
    for (let at = 0; at < count;) {
      const length = await this.read(bytes.subarray(at));
      if (length === null) return bytes.subarray(0, at);
      at += length;
    }
    return bytes;
  }

  /** Everything until the stream ends. */
  async rest(): Promise<Uint8Array> {
    const parts: number[] = [];
    for (let part; (part = await this.message()) !== null;) parts.push(...part);
    return Uint8Array.from(parts);
  }

  /** What one write of the far end brought, or what is left of it; `null` at the end. */
  async message(): Promise<Uint8Array | null> {
    const bytes = new Uint8Array(1 << 22);
    const count = await this.read(bytes);
    return count === null ? null : bytes.slice(0, count);
  }
}

/** One direction. A chunk is what one write brought in at a time. */
class Flow {
  broken = false;
  readers = 0;
  readonly #capacityBytes: number;
  readonly #chunks: Uint8Array[] = [];
  readonly #unsent: Unsent[] = [];
  #bytes = 0;
  #ended = false;
  #wake: (() => void)[] = [];

  constructor(capacityBytes: number) {
    this.#capacityBytes = capacityBytes;
  }

  get writers(): number {
    return this.#unsent.length;
  }

  write(bytes: Uint8Array): Promise<void> {
    if (this.broken || this.#ended) return Promise.reject(new StreamClosed("Pipe is closed"));
    return new Promise((resolve, reject) => {
      this.#unsent.push({ bytes, at: 0, resolve, reject });
      this.#fill();
    });
  }

  async read(into: Uint8Array): Promise<number | null> {
    while (this.#chunks.length === 0) {
      if (this.broken || this.#ended) return null;
      this.readers++;
      await new Promise<void>((resolve) => this.#wake.push(resolve));
      this.readers--;
    }
    const chunk = this.#chunks[0];
    const count = Math.min(chunk.length, into.length);
    into.set(chunk.subarray(0, count));
    if (count === chunk.length) this.#chunks.shift();
    else this.#chunks[0] = chunk.subarray(count);
    this.#bytes -= count;
    this.#fill();
    return count;
  }

  /** No more is written; what was written is still read. */
  end(): void {
    this.#ended = true;
    this.#refuseWriters();
    this.#wakeReaders();
  }

  break(): void {
    this.broken = true;
    this.#chunks.length = 0;
    this.#refuseWriters();
    this.#wakeReaders();
  }

  #fill(): void {
    for (let next; (next = this.#unsent[0]) !== undefined && this.#bytes < this.#capacityBytes;) {
      const room = this.#capacityBytes - this.#bytes;
      const chunk = next.bytes.slice(next.at, next.at + room);
      next.at += chunk.length;
      if (chunk.length > 0) this.#chunks.push(chunk);
      this.#bytes += chunk.length;
      if (next.at < next.bytes.length) continue;
      this.#unsent.shift();
      next.resolve();
    }
    if (this.#chunks.length > 0) this.#wakeReaders();
  }

  #refuseWriters(): void {
    for (const { reject } of this.#unsent.splice(0)) reject(new StreamClosed("Pipe is closed"));
  }

  #wakeReaders(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }
}

/** A write of which a part waits. */
interface Unsent {
  readonly bytes: Uint8Array;
  at: number;
  resolve(): void;
  reject(error: Error): void;
}

const CLIENT: Address = { hostname: "127.0.0.1", port: 50_001 };
const SERVER: Address = { hostname: "127.0.0.1", port: 8090 };
