/**
 * What commands ask of the outside world, and what they end with.
 *
 * @module
 */
import type { Address, Clock, Duplex, Entropy } from "../ports.ts";

/** The outside world of a command. */
export interface CliPorts {
  readonly clock: Clock;
  readonly entropy: Entropy;
  /** A whole file; `undefined` when there is none. */
  readFile(path: string): Uint8Array | undefined;
  /** Writes a whole file; `false`, and nothing is written, where there is one that is not to be replaced. */
  writeFile(path: string, text: string, options: WriteOptions): boolean;
  dial(address: Address): Promise<Duplex>;
  /** PEM of the authorities that this system trusts. */
  systemAuthorities(): string | undefined;
  /** For results. */
  print(text: string): void;
  /** For what went wrong. */
  complain(text: string): void;
}

export interface WriteOptions {
  /** For nobody but this user to read. */
  readonly secret: boolean;
  readonly replace: boolean;
}

/** What a command could not do; the message says what to do instead. Exit code 1. */
export class CommandError extends Error {
  override readonly name = "CommandError";
}
