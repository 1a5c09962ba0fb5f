/**
 * Signatures over the handshake (RFC 8446 §4.2.3, §4.4.3).
 *
 * @module
 */
import { TlsError } from "./alert.ts";
import type { Credential } from "./config.ts";
import type { KeyType, Provider, PublicKey, SignatureAlgorithm } from "./provider/provider.ts";
import { nameOf, SignatureScheme } from "./registry.ts";

/** What a scheme of CertificateVerify stands for; PKCS #1 is not among them (§4.2.3). */
const HANDSHAKE_SCHEMES = new Map<number, readonly [KeyType, SignatureAlgorithm]>([
  [SignatureScheme.ecdsa_secp256r1_sha256, ["secp256r1", "ecdsa_sha256"]],
  [SignatureScheme.ecdsa_secp384r1_sha384, ["secp384r1", "ecdsa_sha384"]],
  [SignatureScheme.ecdsa_secp521r1_sha512, ["secp521r1", "ecdsa_sha512"]],
  [SignatureScheme.ed25519, ["ed25519", "ed25519"]],
  [SignatureScheme.rsa_pss_rsae_sha256, ["rsa", "rsa_pss_sha256"]],
  [SignatureScheme.rsa_pss_rsae_sha384, ["rsa", "rsa_pss_sha384"]],
  [SignatureScheme.rsa_pss_rsae_sha512, ["rsa", "rsa_pss_sha512"]],
  [SignatureScheme.rsa_pss_pss_sha256, ["rsa-pss", "rsa_pss_sha256"]],
  [SignatureScheme.rsa_pss_pss_sha384, ["rsa-pss", "rsa_pss_sha384"]],
  [SignatureScheme.rsa_pss_pss_sha512, ["rsa-pss", "rsa_pss_sha512"]],
  [SignatureScheme.mldsa44, ["mldsa44", "mldsa44"]],
  [SignatureScheme.mldsa65, ["mldsa65", "mldsa65"]],
  [SignatureScheme.mldsa87, ["mldsa87", "mldsa87"]],
]);

/** Schemes for `signature_algorithms`, preferred first, when the configuration names none. */
export const DEFAULT_VERIFY_SCHEMES: readonly SignatureScheme[] = [
  SignatureScheme.ecdsa_secp256r1_sha256,
  SignatureScheme.ed25519,
  SignatureScheme.rsa_pss_rsae_sha256,
  SignatureScheme.ecdsa_secp384r1_sha384,
  SignatureScheme.rsa_pss_rsae_sha384,
  SignatureScheme.rsa_pss_rsae_sha512,
  // For certificates only (§4.2.3).
  SignatureScheme.rsa_pkcs1_sha256,
  SignatureScheme.rsa_pkcs1_sha384,
  SignatureScheme.rsa_pkcs1_sha512,
];

/** The scheme that `credential` signs with for a peer that verifies `peerSchemes`, if there is one. */
export function chooseScheme(
  credential: Credential,
  peerSchemes: readonly number[],
): SignatureScheme | undefined {
  const { key } = credential;
  const own = credential.schemes ?? key.schemes;
  return own.find((scheme) =>
    peerSchemes.includes(scheme) && HANDSHAKE_SCHEMES.get(scheme)?.[0] === key.publicKey.type
  );
}

/** What a CertificateVerify of the `signer` signs (§4.4.3). */
export function signedContent(signer: "client" | "server", transcriptHash: Uint8Array): Uint8Array {
  const context = `TLS 1.3, ${signer} CertificateVerify`;
  const content = new Uint8Array(64 + context.length + 1 + transcriptHash.length);
  content.fill(0x20, 0, 64);
  content.set(new TextEncoder().encode(context), 64);
  content.set(transcriptHash, 64 + context.length + 1);
  return content;
}

/** Throws unless `signature` is the one that the owner of `publicKey` makes by a scheme it was offered. */
export function checkSignature(
  provider: Provider,
  offered: readonly number[],
  publicKey: PublicKey,
  verify: { readonly scheme: number; readonly signature: Uint8Array },
  content: Uint8Array,
): void {
  const [keyType, algorithm] = HANDSHAKE_SCHEMES.get(verify.scheme) ?? [];
  const name = nameOf(SignatureScheme, verify.scheme);
  if (algorithm === undefined || !offered.includes(verify.scheme)) {
    throw new TlsError("wrongSignatureScheme", `Peer signs with ${name}, which was not offered`);
  }
  if (keyType !== publicKey.type) {
    throw new TlsError(
      "wrongSignatureScheme",
      `Peer signs with ${name}, which does not fit its ${publicKey.type} key`,
    );
  }
  if (!provider.verify(algorithm, publicKey, content, verify.signature)) {
    throw new TlsError("badSignature", `Signature of the handshake by ${name} is wrong`);
  }
}
