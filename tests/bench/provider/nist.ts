/**
 * P-256, P-384 and P-521 beside noble and node:crypto, which has no P-521 in Deno.
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
import { p256, p384, p521 } from "@noble/curves/nist.js";
import { kernelHashes } from "../../../tls/provider/hash_kernel.ts";
import { nistCurve } from "../../../tls/provider/nist_kernel.ts";
import type { Curve } from "../../../tls/provider/parts.ts";
import type { HashName } from "../../../tls/provider/provider.ts";
import type { Race } from "../interleave.ts";

export function nistRaces(): Race[] {
  return [
    ...races({
      type: "secp256r1",
      hash: "sha256",
      noble: p256,
      native: { jwk: "P-256", name: "prime256v1" },
    }),
    ...races({
      type: "secp384r1",
      hash: "sha384",
      noble: p384,
      native: { jwk: "P-384", name: "secp384r1" },
    }),
    ...races({ type: "secp521r1", hash: "sha512", noble: p521 }),
  ];
}

interface Subject {
  readonly type: Curve["type"];
  readonly hash: HashName;
  readonly noble: typeof p256;
  /** The curve's names in JWK and in node:crypto. */
  readonly native?: { readonly jwk: string; readonly name: string };
}

/** Signing and verifying begin with the message's hash. */
function races({ type, hash: hashName, noble, native }: Subject): Race[] {
  const hash = kernelHashes[hashName];
  const curve = nistCurve(type, hash);
  const { secretKey: secret } = noble.keygen();
  const point = noble.getPublicKey(secret, false);
  const peer = noble.getPublicKey(noble.keygen().secretKey, false);
  const message = crypto.getRandomValues(new Uint8Array(130));
  const signature = curve.sign(secret, hash.digest(message));
  const raw = { prehash: false, lowS: false, format: "compact" } as const;
  const ours = {
    "a key pair": {
      "kernel": () => curve.publicKey(secret),
      "noble": () => noble.getPublicKey(secret, false),
    },
    "a shared secret": {
      "kernel": () => curve.shared(secret, peer),
      "noble": () => noble.getSharedSecret(secret, peer, false),
    },
    "sign": {
      "kernel": () => curve.sign(secret, hash.digest(message)),
      "noble": () => noble.sign(hash.digest(message), secret, raw),
    },
    "verify": {
      "kernel": () => curve.verify(point, hash.digest(message), signature),
      "noble": () => noble.verify(signature, hash.digest(message), point, raw),
    },
  };
  const theirs = native && nativeRivals(native, hashName, { secret, point, peer, message });
  return Object.entries(ours).map(([what, rivals]) => ({
    name: `${type}, ${what}`,
    rivals: theirs === undefined
      ? rivals
      : { ...rivals, "node:crypto": theirs[what as keyof typeof theirs] },
  }));
}

/** What node:crypto does with the same keys. */
function nativeRivals(
  { jwk, name }: { readonly jwk: string; readonly name: string },
  hash: HashName,
  { secret, point, peer, message }: Record<"secret" | "point" | "peer" | "message", Uint8Array>,
) {
  const keys = nodeKeys(jwk, secret, point);
  const exchange = createECDH(name);
  exchange.setPrivateKey(secret);
  const signature = sign(hash, message, keys.secret);
  return {
    "a key pair": () => generateKeyPairSync("ec", { namedCurve: jwk }),
    "a shared secret": () => exchange.computeSecret(peer),
    "sign": () => sign(hash, message, keys.secret),
    "verify": () => verify(hash, message, keys.point, signature),
  };
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
