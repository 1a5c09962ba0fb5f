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
  readonly machine: Machine;
  /** Calls `stop` at the first interrupt (Ctrl-C), until the returned function is called. */
  onInterrupt(stop: () => void): () => void;
}

/** What the doctor looks at. */
export interface Machine {
  /** Why nobody can listen on an address now; `undefined` when it is free. */
  listenProblem(address: Address): ListenProblem | undefined;
  folder(path: string): FolderFacts;
  /** How many files can be open at once, tried up to `countMax`. */
  openFiles(countMax: number): number;
}

export interface ListenProblem {
  /** Whether another program listens there. */
  readonly isTaken: boolean;
  /** In words, with what to do. */
  readonly message: string;
}

/** A folder, or the one that it would be made in. */
export interface FolderFacts {
  /** Whether it is there already. */
  readonly exists: boolean;
  /** Whether this user may write there. */
  readonly isWritable: boolean;
  /** Whether others than its owner may look into it; never, where there are no modes. */
  readonly isOpenToOthers: boolean;
  /** Bytes free on its disk for this user. */
  readonly freeBytes: number;
  /** The latest change of what is in it, micros since the Unix epoch; `undefined` when nothing is. */
  readonly changedMicros: number | undefined;
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
