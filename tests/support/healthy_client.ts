/**
 * A client that does nothing wrong: it sends and polls all the time, in a partition of its own, while
 * others misbehave, and notices anything that is not as it should be.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import type { Dialect } from "../../protocol/command.ts";
import { dialRoot, type PartitionAddress, type Peer } from "./raw_peer.ts";
import { tracedMessage } from "./traced_messages.ts";

export class HealthyClient {
  readonly #peer: Peer;
  readonly #address: PartitionAddress;
  readonly #working: Promise<void>;
  #turns = 0;
  #slowestMs = 0;
  #stopping = false;
  #waiting: { readonly turn: number; readonly resolve: () => void }[] = [];

  /** Starts one in an empty partition. */
  static async start(
    dialect: Dialect,
    port: number,
    address: PartitionAddress,
  ): Promise<HealthyClient> {
    return new HealthyClient(await dialRoot(dialect, port), address);
  }

  private constructor(peer: Peer, address: PartitionAddress) {
    this.#peer = peer;
    this.#address = address;
    this.#working = this.#work();
    this.#working.catch(() => {}); // `proof` and `stop` tell
  }

  /** The longest that one send and one poll took together. */
  get slowestMs(): number {
    return this.#slowestMs;
  }

  /** Resolves after two more turns, of which one began after the call; rejects when anything was wrong. */
  async proof(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push({ turn: this.#turns + 2, resolve });
    await Promise.race([promise, this.#working]);
  }

  /** Ends it; rejects when anything was wrong. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#working;
    this.#peer.close();
  }

  async #work(): Promise<void> {
    while (!this.#stopping) {
      const since = performance.now();
      await this.#turn();
      this.#slowestMs = Math.max(this.#slowestMs, performance.now() - since);
      this.#turns++;
      for (const { turn, resolve } of this.#waiting) if (turn <= this.#turns) resolve();
      this.#waiting = this.#waiting.filter(({ turn }) => turn > this.#turns);
      await new Promise((resolve) => setTimeout(resolve, BREATH_MS));
    }
  }

  /** Sends one message and finds it, and nothing else, behind those before. */
  async #turn(): Promise<void> {
    const { partitionId } = this.#address;
    const message = tracedMessage(partitionId, this.#turns);
    const confirmation = await this.#peer.send(this.#address, [message]);
    if (confirmation !== undefined) assertEquals(confirmation.baseOffset, this.#turns);
    const polled = await this.#peer.poll({
      ...this.#address,
      strategy: "offset",
      value: this.#turns,
    });
    assertEquals(polled.count, 1);
    const [found] = polled.messages;
    assert(found.id === message.id && found.offset === this.#turns);
    assertEquals(found.payload, message.payload);
  }
}

/** Leaves the machine to those who misbehave. */
const BREATH_MS = 3;
