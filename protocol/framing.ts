/**
 * Cuts a byte stream into frames: the receive buffer of a connection, and the layouts of the classic
 * protocol (CLASSIC.md sections 1.1 and 1.2). `vsr.ts` has the layout of the other one.
 *
 *     0 <= consumed <= received <= capacity
 *     |   done with    |  received   |  free      |
 *
 * @module
 */
import type { WireWriter } from "./wire.ts";

/**
 * How one kind of frame is laid out. A view it gives may be the same object each time, for it is
 * used up before the next is asked for.
 */
export interface FrameLayout<Frame> {
  /**
   * Bytes of the whole frame that starts at `start`, of which `available` are there; 0 when these
   * do not say it yet. A fault is a frame too: it is as long as its `bytes`.
   */
  measure(bytes: Uint8Array, start: number, available: number): number | FrameFault;
  /** The frame that fills `[start, start + length)`, or what is wrong with it. */
  view(bytes: Uint8Array, start: number, length: number): Frame | FrameFault;
}

/** Something that is no frame, and what the peer gets for it. */
export interface FrameFault {
  readonly fault: string;
  /** Bytes to leave out before the next frame starts. */
  readonly bytes: number;
  /** Whether the peer is told, with status `INVALID_COMMAND`. */
  readonly answered: boolean;
  /** Whether the connection ends, for nobody knows where the next frame starts. */
  readonly closes: boolean;
}

/** A classic request: `u32 length, u32 code, body`. */
export interface ClassicRequest {
  readonly code: number;
  readonly body: Uint8Array;
}

/** A classic reply: `u32 status, u32 length, body`. */
export interface ClassicReply {
  /** 0, or an Iggy error code. */
  readonly status: number;
  readonly body: Uint8Array;
}

/** Bounds of classic requests. */
export interface ClassicLimits {
  /** Bytes of any frame, with its length field; what bounds SendMessages. */
  readonly frameBytesMax: number;
  /** Bytes of the payload of every other command (CLASSIC.md section 1.1: 10 MiB). */
  readonly controlPayloadBytesMax: number;
}

/** What a {@link FrameDecoder} keeps between frames. */
export interface BufferLimits {
  /** Bytes of a fresh buffer, and what a read gets at least while no frame is announced. */
  readonly initialBytes: number;
  /** Bytes up to which a grown buffer is kept for the next frame. */
  readonly retainedBytesMax: number;
}

/**
 * The receive buffer of one connection, and the frames in it.
 *
 *     for (;;) {
 *       decoder.received(await socket.read(decoder.space()));
 *       for (let frame; (frame = decoder.next()) !== undefined;) { ... }
 *     }
 *
 * A frame is a view of the buffer: it is valid until the next call of `space`, `push` or `next`.
 */
export class FrameDecoder<Frame> {
  constructor(layout: FrameLayout<Frame>, limits?: BufferLimits) {
    throw new Error(`not yet ${layout} ${limits}`);
  }

  /** Bytes of memory held. */
  get capacity(): number {
    throw new Error("not yet");
  }

  /** Bytes received that belong to no frame handed out so far. */
  get pendingBytes(): number {
    throw new Error("not yet");
  }

  /**
   * The capacity `space` is going to take; more than `capacity` when a frame was announced that does
   * not fit. The one place to refuse memory, or to wait for it.
   */
  get wanted(): number {
    throw new Error("not yet");
  }

  /** Where the next bytes go: never empty. Takes up to `wanted` bytes of memory. */
  space(): Uint8Array<ArrayBuffer> {
    throw new Error("not yet");
  }

  /** Says that `count` bytes were put at the start of `space()`. */
  received(_count: number): void {
    throw new Error("not yet");
  }

  /** Copies the start of `bytes` in; gives how many. For bytes that were not read into `space()`. */
  push(_bytes: Uint8Array): number {
    throw new Error("not yet");
  }

  /** The next whole frame, or what is wrong with it; `undefined` when more bytes are needed. */
  next(): Frame | FrameFault | undefined {
    throw new Error("not yet");
  }
}

/** Whether what `next()` gave is no frame. */
export function isFault(frame: object): frame is FrameFault {
  return "fault" in frame;
}

/** Requests as a server reads them. */
export function classicRequests(_limits: ClassicLimits): FrameLayout<ClassicRequest> {
  throw new Error("not yet");
}

/** Replies as a client reads them. */
export function classicReplies(_frameBytesMax: number): FrameLayout<ClassicReply> {
  throw new Error("not yet");
}

/** Appends the head of a classic reply whose body has `bodyBytes`. */
export function encodeClassicReplyHead(
  _writer: WireWriter,
  _status: number,
  _bodyBytes: number,
): void {
  throw new Error("not yet");
}

/** Appends the head of a classic request whose body has `bodyBytes`. */
export function encodeClassicRequestHead(
  _writer: WireWriter,
  _code: number,
  _bodyBytes: number,
): void {
  throw new Error("not yet");
}
