/**
 * The far side of passwords.ts: Argon2id, one task at a time, on a thread of its own.
 *
 * @module
 */
import { argon2Verify } from "hash-wasm";
import { hashPassword } from "./argon2id.ts";

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
      result: await (task.kind === "hash"
        ? hashPassword(task.password, task.salt)
        : argon2Verify({ password: task.password, hash: task.passwordHash })),
    };
  } catch (error) {
    return { id, error: error instanceof Error ? error.message : String(error) };
  }
}
