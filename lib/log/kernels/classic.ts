// @ts-nocheck: AssemblyScript
/**
 * Turns the classic form into stored batches and back (CLASSIC.md section 6, VSR.md section 12).
 *
 * @module
 */
import {
  BATCH_BASE_OFFSET,
  BATCH_BASE_TIMESTAMP,
  BATCH_CHECKSUM,
  BATCH_HEADER_BYTES,
  BATCH_LENGTH,
  BATCH_MESSAGE_COUNT,
  BATCH_ORIGIN_TIMESTAMP,
  CLASSIC_CHECKSUM,
  CLASSIC_HEADER_BYTES,
  CLASSIC_ID,
  CLASSIC_INDEX_BYTES,
  CLASSIC_OFFSET,
  CLASSIC_ORIGIN_TIMESTAMP,
  CLASSIC_PAYLOAD_LENGTH,
  CLASSIC_RESERVED,
  CLASSIC_TIMESTAMP,
  CLASSIC_USER_HEADERS_LENGTH,
  FRAME_CHECKSUM,
  FRAME_HEADER_BYTES,
  FRAME_ID,
  FRAME_OFFSET_DELTA,
  FRAME_PAYLOAD_LENGTH,
  FRAME_RESERVED,
  FRAME_TIMESTAMP_DELTA,
  FRAME_USER_HEADERS_LENGTH,
  INDEX_END,
  INDEX_OFFSET,
  INDEX_TIMESTAMP,
  MESSAGE_PAYLOAD_BYTES_MAX,
  USER_HEADERS_BYTES_MAX,
} from "../../../protocol/message_layout.ts";
import {
  CANNOT_READ_INDEX_POSITION,
  CANNOT_READ_MESSAGE,
  INVALID_COMMAND,
  INVALID_MESSAGES_COUNT,
  INVALID_MESSAGES_SIZE,
  MISSING_INDEX,
  NON_ZERO_OFFSET,
  NON_ZERO_TIMESTAMP,
  TOO_BIG_MESSAGE_PAYLOAD,
  TOO_BIG_USER_HEADERS,
  TOO_MANY_MESSAGES,
} from "./codes.ts";
import { storeNextId } from "./ids.ts";
import { RESULT_AT } from "./memory.ts";
import { cover, coveredChecksum } from "./stored.ts";
import { xxh3 } from "./xxh3.ts";

/** Bytes written, or minus the code of the first fault. */
export function packClassic(
  at: u32,
  length: u32,
  messageCount: u32,
  to: u32,
  capacity: u32,
): i32 {
  const fault = classicFault(at, length, messageCount);
  if (fault !== 0) return -fault;
  const limit = to + capacity;
  let frame = at + messageCount * CLASSIC_INDEX_BYTES;
  let batch = to;
  let left = messageCount;
  while (left > 0) {
    const count = groupCount(frame, left);
    const batchLength = packGroup(frame, count, batch, limit);
    if (batchLength === 0) return -TOO_MANY_MESSAGES;
    for (let skipped: u32 = 0; skipped < count; skipped++) frame += classicLength(frame);
    batch += batchLength;
    left -= count;
  }
  return batch - to;
}

/** The checks of CLASSIC.md section 6 in their order; limits before lengths, against overflow. */
function classicFault(at: u32, length: u32, messageCount: u32): i32 {
  if (messageCount === 0) return INVALID_MESSAGES_COUNT;
  if (<u64> messageCount * CLASSIC_INDEX_BYTES > <u64> length) return INVALID_COMMAND;
  const section = at + messageCount * CLASSIC_INDEX_BYTES;
  const sectionLength = at + length - section;
  let previousEnd: u32 = 0;
  for (let index = at; index < section; index += CLASSIC_INDEX_BYTES) {
    if (load<u32>(index, INDEX_OFFSET) !== 0) return NON_ZERO_OFFSET;
    if (load<u64>(index, INDEX_TIMESTAMP) !== 0) return NON_ZERO_TIMESTAMP;
    const end = load<u32>(index, INDEX_END);
    if (end > sectionLength) return MISSING_INDEX;
    if (sectionLength - previousEnd < <u32> CLASSIC_HEADER_BYTES) return MISSING_INDEX;
    const frame = section + previousEnd;
    if (load<u32>(frame, CLASSIC_PAYLOAD_LENGTH) > <u32> MESSAGE_PAYLOAD_BYTES_MAX) {
      return TOO_BIG_MESSAGE_PAYLOAD;
    }
    if (load<u32>(frame, CLASSIC_USER_HEADERS_LENGTH) > <u32> USER_HEADERS_BYTES_MAX) {
      return TOO_BIG_USER_HEADERS;
    }
    if (end <= previousEnd) return CANNOT_READ_INDEX_POSITION;
    if (classicLength(frame) !== end - previousEnd) return INVALID_MESSAGES_SIZE;
    previousEnd = end;
  }
  return previousEnd === sectionLength ? 0 : INVALID_MESSAGES_SIZE;
}

/** How many messages from `frame` on have origin timestamps that differ by a u32 at most. */
function groupCount(frame: u32, left: u32): u32 {
  let earliest = load<u64>(frame, CLASSIC_ORIGIN_TIMESTAMP);
  let latest = earliest;
  for (let count: u32 = 0; count < left; count++) {
    const origin = load<u64>(frame, CLASSIC_ORIGIN_TIMESTAMP);
    if (origin < earliest) earliest = origin;
    if (origin > latest) latest = origin;
    if (latest - earliest > <u64> u32.MAX_VALUE) return count;
    frame += classicLength(frame);
  }
  return left;
}

/** Writes one batch; gives its bytes, or 0 when it would pass `limit`. */
function packGroup(from: u32, count: u32, batch: u32, limit: u32): u32 {
  if (limit - batch < <u32> BATCH_HEADER_BYTES) return 0;
  const origin = earliestOrigin(from, count);
  let frame = batch + BATCH_HEADER_BYTES;
  for (let index: u32 = 0; index < count; index++) {
    const length = classicLength(from) - CLASSIC_HEADER_BYTES + FRAME_HEADER_BYTES;
    if (length > limit - frame) return 0;
    packFrame(from, frame, length);
    store<u32>(frame, index, FRAME_OFFSET_DELTA);
    store<u32>(
      frame,
      <u32> (load<u64>(from, CLASSIC_ORIGIN_TIMESTAMP) - origin),
      FRAME_TIMESTAMP_DELTA,
    );
    store<u64>(frame, xxh3(frame + FRAME_ID, length - FRAME_ID), FRAME_CHECKSUM);
    cover(index, frame);
    from += classicLength(from);
    frame += length;
  }
  memory.fill(batch, 0, BATCH_HEADER_BYTES);
  store<u64>(batch, origin, BATCH_ORIGIN_TIMESTAMP);
  store<u64>(batch, <u64> (frame - batch), BATCH_LENGTH);
  store<u32>(batch, count, BATCH_MESSAGE_COUNT);
  store<u64>(batch, coveredChecksum(batch, count), BATCH_CHECKSUM);
  return frame - batch;
}

/** All of a frame but its deltas and its checksum. */
function packFrame(from: u32, to: u32, length: u32): void {
  const low = load<u64>(from, CLASSIC_ID);
  const high = load<u64>(from, CLASSIC_ID + 8);
  if ((low | high) === 0) {
    storeNextId(to + FRAME_ID);
  } else {
    store<u64>(to, low, FRAME_ID);
    store<u64>(to, high, FRAME_ID + 8);
  }
  store<u32>(to, load<u32>(from, CLASSIC_USER_HEADERS_LENGTH), FRAME_USER_HEADERS_LENGTH);
  store<u32>(to, load<u32>(from, CLASSIC_PAYLOAD_LENGTH), FRAME_PAYLOAD_LENGTH);
  store<u64>(to, 0, FRAME_RESERVED);
  memory.copy(
    to + FRAME_HEADER_BYTES,
    from + CLASSIC_HEADER_BYTES,
    length - FRAME_HEADER_BYTES,
  );
}

function earliestOrigin(frame: u32, count: u32): u64 {
  let earliest = u64.MAX_VALUE;
  for (let index: u32 = 0; index < count; index++) {
    earliest = min<u64>(earliest, load<u64>(frame, CLASSIC_ORIGIN_TIMESTAMP));
    frame += classicLength(frame);
  }
  return earliest;
}

/** Bytes of a classic message whose lengths are within the limits. */
function classicLength(frame: u32): u32 {
  return CLASSIC_HEADER_BYTES + load<u32>(frame, CLASSIC_PAYLOAD_LENGTH) +
    load<u32>(frame, CLASSIC_USER_HEADERS_LENGTH);
}

/** Bytes written, or minus the code of a fault; count and last offset go to RESULT_AT. */
export function unpackClassic(
  at: u32,
  length: u32,
  firstOffset: f64,
  count: u32,
  to: u32,
  capacity: u32,
): i32 {
  const end = at + length;
  const first = <u64> firstOffset;
  const limit = to + capacity;
  let batch = at;
  let frameTo = to;
  let unpacked: u32 = 0;
  store<u32>(RESULT_AT, 0);
  store<f64>(RESULT_AT, -1, 8);
  while (end - batch >= <u32> BATCH_HEADER_BYTES && unpacked < count) {
    const batchLength = load<u64>(batch, BATCH_LENGTH);
    if (batchLength < <u64> BATCH_HEADER_BYTES) return -CANNOT_READ_MESSAGE;
    if (batchLength > <u64> (end - batch)) break;
    const batchEnd = batch + <u32> batchLength;
    const baseOffset = load<u64>(batch, BATCH_BASE_OFFSET);
    let left = load<u32>(batch, BATCH_MESSAGE_COUNT);
    if (baseOffset + left <= first) left = 0;
    let frame = batch + BATCH_HEADER_BYTES;
    for (; left > 0 && unpacked < count; left--) {
      if (batchEnd - frame < <u32> FRAME_HEADER_BYTES) return -CANNOT_READ_MESSAGE;
      const bodyLength = <u64> load<u32>(frame, FRAME_PAYLOAD_LENGTH) +
        <u64> load<u32>(frame, FRAME_USER_HEADERS_LENGTH);
      if (bodyLength > <u64> (batchEnd - frame - FRAME_HEADER_BYTES)) return -CANNOT_READ_MESSAGE;
      const offset = baseOffset + load<u32>(frame, FRAME_OFFSET_DELTA);
      if (offset >= first) {
        const bytes: u32 = CLASSIC_HEADER_BYTES + <u32> bodyLength;
        if (bytes > limit - frameTo) return frameTo - to;
        unpackFrame(batch, frame, offset, frameTo, bytes);
        frameTo += bytes;
        store<u32>(RESULT_AT, ++unpacked);
        store<f64>(RESULT_AT, <f64> offset, 8);
      }
      frame += FRAME_HEADER_BYTES + <u32> bodyLength;
    }
    batch = batchEnd;
  }
  return frameTo - to;
}

function unpackFrame(batch: u32, frame: u32, offset: u64, to: u32, length: u32): void {
  const origin = load<u64>(batch, BATCH_ORIGIN_TIMESTAMP) +
    load<u32>(frame, FRAME_TIMESTAMP_DELTA);
  store<u64>(to, load<u64>(frame, FRAME_ID), CLASSIC_ID);
  store<u64>(to, load<u64>(frame, FRAME_ID + 8), CLASSIC_ID + 8);
  store<u64>(to, offset, CLASSIC_OFFSET);
  store<u64>(to, load<u64>(batch, BATCH_BASE_TIMESTAMP), CLASSIC_TIMESTAMP);
  store<u64>(to, origin, CLASSIC_ORIGIN_TIMESTAMP);
  store<u32>(to, load<u32>(frame, FRAME_USER_HEADERS_LENGTH), CLASSIC_USER_HEADERS_LENGTH);
  store<u32>(to, load<u32>(frame, FRAME_PAYLOAD_LENGTH), CLASSIC_PAYLOAD_LENGTH);
  store<u64>(to, 0, CLASSIC_RESERVED);
  memory.copy(
    to + CLASSIC_HEADER_BYTES,
    frame + FRAME_HEADER_BYTES,
    length - CLASSIC_HEADER_BYTES,
  );
  store<u64>(to, xxh3(to + CLASSIC_ID, length - CLASSIC_ID), CLASSIC_CHECKSUM);
}
