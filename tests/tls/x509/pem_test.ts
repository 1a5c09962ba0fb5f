import { assertEquals, assertThrows } from "@std/assert";
import { parsePem, PemError, toPem } from "../../../tls/x509/pem.ts";

const block = toPem("CERTIFICATE", Uint8Array.of(1, 2, 3));

Deno.test("parsePem() reads what toPem() writes, of any length", () => {
  for (const length of [0, 1, 47, 48, 49, 1000]) {
    const bytes = Uint8Array.from({ length }, (_, index) => index);
    assertEquals(parsePem(toPem("X509 CRL", bytes)), [{ label: "X509 CRL", bytes }]);
  }
});

Deno.test("toPem() breaks lines after 64 characters", () => {
  const lines = toPem("A", new Uint8Array(100)).split("\n");
  assertEquals(lines.map((line) => line.length), [17, 64, 64, 8, 15, 0]);
});

Deno.test("parsePem() passes over text between blocks, and takes any line ends", () => {
  const text = `# Root of whippet\n${block}\nmore\n${block}`;
  assertEquals(parsePem(text).length, 2);
  assertEquals(parsePem(text.replaceAll("\n", "\r\n")), parsePem(text));
});

Deno.test("parsePem() picks a label", () => {
  const text = block + toPem("PRIVATE KEY", Uint8Array.of(9));
  assertEquals(parsePem(text, "PRIVATE KEY"), [{ label: "PRIVATE KEY", bytes: Uint8Array.of(9) }]);
});

Deno.test("parsePem() says which line is wrong", () => {
  const begin = "-----BEGIN A-----\n";
  const end = "-----END A-----\n";
  const wrong: [string, string][] = [
    [`${begin}AQID\n`, "Block A at line 1 has no end"],
    [`${begin}${begin}${end}`, "Block A at line 1 has no end"],
    [`\n${end}`, "Line 2 ends A, which does not begin"],
    [`${begin}AQID\n-----END B-----`, "Line 3 ends B"],
    [`${begin}AQI\n${end}`, "Block at line 1 is not base64"],
    [`${begin}A*ID\n${end}`, "Block at line 1 is not base64"],
    [`${begin}AQ==AQID\n${end}`, "Block at line 1 is not base64"],
  ];
  for (const [text, message] of wrong) assertThrows(() => parsePem(text), PemError, message);
});
