/**
 * The two message forms and what turns one into the other.
 *
 * Stored form (VSR.md section 8), the same bytes on the VSR wire and on disk:
 *
 *     batch header 256 | frame header 48, payload, user headers | frame header 48, ... | ...
 *
 * Classic form (CLASSIC.md section 6), on the classic wire only:
 *
 *     message header 64, payload, user headers | message header 64, ... | ...
 *
 * A log is a sequence of stored batches. The work on whole batches is a {@link BatchKernel}'s:
 * `batch_reference.ts` is the one to read, `lib/log/checksum.ts` holds the fast one.
 *
 * @module
 */
import {
  BATCH_BASE_OFFSET,
  BATCH_BASE_TIMESTAMP,
  BATCH_CHECKSUM,
  BATCH_CHECKSUM_FIELDS_BYTES,
  BATCH_CHECKSUM_PREFIX_BYTES,
  BATCH_HEADER_BYTES,
  BATCH_LENGTH,
  BATCH_MESSAGE_COUNT,
  BATCH_ORIGIN_TIMESTAMP,
  BATCH_PARTITION_ID,
  FRAME_HEADER_BYTES,
  FRAME_PAYLOAD_LENGTH,
  FRAME_RESERVED,
  FRAME_USER_HEADERS_LENGTH,
} from "./message_layout.ts";

export {
  BATCH_HEADER_BYTES,
  CLASSIC_HEADER_BYTES,
  CLASSIC_INDEX_BYTES,
  FRAME_HEADER_BYTES,
  MESSAGE_PAYLOAD_BYTES_MAX,
  USER_HEADERS_BYTES_MAX,
} from "./message_layout.ts";

/** XXH3-64, seed 0. `xxhash.ts` has the slow one, `lib/log/checksum.ts` the fast one. */
export type Xxh3 = (bytes: Uint8Array) => bigint;

/** A range of a kernel's memory, in bytes. */
export interface Area {
  readonly at: number;
  readonly length: number;
}

/** What the last {@link BatchKernel.unpackClassic} put out besides its bytes. */
export interface Unpacked {
  /** Messages written. */
  readonly count: number;
  /** Offset of the last of them; -1 when there is none. */
  readonly lastOffset: number;
}

/**
 * Work on whole batches, without an object or a call per message. Positions are bytes from the
 * start of `memory`. Nothing is read outside the ranges given, and nothing written outside the
 * range of the output and memory that belongs to the kernel alone.
 *
 * The memory is borrowed: whoever fills `input` calls the kernel and takes the result out within
 * one synchronous step, for the next one to come along overwrites it.
 */
export interface BatchKernel {
  /** What all positions refer to. It never grows or moves. */
  readonly memory: Uint8Array<ArrayBuffer>;
  /** The same memory, for the fields of headers. */
  readonly view: DataView<ArrayBuffer>;
  /** Where to put what is to be read; at least 64 MiB with the fast kernel. */
  readonly input: Area;
  /** Where results go that are not in place; takes any `input` in the classic form. */
  readonly output: Area;

  /** Starts the sequence of message ids from 32 unpredictable bytes; needed before `packClassic`. */
  seed(seed: Uint8Array): void;

  /**
   * The admission checks of VSR.md section 8.2 on one batch that fills `[at, at + length)`: its
   * structure, its counts and every checksum. The server-owned fields may hold anything the batch
   * checksum agrees with, so a stored batch passes as well as a producer's (with the count of its own
   * header).
   *
   * Gives 0, or the code of the first fault in this order: 3 header (length, count, reserved bytes);
   * for each frame 3 header, 4022 payload too long, 4017 user headers too long, 3 beyond the batch,
   * 4027 frame checksum; then 3 bytes left over, 4039 batch checksum.
   */
  verifyBatch(at: number, length: number, messageCount: number): number;

  /**
   * Gives the batches that fill `[at, at + length)` their place in a partition: partition, base
   * offset (continued from batch to batch) and base timestamp (micros), with the batch checksum to
   * match. They must have passed `verifyBatch` or come from `packClassic`.
   */
  stampBatches(
    at: number,
    length: number,
    partitionId: number,
    baseOffset: number,
    baseTimestamp: number,
  ): void;

  /**
   * Takes the frames that {@link markFrame} marked out of the batches that fill `[at, at + length)`:
   * what stays moves up, is numbered from 0 in each batch and gets the checksums to match; a batch
   * with no frame left is gone. The batches are as for `stampBatches`.
   *
   * Gives the bytes that are left; 0 when every frame was marked.
   */
  dropMarked(at: number, length: number): number;

  /**
   * Writes the messages of a classic send, index section and messages section in
   * `[at, at + length)`, as stored batches to `[to, to + capacity)`, ready to be stamped. One batch
   * as a rule; several when origin timestamps lie more than 2^32 - 1 micros apart. An id of 0
   * becomes a random UUIDv4.
   *
   * Gives the bytes written, or minus the code of the first fault (CLASSIC.md section 6): 4009 no
   * messages, 3 index section cut short; for each message 4031 offset, 4032 timestamp, 4033 outside
   * the section, 4022 payload, 4017 user headers, 10011 positions, 4036 size; 4036 bytes left over;
   * 4023 more than `capacity`.
   */
  packClassic(
    at: number,
    length: number,
    messageCount: number,
    to: number,
    capacity: number,
  ): number;

  /**
   * Writes messages of the stored batches in `[at, at + length)` in the classic form, with its
   * checksums, to `[to, to + capacity)`: those from `firstOffset` on, at most `count`, as many as
   * fit. A batch cut off at the end of the range is left out.
   *
   * Gives the bytes written, and `unpacked` the rest; or minus 4011 when a batch does not hold
   * together.
   */
  unpackClassic(
    at: number,
    length: number,
    firstOffset: number,
    count: number,
    to: number,
    capacity: number,
  ): number;

  /** What the last `unpackClassic` gave: one object, used again by the next. */
  readonly unpacked: Unpacked;
}

/**
 * Fields of the batch header at `at` (VSR.md section 8.1). A u64 above 2^53 reads rounded, which
 * only a header that was never verified can hold.
 */
export const batchHeader = {
  partitionId: (view: DataView, at: number): number => readU64(view, at + BATCH_PARTITION_ID),
  /** Offset of the message with offset delta 0. */
  baseOffset: (view: DataView, at: number): number => readU64(view, at + BATCH_BASE_OFFSET),
  /** When the server appended the batch, micros: the timestamp of all its messages. */
  baseTimestamp: (view: DataView, at: number): number => readU64(view, at + BATCH_BASE_TIMESTAMP),
  /** The earliest origin timestamp of its messages, micros. */
  originTimestamp: (view: DataView, at: number): number =>
    readU64(view, at + BATCH_ORIGIN_TIMESTAMP),
  /** Bytes of header and frames. */
  length: (view: DataView, at: number): number => readU64(view, at + BATCH_LENGTH),
  checksum: (view: DataView, at: number): bigint => view.getBigUint64(at + BATCH_CHECKSUM, true),
  messageCount: (view: DataView, at: number): number =>
    view.getUint32(at + BATCH_MESSAGE_COUNT, true),

  setPartitionId: (view: DataView, at: number, value: number): void =>
    writeU64(view, at + BATCH_PARTITION_ID, value),
  setBaseOffset: (view: DataView, at: number, value: number): void =>
    writeU64(view, at + BATCH_BASE_OFFSET, value),
  setBaseTimestamp: (view: DataView, at: number, value: number): void =>
    writeU64(view, at + BATCH_BASE_TIMESTAMP, value),
  setOriginTimestamp: (view: DataView, at: number, value: number): void =>
    writeU64(view, at + BATCH_ORIGIN_TIMESTAMP, value),
  setLength: (view: DataView, at: number, value: number): void =>
    writeU64(view, at + BATCH_LENGTH, value),
  setChecksum: (view: DataView, at: number, value: bigint): void =>
    view.setBigUint64(at + BATCH_CHECKSUM, value, true),
  setMessageCount: (view: DataView, at: number, value: number): void =>
    view.setUint32(at + BATCH_MESSAGE_COUNT, value, true),
} as const;

/** Bytes of the frame at `at`: header, payload and user headers. */
export function frameLength(view: DataView, at: number): number {
  return FRAME_HEADER_BYTES + view.getUint32(at + FRAME_PAYLOAD_LENGTH, true) +
    view.getUint32(at + FRAME_USER_HEADERS_LENGTH, true);
}

/** Marks the frame at `at`, in memory only, for `BatchKernel.dropMarked`: in a field that is 0 in every batch. */
export function markFrame(view: DataView, at: number): void {
  view.setUint32(at + FRAME_RESERVED, 1, true);
}

/**
 * The checksum of the batch at `at`, over its header fields and the checksums of its frames
 * (VSR.md section 8.2). The frames must be within `bytes`.
 */
export function batchChecksum(bytes: Uint8Array, at: number, xxh3: Xxh3): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = batchHeader.messageCount(view, at);
  const covered = new Uint8Array(BATCH_CHECKSUM_PREFIX_BYTES + 8 * count);
  const out = new DataView(covered.buffer);
  covered.set(bytes.subarray(at, at + BATCH_CHECKSUM_FIELDS_BYTES));
  out.setUint32(BATCH_CHECKSUM_FIELDS_BYTES, count, true);
  let frame = at + BATCH_HEADER_BYTES;
  for (let to = BATCH_CHECKSUM_PREFIX_BYTES; to < covered.length; to += 8) {
    out.setUint32(to, view.getUint32(frame, true), true);
    out.setUint32(to + 4, view.getUint32(frame + 4, true), true);
    frame += frameLength(view, frame);
  }
  return xxh3(covered);
}

function readU64(view: DataView, at: number): number {
  return view.getUint32(at + 4, true) * 0x100000000 + view.getUint32(at, true);
}

function writeU64(view: DataView, at: number, value: number): void {
  view.setUint32(at, value, true);
  view.setUint32(at + 4, Math.floor(value / 0x100000000), true);
}
