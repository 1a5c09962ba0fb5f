import { assertEquals, assertThrows } from "@std/assert";
import {
  certificatesPem,
  CredentialError,
  keyPem,
  readCertificates,
  readCredential,
  readKey,
  usableAuthorities,
} from "../../../lib/certificates/credentials.ts";
import { provider } from "../../../lib/certificates/provider.ts";
import { random, TestAuthority } from "../../support/test_authority.ts";

const authority = await TestAuthority.make();
const issued = await authority.issue();

function read(certificate: string, key: string) {
  return readCredential(
    provider,
    random,
    { origin: "cert.pem", text: certificate },
    { origin: "key.pem", text: key },
  );
}

Deno.test("readCredential() gives the chain as it stands, with the key of its first certificate", () => {
  const { chain, key, leaf } = read(issued.certificate + authority.pem, issued.key);
  assertEquals(chain, [issued.der, authority.der]);
  assertEquals(leaf.der, issued.der);
  assertEquals(key.publicKey.type, "secp256r1");
  assertEquals(key.publicKey.bytes, leaf.publicKeyInfo.key?.bytes);
});

Deno.test("readCredential() passes over what stands around the blocks", () => {
  const parameters =
    "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
  assertEquals(read(`subject=\n${issued.certificate}`, parameters + issued.key).chain.length, 1);
});

Deno.test("readCredential() refuses a key that is another's", async () => {
  const other = await authority.issue();
  assertThrows(
    () => read(issued.certificate, other.key),
    CredentialError,
    "key.pem is not the key of the first certificate in cert.pem: name the key it was issued for, " +
      "and put that certificate first",
  );
  assertThrows(() => read(authority.pem + issued.certificate, issued.key), CredentialError);
});

Deno.test("readCertificates() and readKey() say what is there in place of what is wanted", () => {
  const certificates = (text: string) => readCertificates({ origin: "c", text });
  const key = (text: string) => readKey(provider, random, { origin: "k", text });
  const messages = [
    () => certificates(issued.key),
    () => certificates("hello"),
    () => certificates("-----BEGIN CERTIFICATE-----\n"),
    () => certificates("-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"),
    () => key(issued.certificate),
    () => key("-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n"),
    () => key("-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAA=\n-----END ENCRYPTED PRIVATE KEY-----\n"),
  ].map((attempt) => assertThrows(attempt, CredentialError).message);
  assertEquals(messages[0], "c holds no certificate, but PRIVATE KEY");
  assertEquals(messages[1], "c holds no certificate: it is not PEM, which begins with -----BEGIN");
  assertEquals(messages[2], "c: Block CERTIFICATE at line 1 has no end");
  assertEquals(messages[3].startsWith("c: Certificate is malformed: "), true, messages[3]);
  assertEquals(messages[4], "k holds no private key, but CERTIFICATE");
  assertEquals(messages[5].startsWith("k: "), true, messages[5]);
  assertEquals(
    messages[6],
    "k holds an encrypted key: decrypt it, as with openssl pkcs8 -in k",
  );
});

Deno.test("usableAuthorities() leaves out what is no certificate", () => {
  const odd = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
  assertEquals(usableAuthorities(authority.pem + odd + issued.key), [authority.der]);
});

Deno.test("certificatesPem() and keyPem() write what is read again", () => {
  const { chain, key } = read(issued.certificate, issued.key);
  assertEquals(certificatesPem(chain), issued.certificate);
  assertEquals(keyPem(key), issued.key);
  const { publicKey, schemes } = key;
  const elsewhere = { publicKey, schemes, sign: () => new Uint8Array() };
  assertThrows(() => keyPem(elsewhere), CredentialError, "The key cannot be written out");
});
