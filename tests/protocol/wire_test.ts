import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { INVALID_COMMAND, INVALID_FORMAT } from "../../protocol/error_codes.ts";
import { WireError } from "../../protocol/errors.ts";
import { u128At, u32At, u64At, WireReader, WireWriter } from "../../protocol/wire.ts";
import { hex } from "../support/codec_laws.ts";

Deno.test("WireReader reads back what WireWriter wrote, growing from nothing", () => {
  const writer = new WireWriter(0);
  writer.u8(0xff);
  writer.bool(true);
  writer.u16(0xfffe);
  writer.u32(0xfffffffd);
  writer.f32(-0.5);
  writer.u64(2n ** 64n - 1n);
  writer.u64(Number.MAX_SAFE_INTEGER);
  writer.u128(2n ** 127n + 5n);
  writer.bytes(hex("0102"));
  writer.zeros(3);
  writer.name8("é");
  writer.text8("");
  writer.str32("iggy");
  const reader = new WireReader(writer.written);
  assertEquals(reader.u8(), 0xff);
  assertEquals(reader.bool(), true);
  assertEquals(reader.u16(), 0xfffe);
  assertEquals(reader.u32(), 0xfffffffd);
  assertEquals(reader.f32(), -0.5);
  assertEquals(reader.u64(), 2n ** 64n - 1n);
  assertEquals(reader.u64Safe(), Number.MAX_SAFE_INTEGER);
  assertEquals(reader.u128(), 2n ** 127n + 5n);
  assertEquals(reader.view(2), hex("0102"));
  reader.skip(3);
  assertEquals(reader.name8(), "é");
  assertEquals(reader.text8(), "");
  assertEquals(reader.str32(), "iggy");
  assertEquals(reader.remaining, 0);
});

Deno.test("WireReader.view() is a view of the caller's memory", () => {
  const bytes = hex("00 01 02 03");
  const reader = new WireReader(bytes, 1, 3);
  const view = reader.rest();
  assertEquals([view, reader.position], [hex("0102"), 3]);
  assertStrictEquals(view.buffer, bytes.buffer);
});

Deno.test("WireReader refuses to read past its end, wherever the memory ends", () => {
  const bytes = new Uint8Array(32);
  const reads: ((reader: WireReader) => unknown)[] = [
    (reader) => reader.u16(),
    (reader) => reader.u32(),
    (reader) => reader.u64(),
    (reader) => reader.u64Safe(),
    (reader) => reader.u64Clamped(),
    (reader) => reader.u128(),
    (reader) => reader.f32(),
    (reader) => reader.view(2),
    (reader) => reader.skip(0xffffffff),
    (reader) => reader.str32(),
  ];
  for (const read of reads) {
    const error = assertThrows(() => read(new WireReader(bytes, 4, 5)), WireError);
    assertEquals(error.code, INVALID_COMMAND);
  }
});

Deno.test("WireReader.u64Safe() refuses and u64Clamped() cuts what is beyond 2^53 - 1", () => {
  const beyond = hex("0000000000002000");
  assertEquals(
    assertThrows(() => new WireReader(beyond).u64Safe(), WireError).code,
    INVALID_FORMAT,
  );
  assertEquals(new WireReader(beyond).u64Clamped(), Number.MAX_SAFE_INTEGER);
  assertEquals(new WireReader(hex("ffffffffffff1f00")).u64Clamped(), Number.MAX_SAFE_INTEGER);
});

Deno.test("WireReader refuses text that is not UTF-8 and names that are empty", () => {
  assertEquals(
    assertThrows(() => new WireReader(hex("01ff")).text8(), WireError).code,
    INVALID_COMMAND,
  );
  assertEquals(
    assertThrows(() => new WireReader(hex("00")).name8(), WireError).code,
    INVALID_FORMAT,
  );
});

Deno.test("WireReader keeps a byte order mark, for names are compared byte by byte", () => {
  assertEquals(new WireReader(hex("04 efbbbf 61")).name8(), "\ufeffa");
});

Deno.test("WireWriter refuses names that are empty or longer than 255 bytes", () => {
  const writer = new WireWriter();
  assertThrows(() => writer.name8(""), WireError, "Name is empty");
  assertThrows(() => writer.text8("é".repeat(128)), WireError, "Name of 256 bytes is longer");
});

Deno.test("WireWriter.clear() keeps the memory, and zeros() clears what was in it", () => {
  const writer = new WireWriter(4);
  writer.u32(0xffffffff);
  const { buffer } = writer.written;
  writer.clear();
  writer.zeros(2);
  writer.u16(0);
  writer.patchU32(0, 0x04030201);
  assertEquals(writer.written, hex("01020304"));
  assertStrictEquals(writer.written.buffer, buffer);
});

Deno.test("u32At(), u64At() and u128At() read where they are told", () => {
  const bytes = hex("00 ffffffff ffffffff 01000000 00000080 00").subarray(1);
  assertEquals(u32At(bytes, 0), 0xffffffff);
  assertEquals(u64At(bytes, 0), Number.MAX_SAFE_INTEGER);
  assertEquals(u64At(hex("0100000001000000"), 0), 2 ** 32 + 1);
  assertEquals(u128At(bytes, 0), (2n ** 127n + 2n ** 64n) | (2n ** 64n - 1n));
});
