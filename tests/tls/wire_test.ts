import { assertEquals, assertThrows } from "@std/assert";
import { TlsReader, TlsWriter } from "../../tls/wire.ts";
import { fromHex, toHex } from "../support/bytes.ts";
import { assertRefused } from "../support/refusals.ts";

const reader = (hex: string) => new TlsReader(fromHex(hex), "Thing");

Deno.test("TlsReader reads numbers in network byte order (RFC 8446 §3.3)", () => {
  const each = reader("01 0203 040506 fffefdfc");
  assertEquals([each.u8(), each.u16(), each.u24(), each.u32()], [1, 0x203, 0x40506, 0xfffefdfc]);
  each.end();
});

Deno.test("TlsReader hands out views, never copies", () => {
  const bytes = fromHex("02 aabb");
  const view = new TlsReader(bytes, "Thing").vector8();
  bytes[1] = 0xcc;
  assertEquals(view, Uint8Array.of(0xcc, 0xbb));
});

Deno.test("TlsReader reads vectors of each width of length", () => {
  assertEquals(reader("01 aa").vector8(), Uint8Array.of(0xaa));
  assertEquals(reader("0001 aa").vector16(), Uint8Array.of(0xaa));
  assertEquals(reader("000001 aa").vector24(), Uint8Array.of(0xaa));
});

Deno.test("TlsReader refuses a field that goes beyond the end", () => {
  const reads: [string, (each: TlsReader) => unknown][] = [
    ["", (each) => each.u8()],
    ["01", (each) => each.u16()],
    ["0102", (each) => each.u24()],
    ["010203", (each) => each.u32()],
    ["02 aa", (each) => each.vector8()],
    ["0002 aa", (each) => each.vector16()],
    ["000002 aa", (each) => each.vector24()],
    ["aa", (each) => each.view(2)],
  ];
  for (const [hex, read] of reads) assertRefused(() => read(reader(hex)), "decodeError");
});

Deno.test("TlsReader refuses a vector that is shorter than its least length", () => {
  assertRefused(() => reader("01 aa").vector8(2), "decodeError");
  assertRefused(() => reader("0000").vector16(1), "decodeError");
  assertRefused(() => reader("000000").vector24(1), "decodeError");
});

Deno.test("TlsReader.u16List() refuses an empty list and half a number", () => {
  assertEquals(reader("0004 0001 0002").u16List(), [1, 2]);
  assertRefused(() => reader("0000").u16List(), "decodeError");
  assertRefused(() => reader("0003 000102").u16List(), "decodeError");
});

Deno.test("TlsReader.u8List() refuses an empty list", () => {
  assertEquals(reader("02 0102").u8List(), [1, 2]);
  assertRefused(() => reader("00").u8List(), "decodeError");
});

Deno.test("TlsReader.end() refuses bytes that nobody read", () => {
  const each = reader("01 02");
  each.u8();
  assertEquals([each.position, each.remaining], [1, 1]);
  assertRefused(() => each.end(), "decodeError");
});

Deno.test("TlsReader.ahead() reads on without moving", () => {
  const each = reader("0102");
  each.u8();
  assertEquals(each.ahead().u8(), 2);
  assertEquals(each.rest(), Uint8Array.of(2));
});

Deno.test("TlsWriter writes what TlsReader reads", () => {
  const writer = new TlsWriter(1);
  writer.u8(1).u16(0x203).u24(0x40506).u32(0xfffefdfc).vector8(Uint8Array.of(7))
    .vector16(Uint8Array.of(8)).vector24(Uint8Array.of(9)).u16List([10]).bytes(Uint8Array.of(11));
  assertEquals(
    toHex(writer.written),
    "01" + "0203" + "040506" + "fffefdfc" + "0107" + "000108" + "00000109" + "0002000a" + "0b",
  );
  assertEquals(writer.length, writer.written.length);
});

Deno.test("TlsWriter.vector() writes the length in front of what was written within", () => {
  const writer = new TlsWriter();
  writer.vector(2, (outer) => outer.u8(1).vector(1, (inner) => inner.u16(2)));
  assertEquals(toHex(writer.written), "0004" + "01" + "02" + "0002");
});

Deno.test("TlsWriter.vector() refuses a field that is longer than its length can say", () => {
  assertThrows(() => new TlsWriter().vector8(new Uint8Array(256)), RangeError);
  assertThrows(() => new TlsWriter().vector16(new Uint8Array(65_536)), RangeError);
});
