/**
 * The far side of passwords.ts: Argon2id, one task at a time, on a thread of its own.
 *
 * @module
 */
import { argon2id, argon2Verify } from "hash-wasm";

/** What to do; answered by an {@link Answer} of the same `id`. */
export type Task =
  | { readonly id: number; readonly kind: "hash"; password: string; salt: Uint8Array }
  | { readonly id: number; readonly kind: "verify"; password: string; passwordHash: string };

/** `result`: the PHC string of a hash, the verdict of a verification. */
export type Answer =
  | { readonly id: number; readonly result: string | boolean }
  | { readonly id: number; readonly error: string };

/** The global scope of a worker, which the checker takes for a window's. */
interface WorkerScope {
  onmessage: (event: MessageEvent<Task>) => void;
  postMessage(answer: Answer): void;
}

const scope = globalThis as unknown as WorkerScope;
let last = Promise.resolve();

// Each run takes 19 MiB, so they come one after the other.
scope.onmessage = ({ data }) => {
  last = last.then(() => perform(data)).then((answer) => scope.postMessage(answer));
};

async function perform(task: Task): Promise<Answer> {
  const { id } = task;
  try {
    return {
      id,
      result: await (task.kind === "hash" ? hash(task) : argon2Verify(verifying(task))),
    };
  } catch (error) {
    return { id, error: error instanceof Error ? error.message : String(error) };
  }
}

function hash({ password, salt }: Task & { kind: "hash" }): Promise<string> {
  return argon2id({ ...PARAMETERS, password, salt, outputType: "encoded" });
}

function verifying({ password, passwordHash }: Task & { kind: "verify" }) {
  return { password, hash: passwordHash };
}

/** OWASP's first choice for Argon2id: `m=19456,t=2,p=1`. */
const PARAMETERS = { memorySize: 19456, iterations: 2, parallelism: 1, hashLength: 32 };
