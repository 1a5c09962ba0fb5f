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

/** The outside world of the commands that talk to a node. */
export interface ClientCliPorts extends CliPorts {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly terminal: Terminal;
  /** Where this user's settings are kept; `undefined` where the system names no such place. */
  readonly configFolder: string | undefined;
  /** Makes a folder, and those above it, for nobody but this user to look into. */
  makeSecretFolder(path: string): void;
  /** A file in chunks, or the standard input without a path; `undefined` when there is no such file. */
  openInput(path?: string): ReadableStream<Uint8Array> | undefined;
  /** Writes a whole file of bytes; `false`, and nothing is written, where there is one already. */
  writeBytes(path: string, bytes: Uint8Array): boolean;
  /** Asks at the terminal without showing what is typed; `undefined` when nothing is answered. */
  askSecret(question: string): Promise<string | undefined>;
  /** Writes to the terminal of the errors as it is, without a line end. */
  draw(text: string): void;
  /** Calls `stop` at the first interrupt (Ctrl-C), until the returned function is called. */
  onInterrupt(stop: () => void): () => void;
}

/** What is at the ends of the program. */
export interface Terminal {
  readonly input: boolean;
  readonly output: boolean;
  readonly errors: boolean;
}

export interface WriteOptions {
  /** For nobody but this user to read. */
  readonly secret: boolean;
  readonly replace: boolean;
}

/** What a command could not do; the message says what to do instead. Exit code 1. */
export class CommandError extends Error {
  override readonly name: string = "CommandError";
}
