/**
 * Families of signatures: ECDSA, Ed25519, RSA and ML-DSA. Asked through `verify` and `loadKey` where
 * TLS has the parameters, and of the parts below where it has not.
 *
 * @module
 */
import { sha1 } from "@noble/hashes/legacy.js";
import { sha224 } from "@noble/hashes/sha2.js";
import type { MlDsa } from "../../tls/provider/parts.ts";
import { KeyError, type PublicKey, type SignatureAlgorithm } from "../../tls/provider/provider.ts";
import {
  encodePkcs1,
  readRsaPublicKey,
  type RsaHash,
  type RsaPublicKey,
  verifyPkcs1,
  verifyPss,
} from "../../tls/provider/rsa.ts";
import { type RsaIntegers, rsaPrivateKey, rsaSign } from "../../tls/provider/rsa_key.ts";
import { digestInfo, ecdsaSignatureDer } from "../../tls/provider/signatures.ts";
import { SignatureScheme } from "../../tls/registry.ts";
import { readPublicKeyInfo } from "../../tls/x509/algorithms.ts";
import { DerError, DerReader, Tag } from "../../tls/x509/der.ts";
import { Oid } from "../../tls/x509/object_identifiers.ts";
import {
  accepts,
  type Answer,
  bytesOf,
  compared,
  type Family,
  fromHex,
  type Group,
  refused,
  skipped,
  type Subject,
} from "./vectors.ts";

/** EcdsaVerify (DER) and EcdsaP1363Verify (r and s side by side, made DER here). */
export const ecdsaFamily: Family = ({ provider, parts }, group, test) => {
  const algorithm = `ecdsa_${tlsHashName(group)}` as SignatureAlgorithm;
  const key = publicKeyOf(group);
  const isNist = key?.type === "secp256r1" || key?.type === "secp384r1" ||
    key?.type === "secp521r1";
  if (!isNist || !provider.signatureAlgorithms.includes(algorithm)) {
    const { curve } = group.publicKey as { curve: string };
    return skipped(`ECDSA on ${curve} with ${group.sha}`);
  }
  const signature = bytesOf(test, "sig");
  if (group.type === "EcdsaVerify") {
    return accepts(provider.verify(algorithm, key, bytesOf(test, "msg"), signature));
  }
  if (signature.length !== 2 * parts[key.type].scalarBytes) return refused;
  const der = ecdsaSignatureDer(signature);
  return accepts(provider.verify(algorithm, key, bytesOf(test, "msg"), der));
};

/** EddsaVerify. */
export const eddsaFamily: Family = ({ provider }, group, test) => {
  const { pk, curve } = group.publicKey as { pk: string; curve: string };
  if (curve !== "edwards25519") return skipped(`EdDSA on ${curve}`);
  const key = { type: "ed25519", bytes: fromHex(pk) } as const;
  return accepts(provider.verify("ed25519", key, bytesOf(test, "msg"), bytesOf(test, "sig")));
};

/** RsassaPkcs1Verify. */
export const rsaPkcs1Family: Family = (subject, group, test) => {
  const bytes = bytesOf(group, "publicKeyAsn");
  const [message, signature] = [bytesOf(test, "msg"), bytesOf(test, "sig")];
  const algorithm = `rsa_pkcs1_${tlsHashName(group)}` as SignatureAlgorithm;
  if (subject.provider.signatureAlgorithms.includes(algorithm)) {
    const key: PublicKey = { type: "rsa", bytes };
    return accepts(subject.provider.verify(algorithm, key, message, signature));
  }
  const named = hashOf(subject, group.sha);
  if (named === undefined) return skipped(`PKCS #1 v1.5 with ${group.sha}`);
  const { hash, oid } = named;
  return withRsaKey(bytes, (key) => {
    return verifyPkcs1(key, hash, digestInfo(oid, hash.outputBytes), message, signature);
  });
};

/** RsassaPssVerify and RsassaPssWithParametersVerify. */
export const rsaPssFamily: Family = (subject, group, test) => {
  const bytes = bytesOf(group, "publicKeyAsn");
  const [message, signature] = [bytesOf(test, "msg"), bytesOf(test, "sig")];
  const hash = hashOf(subject, group.sha)?.hash;
  const mgfHash = hashOf(subject, group.mgfSha)?.hash;
  if (hash === undefined || mgfHash === undefined) {
    return skipped(`PSS with ${group.sha} and ${group.mgf} of ${group.mgfSha}`);
  }
  const saltBytes = Number(group.sLen);
  const algorithm = `rsa_pss_${tlsHashName(group)}` as SignatureAlgorithm;
  const isOfTls = group.sha === group.mgfSha && saltBytes === hash.outputBytes &&
    subject.provider.signatureAlgorithms.includes(algorithm);
  if (isOfTls) {
    const type = group.type === "RsassaPssVerify" ? "rsa" : "rsa-pss";
    return accepts(subject.provider.verify(algorithm, { type, bytes }, message, signature));
  }
  return withRsaKey(bytes, (key) => {
    return verifyPss(key, { hash, mgfHash, saltBytes }, message, signature);
  });
};

/** RsassaPkcs1Generate: PKCS #1 v1.5 is deterministic. */
export const rsaGenerateFamily: Family = async (subject, group, test) => {
  const [message, expected] = [bytesOf(test, "msg"), bytesOf(test, "sig")];
  const scheme = SignatureScheme[`rsa_pkcs1_${tlsHashName(group)}` as keyof typeof SignatureScheme];
  const pkcs8 = bytesOf(group, "privateKeyPkcs8");
  if (scheme !== undefined) {
    return compared(await subject.provider.loadKey(pkcs8).sign(scheme, message), expected);
  }
  const named = hashOf(subject, group.sha);
  if (named === undefined) return skipped(`PKCS #1 v1.5 with ${group.sha}`);
  const { hash, oid } = named;
  const key = rsaPrivateKey(rsaIntegers(pkcs8));
  const prefix = digestInfo(oid, hash.outputBytes);
  const encoded = encodePkcs1(key.public.modulusBytes, prefix, hash.digest(message));
  return compared(rsaSign(key, encoded, expected), expected);
};

/** MlDsaVerify. */
export const mlDsaVerifyFamily: Family = ({ provider, parts }, group, test) => {
  const key = publicKeyOf(group) ?? mlDsaKeyByLength(bytesOf(group, "publicKey"));
  if (key?.type !== "mldsa44" && key?.type !== "mldsa65" && key?.type !== "mldsa87") return refused;
  const [message, signature, context] = ["msg", "sig", "ctx"].map((field) => bytesOf(test, field));
  const part: MlDsa = parts[key.type];
  return accepts(
    context.length === 0
      ? provider.verify(key.type, key, message, signature)
      : part.verify(key.bytes, message, signature, context),
  );
};

/** MlDsaSign, of a seed or an expanded key, deterministic. */
export function mlDsaSignFamily(algorithm: string): Family {
  return ({ parts }, group, test) => {
    const part =
      { "ML-DSA-44": parts.mldsa44, "ML-DSA-65": parts.mldsa65, "ML-DSA-87": parts.mldsa87 }[
        algorithm
      ];
    if (part === undefined) return skipped(algorithm);
    if (bytesOf(test, "ctx").length > 0) return skipped("ML-DSA signing with a context");
    if (test.msg === undefined) return skipped("ML-DSA signing of a message's hash");
    const secretKey = mlDsaSecretKey(part, group);
    if (secretKey === undefined) return refused;
    return compared(part.sign(secretKey, bytesOf(test, "msg")), bytesOf(test, "sig"));
  };
}

function mlDsaSecretKey(part: MlDsa, group: Group): Uint8Array | undefined {
  const seed = bytesOf(group, "privateSeed");
  if (seed.length === 32) return part.keygen(seed).secretKey;
  const expanded = bytesOf(group, "privateKey");
  return part.publicKeyOf(expanded) === undefined ? undefined : expanded;
}

/** The key in `publicKeyDer`, as a certificate would have it. */
function publicKeyOf(group: Group): PublicKey | undefined {
  if (typeof group.publicKeyDer !== "string") return undefined;
  try {
    return readPublicKeyInfo(new DerReader(bytesOf(group, "publicKeyDer"))).key;
  } catch (error) {
    if (error instanceof DerError) return undefined;
    throw error;
  }
}

function mlDsaKeyByLength(bytes: Uint8Array): PublicKey | undefined {
  const type = ({ 1312: "mldsa44", 1952: "mldsa65", 2592: "mldsa87" } as const)[bytes.length];
  return type && { type, bytes };
}

function withRsaKey(bytes: Uint8Array, verify: (key: RsaPublicKey) => boolean): Answer {
  let key;
  try {
    key = readRsaPublicKey(bytes);
  } catch (error) {
    if (error instanceof DerError || error instanceof KeyError) return refused;
    throw error;
  }
  return accepts(verify(key));
}

function rsaIntegers(pkcs8: Uint8Array): RsaIntegers {
  const key = DerReader.whole(pkcs8, Tag.SEQUENCE, (content) => {
    content.smallInteger(0);
    content.content(Tag.SEQUENCE);
    return content.octetString();
  });
  return DerReader.whole(key, Tag.SEQUENCE, (content) => {
    content.smallInteger(0);
    return Array.from({ length: 8 }, () => content.positiveInteger()) as unknown as RsaIntegers;
  });
}

/** `SHA-256` as TLS writes it. */
function tlsHashName(group: Group): string {
  return String(group.sha).replace("-", "").toLowerCase();
}

interface NamedHash {
  readonly hash: RsaHash;
  readonly oid: string;
}

/** The provider's hashes, and two that only old signatures have. */
function hashOf({ provider }: Subject, name: unknown): NamedHash | undefined {
  switch (name) {
    case "SHA-1":
      return { hash: { outputBytes: 20, digest: digestOf(sha1) }, oid: "1.3.14.3.2.26" };
    case "SHA-224":
      return { hash: { outputBytes: 28, digest: digestOf(sha224) }, oid: "2.16.840.1.101.3.4.2.4" };
    case "SHA-256":
      return { hash: provider.hashes.sha256, oid: Oid.sha256 };
    case "SHA-384":
      return { hash: provider.hashes.sha384, oid: Oid.sha384 };
    case "SHA-512":
      return { hash: provider.hashes.sha512, oid: Oid.sha512 };
    default:
      return undefined;
  }
}

function digestOf(noble: typeof sha1 | typeof sha224): RsaHash["digest"] {
  return (...parts) => {
    const state = noble.create();
    for (const part of parts) state.update(part);
    return state.digest();
  };
}
