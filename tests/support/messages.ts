/**
 * Messages for tests, in both forms and as fast-check arbitraries.
 *
 * @module
 */
import * as fc from "fast-check";
import { MESSAGES, type OutgoingMessage } from "../../protocol/message_codec.ts";
import { WireWriter } from "../../protocol/wire.ts";
import { xxh3_64 } from "../../protocol/xxhash.ts";

/** `count` messages with the ids 1, 2, … and payloads of `payloadBytes` that differ. */
export function someMessages(count: number, payloadBytes = 5): OutgoingMessage[] {
  return Array.from({ length: count }, (_, index) => ({
    id: BigInt(index + 1),
    originTimestamp: 1_700_000_000_000_000 + index,
    payload: new Uint8Array(payloadBytes).fill(index + 1),
  }));
}

/** A producer's batch. */
export function producerBatch(messages: readonly OutgoingMessage[]): Uint8Array<ArrayBuffer> {
  const writer = new WireWriter();
  MESSAGES.vsr_0_11.encode(writer, messages, xxh3_64);
  return writer.written.slice();
}

/**
 * Index section and messages section of a classic send. Unlike a client's encoder it takes empty
 * payloads and origin timestamps beyond 2^53.
 */
export function classicSend(messages: readonly ClassicMessage[]): Uint8Array<ArrayBuffer> {
  const writer = new WireWriter();
  let end = 0;
  for (const { payload, userHeaders } of messages) {
    end += 64 + payload.length + userHeaders.length;
    writer.u32(0);
    writer.u32(end);
    writer.u64(0);
  }
  for (const { id, originTimestamp, payload, userHeaders } of messages) {
    writer.u64(0);
    writer.u128(id);
    writer.zeros(16);
    writer.u64(originTimestamp);
    writer.u32(userHeaders.length);
    writer.u32(payload.length);
    writer.u64(0);
    writer.bytes(payload);
    writer.bytes(userHeaders);
  }
  return writer.written.slice();
}

/** What {@link classicSend} takes. */
export interface ClassicMessage {
  readonly id: bigint;
  readonly originTimestamp: bigint;
  readonly payload: Uint8Array;
  readonly userHeaders: Uint8Array;
}

/** A message with bodies of up to `bytesMax`, often made within the hour, sometimes at any time. */
function classicMessage(bytesMax = 300): fc.Arbitrary<ClassicMessage> {
  return fc.record({
    id: fc.oneof(fc.constant(0n), fc.bigInt(0n, (1n << 128n) - 1n)),
    originTimestamp: fc.oneof(
      { weight: 6, arbitrary: fc.bigInt(MADE, MADE + 3_600_000_000n) },
      { weight: 2, arbitrary: fc.constantFrom(MADE, MADE + 0xffffffffn, MADE + 0x100000000n) },
      { weight: 1, arbitrary: fc.bigInt(0n, (1n << 64n) - 1n) },
    ),
    payload: fc.uint8Array({ maxLength: bytesMax }),
    userHeaders: fc.oneof(fc.constant(new Uint8Array(0)), fc.uint8Array({ maxLength: 40 })),
  });
}

/** One to `countMax` of them. */
export function classicMessages(countMax = 8, bytesMax = 300): fc.Arbitrary<ClassicMessage[]> {
  return fc.array(classicMessage(bytesMax), { minLength: 1, maxLength: countMax });
}

const MADE = 1_700_000_000_000_000n;
