/**
 * P-256, P-384 and P-521 by WebAssembly (`kernels/nist_curve.ts`). What touches a private key takes
 * the same time for all keys; verifying does not, since all in it is public. A kernel's memory is
 * overwritten after each call that had a secret in it.
 *
 * @module
 */
import { DIGEST_AT, NONCE_AT, POINT_AT, SCALAR_AT, SIGNATURE_AT } from "./kernels/nist_memory.ts";
import * as p256 from "./kernels/p256.wasm";
import * as p384 from "./kernels/p384.wasm";
import * as p521 from "./kernels/p521.wasm";
import { leftmostBits, nonces } from "./nonces.ts";
import type { Curve } from "./parts.ts";
import type { Hash } from "./provider.ts";

/**
 * The curve, with the nonces of RFC 6979 from HMAC with `hash`. The first key or signature fills the
 * curve's table, which takes some milliseconds.
 */
export function nistCurve(type: CurveType, hash: Hash): Curve {
  const kernel = new NistKernel(type, hash);
  return Object.freeze({
    type,
    scalarBytes: SCALAR_BYTES[type],
    isScalar: (secret: Uint8Array) => kernel.isScalar(secret),
    publicKey: (secret: Uint8Array) => kernel.publicKey(secret),
    shared: (secret: Uint8Array, point: Uint8Array) => kernel.shared(secret, point),
    sign: (secret: Uint8Array, digest: Uint8Array, extraEntropy?: Uint8Array) =>
      kernel.sign(secret, digest, extraEntropy),
    verify: (point: Uint8Array, digest: Uint8Array, signature: Uint8Array) =>
      kernel.verify(point, digest, signature),
  });
}

type CurveType = keyof typeof MODULES;

class NistKernel {
  readonly #type: CurveType;
  readonly #hash: Hash;
  readonly #bytes: number;
  readonly #memory: Uint8Array;

  constructor(type: CurveType, hash: Hash) {
    this.#type = type;
    this.#hash = hash;
    this.#bytes = SCALAR_BYTES[type];
    this.#memory = new Uint8Array(MODULES[type].memory.buffer as ArrayBuffer);
  }

  isScalar(secret: Uint8Array): boolean {
    const isScalar = this.#placeSecret(secret);
    MODULES[this.#type].wipe();
    return isScalar;
  }

  publicKey(secret: Uint8Array): Uint8Array {
    const kernel = prepared(this.#type, "whole");
    this.#expectSecret(secret);
    kernel.derive();
    const point = new Uint8Array(1 + 2 * this.#bytes);
    point[0] = UNCOMPRESSED;
    point.set(this.#memory.subarray(POINT_AT, POINT_AT + 2 * this.#bytes), 1);
    kernel.wipe();
    return point;
  }

  shared(secret: Uint8Array, point: Uint8Array): Uint8Array | undefined {
    const kernel = MODULES[this.#type];
    if (!this.#placePoint(point)) return undefined;
    this.#expectSecret(secret);
    const isPoint = kernel.agree() === 1;
    const x = this.#memory.slice(POINT_AT, POINT_AT + this.#bytes);
    kernel.wipe();
    return isPoint ? x : undefined;
  }

  sign(secret: Uint8Array, digest: Uint8Array, extra?: Uint8Array): Uint8Array {
    const kernel = prepared(this.#type, "whole");
    this.#expectSecret(secret);
    this.#placeDigest(digest);
    kernel.reduceDigest();
    const reduced = this.#memory.slice(DIGEST_AT, DIGEST_AT + this.#bytes);
    for (const nonce of nonces(this.#hash, SCALAR_BITS[this.#type], secret, reduced, extra)) {
      this.#memory.set(nonce, NONCE_AT);
      nonce.fill(0);
      if (kernel.sign() === 1) break;
    }
    const signature = this.#memory.slice(SIGNATURE_AT, SIGNATURE_AT + 2 * this.#bytes);
    kernel.wipe();
    return signature;
  }

  verify(point: Uint8Array, digest: Uint8Array, signature: Uint8Array): boolean {
    const kernel = prepared(this.#type, "for verifying");
    if (signature.length !== 2 * this.#bytes || !this.#placePoint(point)) return false;
    this.#placeDigest(digest);
    this.#memory.set(signature, SIGNATURE_AT);
    return kernel.verify() === 1;
  }

  #expectSecret(secret: Uint8Array): void {
    if (this.#placeSecret(secret)) return;
    MODULES[this.#type].wipe();
    throw new RangeError(`Private key is not a scalar of ${this.#type}`);
  }

  /** Whether it is a scalar from 1 to the order less 1. */
  #placeSecret(secret: Uint8Array): boolean {
    if (secret.length !== this.#bytes) return false;
    this.#memory.set(secret, SCALAR_AT);
    return MODULES[this.#type].isScalar() === 1;
  }

  /** Whether it has the form of an uncompressed point (SEC 1 §2.3.3). */
  #placePoint(point: Uint8Array): boolean {
    if (point.length !== 1 + 2 * this.#bytes || point[0] !== UNCOMPRESSED) return false;
    this.#memory.set(point.subarray(1), POINT_AT);
    return true;
  }

  /** FIPS 186-5 §6.4.1. */
  #placeDigest(digest: Uint8Array): void {
    this.#memory.set(leftmostBits(digest, SCALAR_BITS[this.#type]), DIGEST_AT);
  }
}

/** The module with as much of its table filled as is needed. */
function prepared(type: CurveType, table: "for verifying" | "whole"): (typeof MODULES)[CurveType] {
  const filled = TABLES.get(type);
  if (filled !== "whole" && filled !== table) {
    MODULES[type].prepare(table === "whole" ? 1 : 0);
    TABLES.set(type, table);
  }
  return MODULES[type];
}

const MODULES = { secp256r1: p256, secp384r1: p384, secp521r1: p521 } as const;
const SCALAR_BITS = { secp256r1: 256, secp384r1: 384, secp521r1: 521 } as const;
const SCALAR_BYTES = { secp256r1: 32, secp384r1: 48, secp521r1: 66 } as const;
const TABLES = new Map<CurveType, "for verifying" | "whole">();
const UNCOMPRESSED = 4;
