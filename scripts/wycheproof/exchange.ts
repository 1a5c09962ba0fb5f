/**
 * Families of key exchange: ECDH, X25519 and ML-KEM, asked through the groups of TLS with the
 * vector's secrets in the place of randomness.
 *
 * @module
 */
import { TlsError } from "../../tls/alert.ts";
import { curveGroup, kemGroup, x25519Group } from "../../tls/provider/groups.ts";
import type { Curve, Kem } from "../../tls/provider/parts.ts";
import type { KxGroup, Random } from "../../tls/provider/provider.ts";
import { readPublicKeyInfo } from "../../tls/x509/algorithms.ts";
import { DerError, DerReader, Tag } from "../../tls/x509/der.ts";
import {
  type Answer,
  broken,
  bytesOf,
  compared,
  type Family,
  fromBase64Url,
  refused,
  sameBytes,
  scalarOf,
  skipped,
  type Subject,
} from "./vectors.ts";

/** EcdhEcpointTest (a point), EcdhTest and EcdhPemTest (a SubjectPublicKeyInfo), EcdhWebcryptoTest (JWKs). */
export const ecdhFamily: Family = (subject, group, test) => {
  const curve = curveOf(subject, group.curve);
  if (curve === undefined) return skipped(`ECDH on ${group.curve}`);
  if (group.type === "EcdhWebcryptoTest") {
    const [secret, point] = [test.private as JsonWebKey, test.public as JsonWebKey];
    return exchanged(curveGroup(curve), () => fixedScalar(curve, secret.d), () => {
      if (point.crv !== secret.crv) return undefined;
      return Uint8Array.of(4, ...fromBase64Url(point.x), ...fromBase64Url(point.y));
    }, bytesOf(test, "shared"));
  }
  if (String(test.private).startsWith("-")) return skipped("ECDH with private keys as PEM");
  const share = () => {
    const bytes = bytesOf(test, "public");
    if (group.type === "EcdhEcpointTest") return bytes;
    if (group.type === "EcdhPemTest") return pointIn(fromPem(String(test.public)), curve);
    return pointIn(bytes, curve);
  };
  const random = () => fixed(scalarOf(test.private, curve.scalarBytes));
  return exchanged(curveGroup(curve), random, share, bytesOf(test, "shared"));
};

/** XdhComp (raw), XdhAsnComp, XdhPemComp and XdhJwkComp: X25519. */
export const x25519Family: Family = (subject, group, test) => {
  if (group.curve !== "curve25519" && group.curve !== "X25519") return skipped(`${group.curve}`);
  const shared = bytesOf(test, "shared");
  const x25519 = x25519Group(subject.parts.x25519);
  switch (group.type) {
    case "XdhComp":
      return exchanged(
        x25519,
        () => fixed(bytesOf(test, "private")),
        () => bytesOf(test, "public"),
        shared,
      );
    case "XdhJwkComp": {
      const [secret, share] = [test.private as JsonWebKey, test.public as JsonWebKey];
      return exchanged(x25519, () => fixed(fromBase64Url(secret.d)), () => {
        return share.kty === "OKP" && share.crv === "X25519" ? fromBase64Url(share.x) : undefined;
      }, shared);
    }
    case "XdhAsnComp":
      return exchanged(
        x25519,
        () => fixed(x25519Secret(bytesOf(test, "private"))),
        () => x25519Share(bytesOf(test, "public")),
        shared,
      );
    case "XdhPemComp":
      return exchanged(
        x25519,
        () => fixed(x25519Secret(fromPem(String(test.private)))),
        () => x25519Share(fromPem(String(test.public))),
        shared,
      );
  }
  return skipped(`X25519 as ${group.type}`);
};

/** MLKEMKeyGen: the keys of a seed. */
export const mlKemKeygenFamily: Family = (subject, group, test) => {
  const kem = kemOf(subject, group.parameterSet);
  if (kem === undefined) return skipped(`${group.parameterSet}`);
  const seed = bytesOf(test, "seed");
  if (seed.length !== 64) return refused;
  const { encapsulationKey, decapsulationKey } = kem.part.keygen(seed);
  const ofKey = compared(encapsulationKey, bytesOf(test, "ek"));
  return ofKey.kind === "accepted" ? compared(decapsulationKey, bytesOf(test, "dk")) : ofKey;
};

/** MLKEMEncapsTest: the server's side of the group, with m given. */
export const mlKemEncapsFamily: Family = (subject, group, test) => {
  const kem = kemOf(subject, group.parameterSet);
  if (kem === undefined) return skipped(`${group.parameterSet}`);
  const response = attempt(() => kem.group.respond(bytesOf(test, "ek"), fixed(bytesOf(test, "m"))));
  if (response === undefined) return refused;
  const ofShare = compared(response.share, bytesOf(test, "c"));
  return ofShare.kind === "accepted" ? compared(response.secret, bytesOf(test, "K")) : ofShare;
};

/** MLKEMTest: the client's side of the group, with its seed given. */
export const mlKemFamily: Family = (subject, group, test) => {
  const kem = kemOf(subject, group.parameterSet);
  if (kem === undefined) return skipped(`${group.parameterSet}`);
  const seed = bytesOf(test, "seed");
  if (seed.length !== 64) return refused;
  const exchange = kem.group.start(fixed(seed));
  const key = bytesOf(test, "ek");
  if (key.length > 0 && !sameBytes(key, exchange.share)) return broken("made another key");
  const secret = attempt(() => exchange.complete(bytesOf(test, "c")));
  return compared(secret, bytesOf(test, "K"));
};

/** MLKEMDecapsValidationTest: a decapsulation key as it stands. */
export const mlKemDecapsFamily: Family = (subject, group, test) => {
  const kem = kemOf(subject, group.parameterSet);
  if (kem === undefined) return skipped(`${group.parameterSet}`);
  const secret = kem.part.decapsulate(bytesOf(test, "dk"), bytesOf(test, "c"));
  return compared(secret, bytesOf(test, "K"));
};

/** The client's side: the secret of `random` with the share, unless the share is refused. */
function exchanged(
  group: KxGroup,
  random: () => Random,
  share: () => Uint8Array | undefined,
  shared: Uint8Array,
): Answer {
  const secret = attempt(() => {
    const bytes = share();
    return bytes && group.start(random()).complete(bytes);
  });
  return compared(secret, shared);
}

/** `undefined` for what is refused in the way a peer's share is; anything else is a fault. */
function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    const refusal = error instanceof DerError ||
      (error instanceof TlsError && error.reason === "badKeyShare");
    if (refusal) return undefined;
    throw error;
  }
}

/** The point of a SubjectPublicKeyInfo, if it is of this curve. */
function pointIn(bytes: Uint8Array, curve: Curve): Uint8Array | undefined {
  const reader = new DerReader(bytes);
  const { key } = readPublicKeyInfo(reader);
  reader.end();
  return key?.type === curve.type ? key.bytes : undefined;
}

/** RFC 8410 §4. */
function x25519Share(bytes: Uint8Array): Uint8Array | undefined {
  const reader = new DerReader(bytes);
  const info = readPublicKeyInfo(reader);
  reader.end();
  return info.oid === X25519_OID ? info.bytes : undefined;
}

/** RFC 8410 §7. */
function x25519Secret(bytes: Uint8Array): Uint8Array {
  const inner = DerReader.whole(bytes, Tag.SEQUENCE, (content) => {
    content.smallInteger(1);
    content.content(Tag.SEQUENCE);
    const secret = content.octetString();
    while (!content.atEnd) content.element();
    return secret;
  });
  return new DerReader(inner).octetString();
}

function fromPem(text: string): Uint8Array {
  return fromBase64Url(text.replace(/-----[^-]*-----/g, "").replace(/\s/g, ""));
}

function fixedScalar(curve: Curve, d: unknown): Random {
  const bytes = fromBase64Url(d);
  const secret = new Uint8Array(curve.scalarBytes);
  secret.set(bytes.subarray(-curve.scalarBytes), Math.max(0, secret.length - bytes.length));
  return fixed(secret);
}

function fixed(secret: Uint8Array): Random {
  return (into) => {
    if (into.length !== secret.length) {
      throw new Error(`Drew ${into.length} bytes where the vector has ${secret.length}`);
    }
    into.set(secret);
  };
}

function curveOf({ parts }: Subject, name: unknown): Curve | undefined {
  const canonical = String(name).replace(/^P-(\d+)$/, "secp$1r1");
  return [parts.secp256r1, parts.secp384r1, parts.secp521r1]
    .find((curve) => curve.type === canonical);
}

function kemOf({ parts }: Subject, name: unknown): { part: Kem; group: KxGroup } | undefined {
  if (name === "ML-KEM-768") {
    return { part: parts.mlKem768, group: kemGroup("MLKEM768", parts.mlKem768) };
  }
  if (name === "ML-KEM-1024") {
    return { part: parts.mlKem1024, group: kemGroup("MLKEM1024", parts.mlKem1024) };
  }
  return undefined;
}

interface JsonWebKey {
  readonly kty?: string;
  readonly crv?: string;
  readonly d?: string;
  readonly x?: string;
  readonly y?: string;
}

const X25519_OID = "1.3.101.110";
