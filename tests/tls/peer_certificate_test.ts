import { assertEquals, assertThrows } from "@std/assert";
import type { CertificateCompression, CommonConfig, PeerCertificates } from "../../tls/config.ts";
import { encodeCertificate, encodeCompressedCertificate } from "../../tls/messages.ts";
import {
  CERTIFICATE_BYTES_MAX,
  makeCertificate,
  readCertificate,
  reverifyPeer,
  verifyPeer,
} from "../../tls/peer_certificate.ts";
import { reference } from "../../tls/provider/reference.ts";
import { CertificateType } from "../../tls/registry.ts";
import { assertRefused } from "../support/refusals.ts";

/** Turns every byte around: as good as any compression to tell that it was used. */
const inverting: CertificateCompression = {
  algorithm: 0x4001,
  compress: (message) => message.map((byte) => byte ^ 0xff),
  decompress: (bytes) => bytes.map((byte) => byte ^ 0xff),
};

const CERTIFICATE = { context: new Uint8Array(), entries: [{ data: Uint8Array.of(1, 2, 3) }] };
const NONE: ReadonlySet<number> = new Set();
const { X509, RawPublicKey } = CertificateType;
const state = { name: "ExpectCertificate", handle: () => state };

function config(fields: Partial<CommonConfig> = {}): CommonConfig {
  return { provider: reference, random: () => {}, now: () => 0, ...fields };
}

function read(
  bytes: Uint8Array,
  fields: Partial<CommonConfig> = {},
  type: CertificateType = X509,
) {
  const message = { type: bytes[0], body: bytes.subarray(4), bytes };
  const asked = { extensions: NONE, type };
  return readCertificate(message, state, config(fields), asked);
}

const body = encodeCertificate(CERTIFICATE).slice(4);
const compressed = {
  algorithm: 0x4001,
  uncompressedLength: body.length,
  compressed: inverting.compress(body),
};
const certificateCompression = [inverting];

Deno.test("makeCertificate() compresses by the first algorithm that both have (RFC 8879 §4)", () => {
  const withCompression = config({ certificateCompression });
  const made = makeCertificate(CERTIFICATE, withCompression, [1, 0x4001]);
  assertEquals(made, encodeCompressedCertificate(compressed));
  assertEquals(makeCertificate(CERTIFICATE, withCompression, [1]), encodeCertificate(CERTIFICATE));
  assertEquals(
    makeCertificate(CERTIFICATE, withCompression, undefined),
    encodeCertificate(CERTIFICATE),
  );
});

Deno.test("readCertificate() reads both forms, and owns what it gives", () => {
  for (const bytes of [encodeCertificate(CERTIFICATE), encodeCompressedCertificate(compressed)]) {
    const copy = bytes.slice();
    const certificate = read(copy, { certificateCompression });
    copy.fill(0);
    assertEquals(certificate, CERTIFICATE);
  }
});

Deno.test("readCertificate() refuses a compressed one where compression was not offered", () => {
  assertRefused(() => read(encodeCompressedCertificate(compressed)), "unexpectedMessage");
});

Deno.test("readCertificate() refuses an algorithm that was not offered (RFC 8879 §4)", () => {
  const bytes = encodeCompressedCertificate({ ...compressed, algorithm: 1 });
  assertRefused(
    () => read(bytes, { certificateCompression }),
    "unknownCompression",
    "illegal_parameter",
  );
});

Deno.test("readCertificate() refuses too long a certificate before it unpacks it", () => {
  let unpacked = false;
  const watched = { ...inverting, decompress: () => (unpacked = true, new Uint8Array()) };
  const fields = { certificateCompression: [watched] };
  const bytes = encodeCompressedCertificate({
    ...compressed,
    uncompressedLength: CERTIFICATE_BYTES_MAX + 1,
  });
  assertRefused(() => read(bytes, fields), "certificateTooLarge", "bad_certificate");
  assertEquals(unpacked, false);
  const least = encodeCompressedCertificate(compressed);
  const max = { ...fields, certificateBytesMax: body.length - 1 };
  assertRefused(() => read(least, max), "certificateTooLarge");
});

Deno.test("readCertificate() refuses what does not unpack, or not to the promised length (RFC 8879 §4)", () => {
  const bytes = encodeCompressedCertificate({ ...compressed, uncompressedLength: body.length + 1 });
  assertRefused(() => read(bytes, { certificateCompression }), "badCompression", "bad_certificate");
  const failing = {
    ...inverting,
    decompress: () => {
      throw new RangeError("broken");
    },
  };
  const broken = { certificateCompression: [failing] };
  assertRefused(() => read(encodeCompressedCertificate(compressed), broken), "badCompression");
});

Deno.test("verifyPeer() shows the verifier chain, staples, name and time", () => {
  let seen: PeerCertificates | undefined;
  const identity = { publicKey: { type: "ed25519" as const, bytes: new Uint8Array() }, names: [] };
  const verifier = { verify: (peer: PeerCertificates) => (seen = peer, identity) };
  const staples = {
    ocspResponse: Uint8Array.of(4),
    signedCertificateTimestamps: Uint8Array.of(5),
  };
  const chain = [Uint8Array.of(1), Uint8Array.of(2)];
  const entries = [{ data: chain[0], ...staples }, { data: chain[1] }];
  const circumstances = { type: X509, nowMs: 7, serverName: "example.org" };
  const peer = verifyPeer(verifier, { context: new Uint8Array(), entries }, circumstances);
  assertEquals(seen, { chain, ...staples, ...circumstances });
  assertEquals(peer, { chain, ...staples, type: X509, identity });

  assertEquals(reverifyPeer(verifier, peer, { nowMs: 8 }), peer);
  assertEquals(seen, { chain, ...staples, type: X509, nowMs: 8 });
});

Deno.test("verifyPeer() throws what the verifier throws", () => {
  const verifier = {
    verify: () => {
      throw new Error("Not you");
    },
  };
  assertThrows(() => verifyPeer(verifier, CERTIFICATE, { type: X509, nowMs: 0 }), Error, "Not you");
});

Deno.test("readCertificate() takes one raw public key, which is not empty (RFC 7250 §3)", () => {
  const show = (...keys: Uint8Array[]) => {
    const entries = keys.map((data) => ({ data }));
    const bytes = encodeCertificate({ context: new Uint8Array(), entries });
    return read(bytes, {}, RawPublicKey).entries;
  };
  assertEquals(show(Uint8Array.of(1)), [{ data: Uint8Array.of(1) }]);
  assertEquals(show(), []);
  assertRefused(() => show(new Uint8Array()), "badRawPublicKey", "decode_error");
  assertRefused(() => show(Uint8Array.of(1), Uint8Array.of(2)), "badRawPublicKey", "decode_error");
});
