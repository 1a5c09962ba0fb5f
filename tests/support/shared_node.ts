/**
 * One node for all tests of a file, in a process of its own, with a healthy client of each framing at
 * work all the time. Every test ends with the proof that both noticed nothing of it, the last one
 * with the proof that the node's memory is bounded and that it stops as it should.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { HealthyClient } from "./healthy_client.ts";
import { ProcessNode } from "./process_node.ts";
import { DIALECTS, dialRoot } from "./raw_peer.ts";

/** See the module comment. */
export class SharedNode {
  readonly #environment: Readonly<Record<string, string>>;
  #node: ProcessNode | undefined;
  #clients: HealthyClient[] = [];
  #memoryBytes = 0;

  /** Starts before the first test of this file and stops after the last; configuration by Iggy's names. */
  constructor(environment: Readonly<Record<string, string>> = {}) {
    this.#environment = environment;
    Deno.test.beforeAll(() => this.#start());
    Deno.test.afterAll(() => this.#stop());
  }

  get port(): number {
    return this.#running.port;
  }

  /** Registers a test that must not disturb anybody. */
  test(name: string, body: (port: number) => Promise<void>): void {
    Deno.test({
      name,
      // The healthy clients and the process go on from test to test.
      sanitizeOps: false,
      sanitizeResources: false,
      fn: async () => {
        await body(this.port);
        for (const client of this.#clients) await client.proof();
      },
    });
  }

  /** Bytes of memory that the system counts as the node's. */
  async memoryBytes(): Promise<number> {
    using peer = await dialRoot("vsr_0_11", this.port);
    const { memoryUsage } = await peer.ask("getStats", undefined);
    return memoryUsage;
  }

  async #start(): Promise<void> {
    this.#node = await ProcessNode.start(this.#environment);
    using peer = await dialRoot("vsr_0_11", this.port);
    const topic = { streamId: "healthy", name: "topic", partitionsCount: 2, options: {} };
    await peer.ask("createStream", { name: topic.streamId });
    await peer.ask("createTopic", topic);
    this.#clients = await Promise.all(DIALECTS.map((dialect, partitionId) => {
      const address = { streamId: topic.streamId, topicId: topic.name, partitionId };
      return HealthyClient.start(dialect, this.port, address);
    }));
    for (const client of this.#clients) await client.proof();
    this.#memoryBytes = await this.memoryBytes();
  }

  async #stop(): Promise<void> {
    await using node = this.#running;
    const memoryBytes = await this.memoryBytes();
    for (const client of this.#clients) await client.stop();
    assertEquals(await node.stop(), 0);
    const slowest = this.#clients.map(({ slowestMs }) => `${slowestMs.toFixed(0)} ms`).join(", ");
    const [before, after] = [this.#memoryBytes, memoryBytes].map((each) => each >> 20);
    console.log(
      `Memory ${before} MiB before, ${after} MiB after; slowest healthy turns ${slowest}`,
    );
    assert(memoryBytes - this.#memoryBytes < GROWTH_BYTES_MAX, `Node grew to ${after} MiB`);
  }

  get #running(): ProcessNode {
    if (this.#node === undefined) throw new Error("Node has not started yet");
    return this.#node;
  }
}

/** Generous: the largest frame, the kernel's memory and idle buffers, twice. */
const GROWTH_BYTES_MAX = 512 * 1024 * 1024;
