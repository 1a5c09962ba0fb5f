/**
 * Passwords: hashed with Argon2id on a worker, so that a login never holds up the messages of
 * others, and remembered for a while, so that a pool of connections pays for it once.
 *
 * @module
 */
import { createBLAKE3, type IHasher } from "hash-wasm";
import { TASK_TIMEOUT } from "../../protocol/error_codes.ts";
import { IggyError } from "../../protocol/errors.ts";
import type { Clock, Entropy } from "../ports.ts";
import type { Answer, Task } from "./password_worker.ts";

export interface PasswordsOptions {
  readonly entropy: Entropy;
  readonly clock: Clock;
  /** Tasks that may wait for the worker; default 64, about as much as it does in a client's 30 s. */
  readonly queueMax?: number;
  /** Credentials that are remembered; default 1024. */
  readonly rememberedMax?: number;
  /** How long one is remembered after its verification; default 15 minutes. */
  readonly rememberedMsMax?: number;
}

/**
 * What is remembered is a keyed hash of password hash and password, under a key of this process: no
 * password stays in memory, and a changed password is another hash, so the old one is not found.
 */
export class Passwords {
  readonly #options: Required<PasswordsOptions>;
  readonly #keyed: IHasher;
  /** When each remembered credential is forgotten, in milliseconds; oldest first. */
  readonly #remembered = new Map<string, number>();
  /** Verifications on the way, so that equal ones share a run. */
  readonly #verifying = new Map<string, Promise<boolean>>();
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #lastId = 0;
  #closed = false;

  static async open(options: PasswordsOptions): Promise<Passwords> {
    const key = new Uint8Array(32);
    options.entropy.fill(key);
    return new Passwords(options, await createBLAKE3(256, key));
  }

  private constructor(options: PasswordsOptions, keyed: IHasher) {
    this.#options = { queueMax: 64, rememberedMax: 1024, rememberedMsMax: 900_000, ...options };
    this.#keyed = keyed;
  }

  /**
   * A PHC string of a password with a new salt: `$argon2id$v=19$m=19456,t=2,p=1$...`.
   *
   * @throws {IggyError} 12001 when too many tasks wait.
   */
  async hash(password: string): Promise<string> {
    const salt = new Uint8Array(16);
    this.#options.entropy.fill(salt);
    return await this.#perform((id) => ({ id, kind: "hash", password, salt })) as string;
  }

  /**
   * Whether a password is the one of a hash. No hash, because no such user exists, is `false` after
   * the same time.
   *
   * @throws {IggyError} 12001 when too many tasks wait.
   */
  async verify(password: string, passwordHash: string | undefined): Promise<boolean> {
    // Nobody has an empty password, and Argon2 takes none.
    if (password === "") return false;
    const hash = passwordHash ?? NOBODYS_HASH;
    const credential = this.#keyedHash(hash, password);
    if (this.#remembers(credential)) return true;
    const verdict = this.#verifying.get(credential) ?? this.#verify(credential, password, hash);
    return await verdict && passwordHash !== undefined;
  }

  /** Stops the worker; tasks that wait are refused. */
  close(): void {
    this.#closed = true;
    this.#stop("Passwords are closed");
  }

  #verify(credential: string, password: string, passwordHash: string): Promise<boolean> {
    const verdict = this.#perform((id) => ({ id, kind: "verify", password, passwordHash }))
      .then((right) => {
        if (right === true) this.#remember(credential);
        return right === true;
      })
      .finally(() => this.#verifying.delete(credential));
    this.#verifying.set(credential, verdict);
    return verdict;
  }

  #keyedHash(passwordHash: string, password: string): string {
    return this.#keyed.init().update(`${passwordHash}\0${password}`).digest();
  }

  #remembers(credential: string): boolean {
    const untilMs = this.#remembered.get(credential);
    return untilMs !== undefined && this.#options.clock.monotonicMs() < untilMs;
  }

  #remember(credential: string): void {
    this.#remembered.delete(credential);
    this.#remembered.set(
      credential,
      this.#options.clock.monotonicMs() + this.#options.rememberedMsMax,
    );
    if (this.#remembered.size <= this.#options.rememberedMax) return;
    for (const oldest of this.#remembered.keys()) {
      this.#remembered.delete(oldest);
      return;
    }
  }

  #perform(task: (id: number) => Task): Promise<string | boolean> {
    if (this.#closed) return Promise.reject(new Error("Passwords are closed"));
    if (this.#waiting.size >= this.#options.queueMax) {
      const message = `${this.#waiting.size} passwords wait to be checked already`;
      return Promise.reject(new IggyError(TASK_TIMEOUT, message));
    }
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker ??= this.#start();
      this.#worker.postMessage(task(id));
    });
  }

  #start(): Worker {
    const worker = new Worker(new URL("./password_worker.ts", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      const waiting = this.#waiting.get(data.id);
      this.#waiting.delete(data.id);
      if ("error" in data) waiting?.reject(new Error(`Argon2id fails: ${data.error}`));
      else waiting?.resolve(data.result);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      this.#stop(`Password worker fails: ${event.message}`);
    };
    return worker;
  }

  /** The next task starts another worker, unless this is closed. */
  #stop(reason: string): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    for (const { reject } of this.#waiting.values()) reject(new Error(reason));
    this.#waiting.clear();
  }
}

interface Waiting {
  resolve(result: string | boolean): void;
  reject(error: Error): void;
}

/** A hash that no known password has, for users that do not exist. */
const NOBODYS_HASH = `$argon2id$v=19$m=19456,t=2,p=1$${"A".repeat(22)}$${"A".repeat(43)}`;
