/**
 * Making certificates: an authority of one's own, and leaves under it. They conform to RFC 5280 and
 * to the Baseline Requirements' profile, so that the strictest verifier takes them.
 *
 * @module
 */
import type { Hash, PublicKey, Random, SigningKey } from "../provider/provider.ts";
import { SignatureScheme } from "../registry.ts";
import { publicKeyInfoDer, signatureAlgorithmDer } from "./algorithms.ts";
import { type Certificate, parseCertificate } from "./certificate.ts";
import { contextConstructed, contextPrimitive, der } from "./der.ts";
import { isDnsName, isWildcard } from "./dns_name.ts";
import { ExtensionId, KeyUsage, Purpose } from "./extensions.ts";
import { generalNameDer, type PlainName } from "./general_name.ts";
import { parseIpAddress } from "./ip_address.ts";
import { nameDer } from "./name.ts";

/** What issuing takes besides a key. */
export interface IssuingMeans {
  readonly random: Random;
  /** For key identifiers: `provider.hashes.sha256`. */
  readonly sha256: Hash;
  /** Milliseconds since the Unix epoch. Certificates are valid from an hour before, for clocks differ. */
  readonly nowMs: number;
}

/** An authority to be. */
export interface AuthoritySubject {
  /** Not empty, and not the name of another authority. */
  readonly commonName: string;
  readonly lifetimeMs: number;
  /** Authorities that may be below it: 0, the default, for leaves only. */
  readonly pathLength?: number;
}

/** A leaf to be. It needs a name of some kind. */
export interface LeafSubject {
  readonly publicKey: PublicKey;
  readonly lifetimeMs: number;
  /** What it is for: one or both. */
  readonly purposes: readonly ("serverAuth" | "clientAuth")[];
  /** Host names, or `*.example.com`; A-labels for internationalised ones. */
  readonly dnsNames?: readonly string[];
  /** Addresses in text. */
  readonly ipAddresses?: readonly string[];
  readonly emails?: readonly string[];
  readonly uris?: readonly string[];
}

/** DER of a self-signed certificate of an authority. */
export async function issueAuthority(
  subject: AuthoritySubject,
  key: SigningKey,
  means: IssuingMeans,
): Promise<Uint8Array> {
  if (subject.commonName === "") throw new RangeError("An authority needs a name");
  const keyId = keyIdentifier(key.publicKey, means.sha256);
  const name = nameDer(subject.commonName);
  const extensions = [
    extension("basicConstraints", true, basicConstraints(subject.pathLength ?? 0)),
    extension("keyUsage", true, der.namedBits(KeyUsage.keyCertSign | KeyUsage.cRLSign)),
    extension("subjectKeyIdentifier", false, der.octetString(keyId)),
  ];
  const { lifetimeMs } = subject;
  return await issue(
    { issuer: name, subject: name, publicKey: key.publicKey, lifetimeMs, extensions },
    key,
    means,
  );
}

/**
 * DER of a certificate under `issuer`, a DER certificate whose key is `issuerKey`. The subject is
 * empty: names are in the alternative names only (RFC 9525 §2). Throws a `RangeError` for a leaf
 * without names or with a malformed one.
 */
export async function issueLeaf(
  leaf: LeafSubject,
  issuer: Uint8Array,
  issuerKey: SigningKey,
  means: IssuingMeans,
): Promise<Uint8Array> {
  const parent = parseCertificate(issuer);
  const purposes = leaf.purposes.map((purpose) => der.objectIdentifier(Purpose[purpose]));
  const extensions = [
    extension("basicConstraints", true, der.sequence()),
    extension("keyUsage", true, der.namedBits(KeyUsage.digitalSignature)),
    extension("extendedKeyUsage", false, der.sequence(...purposes)),
    // RFC 5280 §4.1.2.6: critical, for the subject is empty.
    extension("subjectAltName", true, der.sequence(...alternativeNames(leaf).map(generalNameDer))),
    extension(
      "subjectKeyIdentifier",
      false,
      der.octetString(keyIdentifier(leaf.publicKey, means.sha256)),
    ),
    extension("authorityKeyIdentifier", false, authorityKeyIdentifier(parent, means.sha256)),
  ];
  const { publicKey, lifetimeMs } = leaf;
  const fields = {
    issuer: parent.subject.der,
    subject: nameDer(""),
    publicKey,
    lifetimeMs,
    extensions,
    notAfterMsMax: parent.notAfterMs,
  };
  return await issue(fields, issuerKey, means);
}

interface Fields {
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  readonly publicKey: PublicKey;
  readonly lifetimeMs: number;
  readonly extensions: readonly Uint8Array[];
  readonly notAfterMsMax?: number;
}

async function issue(fields: Fields, key: SigningKey, means: IssuingMeans): Promise<Uint8Array> {
  const { scheme, algorithm } = signingChoice(key);
  const notAfterMs = Math.min(means.nowMs + fields.lifetimeMs, fields.notAfterMsMax ?? Infinity);
  const tbs = der.sequence(
    der.explicit(0, der.smallInteger(2)),
    der.integer(serialNumber(means.random)),
    algorithm,
    fields.issuer,
    der.sequence(der.time(means.nowMs - BACKDATE_MS), der.time(notAfterMs)),
    fields.subject,
    publicKeyInfoDer(fields.publicKey),
    der.element(contextConstructed(3), der.sequence(...fields.extensions)),
  );
  return der.sequence(tbs, algorithm, der.bitString(await key.sign(scheme, tbs)));
}

/** RFC 5280 §4.1.2.2: positive, at most 20 octets; 127 random bits. */
function serialNumber(random: Random): Uint8Array {
  const serial = new Uint8Array(16);
  random(serial);
  // The first bit is set so that all serial numbers have one length, the sign's byte in front.
  serial[0] |= 0x80;
  return serial;
}

function signingChoice(key: SigningKey): { scheme: SignatureScheme; algorithm: Uint8Array } {
  for (const scheme of key.schemes) {
    const algorithm = CERTIFICATE_ALGORITHMS[scheme];
    if (algorithm !== undefined) return { scheme, algorithm: signatureAlgorithmDer(algorithm) };
  }
  throw new RangeError(
    `A key of type ${key.publicKey.type} signs with nothing that certificates use`,
  );
}

function extension(name: keyof typeof ExtensionId, critical: boolean, value: Uint8Array) {
  return der.sequence(
    der.objectIdentifier(ExtensionId[name]),
    ...(critical ? [der.boolean(true)] : []),
    der.octetString(value),
  );
}

function basicConstraints(pathLength: number): Uint8Array {
  return der.sequence(der.boolean(true), der.smallInteger(pathLength));
}

/** RFC 7093 §2, method 1: the leftmost 160 bits of SHA-256 over the key. */
function keyIdentifier(key: PublicKey, sha256: Hash): Uint8Array {
  return sha256.digest(key.bytes).subarray(0, 20);
}

function authorityKeyIdentifier(parent: Certificate, sha256: Hash): Uint8Array {
  const id = parent.extensions.subjectKeyIdentifier ??
    sha256.digest(parent.publicKeyInfo.bytes).subarray(0, 20);
  return der.sequence(der.element(contextPrimitive(0), id));
}

function alternativeNames(leaf: LeafSubject): PlainName[] {
  const { dnsNames = [], ipAddresses = [], emails = [], uris = [] } = leaf;
  for (const name of dnsNames) {
    if (!isDnsName(name) && !isWildcard(name)) throw new RangeError(`${name} is not a host name`);
  }
  const named = (kind: "dns" | "email" | "uri") => (text: string): PlainName => {
    if (!/^[!-~]+$/.test(text)) throw new RangeError(`${text} is not ASCII text`);
    return { kind, text };
  };
  const names = [
    ...dnsNames.map(named("dns")),
    ...ipAddresses.map(addressName),
    ...emails.map(named("email")),
    ...uris.map(named("uri")),
  ];
  if (names.length === 0) throw new RangeError("A leaf needs a name");
  return names;
}

function addressName(address: string): PlainName {
  const octets = parseIpAddress(address);
  if (octets === undefined) throw new RangeError(`${address} is not an IP address`);
  return { kind: "ip", octets };
}

const BACKDATE_MS = 3_600_000;

/** Which algorithm of certificates a TLS scheme is. */
const CERTIFICATE_ALGORITHMS = {
  [SignatureScheme.ecdsa_secp256r1_sha256]: "ecdsa_sha256",
  [SignatureScheme.ecdsa_secp384r1_sha384]: "ecdsa_sha384",
  [SignatureScheme.ecdsa_secp521r1_sha512]: "ecdsa_sha512",
  [SignatureScheme.rsa_pkcs1_sha256]: "rsa_pkcs1_sha256",
  [SignatureScheme.rsa_pkcs1_sha384]: "rsa_pkcs1_sha384",
  [SignatureScheme.rsa_pkcs1_sha512]: "rsa_pkcs1_sha512",
  [SignatureScheme.rsa_pss_rsae_sha256]: "rsa_pss_sha256",
  [SignatureScheme.rsa_pss_rsae_sha384]: "rsa_pss_sha384",
  [SignatureScheme.rsa_pss_rsae_sha512]: "rsa_pss_sha512",
  [SignatureScheme.rsa_pss_pss_sha256]: "rsa_pss_sha256",
  [SignatureScheme.rsa_pss_pss_sha384]: "rsa_pss_sha384",
  [SignatureScheme.rsa_pss_pss_sha512]: "rsa_pss_sha512",
  [SignatureScheme.ed25519]: "ed25519",
  [SignatureScheme.mldsa44]: "mldsa44",
  [SignatureScheme.mldsa65]: "mldsa65",
  [SignatureScheme.mldsa87]: "mldsa87",
} as const;
