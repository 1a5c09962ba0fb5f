/**
 * What the log asks of encryption at rest: batches sealed on their way to the disk and opened on
 * their way back, in place and without a change of size. `lib/encryption` does it.
 *
 * @module
 */
import { BATCH_RESERVED } from "../../protocol/message_layout.ts";

/** A node's cipher, with all its keys. `directory` is the log's folder, which batches are bound to. */
export interface BatchCipher {
  /**
   * Seals the stamped batches that fill `[at, at + length)` of `memory`, unless new batches stay
   * readable. Their headers keep what the log goes by: partition, offset, timestamps, length, count.
   */
  seal(memory: Uint8Array<ArrayBuffer>, at: number, length: number, directory: string): void;
  /**
   * Opens the sealed batch that fills `[at, at + length)`: it is then as it was before `seal`. `false`
   * when it is not as it was sealed, or its key is not here: then nothing is changed.
   */
  open(memory: Uint8Array<ArrayBuffer>, at: number, length: number, directory: string): boolean;
}

/** Whether the batch at `at` is a sealed one: the reserved area of all others is zero. */
export function isSealed(memory: Uint8Array, at: number): boolean {
  return memory[at + BATCH_RESERVED] !== 0;
}
