/**
 * Algorithm identifiers (RFC 5280 §4.1.1.2): which signatures and which keys are understood. Others
 * are `undefined`: a certificate may have them, but no path goes through it.
 *
 * @module
 */
import { equal } from "../bytes.ts";
import type { KeyType, PublicKey, SignatureAlgorithm } from "../provider/provider.ts";
import { der, DerReader, Tag } from "./der.ts";
import { Oid } from "./object_identifiers.ts";

/** Reads an AlgorithmIdentifier of a signature. */
export function readSignatureAlgorithm(reader: DerReader): AlgorithmIdentifier {
  const { value: oid, der: bytes } = reader.captured(Tag.SEQUENCE, readIdentifier);
  const known = SIGNATURES.find((each) => each.encodings.some((one) => equal(one, bytes)));
  return { der: bytes, oid, algorithm: known?.algorithm };
}

/** A signature's algorithm, as it stands and as it is understood. */
export interface AlgorithmIdentifier {
  readonly der: Uint8Array;
  readonly oid: string;
  readonly algorithm: SignatureAlgorithm | undefined;
}

/** The DER AlgorithmIdentifier to sign with; `undefined` for those certificates do not use. */
export function signatureAlgorithmDer(algorithm: SignatureAlgorithm): Uint8Array {
  const row = SIGNATURES.find((each) => each.algorithm === algorithm);
  if (row === undefined) throw new RangeError(`No certificate is signed with ${algorithm}`);
  return row.encodings[0];
}

/** Reads a SubjectPublicKeyInfo (RFC 5280 §4.1.2.7). */
export function readPublicKeyInfo(reader: DerReader): PublicKeyInfo {
  const { value, der: whole } = reader.captured(Tag.SEQUENCE, (info) => ({
    algorithm: info.captured(Tag.SEQUENCE, readIdentifier),
    bytes: info.bitStringBytes(),
  }));
  const { algorithm, bytes } = value;
  const row = KEYS.find((each) => each.encodings.some((one) => equal(one, algorithm.der)));
  const key = row !== undefined && row.fits(bytes) ? { type: row.type, bytes } : undefined;
  return { der: whole, oid: algorithm.value, bytes, key };
}

/** A key as it stands and as it is understood. */
export interface PublicKeyInfo {
  readonly der: Uint8Array;
  readonly oid: string;
  /** Content of the bit string, whatever the algorithm. */
  readonly bytes: Uint8Array;
  readonly key: PublicKey | undefined;
}

/** The DER SubjectPublicKeyInfo of a key. */
export function publicKeyInfoDer(key: PublicKey): Uint8Array {
  const row = KEYS.find((each) => each.type === key.type);
  if (row === undefined) throw new RangeError(`No certificate holds a key of type ${key.type}`);
  return der.sequence(row.encodings[0], der.bitString(key.bytes));
}

/** How many bits an RSA key's modulus has; 0 when `bytes` is no RSAPublicKey (RFC 8017 §A.1.1). */
export function rsaModulusBits(bytes: Uint8Array): number {
  const modulus = rsaModulus(bytes);
  return modulus === undefined ? 0 : modulus.length * 8 - (Math.clz32(modulus[0]) - 24);
}

/** The object identifier; parameters are compared as bytes, with the whole. */
function readIdentifier(content: DerReader): string {
  const oid = content.objectIdentifier();
  if (!content.atEnd) content.element();
  return oid;
}

function rsaModulus(bytes: Uint8Array): Uint8Array | undefined {
  try {
    return DerReader.whole(bytes, Tag.SEQUENCE, (key) => {
      const modulus = key.positiveInteger();
      const exponent = key.positiveInteger();
      // RFC 8017 §3.1: odd, at least 3.
      const odd = (exponent[exponent.length - 1] & 1) === 1;
      const one = exponent.length === 1 && exponent[0] === 1;
      return odd && !one && (modulus[modulus.length - 1] & 1) === 1 ? modulus : undefined;
    });
  } catch {
    return undefined;
  }
}

/** RFC 8410 §3, RFC 5480 §2, RFC 9881: nothing behind the identifier. */
function bare(oid: string): Uint8Array {
  return der.sequence(der.objectIdentifier(oid));
}

/** RFC 4055 §5: NULL is due, and absent is to be accepted as well. */
function nullOrBare(oid: string): Uint8Array[] {
  return [der.sequence(der.objectIdentifier(oid), der.null()), bare(oid)];
}

/**
 * RFC 4055 §3.1, the forms of RFC 8446 §4.2.3 only: one hash for both, a salt as long as the hash.
 * The hash identifiers inside come with NULL or without.
 */
function pss(hashOid: string, saltBytes: number): Uint8Array[] {
  return nullOrBare(hashOid).flatMap((outer) =>
    nullOrBare(hashOid).map((inner) =>
      der.sequence(
        der.objectIdentifier(Oid["rsa-pss"]),
        der.sequence(
          der.explicit(0, outer),
          der.explicit(1, der.sequence(der.objectIdentifier(Oid.mgf1), inner)),
          der.explicit(2, der.smallInteger(saltBytes)),
        ),
      )
    )
  );
}

/** RFC 5480 §2.1.1: a named curve; others are not understood. */
function curve(oid: string): Uint8Array[] {
  return [der.sequence(der.objectIdentifier(Oid.ecPublicKey), der.objectIdentifier(oid))];
}

/** SEC 1 §2.3.3: uncompressed, which RFC 5480 §2.2 has everybody support. */
function isPoint(coordinateBytes: number): (bytes: Uint8Array) => boolean {
  return (bytes) => bytes.length === 1 + 2 * coordinateBytes && bytes[0] === 4;
}

/** Encodings that are accepted; the first is written. MD5 and SHA-1 are not here on purpose. */
const SIGNATURES: readonly { algorithm: SignatureAlgorithm; encodings: Uint8Array[] }[] = [
  { algorithm: "ecdsa_sha256", encodings: [bare("1.2.840.10045.4.3.2")] },
  { algorithm: "ecdsa_sha384", encodings: [bare("1.2.840.10045.4.3.3")] },
  { algorithm: "ecdsa_sha512", encodings: [bare("1.2.840.10045.4.3.4")] },
  { algorithm: "rsa_pkcs1_sha256", encodings: nullOrBare("1.2.840.113549.1.1.11") },
  { algorithm: "rsa_pkcs1_sha384", encodings: nullOrBare("1.2.840.113549.1.1.12") },
  { algorithm: "rsa_pkcs1_sha512", encodings: nullOrBare("1.2.840.113549.1.1.13") },
  { algorithm: "rsa_pss_sha256", encodings: pss(Oid.sha256, 32) },
  { algorithm: "rsa_pss_sha384", encodings: pss(Oid.sha384, 48) },
  { algorithm: "rsa_pss_sha512", encodings: pss(Oid.sha512, 64) },
  { algorithm: "ed25519", encodings: [bare(Oid.ed25519)] },
  { algorithm: "mldsa44", encodings: [bare(Oid.mldsa44)] },
  { algorithm: "mldsa65", encodings: [bare(Oid.mldsa65)] },
  { algorithm: "mldsa87", encodings: [bare(Oid.mldsa87)] },
];

/** As above, for keys. RFC 3279 §2.3.1: an RSA key's parameters are NULL. */
const KEYS: readonly {
  type: KeyType;
  encodings: Uint8Array[];
  fits: (bytes: Uint8Array) => boolean;
}[] = [
  { type: "secp256r1", encodings: curve(Oid.secp256r1), fits: isPoint(32) },
  { type: "secp384r1", encodings: curve(Oid.secp384r1), fits: isPoint(48) },
  { type: "secp521r1", encodings: curve(Oid.secp521r1), fits: isPoint(66) },
  {
    type: "rsa",
    encodings: [nullOrBare(Oid.rsa)[0]],
    fits: (bytes) => rsaModulusBits(bytes) > 0,
  },
  // RFC 4055 §1.2: with parameters the key would be bound to one hash; that is not understood.
  {
    type: "rsa-pss",
    encodings: [bare(Oid["rsa-pss"])],
    fits: (bytes) => rsaModulusBits(bytes) > 0,
  },
  { type: "ed25519", encodings: [bare(Oid.ed25519)], fits: (bytes) => bytes.length === 32 },
  { type: "mldsa44", encodings: [bare(Oid.mldsa44)], fits: (bytes) => bytes.length === 1312 },
  { type: "mldsa65", encodings: [bare(Oid.mldsa65)], fits: (bytes) => bytes.length === 1952 },
  { type: "mldsa87", encodings: [bare(Oid.mldsa87)], fits: (bytes) => bytes.length === 2592 },
];
