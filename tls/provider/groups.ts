/**
 * Key exchange groups made of curves and KEMs: lengths, checks and errors of RFC 8446 §4.2.8 and of
 * RFC 10024 (hybrids), the same for every provider.
 *
 * Secrets are what `random` gives, unchanged: 32 bytes for X25519; a big-endian scalar for NIST
 * curves, asked for anew while it is out of range; d and z, then m, for ML-KEM.
 *
 * @module
 */
import { TlsError } from "../alert.ts";
import { concat } from "../bytes.ts";
import { NamedGroup, nameOf } from "../registry.ts";
import type { Curve, Kem, X25519 } from "./parts.ts";
import type { KxGroup, Random } from "./provider.ts";

/** A group that knows how long its shares are, and so can be the first half of a hybrid. */
export interface SizedGroup extends KxGroup {
  /** Bytes of the client's share. */
  readonly startShareBytes: number;
  /** Bytes of the server's share. */
  readonly responseShareBytes: number;
}

/** RFC 8446 §7.4.2: the shared secret is X25519's result, and is not zero. */
export function x25519Group(x25519: X25519): SizedGroup {
  const name = NamedGroup.x25519;
  const shared = (secret: Uint8Array, peerShare: Uint8Array) => {
    checkLength(name, peerShare, X25519_BYTES);
    const result = x25519.shared(secret, peerShare);
    if (result.every((byte) => byte === 0)) refuse(name, "gives an all-zero secret");
    return result;
  };
  return diffieHellman(
    name,
    X25519_BYTES,
    (random) => drawn(random, X25519_BYTES),
    x25519.publicKey,
    shared,
  );
}

/** RFC 8446 §4.2.8.2: shares are uncompressed points; the secret is the x coordinate. */
export function curveGroup(curve: Curve): SizedGroup {
  const name = NamedGroup[curve.type];
  const shareBytes = 1 + 2 * curve.scalarBytes;
  const shared = (secret: Uint8Array, peerShare: Uint8Array) => {
    checkLength(name, peerShare, shareBytes);
    return curve.shared(secret, peerShare) ?? refuse(name, "is not a point of the curve");
  };
  const draw = (random: Random) => drawnScalar(curve, random);
  return diffieHellman(name, shareBytes, draw, curve.publicKey, shared);
}

/** draft-ietf-tls-mlkem: the client's share is an encapsulation key, the server's a ciphertext. */
export function kemGroup(name: "MLKEM768" | "MLKEM1024", kem: Kem): SizedGroup {
  const id = NamedGroup[name];
  return {
    name: id,
    startShareBytes: kem.encapsulationKeyBytes,
    responseShareBytes: kem.ciphertextBytes,
    start(random) {
      const seed = drawn(random, 64);
      const { encapsulationKey, decapsulationKey } = kem.keygen(seed);
      seed.fill(0);
      return {
        share: encapsulationKey,
        complete(peerShare) {
          checkLength(id, peerShare, kem.ciphertextBytes);
          const secret = kem.decapsulate(decapsulationKey, peerShare);
          decapsulationKey.fill(0);
          return secret ?? refuse(id, "is not a ciphertext");
        },
      };
    },
    respond(peerShare, random) {
      checkLength(id, peerShare, kem.encapsulationKeyBytes);
      const message = drawn(random, 32);
      // RFC 10024 §4.2: the server does the modulus check of FIPS 203 §7.2.
      const result = kem.encapsulate(peerShare, message) ??
        refuse(id, "is not an encapsulation key");
      message.fill(0);
      return { share: result.ciphertext, secret: result.secret };
    },
  };
}

/** RFC 10024 §3: shares and secrets of both, one after the other, in the order the group is given. */
export function hybrid(
  name: "X25519MLKEM768" | "SecP256r1MLKEM768" | "SecP384r1MLKEM1024",
  first: SizedGroup,
  second: SizedGroup,
): SizedGroup {
  const id = NamedGroup[name];
  const startShareBytes = first.startShareBytes + second.startShareBytes;
  const responseShareBytes = first.responseShareBytes + second.responseShareBytes;
  return {
    name: id,
    startShareBytes,
    responseShareBytes,
    start(random) {
      const [one, two] = [first.start(random), second.start(random)];
      return {
        share: concat(one.share, two.share),
        complete(peerShare) {
          checkLength(id, peerShare, responseShareBytes);
          return concat(
            one.complete(peerShare.subarray(0, first.responseShareBytes)),
            two.complete(peerShare.subarray(first.responseShareBytes)),
          );
        },
      };
    },
    respond(peerShare, random) {
      checkLength(id, peerShare, startShareBytes);
      const one = first.respond(peerShare.subarray(0, first.startShareBytes), random);
      const two = second.respond(peerShare.subarray(first.startShareBytes), random);
      return { share: concat(one.share, two.share), secret: concat(one.secret, two.secret) };
    },
  };
}

/** A secret scalar of the curve. */
export function drawnScalar(curve: Curve, random: Random): Uint8Array {
  for (let tries = 0; tries < DRAWS_MAX; tries++) {
    const secret = drawn(random, curve.scalarBytes);
    // The order of secp521r1 has 521 bits in 66 bytes: the 7 bits above are never set.
    if (curve.type === "secp521r1") secret[0] &= 1;
    if (curve.isScalar(secret)) return secret;
  }
  throw new Error(`Random source gave no scalar for ${curve.type} in ${DRAWS_MAX} tries`);
}

/** Both sides of Diffie-Hellman are alike. */
function diffieHellman(
  name: NamedGroup,
  shareBytes: number,
  draw: (random: Random) => Uint8Array,
  publicKey: (secret: Uint8Array) => Uint8Array,
  shared: (secret: Uint8Array, peerShare: Uint8Array) => Uint8Array,
): SizedGroup {
  const start = (random: Random) => {
    const secret = draw(random);
    return {
      share: publicKey(secret),
      complete(peerShare: Uint8Array) {
        const result = shared(secret, peerShare);
        secret.fill(0);
        return result;
      },
    };
  };
  return {
    name,
    startShareBytes: shareBytes,
    responseShareBytes: shareBytes,
    start,
    respond(peerShare, random) {
      const exchange = start(random);
      return { share: exchange.share, secret: exchange.complete(peerShare) };
    },
  };
}

function drawn(random: Random, bytes: number): Uint8Array {
  const out = new Uint8Array(bytes);
  random(out);
  return out;
}

function checkLength(name: NamedGroup, share: Uint8Array, bytes: number): void {
  if (share.length !== bytes) refuse(name, `is ${share.length} bytes, not ${bytes}`);
}

function refuse(name: NamedGroup, why: string): never {
  throw new TlsError("badKeyShare", `Key share for ${nameOf(NamedGroup, name)} ${why}`);
}

const X25519_BYTES = 32;
/** One draw fails with a chance below 2^-32. */
const DRAWS_MAX = 64;
