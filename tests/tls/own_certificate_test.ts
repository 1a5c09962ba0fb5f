import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import type { CommonConfig, Credential } from "../../tls/config.ts";
import { certificateEntries } from "../../tls/credentials.ts";
import { decodeCompressedCertificate, encodeCertificate } from "../../tls/messages.ts";
import { ownCertificate } from "../../tls/own_certificate.ts";
import { HandshakeType } from "../../tls/registry.ts";
import { credential, pairConfigs } from "../support/tls_pair.ts";

const { server: plain } = await pairConfigs();
const stapled: Credential = {
  ...await credential(),
  ocspResponse: Uint8Array.of(1, 2),
  signedCertificateTimestamps: Uint8Array.of(0, 3, 0, 1, 7),
};

/** Keeps half of the bytes, and counts how often. */
function halving(): { config: CommonConfig; compressions: () => number } {
  let count = 0;
  const compress = (bytes: Uint8Array) => {
    count++;
    return bytes.subarray(0, bytes.length >> 1);
  };
  const compression = { algorithm: 0x4001, compress, decompress: (bytes: Uint8Array) => bytes };
  return { config: { ...plain, certificateCompression: [compression] }, compressions: () => count };
}

Deno.test("ownCertificate() has the staples that the client asked for", () => {
  const nothing = new Uint8Array(0);
  for (const statusRequest of [false, true]) {
    for (const signedCertificateTimestamp of [false, true]) {
      const asked = { statusRequest, signedCertificateTimestamp };
      const entries = certificateEntries(stapled, asked);
      const expected = encodeCertificate({ context: nothing, entries });
      assertEquals(ownCertificate(stapled, asked, plain), expected);
    }
  }
});

Deno.test("ownCertificate() gives the very message again to who asks for the same", () => {
  const first = ownCertificate(stapled, { statusRequest: true }, plain);
  assertStrictEquals(ownCertificate(stapled, { statusRequest: true }, plain), first);
});

Deno.test("ownCertificate() compresses once for all clients that take it compressed", () => {
  const { config, compressions } = halving();
  const renewed = { ...stapled };
  const made = ownCertificate(renewed, { compressCertificate: [1, 0x4001] }, config);
  assertEquals(made[0], HandshakeType.compressed_certificate);
  assertEquals(decodeCompressedCertificate(made.subarray(4)).algorithm, 0x4001);
  assertStrictEquals(ownCertificate(renewed, { compressCertificate: [0x4001] }, config), made);
  assertEquals(compressions(), 1);
  assertEquals(
    ownCertificate(renewed, { compressCertificate: [1] }, config)[0],
    HandshakeType.certificate,
  );
});

Deno.test("ownCertificate() shows the new certificate where one took the place of another", () => {
  const [leaf] = stapled.chain;
  const renewed = { ...stapled, chain: [leaf] };
  assert(ownCertificate(renewed, {}, plain).length < ownCertificate(stapled, {}, plain).length);
});
