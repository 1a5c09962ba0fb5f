/**
 * The far side of slow_keys.ts: signatures, one after the other, on a thread of its own.
 *
 * @module
 */
import type { SigningKey } from "../../tls/provider/provider.ts";
import type { SignatureScheme } from "../../tls/registry.ts";
import { provider } from "./provider.ts";

/** What to do: first the key, then messages to sign, each answered by an {@link Answer} of its `id`. */
export type Task =
  | { readonly kind: "key"; readonly pkcs8: Uint8Array }
  | {
    readonly kind: "sign";
    readonly id: number;
    readonly scheme: SignatureScheme;
    readonly message: Uint8Array;
  };

export type Answer =
  | { readonly id: number; readonly signature: Uint8Array }
  | { readonly id: number; readonly error: string };

/** The global scope of a worker, which the checker takes for a window's. */
interface WorkerScope {
  onmessage: (event: MessageEvent<Task>) => void;
  postMessage(answer: Answer): void;
}

const scope = globalThis as unknown as WorkerScope;
let key: SigningKey | undefined;

scope.onmessage = async ({ data }) => {
  if (data.kind === "key") key = provider.loadKey(data.pkcs8);
  else scope.postMessage(await perform(data));
};

async function perform({ id, scheme, message }: Task & { kind: "sign" }): Promise<Answer> {
  try {
    return { id, signature: await key!.sign(scheme, message) };
  } catch (error) {
    return { id, error: error instanceof Error ? error.message : String(error) };
  }
}
