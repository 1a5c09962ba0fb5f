import { assertEquals } from "@std/assert";
import { der } from "../../../tls/x509/der.ts";
import { Oid } from "../../../tls/x509/object_identifiers.ts";
import { toHex } from "../../support/bytes.ts";

Deno.test("Oid names each algorithm by an identifier of its own", () => {
  const all = Object.values(Oid);
  assertEquals(new Set(all).size, all.length);
});

Deno.test("Oid has the bytes that RFC 8017 §9.2, RFC 5480 §2.1.1 and RFC 8410 §3 print", () => {
  const hex = (oid: string) => toHex(der.objectIdentifier(oid));
  assertEquals(hex(Oid.sha256), "0609608648016503040201");
  assertEquals(hex(Oid.rsa), "06092a864886f70d010101");
  assertEquals(hex(Oid.secp256r1), "06082a8648ce3d030107");
  assertEquals(hex(Oid.ed25519), "06032b6570");
});
