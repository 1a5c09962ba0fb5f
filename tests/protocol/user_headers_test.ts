import { assertEquals, assertThrows } from "@std/assert";
import * as fc from "fast-check";
import { IggyError, WireError } from "../../protocol/errors.ts";
import {
  decodeRawHeaders,
  decodeUserHeaders,
  encodeRawHeaders,
  encodeUserHeaders,
  HEADER_KINDS,
  type HeaderField,
} from "../../protocol/user_headers.ts";

Deno.test("encodeUserHeaders() writes the example of CLASSIC.md section 6.3", () => {
  const bytes = encodeUserHeaders([
    { key: { kind: "string", value: "k" }, value: { kind: "int32", value: -7 } },
  ]);
  assertEquals(bytes.toHex(), "02010000006b0604000000f9ffffff");
});

Deno.test("encodeUserHeaders() gives each kind its number and length", () => {
  const kinds: [HeaderField, string][] = [
    [{ kind: "raw", value: Uint8Array.of(1, 2, 3) }, "0103000000010203"],
    [{ kind: "string", value: "é" }, "0202000000c3a9"],
    [{ kind: "bool", value: true }, "030100000001"],
    [{ kind: "int8", value: -1 }, "0401000000ff"],
    [{ kind: "int16", value: -2 }, "0502000000feff"],
    [{ kind: "int32", value: 2 ** 31 - 1 }, "0604000000ffffff7f"],
    [{ kind: "int64", value: -1n }, "0708000000ffffffffffffffff"],
    [{ kind: "int128", value: 1n << 100n }, `0810000000${"00".repeat(12)}10000000`],
    [{ kind: "uint8", value: 255 }, "0901000000ff"],
    [{ kind: "uint16", value: 258 }, "0a020000000201"],
    [{ kind: "uint32", value: 2 ** 32 - 1 }, "0b04000000ffffffff"],
    [{ kind: "uint64", value: 1n << 63n }, "0c080000000000000000000080"],
    [{ kind: "uint128", value: 1n }, `0d1000000001${"00".repeat(15)}`],
    [{ kind: "float32", value: 1.5 }, "0e040000000000c03f"],
    [{ kind: "float64", value: -2 }, "0f0800000000000000000000c0"],
  ];
  const key: HeaderField = { kind: "uint8", value: 0 };
  for (const [value, hex] of kinds) {
    const bytes = encodeUserHeaders([{ key, value }]);
    assertEquals(bytes.toHex(), `090100000000${hex}`, value.kind);
    assertEquals(decodeUserHeaders(bytes), [{ key, value }]);
  }
});

Deno.test("encodeUserHeaders() refuses values that do not fit their kind", () => {
  const key: HeaderField = { kind: "string", value: "k" };
  const misfits: HeaderField[] = [
    { kind: "raw", value: new Uint8Array(0) },
    { kind: "raw", value: new Uint8Array(256) },
    { kind: "string", value: "" },
    { kind: "string", value: "é".repeat(128) },
    { kind: "int8", value: 128 },
    { kind: "int8", value: 0.5 },
    { kind: "uint16", value: -1 },
    { kind: "uint32", value: NaN },
    { kind: "int64", value: 1n << 63n },
    { kind: "uint128", value: -1n },
  ];
  for (const misfit of misfits) {
    const asValue = assertThrows(() => encodeUserHeaders([{ key, value: misfit }]), IggyError);
    const asKey = assertThrows(() => encodeUserHeaders([{ key: misfit, value: key }]), IggyError);
    assertEquals([asValue.code, asKey.code], [4019, 4018]);
  }
});

Deno.test("encodeUserHeaders() refuses more than 100,000 bytes", () => {
  const field: HeaderField = { kind: "raw", value: new Uint8Array(255) };
  const headers = Array.from({ length: 193 }, () => ({ key: field, value: field }));
  assertEquals(assertThrows(() => encodeUserHeaders(headers), IggyError).code, 4017);
  assertEquals(encodeUserHeaders(headers.slice(1)).length, 99_840);
});

Deno.test("decodeUserHeaders() names the fault in bytes that are none", () => {
  const faults: [number, string][] = [
    [4040, "00"],
    [4040, "10"],
    [4018, "0200000000"],
    [4018, "0200010000"],
    [4019, "02010000006b0603000000f9ffff"],
    [3, "02010000006b"],
    [3, "0202000000"],
    [3, "02ff"],
  ];
  for (const [code, hex] of faults) {
    const error = assertThrows(() => decodeUserHeaders(Uint8Array.fromHex(hex)), WireError);
    assertEquals(error.code, code, hex);
  }
});

Deno.test("decodeUserHeaders() brings back what was encoded", () => {
  const bits = (count: number) => fc.bigInt(0n, (1n << BigInt(count)) - 1n);
  const signed = (count: number) => bits(count).map((value) => BigInt.asIntN(count, value));
  const field: fc.Arbitrary<HeaderField> = fc.oneof(
    fc.record({
      kind: fc.constant("raw" as const),
      value: fc.uint8Array({ minLength: 1, maxLength: 255 }),
    }),
    fc.record({ kind: fc.constant("int64" as const), value: signed(64) }),
    fc.record({ kind: fc.constant("int128" as const), value: signed(128) }),
    fc.record({ kind: fc.constant("uint128" as const), value: bits(128) }),
    fc.record({ kind: fc.constant("int32" as const), value: signed(32).map(Number) }),
    fc.record({ kind: fc.constant("float64" as const), value: fc.double({ noNaN: true }) }),
    fc.record({
      kind: fc.constant("string" as const),
      value: fc.string({ minLength: 1, maxLength: 60, unit: "binary" }),
    }),
  );
  fc.assert(fc.property(fc.array(fc.record({ key: field, value: field })), (headers) => {
    assertEquals(decodeUserHeaders(encodeUserHeaders(headers)), headers);
  }));
});

Deno.test("encodeRawHeaders() and decodeRawHeaders() carry bytes as they are", () => {
  const key = { kind: "string", bytes: Uint8Array.of(0xff) } as const;
  const value = { kind: "uint32", bytes: Uint8Array.of(1, 2, 3, 4) } as const;
  assertEquals(decodeRawHeaders(encodeRawHeaders([{ key, value }])), [{ key, value }]);
  const short = { kind: "uint32", bytes: Uint8Array.of(1) } as const;
  const codeOf = (refuse: () => void) => assertThrows(refuse, IggyError).code;
  assertEquals(codeOf(() => encodeRawHeaders([{ key, value: short }])), 4019);
  assertEquals(codeOf(() => encodeRawHeaders([{ key: short, value }])), 4018);
  assertEquals(HEADER_KINDS.length, 15);
});
