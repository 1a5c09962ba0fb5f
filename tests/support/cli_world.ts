/**
 * The outside world of commands, in memory.
 *
 * @module
 */
import type { CliPorts, WriteOptions } from "../../lib/cli/ports.ts";
import type { Address, Duplex } from "../../lib/ports.ts";
import { CountingEntropy } from "./sim_ports.ts";
import { SimClock } from "./sim_clock.ts";

export class CliWorld implements CliPorts {
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

  readonly print = (text: string) => void this.printed.push(text);

  readonly complain = (text: string) => void this.complaints.push(text);
}
