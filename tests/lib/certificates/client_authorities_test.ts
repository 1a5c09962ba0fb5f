import { assertEquals, assertThrows } from "@std/assert";
import { ClientAuthorities, verifierOf } from "../../../lib/certificates/client_authorities.ts";
import { CredentialError } from "../../../lib/certificates/credentials.ts";
import { TlsError } from "../../../tls/alert.ts";
import { CertificateType } from "../../../tls/registry.ts";
import { TestAuthority } from "../../support/test_authority.ts";

const [first, second] = [await TestAuthority.make("First"), await TestAuthority.make("Second")];
const uris = ["whippet:user:alice"];
const { der } = await first.issue({ purposes: ["clientAuth"], uris });
const PEER = { chain: [der], type: CertificateType.X509, nowMs: Date.now() };

function fixture(text: string | undefined) {
  let current = text;
  const readFile = () => current === undefined ? undefined : new TextEncoder().encode(current);
  return {
    open: () => new ClientAuthorities("ca.pem", readFile),
    put: (text: string | undefined) => current = text,
  };
}

Deno.test("ClientAuthorities believes what its file trusts, and follows its changes", () => {
  const { open, put } = fixture(first.pem);
  const authorities = open();
  assertEquals(authorities.verify(PEER).names, [{ kind: "uri", value: uris[0] }]);
  put(second.pem);
  assertEquals(authorities.look(), "renewed");
  assertThrows(() => authorities.verify(PEER), TlsError);
  put(second.pem + first.pem);
  assertEquals([authorities.look(), authorities.look()], ["renewed", "same"]);
  authorities.verify(PEER);
});

Deno.test("ClientAuthorities keeps what it trusts when its file is broken, and tells that once", () => {
  const { open, put } = fixture(first.pem);
  const authorities = open();
  for (const broken of ["nothing", undefined]) {
    put(broken);
    assertThrows(() => authorities.look(), CredentialError);
    assertEquals(authorities.look(), "same");
    authorities.verify(PEER);
  }
});

Deno.test("ClientAuthorities needs its file to begin with", () => {
  assertThrows(
    fixture(undefined).open,
    CredentialError,
    "There is no file ca.pem: put it there, or name another in client_certificates.ca_file",
  );
});

Deno.test("verifierOf() believes certificates of clients only", async () => {
  const server = await first.issue();
  assertThrows(() => verifierOf([first.der]).verify({ ...PEER, chain: [server.der] }), TlsError);
  verifierOf([second.der, first.der]).verify(PEER);
});
