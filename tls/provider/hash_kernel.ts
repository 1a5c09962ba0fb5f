/**
 * SHA-2 and HMAC by WebAssembly (`kernels/hash.ts`): one call a message that fits its memory.
 *
 * The kernel's memory belongs to whoever runs now: every function here fills it, calls and takes the
 * result out. What outlasts a call, a {@link RunningHash}, lives in an object of its own.
 *
 * @module
 */
import * as kernel from "./kernels/hash.wasm";
import { DIGEST_AT, INPUT_AT, INPUT_BYTES, KEY_AT, STATE_AT } from "./kernels/hash_memory.ts";
import type { Hash, HashName, RunningHash } from "./provider.ts";

/** SHA-384 leaves as much as SHA-512 does. */
const DIGEST_BYTES_MAX = 64;

const memory = new Uint8Array(kernel.memory.buffer as ArrayBuffer);
/** The chaining value and the input as the words of a saved hash. */
const stateWords = new Int32Array(memory.buffer, STATE_AT, 16);
const inputWords = new Int32Array(memory.buffer, INPUT_AT, INPUT_BYTES / 4);

/** What a hash is to the kernel: its functions, and the sizes of FIPS 180-4 figure 1. */
interface Algorithm {
  readonly name: HashName;
  readonly outputBytes: number;
  readonly blockBytes: number;
  /** Words of the chaining value, 32 bits each. */
  readonly stateWords: number;
  digest(length: number): void;
  hmac(length: number): void;
  start(): void;
  blocks(count: number): void;
  finish(pending: number, total: number): void;
}

class KernelHash implements Hash {
  readonly #algorithm: Algorithm;
  readonly name: HashName;
  readonly outputBytes: number;
  readonly blockBytes: number;

  constructor(algorithm: Algorithm) {
    this.#algorithm = algorithm;
    this.name = algorithm.name;
    this.outputBytes = algorithm.outputBytes;
    this.blockBytes = algorithm.blockBytes;
  }

  digest(...parts: readonly Uint8Array[]): Uint8Array {
    const length = fillInput(parts);
    if (length < 0) return this.#stream(parts).digest();
    this.#algorithm.digest(length);
    return takeDigest(this.outputBytes);
  }

  hmac(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
    const blockKey = key.length > this.blockBytes ? this.digest(key) : key;
    const length = fillInput(parts);
    if (length < 0) return this.#streamHmac(blockKey, parts);
    memory.set(blockKey, KEY_AT);
    this.#algorithm.hmac(length);
    return takeDigest(this.outputBytes);
  }

  start(): RunningHash {
    return KernelRunningHash.start(this.#algorithm);
  }

  #stream(parts: readonly Uint8Array[]): RunningHash {
    const running = this.start();
    for (const part of parts) running.update(part);
    return running;
  }

  /** RFC 2104 §2, for what does not fit the kernel's memory. */
  #streamHmac(blockKey: Uint8Array, parts: readonly Uint8Array[]): Uint8Array {
    const inner = new Uint8Array(this.blockBytes).fill(0x36);
    const outer = new Uint8Array(this.blockBytes).fill(0x5c);
    for (const [at, byte] of blockKey.entries()) {
      inner[at] ^= byte;
      outer[at] ^= byte;
    }
    const code = this.digest(outer, this.#stream([inner, ...parts]).digest());
    inner.fill(0);
    outer.fill(0);
    return code;
  }
}

/** A hash under way: its words in plain numbers, which cost half of what a typed array does. */
class KernelRunningHash implements RunningHash {
  readonly #algorithm: Algorithm;
  /** The chaining value, then the bytes of the block that is not full yet. */
  readonly #words: number[];
  /** Bytes so far. */
  #total: number;

  private constructor(algorithm: Algorithm, words: number[], total: number) {
    this.#algorithm = algorithm;
    this.#words = words;
    this.#total = total;
  }

  static start(algorithm: Algorithm): KernelRunningHash {
    const words = new Array<number>(algorithm.stateWords + algorithm.blockBytes / 4).fill(0);
    const running = new KernelRunningHash(algorithm, words, 0);
    algorithm.start();
    running.#save(0, 0);
    return running;
  }

  update(bytes: Uint8Array): void {
    const { blockBytes } = this.#algorithm;
    let pending = this.#restore();
    let rest = bytes;
    for (;;) {
      const taken = rest.length > INPUT_BYTES - pending ? INPUT_BYTES - pending : rest.length;
      memory.set(taken === rest.length ? rest : rest.subarray(0, taken), INPUT_AT + pending);
      const filled = pending + taken;
      const blocks = Math.trunc(filled / blockBytes);
      if (blocks > 0) this.#algorithm.blocks(blocks);
      pending = filled % blockBytes;
      this.#total += taken;
      if (taken === rest.length) return this.#save(blocks * blockBytes, pending);
      // A window ends with a block, so nothing is left of it.
      rest = rest.subarray(taken);
    }
  }

  digest(): Uint8Array {
    const pending = this.#restore();
    this.#algorithm.finish(pending, this.#total);
    return takeDigest(this.#algorithm.outputBytes);
  }

  clone(): RunningHash {
    return new KernelRunningHash(this.#algorithm, this.#words.slice(), this.#total);
  }

  /** Copies the chaining value, and `pending` bytes that are `offset` into the input, out of the kernel. */
  #save(offset: number, pending: number): void {
    const count = this.#algorithm.stateWords;
    const words = this.#words;
    for (let at = 0; at < count; at++) words[at] = stateWords[at];
    const end = count + Math.ceil(pending / 4);
    const from = offset / 4 - count;
    for (let at = count; at < end; at++) words[at] = inputWords[from + at];
  }

  /** Copies all of it into the kernel; returns how many bytes lie at the start of the input. */
  #restore(): number {
    const count = this.#algorithm.stateWords;
    const words = this.#words;
    for (let at = 0; at < count; at++) stateWords[at] = words[at];
    const pending = this.#total % this.#algorithm.blockBytes;
    const end = count + Math.ceil(pending / 4);
    for (let at = count; at < end; at++) inputWords[at - count] = words[at];
    return pending;
  }
}

/** SHA-2 with the kernel, for a provider to spread. */
export const kernelHashes: Readonly<Record<HashName, Hash>> = Object.freeze({
  sha256: new KernelHash({
    name: "sha256",
    outputBytes: 32,
    blockBytes: 64,
    stateWords: 8,
    digest: kernel.sha256,
    hmac: kernel.hmacSha256,
    start: kernel.sha256Start,
    blocks: kernel.sha256Blocks,
    finish: kernel.sha256Finish,
  }),
  sha384: new KernelHash({
    name: "sha384",
    outputBytes: 48,
    blockBytes: 128,
    stateWords: 16,
    digest: kernel.sha384,
    hmac: kernel.hmacSha384,
    start: kernel.sha384Start,
    blocks: kernel.sha512Blocks,
    finish: kernel.sha512Finish,
  }),
  sha512: new KernelHash({
    name: "sha512",
    outputBytes: 64,
    blockBytes: 128,
    stateWords: 16,
    digest: kernel.sha512,
    hmac: kernel.hmacSha512,
    start: kernel.sha512Start,
    blocks: kernel.sha512Blocks,
    finish: kernel.sha512Finish,
  }),
});

/** Puts the parts one after another; -1 when they do not fit. */
function fillInput(parts: readonly Uint8Array[]): number {
  let length = 0;
  for (const part of parts) {
    if (part.length > INPUT_BYTES - length) return -1;
    memory.set(part, INPUT_AT + length);
    length += part.length;
  }
  return length;
}

/** Hands out the digest and forgets it. */
function takeDigest(bytes: number): Uint8Array {
  const digest = memory.slice(DIGEST_AT, DIGEST_AT + bytes);
  memory.fill(0, DIGEST_AT, DIGEST_AT + DIGEST_BYTES_MAX);
  return digest;
}
