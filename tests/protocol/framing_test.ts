import { assert, assertEquals, assertThrows } from "@std/assert";
import * as fc from "fast-check";
import {
  classicReplies,
  type ClassicRequest,
  classicRequests,
  encodeClassicReplyHead,
  encodeClassicRequestHead,
  FrameDecoder,
  type FrameFault,
  isFault,
  patchClassicReplyBodyBytes,
  wholeFrame,
} from "../../protocol/framing.ts";
import { WireWriter } from "../../protocol/wire.ts";
import { assertSurvivesSplits, framesOf, hex } from "../support/codec_laws.ts";
import * as classic from "../vectors/classic_frames.ts";

const LIMITS = { frameBytesMax: 100_000, controlBodyBytesMax: 1000 };
const BUFFER = { initialBytes: 1024, retainedBytesMax: 4096 };
const PING = hex("04000000 01000000");
const SEND = 101;

Deno.test("classicRequests() and classicReplies() survive a split at every byte", () => {
  const requests = joined(classic.LOGIN_REQUEST, PING, classic.SEND_REQUEST, classic.POLL_REQUEST);
  assertSurvivesSplits(classicRequests(LIMITS), requests);
  const replies = joined(classic.LOGIN_REPLY, classic.SEND_REPLY, classic.POLL_REPLY);
  assertSurvivesSplits(classicReplies(1000), replies);
});

Deno.test("FrameDecoder.next() gives every frame of every stream, read in pieces of any size", () => {
  const bodies = fc.array(fc.oneof(fc.nat(200), fc.nat(20_000)), { minLength: 1, maxLength: 30 });
  const reads = fc.infiniteStream(fc.oneof(fc.integer({ min: 1, max: 64 }), fc.nat(30_000)));
  fc.assert(fc.property(bodies, reads, (sizes, readSizes) => {
    const stream = joined(...sizes.map((size) => request(SEND, size)));
    const decoder = new FrameDecoder(classicRequests(LIMITS), BUFFER);
    const found: number[] = [];
    for (let at = 0; at < stream.length;) {
      const space = decoder.space();
      assert(space.length > 0);
      const count = Math.min(space.length, 1 + readSizes.next().value!, stream.length - at);
      space.set(stream.subarray(at, at += count));
      decoder.received(count);
      for (let frame = decoder.next(); frame !== undefined; frame = decoder.next()) {
        assert(!isFault(frame));
        assert(frame.body.every((byte) => byte === (frame.body.length & 0xff)));
        found.push(frame.body.length);
      }
    }
    assertEquals(found, sizes);
    assertEquals(decoder.pendingBytes, 0);
    assert(decoder.capacity <= Math.max(BUFFER.initialBytes, ...sizes.map((size) => size + 8)));
  }));
});

Deno.test("FrameDecoder.space() takes no memory before the first read", () => {
  const decoder = new FrameDecoder(classicRequests(LIMITS), BUFFER);
  assertEquals([decoder.capacity, decoder.wanted], [0, 1024]);
  assertEquals(decoder.space().length, 1024);
  assertEquals([decoder.capacity, decoder.wanted], [1024, 1024]);
});

Deno.test("FrameDecoder.wanted says what an announced frame takes before space() takes it", () => {
  const { decoder } = afterHead(50_000);
  assertEquals([decoder.capacity, decoder.wanted], [1024, 50_008]);
  decoder.space();
  assertEquals([decoder.capacity, decoder.wanted], [50_008, 50_008]);
});

Deno.test("FrameDecoder.space() reads a large frame into its place and no byte further", () => {
  const { decoder, stream } = afterHead(50_000);
  const space = decoder.space();
  assertEquals(space.length, 50_008 - 100);
  space.set(stream.subarray(100));
  decoder.received(space.length);
  const frame = taken(decoder);
  assertEquals(frame.body.buffer, space.buffer);
  assertEquals(frame.body.length, 50_000);
});

Deno.test("FrameDecoder.space() lets the next read have what the frame before took", () => {
  const decoder = new FrameDecoder(classicRequests(LIMITS), { ...BUFFER, retainedBytesMax: 9000 });
  feed(decoder, request(SEND, 8000));
  taken(decoder);
  assertEquals(decoder.space().length, 8008);
});

Deno.test("FrameDecoder.space() gives memory beyond the retained back after a large frame", () => {
  const decoder = new FrameDecoder(classicRequests(LIMITS), BUFFER);
  feed(decoder, request(SEND, 50_000));
  taken(decoder);
  assertEquals(decoder.wanted, 1024);
  decoder.space();
  assertEquals(decoder.capacity, 1024);
});

Deno.test("FrameDecoder.received() refuses more bytes than there was space for", () => {
  const decoder = new FrameDecoder(classicRequests(LIMITS), BUFFER);
  decoder.space();
  assertThrows(() => decoder.received(1025), Error, "Buffer of 1024 bytes holds 1025");
});

Deno.test("FrameDecoder.next() keeps the connection after a length without a code", () => {
  for (const length of [0, 1, 2, 3]) {
    const frames = framesOf(classicRequests(LIMITS), [
      joined(Uint8Array.of(length, 0, 0, 0), PING),
    ]);
    assertEquals(frames, [
      {
        fault: `Length ${length} leaves no room for a code`,
        bytes: 4,
        answered: true,
        closes: false,
      },
      { code: 1, body: new Uint8Array() },
    ]);
  }
});

Deno.test("FrameDecoder.next() ends the connection at an oversized frame, and drops the rest", () => {
  for (const length of [100_000, 0x7fffffff, 0xffffffff]) {
    const frames = framesOf(classicRequests(LIMITS), [joined(head(length, SEND), PING)]);
    assertEquals(frames, [
      {
        fault: `Length ${length + 4} is more than 100000`,
        bytes: 0,
        answered: true,
        closes: true,
      },
    ]);
  }
});

Deno.test("classicRequests() bounds the body of every command but SendMessages", () => {
  const fault = wholeFrame(classicRequests(LIMITS), request(302, 1001)) as FrameFault;
  assertEquals(fault.fault, "Length 1001 is more than 1000");
  assertEquals([fault.answered, fault.closes], [true, true]);
  assertEquals(isFault(wholeFrame(classicRequests(LIMITS), request(302, 1000))), false);
  assertEquals(isFault(wholeFrame(classicRequests(LIMITS), request(SEND, 1001))), false);
});

Deno.test("classicReplies() bounds replies", () => {
  assert(isFault(wholeFrame(classicReplies(1000), hex("00000000 ffffffff"))));
});

Deno.test("wholeFrame() refuses a message that is more or less than one frame", () => {
  for (const message of [PING.subarray(0, 3), PING.subarray(0, 7), joined(PING, PING)]) {
    const fault = wholeFrame(classicRequests(LIMITS), message) as FrameFault;
    assertEquals(fault.fault, `Message of ${message.length} bytes is not one frame`);
    assertEquals([fault.answered, fault.closes], [false, true]);
  }
});

Deno.test("encodeClassicReplyHead() may leave the length for later", () => {
  const writer = new WireWriter();
  encodeClassicReplyHead(writer, 0, 0);
  encodeClassicReplyHead(writer, 0, 0);
  patchClassicReplyBodyBytes(writer, 8, 3);
  assertEquals(writer.written, hex("00000000 00000000 00000000 03000000"));
});

/** A decoder that has the first 100 bytes of a large frame. */
function afterHead(
  bodyBytes: number,
): { decoder: FrameDecoder<ClassicRequest>; stream: Uint8Array } {
  const decoder = new FrameDecoder(classicRequests(LIMITS), BUFFER);
  const stream = request(SEND, bodyBytes);
  decoder.push(stream.subarray(0, 100));
  assertEquals(decoder.next(), undefined);
  return { decoder, stream };
}

function feed(decoder: FrameDecoder<ClassicRequest>, frame: Uint8Array): void {
  for (let at = decoder.push(frame); at < frame.length;) {
    assertEquals(decoder.next(), undefined);
    at += decoder.push(frame.subarray(at));
  }
}

function taken(decoder: FrameDecoder<ClassicRequest>): ClassicRequest {
  const frame = decoder.next();
  assert(frame !== undefined && !isFault(frame));
  return frame;
}

function head(length: number, code: number): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(8));
  bytes.setUint32(0, length, true);
  bytes.setUint32(4, code, true);
  return new Uint8Array(bytes.buffer);
}

function request(code: number, bodyBytes: number): Uint8Array {
  const writer = new WireWriter();
  encodeClassicRequestHead(writer, code, bodyBytes);
  return joined(writer.written, new Uint8Array(bodyBytes).fill(bodyBytes & 0xff));
}

function joined(...parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}
