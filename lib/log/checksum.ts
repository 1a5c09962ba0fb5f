/**
 * The fast {@link BatchKernel} and XXH3-64.
 *
 * @module
 */
import type { BatchKernel } from "../../protocol/message.ts";
import { referenceKernel } from "../../protocol/batch_reference.ts";
import { xxh3_64 } from "../../protocol/xxhash.ts";
import type { Entropy } from "../ports.ts";

/** The one kernel of this isolate. */
export const batchKernel: BatchKernel = referenceKernel(new Uint8Array(1));

/** XXH3-64 with seed 0; at most 64 MiB. Leaves `input` and `output` of {@link batchKernel} alone. */
export function xxh3(bytes: Uint8Array): bigint {
  return xxh3_64(bytes);
}

/** Starts the sequence of message ids; once, before the first classic send. */
export function seedMessageIds(_entropy: Entropy): void {
  throw new Error("not yet");
}
