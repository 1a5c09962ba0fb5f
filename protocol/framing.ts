/**
 * Cuts a byte stream into frames: the receive buffer of a connection, and the layouts of the classic
 * protocol (CLASSIC.md sections 1.1 and 1.2). `vsr.ts` has those of the other one.
 *
 * @module
 */
import { COMMANDS } from "./commands.ts";
import { u32At, type WireWriter } from "./wire.ts";

/** How one kind of frame is laid out. */
export interface FrameLayout<Frame> {
  /**
   * Bytes of the whole frame that starts at `start`, of which `available` are there; 0 when these
   * do not say it yet.
   */
  measure(bytes: Uint8Array, start: number, available: number): number | FrameFault;
  /** The frame that fills `[start, start + length)`, as views, or what is wrong with it. */
  view(bytes: Uint8Array, start: number, length: number): Frame | FrameFault;
}

/** Bytes that are no frame, and what the peer gets for them. */
export interface FrameFault {
  readonly fault: string;
  /** Bytes to leave out before the next frame starts. */
  readonly bytes: number;
  /** Whether the peer is told, with status `INVALID_COMMAND`. */
  readonly answered: boolean;
  /** Whether the connection ends, because nobody knows where the next frame starts. */
  readonly closes: boolean;
}

/** What a {@link FrameDecoder} holds on to. */
export interface BufferLimits {
  /** Bytes of a fresh buffer, and how much a read may get ahead of a small frame. */
  readonly initialBytes: number;
  /** Bytes up to which a grown buffer is kept for the frames to come. */
  readonly retainedBytesMax: number;
}

/**
 * The receive buffer of one connection, and the frames in it.
 *
 *     do {
 *       for (let frame; (frame = decoder.next()) !== undefined;) { ... }
 *       count = await socket.read(decoder.space());
 *       decoder.received(count);
 *     } while (...)
 *
 *     0 <= consumed <= received <= capacity
 *     |  handed out    |  pending   |  free |
 *
 * A frame is a view of the buffer: valid until the next call of `space`, `push` or `next`. A frame
 * larger than the buffer gets a buffer of its size as soon as it is announced, into which the rest
 * of it is read and nothing else, so its bytes never move.
 */
export class FrameDecoder<Frame> {
  readonly #layout: FrameLayout<Frame>;
  readonly #limits: BufferLimits;
  #bytes = new Uint8Array(0);
  #consumed = 0;
  #received = 0;
  /** Bytes of the frame at `consumed`; 0 until they are known. */
  #announced = 0;
  /** Bytes of the frame before, for frames of one connection tend to be alike. */
  #previous = 0;
  #isClosed = false;

  constructor(layout: FrameLayout<Frame>, limits: BufferLimits = DEFAULT_LIMITS) {
    this.#layout = layout;
    this.#limits = limits;
  }

  /** Bytes of memory held. */
  get capacity(): number {
    return this.#bytes.length;
  }

  /** Bytes received that belong to no frame handed out so far. */
  get pendingBytes(): number {
    return this.#received - this.#consumed;
  }

  /**
   * The capacity that `space` is about to take. More than `capacity` at first and when a frame was
   * announced that does not fit: the moment to refuse memory, or to wait for it.
   */
  get wanted(): number {
    const { initialBytes, retainedBytesMax } = this.#limits;
    const needed = Math.max(initialBytes, this.#announced);
    if (needed > this.capacity) return needed;
    return this.capacity > Math.max(needed, retainedBytesMax) ? needed : this.capacity;
  }

  /** Where the next bytes go: never empty. Call `next` until it has no more before. */
  space(): Uint8Array<ArrayBuffer> {
    if (this.wanted !== this.capacity) this.#moveTo(new Uint8Array(this.wanted));
    else if (this.#isCramped()) this.#moveTo(this.#bytes);
    return this.#bytes.subarray(this.#received, this.#spaceEnd());
  }

  /** Says that `count` bytes were put at the start of `space()`. */
  received(count: number): void {
    this.#received += count;
    this.#check();
  }

  /** Copies the start of `bytes` in; gives how many. For bytes that were not read into `space()`. */
  push(bytes: Uint8Array): number {
    const space = this.space();
    const count = Math.min(space.length, bytes.length);
    space.set(bytes.subarray(0, count));
    this.received(count);
    return count;
  }

  /**
   * The next whole frame, or what is wrong with the bytes in its place; `undefined` when it takes
   * more of them. After a fault that closes, all that is received is dropped.
   */
  next(): Frame | FrameFault | undefined {
    if (this.#isClosed) this.#consumed = this.#received;
    if (this.pendingBytes === 0) return undefined;
    if (this.#announced === 0) {
      const measured = this.#layout.measure(this.#bytes, this.#consumed, this.pendingBytes);
      if (typeof measured !== "number") return this.#refuse(measured);
      this.#announced = measured;
    }
    if (this.#announced === 0 || this.#announced > this.pendingBytes) return undefined;
    return this.#take();
  }

  #take(): Frame | FrameFault {
    const frame = this.#layout.view(this.#bytes, this.#consumed, this.#announced);
    this.#consumed += this.#announced;
    this.#previous = this.#announced;
    this.#announced = 0;
    this.#check();
    return isFault(frame) ? this.#refuse(frame) : frame;
  }

  #refuse(fault: FrameFault): FrameFault {
    this.#consumed += fault.bytes;
    this.#isClosed = fault.closes;
    this.#check();
    return fault;
  }

  /** Whether the pending bytes must go to the front for the rest of their frame, or a fair read, to fit. */
  #isCramped(): boolean {
    if (this.#consumed === 0) return false;
    if (this.pendingBytes === 0) return true;
    if (this.#consumed + this.#announced > this.capacity) return true;
    return this.capacity - this.#received < FAIR_READ_BYTES && this.pendingBytes <= FAIR_READ_BYTES;
  }

  /** A large frame is read to its end and no further: what follows it would have to move. */
  #spaceEnd(): number {
    const { initialBytes } = this.#limits;
    if (this.#announced > initialBytes) return this.#consumed + this.#announced;
    const ahead = this.#announced === 0 ? Math.max(initialBytes, this.#previous) : initialBytes;
    return Math.min(this.capacity, Math.max(this.#consumed + ahead, this.#received + 1));
  }

  #moveTo(bytes: Uint8Array<ArrayBuffer>): void {
    bytes.set(this.#bytes.subarray(this.#consumed, this.#received));
    this.#bytes = bytes;
    this.#received -= this.#consumed;
    this.#consumed = 0;
    this.#check();
  }

  #check(): void {
    const ordered = 0 <= this.#consumed && this.#consumed <= this.#received &&
      this.#received <= this.capacity;
    if (ordered) return;
    throw new Error(
      `Buffer of ${this.capacity} bytes holds ${this.#received}, of which ${this.#consumed} are consumed`,
    );
  }
}

/** Whether what a decoder or a layout gave is no frame. */
export function isFault(frame: unknown): frame is FrameFault {
  return typeof frame === "object" && frame !== null && "fault" in frame;
}

/** The one frame that is the whole of `message`, as with VSR over WebSocket (VSR.md section 1). */
export function wholeFrame<Frame>(
  layout: FrameLayout<Frame>,
  message: Uint8Array,
): Frame | FrameFault {
  const measured = layout.measure(message, 0, message.length);
  if (typeof measured !== "number") return measured;
  if (measured === message.length) return layout.view(message, 0, measured);
  return {
    fault: `Message of ${message.length} bytes is not one frame`,
    bytes: message.length,
    answered: false,
    closes: true,
  };
}

/** A classic request: `u32 length` of what follows, `u32 code, body`. */
export interface ClassicRequest {
  readonly code: number;
  readonly body: Uint8Array;
}

/** Bounds of classic requests. */
export interface ClassicLimits {
  /** Bytes of any frame, its length field included: what bounds SendMessages. */
  readonly frameBytesMax: number;
  /** Bytes of the body of every other command: 10 MiB in CLASSIC.md section 1.1. */
  readonly controlBodyBytesMax: number;
}

/** Requests as a server reads them. */
export function classicRequests(limits: ClassicLimits): FrameLayout<ClassicRequest> {
  return {
    measure(bytes, start, available) {
      if (available < 4) return 0;
      const length = u32At(bytes, start);
      // CLASSIC.md section 1.1: nothing but the length is consumed, and the connection is kept.
      if (length < 4) return refusal(`Length ${length} leaves no room for a code`, 4, false);
      if (4 + length > limits.frameBytesMax) return oversized(4 + length, limits.frameBytesMax);
      if (available < CLASSIC_HEAD_BYTES) return 0;
      const bounded = u32At(bytes, start + 4) !== COMMANDS.sendMessages.code;
      if (bounded && length - 4 > limits.controlBodyBytesMax) {
        return oversized(length - 4, limits.controlBodyBytesMax);
      }
      return 4 + length;
    },
    view: (bytes, start, length) => ({
      code: u32At(bytes, start + 4),
      body: bytes.subarray(start + CLASSIC_HEAD_BYTES, start + length),
    }),
  };
}

/** A classic reply: `u32 status, u32 length` of the body, body. */
export interface ClassicReply {
  /** 0, or an Iggy error code. */
  readonly status: number;
  readonly body: Uint8Array;
}

/** Replies as a client reads them. */
export function classicReplies(frameBytesMax: number): FrameLayout<ClassicReply> {
  return {
    measure(bytes, start, available) {
      if (available < CLASSIC_HEAD_BYTES) return 0;
      const length = CLASSIC_HEAD_BYTES + u32At(bytes, start + 4);
      return length > frameBytesMax ? oversized(length, frameBytesMax) : length;
    },
    view: (bytes, start, length) => ({
      status: u32At(bytes, start),
      body: bytes.subarray(start + CLASSIC_HEAD_BYTES, start + length),
    }),
  };
}

/** Bytes ahead of the body, in both directions. */
const CLASSIC_HEAD_BYTES = 8;

/** Appends the head of a request whose body has `bodyBytes`. */
export function encodeClassicRequestHead(
  writer: WireWriter,
  code: number,
  bodyBytes: number,
): void {
  writer.u32(4 + bodyBytes);
  writer.u32(code);
}

/** Says how long the body behind the request head at `headAt` became. */
export function patchClassicRequestBodyBytes(
  writer: WireWriter,
  headAt: number,
  bodyBytes: number,
): void {
  writer.patchU32(headAt, 4 + bodyBytes);
}

/** Appends the head of a reply whose body has `bodyBytes`: none unless `status` is 0. */
export function encodeClassicReplyHead(
  writer: WireWriter,
  status: number,
  bodyBytes: number,
): void {
  writer.u32(status);
  writer.u32(bodyBytes);
}

/** Says how long the body behind the reply head at `headAt` became. */
export function patchClassicReplyBodyBytes(
  writer: WireWriter,
  headAt: number,
  bodyBytes: number,
): void {
  writer.patchU32(headAt + 4, bodyBytes);
}

function oversized(length: number, max: number): FrameFault {
  return refusal(`Length ${length} is more than ${max}`, 0, true);
}

function refusal(fault: string, bytes: number, closes: boolean): FrameFault {
  return { fault, bytes, answered: true, closes };
}

const DEFAULT_LIMITS: BufferLimits = { initialBytes: 64 * 1024, retainedBytesMax: 4 * 1024 * 1024 };

/** A read of fewer bytes is worth moving what is pending. */
const FAIR_READ_BYTES = 16 * 1024;
