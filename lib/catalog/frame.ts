/**
 * The form of everything the catalog writes: numbered, checked records back to back.
 *
 * ```text
 *  0  u32 length     of the payload
 *  4  u32 check      XXH32 of bytes 8 to the end, seeded with the length
 *  8  u64 sequence   number of the entry
 * 16  u64 durable    highest number known to be on stable storage when this one was written
 * 24  payload
 * ```
 *
 * `durable` tells a torn tail from damage: what follows it may be missing after a crash, what it
 * covers may not.
 *
 * @module
 */
import { xxh32 } from "../../protocol/xxhash.ts";

export interface Frame {
  readonly sequence: number;
  readonly durable: number;
  /** A view of the bytes the frame was read from. */
  readonly payload: Uint8Array;
  /** Where the next frame starts. */
  readonly end: number;
}

/** Makes frames in memory of its own, one at a time. */
export class FrameWriter {
  #bytes = new Uint8Array(1024);
  #view = new DataView(this.#bytes.buffer);

  /** The bytes of a frame, valid until the next call. */
  frame(sequence: number, durable: number, payload: Uint8Array): Uint8Array {
    const size = HEADER_BYTES + payload.length;
    if (size > this.#bytes.length) this.#grow(size);
    const view = this.#view;
    view.setUint32(0, payload.length, true);
    setU53(view, 8, sequence);
    setU53(view, 16, durable);
    this.#bytes.set(payload, HEADER_BYTES);
    view.setUint32(4, xxh32(this.#bytes.subarray(8, size), payload.length), true);
    return this.#bytes.subarray(0, size);
  }

  #grow(size: number): void {
    this.#bytes = new Uint8Array(Math.max(size, this.#bytes.length * 2));
    this.#view = new DataView(this.#bytes.buffer);
  }
}

/** The frame that starts at `at`; `undefined` when the bytes there are not a whole, unharmed one. */
export function readFrame(bytes: Uint8Array, at: number): Frame | undefined {
  if (at + HEADER_BYTES > bytes.length) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(at, true);
  const end = at + HEADER_BYTES + length;
  if (length === 0 || end > bytes.length) return undefined;
  const sequence = u53(view, at + 8);
  const durable = u53(view, at + 16);
  if (sequence === undefined || durable === undefined || durable > sequence) return undefined;
  if (xxh32(bytes.subarray(at + 8, end), length) !== view.getUint32(at + 4, true)) return undefined;
  return { sequence, durable, payload: bytes.subarray(at + HEADER_BYTES, end), end };
}

/**
 * Whether a frame that starts anywhere from byte `from` on says that entry `sequence` was on stable
 * storage.
 */
export function provesDurable(bytes: Uint8Array, from: number, sequence: number): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // No file holds more frames than this, which spares almost every place its checksum.
  const last = sequence + bytes.length / HEADER_BYTES;
  for (let at = from; at + HEADER_BYTES < bytes.length; at++) {
    const candidate = u53(view, at + 8);
    if (candidate === undefined || candidate < sequence || candidate > last) continue;
    const frame = readFrame(bytes, at);
    if (frame !== undefined && frame.durable >= sequence) return true;
  }
  return false;
}

function setU53(view: DataView, at: number, value: number): void {
  view.setUint32(at, value, true);
  view.setUint32(at + 4, Math.floor(value / 2 ** 32), true);
}

function u53(view: DataView, at: number): number | undefined {
  const high = view.getUint32(at + 4, true);
  return high > 0x1f_ffff ? undefined : high * 2 ** 32 + view.getUint32(at, true);
}

const HEADER_BYTES = 24;
