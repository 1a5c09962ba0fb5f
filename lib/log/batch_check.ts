/**
 * One stored batch, looked at whole: is it the one that belongs here, and as it was written?
 *
 * @module
 */
import {
  INVALID_BATCH_CHECKSUM,
  INVALID_MESSAGE_CHECKSUM,
  IO_ERROR,
} from "../../protocol/error_codes.ts";
import { batchHeader } from "../../protocol/message.ts";
import { isSealed } from "./batch_cipher.ts";
import type { LogContext } from "./context.ts";

/** Which partition's log, and in which folder it is. */
export interface LogName {
  readonly directory: string;
  readonly partitionId: number;
}

/**
 * Checks the batch in `[at, at + length)` of the kernel's memory: partition, offset, structure and
 * all checksums; a sealed one is opened in place. Gives 0, or the code of the fault: 4027 or 4039 for a checksum, `IO_ERROR` for a
 * batch that does not hold together, or belongs elsewhere.
 */
export function batchFault(
  { kernel, policy: { cipher } }: LogContext,
  { partitionId, directory }: LogName,
  at: number,
  length: number,
  offset: number,
): number {
  const { view } = kernel;
  if (!leads(view, at, partitionId, offset)) return IO_ERROR;
  if (cipher !== undefined && isSealed(kernel.memory, at)) {
    // What opens is what was sealed, to the last bit.
    return cipher.open(kernel.memory, at, length, directory) ? 0 : INVALID_BATCH_CHECKSUM;
  }
  const fault = kernel.verifyBatch(at, length, batchHeader.messageCount(view, at));
  const isChecksum = fault === INVALID_MESSAGE_CHECKSUM || fault === INVALID_BATCH_CHECKSUM;
  return fault === 0 || isChecksum ? fault : IO_ERROR;
}

/** Whether the header at `at` is that of the batch of `offset`. */
export function leads(view: DataView, at: number, partitionId: number, offset: number): boolean {
  return batchHeader.partitionId(view, at) === partitionId &&
    batchHeader.baseOffset(view, at) === offset;
}
