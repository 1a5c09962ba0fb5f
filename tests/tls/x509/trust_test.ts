import { assertEquals, assertThrows } from "@std/assert";
import { TlsError } from "../../../tls/alert.ts";
import { PemError, toPem } from "../../../tls/x509/pem.ts";
import { bySubject, TrustAnchors } from "../../../tls/x509/trust.ts";
import { leaf, root } from "../../support/certificates.ts";

const one = root({ name: "One" });
const two = root({ name: "Two" });
const pem = [one, two].map(({ certificate }) => toPem("CERTIFICATE", certificate.der)).join(
  "# x\n",
);

Deno.test("TrustAnchors.fromPem() finds anchors by name", () => {
  const anchors = TrustAnchors.fromPem(pem);
  assertEquals(anchors.size, 2);
  const named = anchors.named(one.certificate.subject);
  assertEquals(named.map((each) => each.der), [one.certificate.der]);
  assertEquals(anchors.named(root({ name: "Three" }).certificate.subject), []);
});

Deno.test("TrustAnchors.has() knows its very certificates", () => {
  const anchors = TrustAnchors.fromPem(pem);
  assertEquals(anchors.has(one.certificate), true);
  assertEquals(anchors.has(root({ name: "One" }).certificate), false);
  assertEquals(anchors.has(leaf(one).certificate), false);
});

Deno.test("TrustAnchors.fromPem() refuses a text without certificates and one that is no PEM", () => {
  assertThrows(() => TrustAnchors.fromPem(""), TlsError, "no certificate");
  assertThrows(() => TrustAnchors.fromPem("-----BEGIN CERTIFICATE-----\n"), PemError);
});

Deno.test("TrustAnchors says which certificate it cannot use", () => {
  const bytes = [one.certificate.der, two.certificate.der.subarray(1)];
  assertThrows(() => new TrustAnchors(bytes), TlsError, "Trusted certificate 2 cannot be used");
});

Deno.test("bySubject() keeps the order among certificates of a name", () => {
  const again = root({ name: "one" });
  const map = bySubject([one.certificate, two.certificate, again.certificate]);
  assertEquals(map.size, 2);
  assertEquals([...map.values()][0], [one.certificate, again.certificate]);
});
