// @ts-nocheck: AssemblyScript
/**
 * The batch kernel: what `BatchKernel` (protocol/message.ts) asks for, one call a batch. This is the
 * entry point that `scripts/kernels.ts` compiles to `batch.wasm`; `protocol/batch_reference.ts` says
 * the same more slowly, and a test keeps the two equal.
 *
 * @module
 */
import { packClassic, unpackClassic } from "./classic.ts";
import { seedIds } from "./ids.ts";
import { dropMarked, stampBatches, verifyBatch } from "./stored.ts";
import { xxh3 } from "./xxh3.ts";

// The compiler does not follow `export … from` to a file with its extension.
export { dropMarked, packClassic, seedIds, stampBatches, unpackClassic, verifyBatch, xxh3 };
