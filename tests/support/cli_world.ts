/**
 * The outside world of commands, in memory.
 *
 * @module
 */
import type { ClientCliPorts, Machine, WriteOptions } from "../../lib/cli/ports.ts";
import type { Address, Duplex } from "../../lib/ports.ts";
import { CountingEntropy } from "./sim_ports.ts";
import { SimClock } from "./sim_clock.ts";

export class CliWorld implements ClientCliPorts {
  readonly clock = new SimClock();
  readonly entropy = new CountingEntropy();
  readonly files = new Map<string, string>();
  /** Paths of files that only their owner may read. */
  readonly secrets = new Set<string>();
  readonly printed: string[] = [];
  readonly complaints: string[] = [];
  /** Who answers at an address. */
  answer: (address: Address) => Promise<Duplex> = () => Promise.reject(new Error("Refused"));
  authorities: string | undefined;
  readonly environment: Record<string, string | undefined> = {};
  readonly terminal = { input: false, output: false, errors: false };
  configFolder: string | undefined = "/home/ada/.config/whippet";
  /** Folders that were made. */
  readonly folders = new Set<string>();
  /** What comes from the standard input. */
  input = "";
  /** What is typed where a secret is asked for, in turn. */
  readonly answers: string[] = [];
  /** What was asked. */
  readonly questions: string[] = [];
  /** What was drawn on the terminal of the errors. */
  drawn = "";
  /** What the machine is like. */
  readonly facts = {
    folder: {
      exists: true,
      isWritable: true,
      isOpenToOthers: false,
      freeBytes: 1e12,
      changedMicros: undefined as number | undefined,
    },
    /** Ports that somebody listens on. */
    taken: new Set<number>(),
    openFiles: 65_536,
  };
  readonly machine: Machine = {
    listenProblem: ({ port }) =>
      this.facts.taken.has(port) ? { isTaken: true, message: `Port ${port} is in use` } : undefined,
    folder: () => this.facts.folder,
    openFiles: (countMax) => Math.min(countMax, this.facts.openFiles),
  };
  /** Interrupts what runs. */
  interrupt = () => {};

  constructor() {
    this.clock.micros = Date.UTC(2026, 10, 24) * 1000;
  }

  readonly readFile = (path: string) => {
    const text = this.files.get(path);
    return text === undefined ? undefined : new TextEncoder().encode(text);
  };

  readonly writeFile = (path: string, text: string, { secret, replace }: WriteOptions) => {
    if (this.files.has(path) && !replace) return false;
    this.files.set(path, text);
    if (secret) this.secrets.add(path);
    return true;
  };

  readonly dial = (address: Address) => this.answer(address);

  readonly systemAuthorities = () => this.authorities;

  readonly makeSecretFolder = (path: string) => void this.folders.add(path);

  readonly openInput = (path?: string) => {
    const text = path === undefined ? this.input : this.files.get(path);
    if (text === undefined) return undefined;
    return ReadableStream.from([new TextEncoder().encode(text)]);
  };

  readonly writeBytes = (path: string, bytes: Uint8Array) => {
    if (this.files.has(path)) return false;
    this.files.set(path, new TextDecoder().decode(bytes));
    return true;
  };

  readonly askSecret = (question: string) => {
    this.questions.push(question);
    return Promise.resolve(this.answers.shift());
  };

  readonly draw = (text: string) => void (this.drawn += text);

  readonly onInterrupt = (stop: () => void) => {
    this.interrupt = stop;
    return () => void (this.interrupt = () => {});
  };

  readonly print = (text: string) => void this.printed.push(text);

  readonly complain = (text: string) => void this.complaints.push(text);
}
