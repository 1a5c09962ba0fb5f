/**
 * A brake on guessing: whoever fails to log in waits longer each time.
 *
 * Failures are counted by address, and by address and name: so nobody can lock a user out from
 * elsewhere, and nobody can try many names from one place for long.
 *
 * @module
 */
import type { Clock } from "../ports.ts";

/** Failures of one key. */
interface Record {
  failures: number;
  /** Monotonic milliseconds. */
  lastFailureMs: number;
}

/** Remembers who failed, in bounded memory. */
export class LoginThrottle {
  readonly #clock: Clock;
  readonly #recordsMax: number;
  /** Oldest failure first. */
  readonly #records = new Map<string, Record>();

  constructor(clock: Clock, recordsMax = 10_000) {
    this.#clock = clock;
    this.#recordsMax = recordsMax;
  }

  /** Seconds until this address may try that name again; 0: now. */
  waitSeconds(hostname: string, username: string): number {
    return Math.max(
      this.#wait(nameKey(hostname, username), NAME_FAILURES_FREE),
      this.#wait(hostname, ADDRESS_FAILURES_FREE),
    );
  }

  failed(hostname: string, username: string): void {
    this.#count(nameKey(hostname, username));
    this.#count(hostname);
  }

  /** A right password shows that the name's failures were slips. */
  succeeded(hostname: string, username: string): void {
    this.#records.delete(nameKey(hostname, username));
  }

  #wait(key: string, free: number): number {
    const record = this.#records.get(key);
    if (record === undefined || record.failures < free) return 0;
    const pauseSeconds = Math.min(PAUSE_SECONDS_MAX, 2 ** Math.min(30, record.failures - free));
    const leftMs = record.lastFailureMs + 1000 * pauseSeconds - this.#clock.monotonicMs();
    return Math.max(0, Math.ceil(leftMs / 1000));
  }

  #count(key: string): void {
    const nowMs = this.#clock.monotonicMs();
    const before = this.#records.get(key);
    const isForgotten = before === undefined || nowMs - before.lastFailureMs > MEMORY_MS;
    const failures = isForgotten ? 1 : before.failures + 1;
    this.#records.delete(key);
    if (this.#records.size >= this.#recordsMax) {
      const [oldest] = this.#records.keys();
      this.#records.delete(oldest);
    }
    this.#records.set(key, { failures, lastFailureMs: nowMs });
  }
}

/** A hostname has no space. */
function nameKey(hostname: string, username: string): string {
  return `${hostname} ${username}`;
}

const NAME_FAILURES_FREE = 5;
/** Many people may sit behind one address. */
const ADDRESS_FAILURES_FREE = 50;
const PAUSE_SECONDS_MAX = 60;
/** After so long without a failure it begins anew. */
const MEMORY_MS = 15 * 60 * 1000;
