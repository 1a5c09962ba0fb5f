import { assertEquals } from "@std/assert";
import type { PlainName } from "../../../tls/x509/general_name.ts";
import { isFor, namesOf } from "../../../tls/x509/identity.ts";
import { alternativeNames, leaf, root } from "../../support/certificates.ts";

const authority = root();

const certificateOf = (...names: PlainName[]) =>
  leaf(authority, {
    name: "localhost",
    extensions: { subjectAltName: names.length === 0 ? undefined : alternativeNames(...names) },
  }).certificate;
const dns = (text: string): PlainName => ({ kind: "dns", text });

function assertMatches(presented: string, wanted: string, expected: boolean) {
  assertEquals(isFor(certificateOf(dns(presented)), wanted), expected, `${presented} ${wanted}`);
}

Deno.test("isFor() compares host names without case, and the wanted one without its trailing dot", () => {
  assertMatches("Example.com", "eXample.COM.", true);
  assertMatches("example.com", "a.example.com", false);
  assertMatches("a.example.com", "example.com", false);
  assertMatches("example.com.", "example.com", false);
  assertMatches("*.example.com.", "a.example.com", false);
});

Deno.test("isFor() lets a wildcard stand for exactly one label, the left-most", () => {
  assertMatches("*.example.com", "a.example.com", true);
  assertMatches("*.example.com", "example.com", false);
  assertMatches("*.example.com", "a.b.example.com", false);
  assertMatches("*.example.com", ".example.com", false);
  for (const pattern of ["a*.example.com", "*a.example.com", "a.*.com", "*.*.com", "*"]) {
    assertMatches(pattern, "aa.example.com", false);
  }
  assertMatches("*", "localhost", false);
});

Deno.test("isFor() takes internationalised names as A-labels only", () => {
  assertMatches("xn--n3h.com", "xn--n3h.com", true);
  assertMatches("xn--n3h.com", "⌘.com", false);
});

Deno.test("isFor() takes nothing for a name that is none", () => {
  for (const wanted of ["", ".", "*.example.com", "a b", "a\u0000.example.com"]) {
    assertMatches("*.example.com", wanted, false);
  }
});

Deno.test("isFor() compares addresses with addresses, octet by octet", () => {
  const v4 = certificateOf({ kind: "ip", octets: Uint8Array.of(127, 0, 0, 1) });
  assertEquals(isFor(v4, "127.0.0.1"), true);
  assertEquals(isFor(v4, "127.0.0.2"), false);
  assertEquals(isFor(v4, "::ffff:127.0.0.1"), false);
  const v6 = certificateOf({ kind: "ip", octets: Uint8Array.of(...new Uint8Array(15), 1) });
  assertEquals(isFor(v6, "0:0::1"), true);
  assertEquals(isFor(certificateOf(dns("127.0.0.1")), "127.0.0.1"), false);
});

Deno.test("isFor() does not look at the common name", () => {
  assertEquals(isFor(certificateOf(), "localhost"), false);
  assertEquals(isFor(certificateOf({ kind: "email", text: "localhost" }), "localhost"), false);
});

Deno.test("namesOf() gives the alternative names that have a text", () => {
  const certificate = certificateOf(
    dns("example.com"),
    { kind: "ip", octets: Uint8Array.of(127, 0, 0, 1) },
    { kind: "email", text: "a@example.com" },
    { kind: "uri", text: "spiffe://example.com/a" },
  );
  assertEquals(namesOf(certificate), [
    { kind: "dns", value: "example.com" },
    { kind: "ip", value: "127.0.0.1" },
    { kind: "email", value: "a@example.com" },
    { kind: "uri", value: "spiffe://example.com/a" },
  ]);
  assertEquals(namesOf(certificateOf()), []);
});
