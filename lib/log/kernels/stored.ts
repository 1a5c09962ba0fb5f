// @ts-nocheck: AssemblyScript
/**
 * Checks and stamps stored batches (VSR.md sections 8.1 and 8.2).
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
  BATCH_PARTITION_ID,
  BATCH_RESERVED,
  FRAME_CHECKSUM,
  FRAME_HEADER_BYTES,
  FRAME_ID,
  FRAME_OFFSET_DELTA,
  FRAME_PAYLOAD_LENGTH,
  FRAME_RESERVED,
  FRAME_USER_HEADERS_LENGTH,
  MESSAGE_PAYLOAD_BYTES_MAX,
  USER_HEADERS_BYTES_MAX,
} from "../../../protocol/message_layout.ts";
import {
  INVALID_BATCH_CHECKSUM,
  INVALID_COMMAND,
  INVALID_MESSAGE_CHECKSUM,
  TOO_BIG_MESSAGE_PAYLOAD,
  TOO_BIG_USER_HEADERS,
} from "./codes.ts";
import { SCRATCH_AT } from "./memory.ts";
import { xxh3 } from "./xxh3.ts";

/** 0, or the code of the first fault. */
export function verifyBatch(at: u32, length: u32, messageCount: u32): i32 {
  if (length < <u32> BATCH_HEADER_BYTES) return INVALID_COMMAND;
  if (load<u64>(at, BATCH_LENGTH) !== <u64> length) return INVALID_COMMAND;
  if (load<u32>(at, BATCH_MESSAGE_COUNT) !== messageCount) return INVALID_COMMAND;
  if (messageCount === 0) return INVALID_COMMAND;
  if (!isReservedZero(at)) return INVALID_COMMAND;
  const end = at + length;
  let frame = at + BATCH_HEADER_BYTES;
  for (let index: u32 = 0; index < messageCount; index++) {
    const fault = frameFault(frame, end - frame, index);
    if (fault !== 0) return fault;
    cover(index, frame);
    frame += frameLength(frame);
  }
  if (frame !== end) return INVALID_COMMAND;
  const checksum = coveredChecksum(at, messageCount);
  return load<u64>(at, BATCH_CHECKSUM) === checksum ? 0 : INVALID_BATCH_CHECKSUM;
}

/** Limits come before lengths, so that the sum of the lengths cannot overflow. */
function frameFault(frame: u32, remaining: u32, index: u32): i32 {
  if (remaining < <u32> FRAME_HEADER_BYTES) return INVALID_COMMAND;
  if (load<u64>(frame, FRAME_RESERVED) !== 0) return INVALID_COMMAND;
  if (load<u32>(frame, FRAME_OFFSET_DELTA) !== index) return INVALID_COMMAND;
  if (load<u32>(frame, FRAME_PAYLOAD_LENGTH) > <u32> MESSAGE_PAYLOAD_BYTES_MAX) {
    return TOO_BIG_MESSAGE_PAYLOAD;
  }
  if (load<u32>(frame, FRAME_USER_HEADERS_LENGTH) > <u32> USER_HEADERS_BYTES_MAX) {
    return TOO_BIG_USER_HEADERS;
  }
  const length = frameLength(frame);
  if (length > remaining) return INVALID_COMMAND;
  const checksum = xxh3(frame + FRAME_ID, length - FRAME_ID);
  return load<u64>(frame, FRAME_CHECKSUM) === checksum ? 0 : INVALID_MESSAGE_CHECKSUM;
}

/** The batches are checked ones: nothing is verified here. */
export function stampBatches(
  at: u32,
  length: u32,
  partitionId: f64,
  baseOffset: f64,
  baseTimestamp: f64,
): void {
  const end = at + length;
  let offset = <u64> baseOffset;
  let batch = at;
  while (batch < end) {
    const messageCount = load<u32>(batch, BATCH_MESSAGE_COUNT);
    store<u64>(batch, <u64> partitionId, BATCH_PARTITION_ID);
    store<u64>(batch, offset, BATCH_BASE_OFFSET);
    store<u64>(batch, <u64> baseTimestamp, BATCH_BASE_TIMESTAMP);
    let frame = batch + BATCH_HEADER_BYTES;
    for (let index: u32 = 0; index < messageCount; index++) {
      cover(index, frame);
      frame += frameLength(frame);
    }
    store<u64>(batch, coveredChecksum(batch, messageCount), BATCH_CHECKSUM);
    offset += messageCount;
    batch += <u32> load<u64>(batch, BATCH_LENGTH);
  }
}

/** Bytes left. What is not changed is not hashed: the frames before the first one marked. */
export function dropMarked(at: u32, length: u32): u32 {
  const end = at + length;
  let to = at;
  for (let batch = at; batch < end;) {
    const batchEnd = batch + <u32> load<u64>(batch, BATCH_LENGTH);
    const count = keepUnmarked(batch, batchEnd, to);
    if (count > 0) to += <u32> load<u64>(to, BATCH_LENGTH);
    batch = batchEnd;
  }
  return to - at;
}

/** Writes what stays of the batch in `[batch, batchEnd)` to `to`, which is there or before; gives its messages. */
function keepUnmarked(batch: u32, batchEnd: u32, to: u32): u32 {
  let frame = batch + BATCH_HEADER_BYTES;
  let frameTo = to + BATCH_HEADER_BYTES;
  let kept: u32 = 0;
  memory.copy(to, batch, BATCH_HEADER_BYTES);
  while (frame < batchEnd) {
    const length = frameLength(frame);
    if (load<u64>(frame, FRAME_RESERVED) === 0) {
      if (frameTo !== frame) memory.copy(frameTo, frame, length);
      if (load<u32>(frameTo, FRAME_OFFSET_DELTA) !== kept) {
        store<u32>(frameTo, kept, FRAME_OFFSET_DELTA);
        store<u64>(frameTo, xxh3(frameTo + FRAME_ID, length - FRAME_ID), FRAME_CHECKSUM);
      }
      cover(kept++, frameTo);
      frameTo += length;
    }
    frame += length;
  }
  store<u64>(to, <u64> (frameTo - to), BATCH_LENGTH);
  store<u32>(to, kept, BATCH_MESSAGE_COUNT);
  if (kept > 0) store<u64>(to, coveredChecksum(to, kept), BATCH_CHECKSUM);
  return kept;
}

/** Bytes of a frame whose lengths are within the limits. */
export function frameLength(frame: u32): u32 {
  return FRAME_HEADER_BYTES + load<u32>(frame, FRAME_PAYLOAD_LENGTH) +
    load<u32>(frame, FRAME_USER_HEADERS_LENGTH);
}

/** Adds the checksum of frame number `index` to what the batch checksum covers. */
export function cover(index: u32, frame: u32): void {
  const to = SCRATCH_AT + BATCH_CHECKSUM_PREFIX_BYTES + 8 * index;
  store<u64>(to, load<u64>(frame, FRAME_CHECKSUM));
}

/** The checksum of a batch all of whose frames are covered. */
export function coveredChecksum(batch: u32, messageCount: u32): u64 {
  memory.copy(SCRATCH_AT, batch, BATCH_CHECKSUM_FIELDS_BYTES);
  store<u32>(SCRATCH_AT, messageCount, BATCH_CHECKSUM_FIELDS_BYTES);
  return xxh3(SCRATCH_AT, BATCH_CHECKSUM_PREFIX_BYTES + 8 * messageCount);
}

function isReservedZero(batch: u32): bool {
  const end = batch + BATCH_HEADER_BYTES;
  let seen = <u64> load<u32>(batch, BATCH_RESERVED);
  for (let at = batch + BATCH_RESERVED + 4; at < end; at += 8) seen |= load<u64>(at);
  return seen === 0;
}
