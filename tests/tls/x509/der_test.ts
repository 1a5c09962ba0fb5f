import { assertEquals, assertThrows } from "@std/assert";
import { compareBytes, der, DerError, DerReader, Tag } from "../../../tls/x509/der.ts";
import { assertSurvivesDamage } from "../../support/byte_laws.ts";
import { hex } from "../../support/codec_laws.ts";

const read = <T>(bytes: string, call: (reader: DerReader) => T): T => {
  const reader = new DerReader(hex(bytes));
  const value = call(reader);
  reader.end();
  return value;
};

const refused = (bytes: string, call: (reader: DerReader) => unknown, message: string) => {
  assertThrows(() => read(bytes, call), DerError, message);
};

Deno.test("DerReader.element() gives tag, content and the whole", () => {
  const { tag, content, whole } = read("04 02 0102", (reader) => reader.element());
  assertEquals(tag, Tag.OCTET_STRING);
  assertEquals(content, hex("0102"));
  assertEquals(whole, hex("04020102"));
});

Deno.test("DerReader.element() refuses lengths that are not minimal or not definite", () => {
  const element = (reader: DerReader) => reader.element();
  refused("04 80 0000", element, "indefinite");
  refused("04 81 01 00", element, "not minimal");
  refused("04 82 0001 00", element, "not minimal");
  refused("04 82 0080" + "00".repeat(128), element, "not minimal");
  refused("04 84 00000001 00", element, "too large");
  refused("04 85 0000000001", element, "too large");
  refused("04 82 01", element, "inside a length");
  refused("04", element, "before a length");
  refused("", element, "before an element");
  refused("04 03 0102", element, "goes beyond");
  refused("1f 81 00 00", element, "above 30");
});

Deno.test("DerReader.end() refuses what is left", () => {
  refused("0500 00", (reader) => reader.null(), "1 bytes too many");
  refused("3003 0500 00", (reader) => reader.inside(Tag.SEQUENCE, (in_) => in_.null()), "too many");
});

Deno.test("DerReader says where it stopped, counted from the outermost element", () => {
  const error = assertThrows(
    () =>
      read(
        "3004 3002 0402",
        (reader) =>
          reader.inside(Tag.SEQUENCE, (outer) =>
            outer.inside(Tag.SEQUENCE, (inner) => inner.element())),
      ),
    DerError,
  );
  assertEquals(error.offset, 4);
});

Deno.test("DerReader refuses more levels than anything it reads has", () => {
  let bytes = der.null();
  for (let level = 0; level < 40; level++) bytes = der.sequence(bytes);
  const descend = (reader: DerReader): void => {
    if (reader.nextTag === Tag.SEQUENCE) reader.inside(Tag.SEQUENCE, descend);
    else reader.null();
  };
  assertThrows(() => descend(new DerReader(bytes)), DerError, "levels");
});

Deno.test("DerReader.list() reads from one to so many elements", () => {
  const numbers = (max: number) => (reader: DerReader) =>
    reader.list(Tag.SEQUENCE, max, (each) => each.smallInteger(9));
  assertEquals(read("3006 020101 020102", numbers(2)), [1, 2]);
  refused("3006 020101 020102", numbers(1), "More than 1");
  refused("3000", numbers(1), "Empty list");
});

Deno.test("DerReader.boolean() knows 00 and FF only", () => {
  assertEquals(read("0101ff", (reader) => reader.boolean()), true);
  assertEquals(read("010100", (reader) => reader.boolean()), false);
  refused("010101", (reader) => reader.boolean(), "neither");
  refused("0102ffff", (reader) => reader.boolean(), "neither");
});

Deno.test("DerReader.booleanDefaultFalse() refuses a FALSE that is written", () => {
  assertEquals(read("", (reader) => reader.booleanDefaultFalse()), false);
  assertEquals(read("0101ff", (reader) => reader.booleanDefaultFalse()), true);
  refused("010100", (reader) => reader.booleanDefaultFalse(), "left out");
});

Deno.test("DerReader.integer() is minimal two's complement", () => {
  assertEquals(read("0202 0080", (reader) => reader.integer()), hex("0080"));
  assertEquals(read("0201 80", (reader) => reader.integer()), hex("80"));
  refused("0202 007f", (reader) => reader.integer(), "not minimal");
  refused("0202 ff80", (reader) => reader.integer(), "not minimal");
  refused("0200", (reader) => reader.integer(), "no content");
});

Deno.test("DerReader.positiveInteger() gives a magnitude and refuses zero and less", () => {
  assertEquals(read("0202 0080", (reader) => reader.positiveInteger()), hex("80"));
  refused("0201 00", (reader) => reader.positiveInteger(), "not positive");
  refused("0201 80", (reader) => reader.positiveInteger(), "not positive");
});

Deno.test("DerReader.smallInteger() stays in its range", () => {
  assertEquals(read("0202 0100", (reader) => reader.smallInteger(256)), 256);
  refused("0202 0101", (reader) => reader.smallInteger(256), "0 to 256");
  refused("0201 ff", (reader) => reader.smallInteger(256), "0 to 256");
  refused("0209 010000000000000000", (reader) => reader.smallInteger(256), "0 to 256");
});

Deno.test("DerReader.objectIdentifier() reads arcs of any size and refuses padded ones", () => {
  const oid = (reader: DerReader) => reader.objectIdentifier();
  assertEquals(read("0607 2a8648ce3d0201", oid), "1.2.840.10045.2.1");
  assertEquals(read("0603 883703", oid), "2.999.3");
  refused("0600", oid, "malformed");
  refused("0602 8001", oid, "malformed");
  refused("0602 2a86", oid, "malformed");
  refused("0609 2affffffffffffff7f", oid, "malformed");
});

Deno.test("DerReader.bitString() refuses unused bits that are set or too many", () => {
  const bits = (reader: DerReader) => reader.bitString();
  assertEquals(read("0302 0780", bits), { bytes: hex("80"), unusedBits: 7 });
  assertEquals(read("0301 00", bits), { bytes: hex(""), unusedBits: 0 });
  for (const wrong of ["0300", "0301 01", "0302 0880", "0302 0781"]) {
    refused(wrong, bits, "malformed");
  }
  refused("0302 0780", (reader) => reader.bitStringBytes(), "whole bytes");
});

Deno.test("DerReader.namedBits() counts from the most significant bit and ends with a set one", () => {
  const bits = (reader: DerReader) => reader.namedBits();
  assertEquals(read("0302 0106", bits), 1 << 5 | 1 << 6);
  assertEquals(read("0303 078080", bits), 1 | 1 << 8);
  assertEquals(read("0301 00", bits), 0);
  refused("0302 0006", bits, "ends with a zero");
  assertEquals(read("0302 0006", (reader) => reader.namedBits(true)), 1 << 5 | 1 << 6);
  refused("0305 0000000001", bits, "more bits");
});

Deno.test("DerReader.time() reads the two forms of RFC 5280 and no other", () => {
  const time = (text: string, tag: number) => new DerReader(der.string(tag, text)).time();
  assertEquals(time("500101000000Z", Tag.UTC_TIME), Date.UTC(1950, 0, 1));
  assertEquals(time("491231235959Z", Tag.UTC_TIME), Date.UTC(2049, 11, 31, 23, 59, 59));
  assertEquals(
    time("20500228000000Z", Tag.GENERALIZED_TIME),
    Date.UTC(2050, 1, 28),
  );
  const wrong: [string, number][] = [
    ["5001010000Z", Tag.UTC_TIME],
    ["500101000000+0100", Tag.UTC_TIME],
    ["500101000000", Tag.UTC_TIME],
    ["500101240000Z", Tag.UTC_TIME],
    ["500230000000Z", Tag.UTC_TIME],
    ["20500101000000Z", Tag.UTC_TIME],
    ["20500101000000.5Z", Tag.GENERALIZED_TIME],
    ["20500101000060Z", Tag.GENERALIZED_TIME],
    ["500101000000Z", Tag.GENERALIZED_TIME],
    ["20500101000000Z", Tag.PRINTABLE_STRING],
  ];
  for (const [text, tag] of wrong) assertThrows(() => time(text, tag), DerError, "Time");
});

Deno.test("der writes what DerReader reads", () => {
  const long = new Uint8Array(70_000).fill(7);
  const bytes = der.sequence(
    der.boolean(true),
    der.integer(hex("0000ff")),
    der.integer(hex("")),
    der.smallInteger(65_537),
    der.objectIdentifier("2.999.3"),
    der.bitString(hex("0102")),
    der.namedBits(1 << 5 | 1 << 6),
    der.octetString(long),
    der.null(),
    der.explicit(3, der.string(Tag.IA5_STRING, "a")),
    der.time(Date.UTC(2049, 11, 31)),
    der.time(Date.UTC(2050, 0, 1)),
  );
  DerReader.whole(bytes, Tag.SEQUENCE, (reader) => {
    assertEquals(reader.boolean(), true);
    assertEquals(reader.positiveInteger(), hex("ff"));
    assertEquals(reader.smallInteger(0), 0);
    assertEquals(reader.smallInteger(65_537), 65_537);
    assertEquals(reader.objectIdentifier(), "2.999.3");
    assertEquals(reader.bitStringBytes(), hex("0102"));
    assertEquals(reader.namedBits(), 1 << 5 | 1 << 6);
    assertEquals(reader.octetString(), long);
    reader.null();
    assertEquals(reader.inside(0xa3, (inner) => inner.ascii()), "a");
    assertEquals(reader.nextTag, Tag.UTC_TIME);
    assertEquals(reader.time(), Date.UTC(2049, 11, 31));
    assertEquals(reader.nextTag, Tag.GENERALIZED_TIME);
    assertEquals(reader.time(), Date.UTC(2050, 0, 1));
  });
});

Deno.test("der.setOf() sorts", () => {
  assertEquals(der.setOf(hex("0402ff"), hex("020101")), hex("3106 020101 0402ff"));
});

Deno.test("compareBytes() orders by bytes, then by length", () => {
  assertEquals([hex("02"), hex("01ff"), hex("01")].sort(compareBytes), [
    hex("01"),
    hex("01ff"),
    hex("02"),
  ]);
});

Deno.test("DerReader survives damage", () => {
  const bytes = der.sequence(der.objectIdentifier("1.2.3"), der.sequence(der.smallInteger(300)));
  assertSurvivesDamage(bytes, (damaged) =>
    DerReader.whole(damaged, Tag.SEQUENCE, (reader) => {
      reader.objectIdentifier();
      reader.inside(Tag.SEQUENCE, (inner) => inner.smallInteger(500));
    }), DerError);
});
