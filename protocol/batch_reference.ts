/**
 * The {@link BatchKernel} to read.
 *
 * @module
 */
import type { BatchKernel } from "./message.ts";

/** A kernel over plain memory. */
export function referenceKernel(_memory: Uint8Array<ArrayBuffer>): BatchKernel {
  throw new Error("not yet");
}
