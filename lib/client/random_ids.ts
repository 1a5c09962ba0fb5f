/**
 * Names that a client makes up: of sessions and of messages.
 *
 * @module
 */
import type { Entropy } from "../ports.ts";

/** Random UUIDs (version 4) as u128, made from entropy that is fetched some at a time. */
export class RandomIds {
  readonly #entropy: Entropy;
  readonly #view = new DataView(new ArrayBuffer(POOL_BYTES));
  #at = POOL_BYTES;

  constructor(entropy: Entropy) {
    this.#entropy = entropy;
  }

  /** Never 0. */
  next(): bigint {
    if (this.#at === POOL_BYTES) {
      this.#entropy.fill(new Uint8Array(this.#view.buffer));
      this.#at = 0;
    }
    const high = this.#view.getBigUint64(this.#at);
    const low = this.#view.getBigUint64(this.#at + 8);
    this.#at += 16;
    return (high & VERSION_MASK | VERSION_4) << 64n | low & VARIANT_MASK | VARIANT;
  }
}

const POOL_BYTES = 4096;

// RFC 9562 section 5.4: version 4 in bits 48 to 51, variant 10 in bits 64 and 65.
const VERSION_MASK = 0xffffffff_ffff0fffn;
const VERSION_4 = 0x4000n;
const VARIANT_MASK = 0x3fffffff_ffffffffn;
const VARIANT = 0x80000000_00000000n;
