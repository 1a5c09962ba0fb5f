import { assertEquals } from "@std/assert";
import { FrameWriter, provesDurable, readFrame } from "../../../lib/catalog/frame.ts";

const PAYLOAD = new TextEncoder().encode("payload");
const SEQUENCE = 2 ** 40 + 3;
const DURABLE = 2 ** 40 + 1;

function frame(): Uint8Array {
  return new FrameWriter().frame(SEQUENCE, DURABLE, PAYLOAD).slice();
}

Deno.test("readFrame() gives back what FrameWriter.frame() was given", () => {
  const bytes = new Uint8Array(200);
  bytes.set(frame(), 50);
  const read = readFrame(bytes, 50)!;
  assertEquals([read.sequence, read.durable, read.end], [SEQUENCE, DURABLE, 50 + 24 + 7]);
  assertEquals(read.payload, PAYLOAD);
});

Deno.test("readFrame() gives back a frame larger than any before", () => {
  const writer = new FrameWriter();
  const payload = new Uint8Array(100_000).fill(5);
  assertEquals(readFrame(writer.frame(1, 0, payload), 0)?.payload, payload);
});

Deno.test("readFrame() finds no frame in one that is cut at any byte", () => {
  const bytes = frame();
  for (let size = 0; size < bytes.length; size++) {
    assertEquals(readFrame(bytes.subarray(0, size), 0), undefined, `cut at ${size}`);
  }
});

Deno.test("readFrame() finds no frame in one with any bit flipped", () => {
  const bytes = frame();
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    bytes[bit >> 3] ^= 1 << (bit & 7);
    assertEquals(readFrame(bytes, 0), undefined, `bit ${bit}`);
    bytes[bit >> 3] ^= 1 << (bit & 7);
  }
});

Deno.test("readFrame() finds no frame in zeros", () => {
  assertEquals(readFrame(new Uint8Array(100), 0), undefined);
});

Deno.test("provesDurable() finds the mark of a later frame at any place", () => {
  const bytes = new Uint8Array(300).fill(7);
  bytes.set(frame(), 131);
  assertEquals(provesDurable(bytes, 0, DURABLE), true);
  assertEquals(provesDurable(bytes, 131, DURABLE), true);
});

Deno.test("provesDurable() needs a whole frame, from there on, that covers the number", () => {
  const bytes = new Uint8Array(300).fill(7);
  bytes.set(frame(), 131);
  assertEquals(provesDurable(bytes, 0, DURABLE + 1), false);
  assertEquals(provesDurable(bytes, 132, DURABLE), false);
  assertEquals(provesDurable(bytes.subarray(0, 150), 0, DURABLE), false);
});
