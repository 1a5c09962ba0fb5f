/**
 * P-256 and P-384 beside noble and node:crypto.
 *
 * @module
 */
import {
  createECDH,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  verify,
} from "node:crypto";
import { p256, p384 } from "@noble/curves/nist.js";
import { kernelHashes } from "../../../tls/provider/hash_kernel.ts";
import { nistCurve } from "../../../tls/provider/nist_kernel.ts";
import type { Race } from "../interleave.ts";

export function nistRaces(): Race[] {
  return [
    ...races({ type: "secp256r1", hash: "sha256", noble: p256, jwk: "P-256", node: "prime256v1" }),
    ...races({ type: "secp384r1", hash: "sha384", noble: p384, jwk: "P-384", node: "secp384r1" }),
  ];
}

interface Subject {
  readonly type: "secp256r1" | "secp384r1";
  readonly hash: "sha256" | "sha384";
  readonly noble: typeof p256;
  /** The curve's names in JWK and in node:crypto. */
  readonly jwk: string;
  readonly node: string;
}

/** Signing and verifying begin with the message's hash. */
function races({ type, hash: hashName, noble, jwk, node }: Subject): Race[] {
  const hash = kernelHashes[hashName];
  const curve = nistCurve(type, hash);
  const { secretKey: secret } = noble.keygen();
  const point = noble.getPublicKey(secret, false);
  const peer = noble.getPublicKey(noble.keygen().secretKey, false);
  const message = crypto.getRandomValues(new Uint8Array(130));
  const digest = hash.digest(message);
  const signature = curve.sign(secret, digest);
  const raw = { prehash: false, lowS: false, format: "compact" } as const;
  const keys = nodeKeys(jwk, secret, point);
  const p1363 = { dsaEncoding: "ieee-p1363" } as const;
  const exchange = createECDH(node);
  exchange.setPrivateKey(secret);
  return [
    {
      name: `${type}, a key pair`,
      rivals: {
        "kernel": () => curve.publicKey(secret),
        "noble": () => noble.getPublicKey(secret, false),
        "node:crypto": () => generateKeyPairSync("ec", { namedCurve: jwk }),
      },
    },
    {
      name: `${type}, a shared secret`,
      rivals: {
        "kernel": () => curve.shared(secret, peer),
        "noble": () => noble.getSharedSecret(secret, peer, false),
        "node:crypto": () => exchange.computeSecret(peer),
      },
    },
    {
      name: `${type}, sign`,
      rivals: {
        "kernel": () => curve.sign(secret, hash.digest(message)),
        "noble": () => noble.sign(hash.digest(message), secret, raw),
        "node:crypto": () => sign(hashName, message, { key: keys.secret, ...p1363 }),
      },
    },
    {
      name: `${type}, verify`,
      rivals: {
        "kernel": () => curve.verify(point, hash.digest(message), signature),
        "noble": () => noble.verify(signature, digest, point, raw),
        "node:crypto": () => verify(hashName, message, { key: keys.point, ...p1363 }, signature),
      },
    },
  ];
}

/** The keys as node:crypto has them, by way of JWK. */
function nodeKeys(crv: string, secret: Uint8Array, point: Uint8Array) {
  const base64 = (bytes: Uint8Array) =>
    bytes.toBase64({ alphabet: "base64url", omitPadding: true });
  const half = (point.length - 1) / 2;
  const [x, y] = [point.subarray(1, 1 + half), point.subarray(1 + half)].map(base64);
  const jwk = { kty: "EC", crv, x, y };
  return {
    secret: createPrivateKey({ format: "jwk", key: { ...jwk, d: base64(secret) } }),
    point: createPublicKey({ format: "jwk", key: jwk }),
  };
}
