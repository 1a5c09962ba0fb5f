/**
 * The running hash over handshake messages (RFC 8446 §4.4.1).
 *
 * @module
 */
import type { Hash, RunningHash } from "./provider/provider.ts";
import { HandshakeType } from "./registry.ts";

/** Messages so far: kept until the hash is known, hashed from then on. */
export class Transcript {
  #hash: Hash | undefined;
  #running: RunningHash | undefined;
  #kept: Uint8Array[] = [];

  /** Adds a whole handshake message, its header included. */
  add(message: Uint8Array): void {
    if (this.#running !== undefined) this.#running.update(message);
    else this.#kept.push(message.slice());
  }

  /** Whether the hash is known. */
  get isStarted(): boolean {
    return this.#running !== undefined;
  }

  /** Starts hashing; once. */
  start(hash: Hash): void {
    this.#hash = hash;
    this.#running = hash.start();
    for (const message of this.#kept) this.#running.update(message);
    this.#kept = [];
  }

  /** The hash of all messages so far. */
  digest(): Uint8Array {
    return this.#started().digest();
  }

  /** The hash of all messages so far and `more`, which is not added: the first part of a ClientHello. */
  digestWith(more: Uint8Array): Uint8Array {
    const branch = this.#started().clone();
    branch.update(more);
    return branch.digest();
  }

  /** §4.4.1: at a HelloRetryRequest, `message_hash` takes the place of the first ClientHello. */
  replaceByMessageHash(): void {
    const digest = this.digest();
    this.#running = this.#hash!.start();
    this.#running.update(Uint8Array.of(HandshakeType.message_hash, 0, 0, digest.length));
    this.#running.update(digest);
  }

  #started(): RunningHash {
    if (this.#running === undefined) throw new Error("Transcript has no hash yet");
    return this.#running;
  }
}
