/**
 * Reading private keys: DER of PKCS #8 (RFC 5958), SEC 1 (RFC 5915) and PKCS #1 (RFC 8017), told
 * apart by what follows the version. Public halves that are present are checked against the private.
 *
 * @module
 */
import { contextConstructed, contextPrimitive, DerError, DerReader, Tag } from "../x509/der.ts";
import { Oid } from "../x509/object_identifiers.ts";
import type { Curve, Parts } from "./parts.ts";
import { SALT_BYTES } from "./pkcs8.ts";
import { type HashName, KeyError, type Random, type SigningKey } from "./provider.ts";
import { type RsaIntegers, type RsaPrivateKey, rsaPrivateKey } from "./rsa_key.ts";
import { ecSigningKey, ed25519SigningKey, mlDsaSigningKey, rsaSigningKey } from "./signing.ts";

/** Provider.loadKey with these parts. Throws only `KeyError`s. */
export function loadKey(parts: Parts, bytes: Uint8Array, random?: Random): SigningKey {
  try {
    return new KeyReader(parts, random).read(bytes);
  } catch (error) {
    if (error instanceof DerError) {
      throw new KeyError(`Private key is not valid DER: ${error.message}`, { cause: error });
    }
    throw error;
  }
}

class KeyReader {
  readonly #parts: Parts;
  readonly #random: Random | undefined;

  constructor(parts: Parts, random: Random | undefined) {
    this.#parts = parts;
    this.#random = random;
  }

  read(bytes: Uint8Array): SigningKey {
    if (bytes[0] === 0x2d) {
      throw new KeyError("Private key is PEM text: decode the base64 between its lines first");
    }
    switch (kindOf(bytes)) {
      case "PKCS #8":
        return this.#pkcs8(bytes);
      case "SEC 1":
        return DerReader.whole(bytes, Tag.SEQUENCE, (content) => this.#ecPrivateKey(content));
      case "PKCS #1":
        return this.#rsa("rsa", bytes);
    }
  }

  /** OneAsymmetricKey (RFC 5958 §2). Attributes are passed over. */
  #pkcs8(bytes: Uint8Array): SigningKey {
    const [key, publicKey] = DerReader.whole(bytes, Tag.SEQUENCE, (content) => {
      const version = content.smallInteger(1);
      const key = content.inside(Tag.SEQUENCE, (algorithm) => {
        const oid = algorithm.objectIdentifier();
        const parameters = algorithm.atEnd ? undefined : algorithm.element().whole;
        return { oid, parameters };
      });
      const secret = content.octetString();
      if (content.nextTag === contextConstructed(0)) content.element();
      const publicKey = version === 1 && content.nextTag === PUBLIC_KEY_TAG
        ? content.bitString(PUBLIC_KEY_TAG).bytes
        : undefined;
      return [this.#byOid(key.oid, key.parameters, secret), publicKey];
    });
    if (publicKey !== undefined) checkPublicKey(key.publicKey.bytes, publicKey);
    return key;
  }

  #byOid(oid: string, parameters: Uint8Array | undefined, secret: Uint8Array): SigningKey {
    switch (oid) {
      case Oid.rsa:
        // RFC 8017 §A.1: the parameters are NULL.
        DerReader.whole(parameters ?? NOTHING, Tag.NULL, () => {});
        return this.#rsa("rsa", secret);
      case Oid["rsa-pss"]:
        return this.#rsa("rsa-pss", secret, parameters && pssHash(parameters));
      case Oid.ecPublicKey: {
        const curve = new DerReader(parameters ?? NOTHING).objectIdentifier();
        return DerReader.whole(
          secret,
          Tag.SEQUENCE,
          (content) => this.#ecPrivateKey(content, curve),
        );
      }
    }
    if (parameters !== undefined) {
      // RFC 8410 §3, RFC 9881 §2: the parameters are absent.
      throw new KeyError(`Private key of algorithm ${oid} has parameters, where none are due`);
    }
    switch (oid) {
      case Oid.ed25519:
        return this.#ed25519(secret);
      case Oid.mldsa44:
        return this.#mlDsa("mldsa44", secret);
      case Oid.mldsa65:
        return this.#mlDsa("mldsa65", secret);
      case Oid.mldsa87:
        return this.#mlDsa("mldsa87", secret);
    }
    throw new KeyError(
      `Private key has the unknown algorithm ${oid}; RSA, EC, Ed25519 and ML-DSA are known`,
    );
  }

  /** RSAPrivateKey (RFC 8017 §A.1.2). */
  #rsa(type: "rsa" | "rsa-pss", bytes: Uint8Array, only?: HashName): SigningKey {
    const key: RsaPrivateKey = DerReader.whole(bytes, Tag.SEQUENCE, (content) => {
      if (content.smallInteger(1) !== 0) {
        throw new KeyError("RSA private key has more than two primes");
      }
      const numbers = Array.from({ length: 8 }, () => content.positiveInteger());
      return rsaPrivateKey(numbers as unknown as RsaIntegers);
    });
    return rsaSigningKey(this.#parts, type, key, this.#random, only);
  }

  /** ECPrivateKey (RFC 5915 §3). The curve is named around it, within it, or both alike. */
  #ecPrivateKey(content: DerReader, curveAround?: string): SigningKey {
    if (content.smallInteger(1) !== 1) throw new KeyError("EC private key is not of version 1");
    const secret = content.octetString();
    const curveWithin = content.optional(
      contextConstructed(0),
      (inner) => inner.objectIdentifier(),
    );
    const publicKey = content.optional(contextConstructed(1), (inner) => inner.bitStringBytes());
    const oid = curveAround ?? curveWithin;
    if (oid === undefined) throw new KeyError("EC private key does not name its curve");
    if (curveWithin !== undefined && curveWithin !== oid) {
      throw new KeyError(`EC private key names two curves, ${oid} and ${curveWithin}`);
    }
    const curve = this.#curve(oid);
    if (secret.length !== curve.scalarBytes) {
      throw new KeyError(`EC private key is ${secret.length} bytes, not ${curve.scalarBytes}`);
    }
    if (!curve.isScalar(secret)) throw new KeyError(`EC private key is not in ${oid}'s range`);
    const key = ecSigningKey(this.#parts, curve, secret.slice(), this.#random);
    if (publicKey !== undefined) checkPublicKey(key.publicKey.bytes, publicKey);
    return key;
  }

  #curve(oid: string): Curve {
    const { secp256r1, secp384r1, secp521r1 } = this.#parts;
    const curve = [secp256r1, secp384r1, secp521r1].find(({ type }) => Oid[type] === oid);
    if (curve !== undefined) return curve;
    throw new KeyError(
      `EC private key is on the unknown curve ${oid}; P-256, P-384 and P-521 are known`,
    );
  }

  /** CurvePrivateKey (RFC 8410 §7). */
  #ed25519(bytes: Uint8Array): SigningKey {
    const reader = new DerReader(bytes);
    const secret = reader.octetString();
    reader.end();
    if (secret.length !== 32) {
      throw new KeyError(`Ed25519 private key is ${secret.length} bytes, not 32`);
    }
    return ed25519SigningKey(this.#parts, secret.slice());
  }

  /** ML-DSA-PrivateKey (RFC 9881 §6): the seed, the expanded key, or both, which then agree. */
  #mlDsa(type: "mldsa44" | "mldsa65" | "mldsa87", bytes: Uint8Array): SigningKey {
    const part = this.#parts[type];
    const { seed, expanded } = mlDsaPrivateKey(bytes);
    if (seed !== undefined && seed.length !== 32) {
      throw new KeyError(`ML-DSA seed is ${seed.length} bytes, not 32`);
    }
    if (expanded !== undefined && expanded.length !== part.secretKeyBytes) {
      throw new KeyError(
        `ML-DSA private key is ${expanded.length} bytes, not ${part.secretKeyBytes}`,
      );
    }
    const keys = seed === undefined ? undefined : part.keygen(seed);
    if (keys !== undefined) {
      if (expanded !== undefined && !sameBytes(keys.secretKey, expanded)) {
        throw new KeyError("ML-DSA private key does not belong to the seed beside it");
      }
      return mlDsaSigningKey(this.#parts, type, keys, seed?.slice(), this.#random);
    }
    const secretKey = expanded!.slice();
    const publicKey = part.publicKeyOf(secretKey);
    // t0, tr and K cannot be computed anew without the seed; a signature shows whether they fit.
    const fits = publicKey !== undefined &&
      part.verify(publicKey, NOTHING, part.sign(secretKey, NOTHING));
    if (!fits) throw new KeyError("ML-DSA private key is malformed or inconsistent");
    return mlDsaSigningKey(this.#parts, type, { publicKey, secretKey }, undefined, this.#random);
  }
}

/** All three begin with a version; what follows differs. */
function kindOf(bytes: Uint8Array): "PKCS #8" | "SEC 1" | "PKCS #1" {
  const [first, second] = DerReader.whole(bytes, Tag.SEQUENCE, (content) => {
    const tags = content.rest(16, (reader) => reader.element().tag);
    return tags;
  });
  if (first === Tag.INTEGER && second === Tag.SEQUENCE) return "PKCS #8";
  if (first === Tag.INTEGER && second === Tag.OCTET_STRING) return "SEC 1";
  if (first === Tag.INTEGER && second === Tag.INTEGER) return "PKCS #1";
  if (first === Tag.SEQUENCE && second === Tag.OCTET_STRING) {
    throw new KeyError("Private key is encrypted: decrypt it first");
  }
  if (first === Tag.SEQUENCE && second === Tag.BIT_STRING) {
    throw new KeyError("This is a public key; the private key is needed");
  }
  if (first === Tag.SEQUENCE && second === Tag.SEQUENCE) {
    throw new KeyError("This is a certificate; the private key is needed");
  }
  throw new KeyError("Private key is none of PKCS #8, SEC 1 and PKCS #1");
}

/** RSASSA-PSS-params (RFC 4055 §3.1): the hash, if it is everywhere the same and the salt is as long. */
function pssHash(parameters: Uint8Array): HashName {
  const algorithm = (reader: DerReader) =>
    reader.inside(Tag.SEQUENCE, (inner) => {
      const oid = inner.objectIdentifier();
      if (!inner.atEnd) inner.null();
      return oid;
    });
  const found = DerReader.whole(parameters, Tag.SEQUENCE, (content) => ({
    hash: content.optional(contextConstructed(0), algorithm),
    mgfHash: content.optional(
      contextConstructed(1),
      (inner) =>
        inner.inside(Tag.SEQUENCE, (mgf) => {
          if (mgf.objectIdentifier() !== Oid.mgf1) {
            throw new KeyError("RSA-PSS key is not for MGF1");
          }
          return algorithm(mgf);
        }),
    ),
    saltBytes: content.optional(contextConstructed(2), (inner) => inner.smallInteger(1024)),
  }));
  const hash = (["sha256", "sha384", "sha512"] as const).find((name) => Oid[name] === found.hash);
  if (hash === undefined) throw new KeyError("RSA-PSS key is for a hash that is not SHA-2");
  if (found.mgfHash !== Oid[hash] || (found.saltBytes ?? 20) > SALT_BYTES[hash]) {
    throw new KeyError("RSA-PSS key is for parameters that TLS does not have");
  }
  return hash;
}

function mlDsaPrivateKey(bytes: Uint8Array): { seed?: Uint8Array; expanded?: Uint8Array } {
  const reader = new DerReader(bytes);
  const read = () => {
    switch (reader.nextTag) {
      case contextPrimitive(0):
        return { seed: reader.octetString(contextPrimitive(0)) };
      case Tag.OCTET_STRING:
        return { expanded: reader.octetString() };
      default:
        return reader.inside(Tag.SEQUENCE, (both) => ({
          seed: both.octetString(),
          expanded: both.octetString(),
        }));
    }
  };
  const key = read();
  reader.end();
  return key;
}

function checkPublicKey(derived: Uint8Array, given: Uint8Array): void {
  if (sameBytes(derived, given)) return;
  throw new KeyError("Public key beside the private key belongs to another key");
}

/** Compares without stopping at the first difference. */
function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) difference |= a[i] ^ b[i];
  return difference === 0;
}

/** `publicKey [1] IMPLICIT BIT STRING` (RFC 5958 §2). */
const PUBLIC_KEY_TAG = contextPrimitive(1);
const NOTHING = new Uint8Array(0);
