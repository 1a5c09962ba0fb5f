/**
 * The scripts of tlsfuzzer that say something of a server of TLS 1.3 alone: how each is run, and
 * which of its probes are known to fail, and why.
 *
 * @module
 */
import { PSK, type SetupName } from "../../tests/tlsfuzzer/setups.ts";
import type { KeyType } from "../../tls/provider/provider.ts";
import type { Expectations, Reasons } from "./report.ts";

/** One `scripts/test-tls13-NAME.py`. */
export interface Script extends Expectations {
  readonly name: string;
  readonly setup: SetupName;
  readonly args?: readonly string[];
  /** What the script's client shows a certificate of. */
  readonly client?: KeyType;
  /** It knows no `-n`: it always runs all its probes. */
  readonly isWhole?: true;
}

const NO_TLS_1_2: Reasons = [[/TLS 1\.2|to 1\.[012]/, "the engine speaks TLS 1.3 alone"]];
const NO_FFDHE: Reasons = [[/ffdhe/, "FFDHE is not in the engine"]];
const NO_X448: Reasons = [[/x448/, "X448 is not in the engine"]];
const NO_CCM: Reasons = [[/_CCM_/, "AES-CCM is not in the engine"]];
const NO_BRAINPOOL: Reasons = [[/brainpool/, "Brainpool's curves are not in the engine"]];
const NO_ED448: Reasons = [[/ed448/, "Ed448 is not in the engine"]];

/** BoringSSL's TrailingMessageData-TLS13-ClientFinished wants decrypt_error, and is followed. */
const LONG_FINISHED: Reasons = [
  [
    /^padding - |of Finished msg/,
    "a Finished that is too long is a wrong one, as BoringSSL has it",
  ],
];

/** Numbers that the scripts take for unassigned, and RFC 8879 and RFC 9849 have assigned since. */
const ASSIGNED = ["27", "64768", "65037"].flatMap((id) => ["--exc", id]);

/** What the server supports; the first is chosen when all are offered. */
const GROUPS = "x25519mlkem768,x25519,secp256r1,secp384r1,secp521r1,secp256r1mlkem768," +
  "secp384r1mlkem1024,513,514";

/** What the server asks its clients to sign with by default, in its order. */
const SCHEMES = "ecdsa_secp256r1_sha256 ed25519 rsa_pss_rsae_sha256 ecdsa_secp384r1_sha384 " +
  "rsa_pss_rsae_sha384 rsa_pss_rsae_sha512 rsa_pkcs1_sha256 rsa_pkcs1_sha384 rsa_pkcs1_sha512";

/** In the server's order. */
const COMPRESSIONS = ["--algorithms", "brotli,zlib"];

/** Those that apply to a server with an RSA certificate. */
export const PLAIN: readonly Script[] = [
  { name: "0rtt-garbage", setup: "rsa", outOfScope: NO_TLS_1_2 },
  { name: "ccs", setup: "rsa" },
  {
    name: "connection-abort",
    setup: "rsa",
    argued: [[
      /^After NewSessionTicket$/,
      "the client has no psk_key_exchange_modes, so no ticket would be of use (RFC 8446 §4.2.9)",
    ]],
  },
  { name: "conversation", setup: "rsa" },
  { name: "count-tickets", setup: "rsa" },
  {
    name: "crfg-curves",
    setup: "rsa",
    outOfScope: NO_X448,
    argued: [[
      /^empty x25519/,
      "key_exchange<1..2^16-1> (RFC 8446 §4.2.8): an empty one is a decode_error (§6.2)",
    ]],
  },
  { name: "ecdhe-curves", setup: "rsa", outOfScope: NO_X448 },
  { name: "empty-alert", setup: "rsa" },
  { name: "finished", setup: "rsa", argued: LONG_FINISHED },
  { name: "finished-plaintext", setup: "rsa" },
  { name: "hrr", setup: "rsa" },
  { name: "invalid-ciphers", setup: "rsa" },
  { name: "keyshare-omitted", setup: "rsa" },
  {
    name: "keyupdate",
    setup: "rsa",
    args: ["--coalescing"],
  },
  { name: "keyupdate-from-server", setup: "rsa" },
  { name: "large-number-of-extensions", setup: "rsa", args: ASSIGNED },
  {
    name: "multiple-ccs-messages",
    setup: "rsa",
    argued: [[
      /second CCS|in one TCP packet/,
      "each change_cipher_spec before the Finished is dropped (RFC 8446 §5), up to 32",
    ]],
  },
  { name: "no-unknown-groups", setup: "rsa", args: ["--groups", GROUPS] },
  { name: "nociphers", setup: "rsa" },
  {
    name: "obsolete-curves",
    setup: "rsa",
    // A client of TLS 1.2, too, may name them: Java 11 does. They are passed over, not refused.
    args: ["--relaxed", "-a", "handshake_failure"],
    outOfScope: NO_X448,
  },
  { name: "pkcs-signature", setup: "rsa" },
  { name: "record-padding", setup: "rsa" },
  { name: "rsa-signatures", setup: "rsa" },
  { name: "serverhello-random", setup: "rsa", outOfScope: [...NO_FFDHE, ...NO_X448] },
  {
    name: "session-resumption",
    setup: "rsa",
    // psk_ke has no forward secrecy: the engine does without it.
    args: ["--client-pke", "psk_dhe_ke"],
    outOfScope: NO_TLS_1_2,
  },
  { name: "shuffled-extentions", setup: "rsa", args: ASSIGNED },
  { name: "signature-algorithms", setup: "rsa" },
  { name: "symetric-ciphers", setup: "rsa", outOfScope: NO_CCM },
  { name: "unencrypted-alert", setup: "rsa" },
  { name: "unrecognised-groups", setup: "rsa", outOfScope: NO_FFDHE },
  { name: "zero-content-type", setup: "rsa" },
  { name: "zero-length-data", setup: "rsa" },
];

/** Those that apply once the server has other certificates, asks for one, or does something more. */
export const FURTHER: readonly Script[] = [
  {
    name: "certificate-compression",
    setup: "compressing",
    args: COMPRESSIONS,
    outOfScope: [[/TLS-1\.2/, "the engine speaks TLS 1.3 alone"]],
    argued: [[
      /^duplicated algos$/,
      "BoringSSL's DuplicateCompressedCertExt-TLS13 wants a list with one twice refused",
    ]],
  },
  {
    name: "certificate-request",
    setup: "asking",
    client: "rsa",
    isWhole: true,
    args: ["-s", SCHEMES],
  },
  { name: "certificate-verify", setup: "asking", client: "rsa", args: ["-s", SCHEMES] },
  {
    name: "client-certificate-compression",
    setup: "askingCompressed",
    client: "rsa",
    // Beyond and below what the server takes. At 16 MB, the default, Python seals for a minute each.
    args: [...COMPRESSIONS, "--fuzz-package-limit", "200000"],
  },
  {
    name: "ecdsa-in-certificate-verify",
    setup: "asking",
    client: "secp256r1",
    args: ["-s", SCHEMES],
  },
  { name: "ecdsa-support", setup: "ecdsa", outOfScope: NO_BRAINPOOL },
  { name: "eddsa", setup: "ed25519", outOfScope: NO_ED448 },
  {
    name: "eddsa-in-certificate-verify",
    setup: "asking",
    client: "ed25519",
    args: ["-s", SCHEMES],
  },
  { name: "legacy-version", setup: "rsa" },
  { name: "lengths", setup: "echo" },
  {
    name: "mldsa-in-certificate-verify",
    setup: "askingLattices",
    client: "mldsa65",
    args: ["-s", "mldsa87 mldsa65 mldsa44 rsa_pss_rsae_sha256"],
    outOfScope: NO_TLS_1_2,
  },
  { name: "mlkem", setup: "rsa" },
  {
    name: "psk_dhe_ke",
    setup: "psk",
    outOfScope: NO_FFDHE,
    args: ["--psk", PSK.key.toHex(), "--psk-iden", new TextDecoder().decode(PSK.externalIdentity)],
  },
  { name: "record-layer-limits", setup: "rsa", argued: LONG_FINISHED },
  { name: "rsapss-signatures", setup: "bothRsa", args: ["-b"] },
];
