/**
 * X25519 and Ed25519 beside noble and node:crypto.
 *
 * @module
 */
import {
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  sign,
  verify,
} from "node:crypto";
import { ed25519 as nobleEd25519, x25519 as noble } from "@noble/curves/ed25519.js";
import { ed25519, x25519 } from "../../../tls/provider/curve25519_kernel.ts";
import type { Race } from "../interleave.ts";

export function curveRaces(): Race[] {
  const secret = crypto.getRandomValues(new Uint8Array(32));
  const point = x25519.publicKey(crypto.getRandomValues(new Uint8Array(32)));
  const [nodeSecret, nodePoint] = nodeKeys(secret, point);
  return [
    {
      name: "x25519, a key pair",
      rivals: {
        "kernel": () => x25519.publicKey(secret),
        "noble": () => noble.getPublicKey(secret),
        "node:crypto": () => generateKeyPairSync("x25519"),
      },
    },
    {
      name: "x25519, a shared secret",
      rivals: {
        "kernel": () => x25519.shared(secret, point),
        "noble": () => noble.getSharedSecret(secret, point),
        "node:crypto": () => diffieHellman({ privateKey: nodeSecret, publicKey: nodePoint }),
      },
    },
    ...signatureRaces(),
  ];
}

/** The keys as node:crypto has them, by way of JWK. */
function nodeKeys(secret: Uint8Array, point: Uint8Array) {
  const base64 = (bytes: Uint8Array) =>
    bytes.toBase64({ alphabet: "base64url", omitPadding: true });
  const jwk = (d: string | undefined, of: Uint8Array) => ({
    format: "jwk" as const,
    key: { kty: "OKP", crv: "X25519", x: base64(of), d },
  });
  return [
    createPrivateKey(jwk(base64(secret), x25519.publicKey(secret))),
    createPublicKey(jwk(undefined, point)),
  ];
}

function signatureRaces(): Race[] {
  const secret = crypto.getRandomValues(new Uint8Array(32));
  const publicKey = ed25519.publicKey(secret);
  // What a CertificateVerify signs: 64 spaces, a label, a hash.
  const message = new Uint8Array(130).fill(0x20);
  const signature = ed25519.sign(secret, message);
  const node = generateKeyPairSync("ed25519");
  const nodeSignature = sign(null, message, node.privateKey);
  return [
    {
      name: "ed25519, a signature",
      rivals: {
        "kernel": () => ed25519.sign(secret, message),
        "noble": () => nobleEd25519.sign(message, secret),
        "node:crypto": () => sign(null, message, node.privateKey),
      },
    },
    {
      name: "ed25519, a verification",
      rivals: {
        "kernel": () => ed25519.verify(publicKey, message, signature),
        "noble": () => nobleEd25519.verify(signature, message, publicKey),
        "node:crypto": () => verify(null, message, node.publicKey, nodeSignature),
      },
    },
  ];
}
