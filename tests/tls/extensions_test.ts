import { assertEquals } from "@std/assert";
import {
  type Carrier,
  decodeExtension,
  readAlpn,
  readAuthorities,
  readCertificateStatus,
  readCompressionAlgorithms,
  readExtensions,
  readRecordSizeLimit,
  readTimestamps,
  writeAlpn,
  writeAuthorities,
  writeCertificateStatus,
  writeCompressionAlgorithms,
  writeExtension,
  writeStatusRequest,
} from "../../tls/extensions.ts";
import { TlsError } from "../../tls/alert.ts";
import { ExtensionType } from "../../tls/registry.ts";
import { TlsReader, TlsWriter } from "../../tls/wire.ts";
import { assertSurvivesDamage } from "../support/byte_laws.ts";
import { fromHex } from "../support/bytes.ts";
import { assertRefused } from "../support/refusals.ts";

function block(...types: number[]): TlsReader {
  const writer = new TlsWriter();
  writer.vector(2, () => types.forEach((type) => writeExtension(writer, type)));
  return new TlsReader(writer.written, "Block");
}

function reader(hex: string): TlsReader {
  return new TlsReader(fromHex(hex), "Field");
}

function written(write: (writer: TlsWriter) => void): TlsReader {
  const writer = new TlsWriter();
  write(writer);
  return new TlsReader(writer.written, "Field");
}

const UNKNOWN = 0x0a0a;

Deno.test("readExtensions() gives types and contents in the order they came", () => {
  const writer = new TlsWriter();
  writer.vector(2, () => {
    writeExtension(writer, UNKNOWN, (inner) => inner.u8(7));
    writeExtension(writer, ExtensionType.cookie);
  });
  assertEquals(readExtensions(new TlsReader(writer.written, "Block"), "CH"), [
    { type: UNKNOWN, data: Uint8Array.of(7) },
    { type: ExtensionType.cookie, data: new Uint8Array() },
  ]);
});

Deno.test("readExtensions() refuses a type that appears twice (RFC 8446 §4.2)", () => {
  for (const carrier of ["CT", "CR", "NST"] as const) {
    assertRefused(
      () => readExtensions(block(UNKNOWN, UNKNOWN), carrier, new Set([UNKNOWN])),
      "duplicateExtension",
      "illegal_parameter",
    );
  }
  for (const carrier of ["CH", "EE"] as const) {
    assertRefused(
      () => readExtensions(block(UNKNOWN, UNKNOWN), carrier, new Set([UNKNOWN])),
      "duplicateExtension",
      "decode_error",
    );
  }
});

Deno.test("readExtensions() refuses a known extension where it has no place (RFC 8446 §4.2)", () => {
  const misplaced: [number, Carrier][] = [
    [ExtensionType.oid_filters, "CH"],
    [ExtensionType.ech_outer_extensions, "CH"],
    [ExtensionType.key_share, "EE"],
    [ExtensionType.server_name, "SH"],
    [ExtensionType.pre_shared_key, "HRR"],
    [ExtensionType.supported_groups, "CT"],
    [ExtensionType.key_share, "CR"],
    [ExtensionType.server_name, "NST"],
    [ExtensionType.ec_point_formats, "EE"],
    [ExtensionType.extended_master_secret, "EE"],
    [ExtensionType.renegotiation_info, "SH"],
  ];
  for (const [type, carrier] of misplaced) {
    assertRefused(
      () => readExtensions(block(type), carrier, new Set([type])),
      "forbiddenExtension",
      "illegal_parameter",
    );
  }
});

Deno.test("readExtensions() refuses an answer to what nobody asked (RFC 8446 §4.2)", () => {
  const unasked: [number, Carrier][] = [
    [ExtensionType.pre_shared_key, "SH"],
    [ExtensionType.early_data, "EE"],
    [ExtensionType.status_request, "CT"],
    [UNKNOWN, "EE"],
    [UNKNOWN, "SH"],
    [UNKNOWN, "CT"],
  ];
  for (const [type, carrier] of unasked) {
    assertRefused(
      () => readExtensions(block(type), carrier, new Set()),
      "unexpectedExtension",
      "unsupported_extension",
    );
  }
});

Deno.test("readExtensions() lets a HelloRetryRequest have a cookie that nobody asked for", () => {
  assertEquals(readExtensions(block(ExtensionType.cookie), "HRR", new Set()).length, 1);
});

Deno.test("readExtensions() passes over unknown extensions of messages that ask", () => {
  for (const carrier of ["CH", "CR", "NST"] as const) {
    assertEquals(readExtensions(block(UNKNOWN), carrier).length, 1);
  }
});

Deno.test("readExtensions() survives damage", () => {
  const writer = new TlsWriter();
  writer.vector(2, () => {
    writeExtension(writer, ExtensionType.server_name, (inner) => inner.u32(5));
    writeExtension(writer, UNKNOWN);
  });
  const parse = (bytes: Uint8Array) => readExtensions(new TlsReader(bytes, "Block"), "CH");
  assertSurvivesDamage(writer.written, parse, TlsError);
});

Deno.test("decodeExtension() refuses content that is too long or too short as badExtension", () => {
  const extension = { type: ExtensionType.cookie, data: Uint8Array.of(1, 2) };
  assertEquals(decodeExtension(extension, (each) => each.u16()), 0x102);
  assertRefused(() => decodeExtension(extension, (each) => each.u8()), "badExtension");
  assertRefused(() => decodeExtension(extension, (each) => each.u24()), "badExtension");
});

Deno.test("decodeExtension() leaves a more exact reason as it is", () => {
  const extension = { type: ExtensionType.record_size_limit, data: Uint8Array.of(0, 63) };
  assertRefused(() => decodeExtension(extension, readRecordSizeLimit), "badRecordSizeLimit");
});

Deno.test("readAlpn() reads what writeAlpn() writes, a byte a character", () => {
  const names = ["h2", "\xff\x00", "a".repeat(255)];
  assertEquals(readAlpn(written((writer) => writeAlpn(writer, names))), names);
});

Deno.test("readAlpn() refuses an empty list and an empty name (RFC 7301 §3.1)", () => {
  assertRefused(() => readAlpn(reader("0000")), "decodeError");
  assertRefused(() => readAlpn(reader("0003 00 01 61")), "malformedExtensions", "decode_error");
});

Deno.test("readAuthorities() reads what writeAuthorities() writes, and refuses an empty list (RFC 8446 §4.2.4)", () => {
  const names = [Uint8Array.of(0x30, 0), Uint8Array.of(1)];
  assertEquals(readAuthorities(written((writer) => writeAuthorities(writer, names))), names);
  assertRefused(() => readAuthorities(reader("0000")), "decodeError");
  assertRefused(() => readAuthorities(reader("0004 0000 0000")), "decodeError");
});

Deno.test("readCompressionAlgorithms() refuses an empty list and one with the same twice (RFC 8879 §3)", () => {
  assertEquals(
    readCompressionAlgorithms(written((writer) => writeCompressionAlgorithms(writer, [2, 1]))),
    [2, 1],
  );
  assertRefused(() => readCompressionAlgorithms(reader("00")), "decodeError");
  assertRefused(() => readCompressionAlgorithms(reader("03 0001 00")), "decodeError");
  assertRefused(
    () => readCompressionAlgorithms(reader("04 0001 0001")),
    "badExtension",
    "illegal_parameter",
  );
});

Deno.test("readRecordSizeLimit() refuses less than 64 (RFC 8449 §4)", () => {
  assertEquals(readRecordSizeLimit(reader("0040")), 64);
  assertEquals(readRecordSizeLimit(reader("ffff")), 0xffff);
  assertRefused(
    () => readRecordSizeLimit(reader("003f")),
    "badRecordSizeLimit",
    "illegal_parameter",
  );
});

Deno.test("readCertificateStatus() takes an OCSP response that is not empty (RFC 8446 §4.4.2.1)", () => {
  const response = Uint8Array.of(0x30, 0);
  const field = written((writer) => writeCertificateStatus(writer, response));
  assertEquals(readCertificateStatus(field), response);
  assertRefused(() => readCertificateStatus(reader("02 000001 00")), "decodeError");
  assertRefused(() => readCertificateStatus(reader("01 000000")), "decodeError");
});

Deno.test("readTimestamps() takes a list of timestamps that are not empty (RFC 6962 §3.3)", () => {
  const list = fromHex("0006 0001 aa 0001 bb");
  assertEquals(readTimestamps(new TlsReader(list, "Field")), list);
  for (const wrong of ["0000", "0002 0000", "0003 0001 aa 00", "0003 0002 aa"]) {
    assertRefused(() => readTimestamps(reader(wrong)), "decodeError");
  }
});

Deno.test("writeStatusRequest() asks for OCSP, without responders or extensions (RFC 6066 §8)", () => {
  assertEquals(written(writeStatusRequest).rest(), fromHex("01 0000 0000"));
});
