/**
 * Stateless tickets under keys that rotate (RFC 5077 §4 in spirit, RFC 8446 §4.6.1).
 *
 * ```text
 * ticket = key name (16 bytes) | nonce (12) | sealed state | tag (16)
 * ```
 *
 * @module
 */
import type { Ticketer } from "./config.ts";
import type { AeadKey, CipherSuite, Random } from "./provider/provider.ts";

export interface RotatingTicketerOptions {
  /** Whose AEAD seals. */
  readonly suite: CipherSuite;
  readonly random: Random;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
  /** How long a key makes tickets; it opens them for as long again. 6 hours unless said otherwise. */
  readonly rotationMs?: number;
}

/** Makes a new key every so often, and opens with the last one, too. Keys live in this object only. */
export class RotatingTicketer implements Ticketer {
  readonly #suite: CipherSuite;
  readonly #random: Random;
  readonly #now: () => number;
  readonly #rotationMs: number;
  /** The newest first. */
  #keys: TicketKey[] = [];

  constructor({ suite, random, now, rotationMs = ROTATION_MS }: RotatingTicketerOptions) {
    this.#suite = suite;
    this.#random = random;
    this.#now = now;
    this.#rotationMs = rotationMs;
  }

  seal(state: Uint8Array): Uint8Array {
    const { name, aead } = this.#current();
    const ticket = new Uint8Array(NAME_BYTES + NONCE_BYTES + state.length + TAG_BYTES);
    ticket.set(name);
    const nonce = ticket.subarray(NAME_BYTES, HEADER_BYTES);
    this.#random(nonce);
    ticket.set(state, HEADER_BYTES);
    aead.seal(nonce, name, ticket.subarray(HEADER_BYTES));
    return ticket;
  }

  open(ticket: Uint8Array): Uint8Array | undefined {
    if (ticket.length < HEADER_BYTES + TAG_BYTES) return undefined;
    this.#current();
    const key = this.#keys.find(({ name }) => name.every((byte, at) => byte === ticket[at]));
    if (key === undefined) return undefined;
    const nonce = ticket.subarray(NAME_BYTES, HEADER_BYTES);
    const sealed = ticket.slice(HEADER_BYTES);
    if (!key.aead.open(nonce, key.name, sealed)) return undefined;
    return sealed.subarray(0, sealed.length - TAG_BYTES);
  }

  /** The key to seal with; old ones go. */
  #current(): TicketKey {
    const now = this.#now();
    const [newest] = this.#keys;
    if (newest !== undefined && now - newest.madeMs < this.#rotationMs) return newest;
    const made = this.#makeKey(now);
    const kept = this.#keys.filter(({ madeMs }) => now - madeMs < 2 * this.#rotationMs);
    for (const key of this.#keys) if (!kept.includes(key)) key.aead.destroy();
    this.#keys = [made, ...kept];
    return made;
  }

  #makeKey(madeMs: number): TicketKey {
    const name = new Uint8Array(NAME_BYTES);
    this.#random(name);
    const bytes = new Uint8Array(this.#suite.aead.keyBytes);
    this.#random(bytes);
    const aead = this.#suite.aead.load(bytes);
    bytes.fill(0);
    return { name, aead, madeMs };
  }
}

interface TicketKey {
  readonly name: Uint8Array;
  readonly aead: AeadKey;
  readonly madeMs: number;
}

const NAME_BYTES = 16;
const NONCE_BYTES = 12;
const HEADER_BYTES = NAME_BYTES + NONCE_BYTES;
const TAG_BYTES = 16;
const ROTATION_MS = 6 * 3600 * 1000;
