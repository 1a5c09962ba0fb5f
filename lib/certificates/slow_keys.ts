/**
 * Keys whose signatures take too long for the isolate that moves messages: RSA. Theirs are made on a
 * worker; the handshake waits, and nothing else.
 *
 * @module
 */
import type { PublicKey, SigningKey } from "../../tls/provider/provider.ts";
import type { SignatureScheme } from "../../tls/registry.ts";
import type { Answer, Task } from "./signing_worker.ts";

/** Whether a key's signatures take milliseconds. */
export function isSlow({ publicKey: { type } }: SigningKey): boolean {
  return type === "rsa" || type === "rsa-pss";
}

/** A key of this process that signs on a worker. */
export class AsideKey implements SigningKey {
  readonly publicKey: PublicKey;
  readonly schemes: readonly SignatureScheme[];
  readonly #pkcs8: Uint8Array;
  readonly #waitingMax: number;
  readonly #waiting = new Map<number, PromiseWithResolvers<Uint8Array>>();
  #worker: Worker | undefined;
  #lastId = 0;
  #isRetired = false;

  /** At most `waitingMax` signatures wait at a time. Throws a `TypeError` for a key that is elsewhere. */
  constructor(key: SigningKey, waitingMax = WAITING_MAX) {
    const pkcs8 = key.toPkcs8?.();
    if (pkcs8 === undefined) throw new TypeError("A key that is elsewhere signs elsewhere");
    this.publicKey = key.publicKey;
    this.schemes = key.schemes;
    this.#pkcs8 = pkcs8;
    this.#waitingMax = waitingMax;
  }

  /** Rejects when too many wait, and when the worker fails. */
  sign(scheme: SignatureScheme, message: Uint8Array): Promise<Uint8Array> {
    if (this.#waiting.size >= this.#waitingMax) {
      return Promise.reject(new Error(`${this.#waitingMax} signatures wait already`));
    }
    const waiting = Promise.withResolvers<Uint8Array>();
    const id = ++this.#lastId;
    this.#waiting.set(id, waiting);
    this.#worker ??= this.#start();
    const task: Task = { kind: "sign", id, scheme, message: message.slice() };
    this.#worker.postMessage(task);
    return waiting.promise;
  }

  /** Ends the worker once nothing waits: handshakes that were shown this key go on. */
  retire(): void {
    this.#isRetired = true;
    this.#endIfIdle();
  }

  #start(): Worker {
    const worker = new Worker(new URL("./signing_worker.ts", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      const waiting = this.#waiting.get(data.id);
      this.#waiting.delete(data.id);
      if ("signature" in data) waiting?.resolve(data.signature);
      else waiting?.reject(new Error(`Key cannot sign: ${data.error}`));
      if (this.#isRetired) this.#endIfIdle();
    };
    worker.onerror = (event) => {
      event.preventDefault();
      for (const { reject } of this.#waiting.values()) {
        reject(new Error(`Signing worker fails: ${event.message}`));
      }
      this.#waiting.clear();
      this.#endIfIdle();
    };
    const task: Task = { kind: "key", pkcs8: this.#pkcs8 };
    worker.postMessage(task);
    return worker;
  }

  #endIfIdle(): void {
    if (this.#waiting.size > 0) return;
    this.#worker?.terminate();
    this.#worker = undefined;
  }
}

/** About as many as are made while a handshake may take. */
const WAITING_MAX = 1000;
