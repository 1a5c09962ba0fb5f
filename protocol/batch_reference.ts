/**
 * The {@link BatchKernel} to read: the rules of both message forms in plain TypeScript, one after
 * another, without a thought for speed. The fast one (`lib/log/kernels`) must agree with it byte for
 * byte and code for code.
 *
 * @module
 */
import { batchChecksum, batchHeader, type BatchKernel, frameLength } from "./message.ts";
import {
  CANNOT_READ_INDEX_POSITION,
  CANNOT_READ_MESSAGE,
  INVALID_BATCH_CHECKSUM,
  INVALID_COMMAND,
  INVALID_MESSAGE_CHECKSUM,
  INVALID_MESSAGES_COUNT,
  INVALID_MESSAGES_SIZE,
  MISSING_INDEX,
  NON_ZERO_OFFSET,
  NON_ZERO_TIMESTAMP,
  TOO_BIG_MESSAGE_PAYLOAD,
  TOO_BIG_USER_HEADERS,
  TOO_MANY_MESSAGES,
} from "./error_codes.ts";
import * as layout from "./message_layout.ts";
import { xxh3_64 } from "./xxhash.ts";

/** A kernel over `memory`: its first half is `input`, its second `output`. */
export function referenceKernel(memory: Uint8Array<ArrayBuffer>): BatchKernel {
  return new ReferenceKernel(memory);
}

class ReferenceKernel implements BatchKernel {
  readonly memory: Uint8Array<ArrayBuffer>;
  readonly view: DataView<ArrayBuffer>;
  readonly input: { at: number; length: number };
  readonly output: { at: number; length: number };
  readonly unpacked = { count: 0, lastOffset: -1 };
  #ids: Generator<[low: bigint, high: bigint], never> | undefined;

  constructor(memory: Uint8Array<ArrayBuffer>) {
    const half = Math.floor(memory.length / 2);
    this.memory = memory;
    this.view = new DataView(memory.buffer, memory.byteOffset, memory.byteLength);
    this.input = { at: 0, length: half };
    this.output = { at: half, length: memory.length - half };
  }

  seed(seed: Uint8Array): void {
    this.#ids = messageIds(seed);
  }

  verifyBatch(at: number, length: number, messageCount: number): number {
    const { view } = this;
    const end = at + length;
    if (!this.#headerAgrees(at, length, messageCount)) return INVALID_COMMAND;
    let frame = at + layout.BATCH_HEADER_BYTES;
    for (let index = 0; index < messageCount; index++) {
      const code = this.#frameFault(frame, end, index);
      if (code !== 0) return code;
      frame += frameLength(view, frame);
    }
    if (frame !== end) return INVALID_COMMAND;
    const checksum = batchChecksum(this.memory, at, xxh3_64);
    return checksum === batchHeader.checksum(view, at) ? 0 : INVALID_BATCH_CHECKSUM;
  }

  /** VSR.md section 8.1. */
  #headerAgrees(at: number, length: number, messageCount: number): boolean {
    const { view } = this;
    return length >= layout.BATCH_HEADER_BYTES &&
      batchHeader.length(view, at) === length &&
      batchHeader.messageCount(view, at) === messageCount &&
      messageCount >= 1 &&
      this.#isZero(at + layout.BATCH_RESERVED, at + layout.BATCH_HEADER_BYTES);
  }

  /** VSR.md section 8.2; limits before lengths, so that no sum of lengths is ever too big. */
  #frameFault(at: number, end: number, index: number): number {
    const { view } = this;
    if (end - at < layout.FRAME_HEADER_BYTES) return INVALID_COMMAND;
    if (!this.#isZero(at + layout.FRAME_RESERVED, at + layout.FRAME_HEADER_BYTES)) {
      return INVALID_COMMAND;
    }
    if (view.getUint32(at + layout.FRAME_OFFSET_DELTA, true) !== index) return INVALID_COMMAND;
    const payloadLength = view.getUint32(at + layout.FRAME_PAYLOAD_LENGTH, true);
    const userHeadersLength = view.getUint32(at + layout.FRAME_USER_HEADERS_LENGTH, true);
    if (payloadLength > layout.MESSAGE_PAYLOAD_BYTES_MAX) return TOO_BIG_MESSAGE_PAYLOAD;
    if (userHeadersLength > layout.USER_HEADERS_BYTES_MAX) return TOO_BIG_USER_HEADERS;
    const frameEnd = at + frameLength(view, at);
    if (frameEnd > end) return INVALID_COMMAND;
    const checksum = xxh3_64(this.memory, at + layout.FRAME_ID, frameEnd);
    return checksum === view.getBigUint64(at, true) ? 0 : INVALID_MESSAGE_CHECKSUM;
  }

  stampBatches(
    at: number,
    length: number,
    partitionId: number,
    baseOffset: number,
    baseTimestamp: number,
  ): void {
    const { view } = this;
    let offset = baseOffset;
    for (let batch = at; batch < at + length; batch += batchHeader.length(view, batch)) {
      batchHeader.setPartitionId(view, batch, partitionId);
      batchHeader.setBaseOffset(view, batch, offset);
      batchHeader.setBaseTimestamp(view, batch, baseTimestamp);
      batchHeader.setChecksum(view, batch, batchChecksum(this.memory, batch, xxh3_64));
      offset += batchHeader.messageCount(view, batch);
    }
  }

  dropMarked(at: number, length: number): number {
    let to = at;
    for (let batch = at; batch < at + length;) {
      const batchEnd = batch + batchHeader.length(this.view, batch);
      to += this.#keepUnmarked(batch, batchEnd, to);
      batch = batchEnd;
    }
    return to - at;
  }

  /** Writes what stays of a batch to `to`, which is there or before; gives its bytes, 0 when nothing stays. */
  #keepUnmarked(batch: number, batchEnd: number, to: number): number {
    const { memory, view } = this;
    let frameTo = to + layout.BATCH_HEADER_BYTES;
    let kept = 0;
    memory.copyWithin(to, batch, batch + layout.BATCH_HEADER_BYTES);
    for (let frame = batch + layout.BATCH_HEADER_BYTES, next; frame < batchEnd; frame = next) {
      next = frame + frameLength(view, frame);
      if (!this.#isZero(frame + layout.FRAME_RESERVED, frame + layout.FRAME_HEADER_BYTES)) continue;
      memory.copyWithin(frameTo, frame, next);
      const end = frameTo + next - frame;
      view.setUint32(frameTo + layout.FRAME_OFFSET_DELTA, kept++, true);
      view.setBigUint64(frameTo, xxh3_64(memory, frameTo + layout.FRAME_ID, end), true);
      frameTo = end;
    }
    if (kept === 0) return 0;
    batchHeader.setLength(view, to, frameTo - to);
    batchHeader.setMessageCount(view, to, kept);
    batchHeader.setChecksum(view, to, batchChecksum(memory, to, xxh3_64));
    return frameTo - to;
  }

  packClassic(
    at: number,
    length: number,
    messageCount: number,
    to: number,
    capacity: number,
  ): number {
    if (this.#ids === undefined) throw new Error("Message ids have no seed");
    const code = this.#classicFault(at, length, messageCount);
    if (code !== 0) return -code;
    const frames = this.#classicFrames(at, messageCount);
    let batch = to;
    for (const group of this.#groups(frames)) {
      const batchLength = this.#packGroup(group, batch, to + capacity);
      if (batchLength === 0) return -TOO_MANY_MESSAGES;
      batch += batchLength;
    }
    return batch - to;
  }

  /** The checks of CLASSIC.md section 6, in the order of its list. */
  #classicFault(at: number, length: number, messageCount: number): number {
    const { view } = this;
    if (messageCount === 0) return INVALID_MESSAGES_COUNT;
    if (messageCount * layout.CLASSIC_INDEX_BYTES > length) return INVALID_COMMAND;
    const section = at + messageCount * layout.CLASSIC_INDEX_BYTES;
    const sectionLength = at + length - section;
    let previousEnd = 0;
    for (let index = at; index < section; index += layout.CLASSIC_INDEX_BYTES) {
      if (view.getUint32(index + layout.INDEX_OFFSET, true) !== 0) return NON_ZERO_OFFSET;
      if (view.getBigUint64(index + layout.INDEX_TIMESTAMP, true) !== 0n) return NON_ZERO_TIMESTAMP;
      const end = view.getUint32(index + layout.INDEX_END, true);
      if (end > sectionLength) return MISSING_INDEX;
      if (sectionLength - previousEnd < layout.CLASSIC_HEADER_BYTES) return MISSING_INDEX;
      const frame = section + previousEnd;
      const payloadLength = view.getUint32(frame + layout.CLASSIC_PAYLOAD_LENGTH, true);
      const userHeadersLength = view.getUint32(frame + layout.CLASSIC_USER_HEADERS_LENGTH, true);
      if (payloadLength > layout.MESSAGE_PAYLOAD_BYTES_MAX) return TOO_BIG_MESSAGE_PAYLOAD;
      if (userHeadersLength > layout.USER_HEADERS_BYTES_MAX) return TOO_BIG_USER_HEADERS;
      if (end <= previousEnd) return CANNOT_READ_INDEX_POSITION;
      const frameBytes = layout.CLASSIC_HEADER_BYTES + payloadLength + userHeadersLength;
      if (frameBytes !== end - previousEnd) return INVALID_MESSAGES_SIZE;
      previousEnd = end;
    }
    return previousEnd === sectionLength ? 0 : INVALID_MESSAGES_SIZE;
  }

  /** Where the messages of a checked send start. */
  #classicFrames(at: number, messageCount: number): number[] {
    const section = at + messageCount * layout.CLASSIC_INDEX_BYTES;
    const frames = [section];
    for (let index = 0; index < messageCount - 1; index++) {
      const entry = at + index * layout.CLASSIC_INDEX_BYTES;
      frames.push(section + this.view.getUint32(entry + layout.INDEX_END, true));
    }
    return frames;
  }

  /** Runs of messages, as long as possible, whose origin timestamps differ by a u32 at most. */
  *#groups(frames: number[]): Generator<number[]> {
    let group: number[] = [];
    let earliest = 0n;
    let latest = 0n;
    for (const frame of frames) {
      const origin = this.#classicOrigin(frame);
      const first = group.length === 0;
      const earliestWith = first || origin < earliest ? origin : earliest;
      const latestWith = first || origin > latest ? origin : latest;
      if (latestWith - earliestWith > 0xffffffffn) {
        yield group;
        group = [];
        earliest = latest = origin;
      } else {
        earliest = earliestWith;
        latest = latestWith;
      }
      group.push(frame);
    }
    yield group;
  }

  /** Writes one batch; gives its bytes, or 0 when it would pass `limit`. */
  #packGroup(group: number[], batch: number, limit: number): number {
    const { view } = this;
    if (limit - batch < layout.BATCH_HEADER_BYTES) return 0;
    const origins = group.map((frame) => this.#classicOrigin(frame));
    const earliest = origins.reduce((least, each) => each < least ? each : least);
    let frame = batch + layout.BATCH_HEADER_BYTES;
    for (const [index, from] of group.entries()) {
      const bodyLength = view.getUint32(from + layout.CLASSIC_PAYLOAD_LENGTH, true) +
        view.getUint32(from + layout.CLASSIC_USER_HEADERS_LENGTH, true);
      const end = frame + layout.FRAME_HEADER_BYTES + bodyLength;
      if (end > limit) return 0;
      this.#packFrame(from, frame, end, index, Number(origins[index] - earliest));
      frame = end;
    }
    this.memory.fill(0, batch, batch + layout.BATCH_HEADER_BYTES);
    view.setBigUint64(batch + layout.BATCH_ORIGIN_TIMESTAMP, earliest, true);
    batchHeader.setLength(view, batch, frame - batch);
    batchHeader.setMessageCount(view, batch, group.length);
    batchHeader.setChecksum(view, batch, batchChecksum(this.memory, batch, xxh3_64));
    return frame - batch;
  }

  /** One classic message to one frame (VSR.md section 12). */
  #packFrame(from: number, to: number, end: number, offsetDelta: number, timestampDelta: number) {
    const { memory, view } = this;
    const userHeadersLength = view.getUint32(from + layout.CLASSIC_USER_HEADERS_LENGTH, true);
    const payloadLength = view.getUint32(from + layout.CLASSIC_PAYLOAD_LENGTH, true);
    memory.copyWithin(to + layout.FRAME_ID, from + layout.CLASSIC_ID, from + layout.CLASSIC_OFFSET);
    if (this.#isZero(from + layout.CLASSIC_ID, from + layout.CLASSIC_OFFSET)) {
      const [low, high] = this.#ids!.next().value;
      view.setBigUint64(to + layout.FRAME_ID, low, true);
      view.setBigUint64(to + layout.FRAME_ID + 8, high, true);
    }
    view.setUint32(to + layout.FRAME_OFFSET_DELTA, offsetDelta, true);
    view.setUint32(to + layout.FRAME_TIMESTAMP_DELTA, timestampDelta, true);
    view.setUint32(to + layout.FRAME_USER_HEADERS_LENGTH, userHeadersLength, true);
    view.setUint32(to + layout.FRAME_PAYLOAD_LENGTH, payloadLength, true);
    view.setBigUint64(to + layout.FRAME_RESERVED, 0n, true);
    const body = from + layout.CLASSIC_HEADER_BYTES;
    memory.copyWithin(
      to + layout.FRAME_HEADER_BYTES,
      body,
      body + payloadLength + userHeadersLength,
    );
    view.setBigUint64(to, xxh3_64(memory, to + layout.FRAME_ID, end), true);
  }

  unpackClassic(
    at: number,
    length: number,
    firstOffset: number,
    count: number,
    to: number,
    capacity: number,
  ): number {
    const { view, unpacked } = this;
    unpacked.count = 0;
    unpacked.lastOffset = -1;
    let written = 0;
    let batch = at;
    while (at + length - batch >= layout.BATCH_HEADER_BYTES && unpacked.count < count) {
      const batchLength = batchHeader.length(view, batch);
      if (batchLength < layout.BATCH_HEADER_BYTES) return -CANNOT_READ_MESSAGE;
      const batchEnd = batch + batchLength;
      if (batchEnd > at + length) break;
      let frame = batch + layout.BATCH_HEADER_BYTES;
      let left = this.#endOffset(batch) <= firstOffset ? 0 : batchHeader.messageCount(view, batch);
      for (; left > 0 && unpacked.count < count; left--) {
        if (batchEnd - frame < layout.FRAME_HEADER_BYTES) return -CANNOT_READ_MESSAGE;
        const frameBytes = frameLength(view, frame);
        if (frameBytes > batchEnd - frame) return -CANNOT_READ_MESSAGE;
        const offset = this.#frameOffset(batch, frame);
        if (offset >= firstOffset) {
          const bytes = frameBytes + layout.CLASSIC_HEADER_BYTES - layout.FRAME_HEADER_BYTES;
          if (bytes > capacity - written) return written;
          this.#unpackFrame(batch, frame, to + written);
          written += bytes;
          unpacked.count++;
          unpacked.lastOffset = Number(offset);
        }
        frame += frameBytes;
      }
      batch = batchEnd;
    }
    return written;
  }

  /** One frame to one classic message (VSR.md section 12). */
  #unpackFrame(batch: number, frame: number, to: number): void {
    const { memory, view } = this;
    const end = frame + frameLength(view, frame);
    const origin = view.getBigUint64(batch + layout.BATCH_ORIGIN_TIMESTAMP, true) +
      BigInt(view.getUint32(frame + layout.FRAME_TIMESTAMP_DELTA, true));
    memory.copyWithin(
      to + layout.CLASSIC_ID,
      frame + layout.FRAME_ID,
      frame + layout.FRAME_OFFSET_DELTA,
    );
    view.setBigUint64(to + layout.CLASSIC_OFFSET, this.#frameOffset(batch, frame), true);
    memory.copyWithin(
      to + layout.CLASSIC_TIMESTAMP,
      batch + layout.BATCH_BASE_TIMESTAMP,
      batch + layout.BATCH_ORIGIN_TIMESTAMP,
    );
    view.setBigUint64(to + layout.CLASSIC_ORIGIN_TIMESTAMP, origin, true);
    memory.copyWithin(
      to + layout.CLASSIC_USER_HEADERS_LENGTH,
      frame + layout.FRAME_USER_HEADERS_LENGTH,
      frame + layout.FRAME_RESERVED,
    );
    view.setBigUint64(to + layout.CLASSIC_RESERVED, 0n, true);
    memory.copyWithin(to + layout.CLASSIC_HEADER_BYTES, frame + layout.FRAME_HEADER_BYTES, end);
    const toEnd = to + layout.CLASSIC_HEADER_BYTES + (end - frame - layout.FRAME_HEADER_BYTES);
    view.setBigUint64(to, xxh3_64(memory, to + layout.CLASSIC_ID, toEnd), true);
  }

  #classicOrigin(frame: number): bigint {
    return this.view.getBigUint64(frame + layout.CLASSIC_ORIGIN_TIMESTAMP, true);
  }

  #frameOffset(batch: number, frame: number): bigint {
    const delta = this.view.getUint32(frame + layout.FRAME_OFFSET_DELTA, true);
    return this.#baseOffsetPlus(batch, delta);
  }

  /** The offset after the last of a stored batch. */
  #endOffset(batch: number): bigint {
    return this.#baseOffsetPlus(batch, batchHeader.messageCount(this.view, batch));
  }

  #baseOffsetPlus(batch: number, delta: number): bigint {
    const base = this.view.getBigUint64(batch + layout.BATCH_BASE_OFFSET, true);
    return wrap(base + BigInt(delta));
  }

  #isZero(start: number, end: number): boolean {
    return this.memory.subarray(start, end).every((byte) => byte === 0);
  }
}

/**
 * Random UUIDv4s as the two halves of a u128 (RFC 9562 section 5.4): version 4 in bits 76 to 79, the
 * variant in bits 62 and 63. Unique is enough, nobody trusts an id to be secret: so the generator is
 * xoshiro256** (Blackman and Vigna 2018), its state the four words of the seed.
 */
function* messageIds(seed: Uint8Array): Generator<[low: bigint, high: bigint], never> {
  const words = new DataView(seed.buffer, seed.byteOffset, 32);
  const state = [0, 8, 16, 24].map((at) => words.getBigUint64(at, true));
  const next = () => {
    const result = wrap(rotate(wrap(state[1] * 5n), 7n) * 9n);
    const shifted = wrap(state[1] << 17n);
    state[2] ^= state[0];
    state[3] ^= state[1];
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= shifted;
    state[3] = rotate(state[3], 45n);
    return result;
  };
  while (true) {
    const low = next();
    const high = next();
    yield [(low & ~(3n << 62n)) | (2n << 62n), (high & ~0xf000n) | 0x4000n];
  }
}

function rotate(value: bigint, by: bigint): bigint {
  return wrap(value << by) | (value >> (64n - by));
}

function wrap(value: bigint): bigint {
  return BigInt.asUintN(64, value);
}
