/**
 * Sealed batches: the frames of a stored batch and its checksum, which tells of them, are encrypted
 * where they lie; what the log goes by stays readable and is authenticated with them.
 *
 *     header   0 as before, the checksum zero | 52 algorithm | 53 key id 8 | 61 salt 16 |
 *              77 nonce 12 | 89 tag 16 | 105 zero | 248 checksum, sealed
 *     frames   256 sealed
 *
 * The key of a batch comes from the operator's by HKDF-SHA256 with the salt, which is random for each
 * key and start of a node, so nonces that count up never repeat under one key: not after a crash
 * that cut the tail, and not in a copy of the directory. Header and folder are associated data, so a
 * batch only opens in the place that it was written for.
 *
 * @module
 */
import type { BatchCipher } from "../log/batch_cipher.ts";
import { Lru } from "../log/lru.ts";
import type { Entropy } from "../ports.ts";
import { batchHeader } from "../../protocol/message.ts";
import {
  BATCH_CHECKSUM,
  BATCH_HEADER_BYTES,
  BATCH_RESERVED,
} from "../../protocol/message_layout.ts";
import { expand, extract } from "../../tls/hkdf.ts";
import type { Aead, AeadKey } from "../../tls/provider/provider.ts";
import { provider } from "../certificates/provider.ts";
import { KEY_ID_BYTES, type SealingKey, toHex } from "./keys.ts";

/** The algorithms by the names of `system.encryption.algorithm`, and their numbers in batches. */
export const ALGORITHMS = { "aes-256-gcm": 1, "chacha20-poly1305": 2 } as const;

/** An algorithm for new batches. */
export type Algorithm = keyof typeof ALGORITHMS;

/** See the module comment. */
export class SealedBatches implements BatchCipher {
  readonly #entropy: Entropy;
  readonly #algorithm: Algorithm;
  /** By their ids. */
  readonly #keys = new Map<string, SealingKey>();
  readonly #opening = new Lru<string, AeadKey>(OPENING_KEYS_MAX, () => 1);
  #writer: Writer | undefined;
  /** Header and folder of the batch at hand. */
  readonly #associated = new Uint8Array(ASSOCIATED_BYTES_MAX);
  /** What follows a batch that is sealed, in whose place the tag is for the moment. */
  readonly #following = new Uint8Array(TAG_BYTES);
  #scratch = new Uint8Array(0);
  /** Of the batch opened last. */
  readonly #lastPrefix = new Uint8Array(PREFIX_BYTES);
  #lastKey: AeadKey | undefined;

  constructor(entropy: Entropy, algorithm: Algorithm) {
    this.#entropy = entropy;
    this.#algorithm = algorithm;
  }

  /** Opens what these keys sealed from now on; keys from before stay. */
  know(keys: readonly SealingKey[]): void {
    for (const key of keys) this.#keys.set(key.id, key);
  }

  /** Seals new batches with this key from now on. */
  sealWith(key: SealingKey): void {
    if (this.#writer?.key.id === key.id) return;
    this.know([key]);
    const prefix = new Uint8Array(PREFIX_BYTES);
    prefix[0] = ALGORITHMS[this.#algorithm];
    for (let at = 0; at < KEY_ID_BYTES; at++) {
      prefix[1 + at] = Number.parseInt(key.id.slice(2 * at, 2 * at + 2), 16);
    }
    this.#entropy.fill(prefix.subarray(1 + KEY_ID_BYTES));
    this.#writer = { key, prefix, aead: derive(key, prefix), nonce: new Uint8Array(NONCE_BYTES) };
  }

  seal(memory: Uint8Array<ArrayBuffer>, at: number, length: number, directory: string): void {
    const writer = this.#writer;
    if (writer === undefined) return;
    if (at + length + TAG_BYTES > memory.length) {
      throw new RangeError(
        `Batches that end at ${at + length} leave no room for a tag behind them`,
      );
    }
    const view = new DataView(memory.buffer, memory.byteOffset);
    for (const end = at + length; at < end;) {
      const next = at + batchHeader.length(view, at);
      this.#sealOne(writer, memory, at, next, directory);
      at = next;
    }
  }

  open(memory: Uint8Array<ArrayBuffer>, at: number, length: number, directory: string): boolean {
    if (length < BATCH_HEADER_BYTES) return false;
    for (let unused = at + UNUSED_AT; unused < at + SEALED_AT; unused++) {
      if (memory[unused] !== 0) return false;
    }
    const aead = this.#keyAt(memory, at + BATCH_RESERVED);
    if (aead === undefined) return false;
    const sealed = length - SEALED_AT;
    if (this.#scratch.length < sealed + TAG_BYTES) {
      this.#scratch = new Uint8Array(2 ** Math.ceil(Math.log2(sealed + TAG_BYTES)));
    }
    const bytes = this.#scratch.subarray(0, sealed + TAG_BYTES);
    bytes.set(memory.subarray(at + SEALED_AT, at + length));
    bytes.set(memory.subarray(at + TAG_AT, at + UNUSED_AT), sealed);
    const nonce = memory.subarray(at + NONCE_AT, at + TAG_AT);
    if (!aead.open(nonce, this.#associate(memory, at, directory), bytes)) return false;
    memory.set(bytes.subarray(0, sealed), at + SEALED_AT);
    memory.copyWithin(at + BATCH_CHECKSUM, at + SEALED_AT, at + BATCH_HEADER_BYTES);
    memory.fill(0, at + BATCH_RESERVED, at + BATCH_HEADER_BYTES);
    return true;
  }

  #sealOne(
    { prefix, aead, nonce }: Writer,
    memory: Uint8Array<ArrayBuffer>,
    at: number,
    end: number,
    directory: string,
  ): void {
    count(nonce);
    memory.copyWithin(at + SEALED_AT, at + BATCH_CHECKSUM, at + BATCH_CHECKSUM + CHECKSUM_BYTES);
    memory.fill(0, at + BATCH_CHECKSUM, at + BATCH_CHECKSUM + CHECKSUM_BYTES);
    memory.set(prefix, at + BATCH_RESERVED);
    memory.set(nonce, at + NONCE_AT);
    this.#following.set(memory.subarray(end, end + TAG_BYTES));
    const sealed = memory.subarray(at + SEALED_AT, end + TAG_BYTES);
    aead.seal(nonce, this.#associate(memory, at, directory), sealed);
    memory.copyWithin(at + TAG_AT, end, end + TAG_BYTES);
    memory.set(this.#following, end);
  }

  #associate(memory: Uint8Array, at: number, directory: string): Uint8Array {
    const associated = this.#associated;
    associated.set(memory.subarray(at, at + TAG_AT));
    const { read, written } = encoder.encodeInto(directory, associated.subarray(TAG_AT));
    if (read < directory.length) throw new RangeError(`Folder ${directory} has too long a name`);
    return associated.subarray(0, TAG_AT + written);
  }

  /** As a rule the one of the batch before. */
  #keyAt(memory: Uint8Array, at: number): AeadKey | undefined {
    let same = 0;
    while (same < PREFIX_BYTES && memory[at + same] === this.#lastPrefix[same]) same++;
    if (same === PREFIX_BYTES) return this.#lastKey;
    const key = this.#keyOf(memory.slice(at, at + PREFIX_BYTES));
    if (key === undefined) return undefined;
    this.#lastPrefix.set(memory.subarray(at, at + PREFIX_BYTES));
    return this.#lastKey = key;
  }

  /** The key that algorithm, key id and salt name. */
  #keyOf(prefix: Uint8Array): AeadKey | undefined {
    const name = toHex(prefix);
    const known = this.#opening.use(name);
    if (known !== undefined) return known;
    const key = this.#keys.get(name.slice(2, 2 + 2 * KEY_ID_BYTES));
    if (key === undefined || AEADS[prefix[0]] === undefined) return undefined;
    const derived = derive(key, prefix);
    this.#opening.add(name, derived);
    return derived;
  }
}

/** What new batches are sealed with. */
interface Writer {
  readonly key: SealingKey;
  readonly prefix: Uint8Array;
  readonly aead: AeadKey;
  /** Of the last batch, a number in little-endian. */
  readonly nonce: Uint8Array;
}

function derive(key: SealingKey, prefix: Uint8Array): AeadKey {
  const aead = AEADS[prefix[0]]!;
  const pseudorandom = extract(sha256, prefix.subarray(1 + KEY_ID_BYTES), key.secret);
  const info = encoder.encode(`whippet batch ${prefix[0]}`);
  return aead.load(expand(sha256, pseudorandom, info, aead.keyBytes));
}

/** Adds one: 2^96 batches are never written. */
function count(nonce: Uint8Array): void {
  for (let at = 0; at < NONCE_BYTES; at++) {
    nonce[at]++;
    if (nonce[at] !== 0) return;
  }
}

const encoder = new TextEncoder();
const sha256 = provider.hashes.sha256;
/** By their numbers in batches. */
const AEADS: readonly (Aead | undefined)[] = [undefined, aeadOf(0x1302), aeadOf(0x1303)];

function aeadOf(suite: number): Aead {
  return provider.cipherSuites.find(({ id }) => id === suite)!.aead;
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const CHECKSUM_BYTES = 8;
/** Algorithm, key id and salt. */
const PREFIX_BYTES = 1 + KEY_ID_BYTES + 16;
const NONCE_AT = BATCH_RESERVED + PREFIX_BYTES;
const TAG_AT = NONCE_AT + NONCE_BYTES;
const UNUSED_AT = TAG_AT + TAG_BYTES;
/** Where what is sealed starts: the checksum, then the frames. */
const SEALED_AT = BATCH_HEADER_BYTES - CHECKSUM_BYTES;

const ASSOCIATED_BYTES_MAX = 1024;
/** One a start of the node and key that wrote what is read. */
const OPENING_KEYS_MAX = 64;
