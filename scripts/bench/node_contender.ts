/**
 * A node under load: batches that are encoded once and sent again and again, polls whose answers are
 * counted where they were received.
 *
 * @module
 */
import { IggyClient } from "../../mod.ts";
import type { FramingName } from "../../mod.ts";
import type { NodeProcess } from "../node_process.ts";
import type { Contender, Turn } from "./contender.ts";
import { drive } from "./load.ts";
import type { BenchOptions } from "./options.ts";

/** A node and the client that speaks `framing` with it. */
export class NodeContender implements Contender {
  readonly isFloor = false;
  readonly name: string;
  readonly #node: NodeProcess;
  readonly #framing: FramingName;
  readonly #options: BenchOptions;

  constructor(name: string, node: NodeProcess, framing: FramingName, options: BenchOptions) {
    this.name = name;
    this.#node = node;
    this.#framing = framing;
    this.#options = options;
  }

  get pid(): number {
    return this.#node.pid;
  }

  async begin(requests: number, window: number): Promise<Turn> {
    const { batch, size, connections, durability } = this.#options;
    // A topic's durability can be chosen in VSR only.
    const owner = await this.#connect("vsr");
    await owner.streams.create(STREAM);
    await owner.topics.create(STREAM, TOPIC, { partitionsCount: connections, durability });
    const clients = await Promise.all(
      Array.from({ length: connections }, () => this.#connect(this.#framing)),
    );
    const messages = Array.from({ length: batch }, () => ({ payload: new Uint8Array(size) }));
    const senders = clients.map((client, partitionId) => {
      const prepared = client.messages.prepare(messages);
      return async () => void await client.messages.send(STREAM, TOPIC, prepared, { partitionId });
    });
    const pollers = clients.map((client, partitionId) => (index: number) => {
      const options = { partitionId, offset: index * batch, count: batch };
      return client.messages.pollBytes(STREAM, TOPIC, options, ({ count, bytes }) => {
        if (count === batch && bytes.length > batch * size) return;
        throw new Error(`Node gives ${count} messages in ${bytes.length} bytes, not ${batch}`);
      });
    });
    return {
      send: () => drive(senders, requests, window),
      poll: () => drive(pollers, requests, window),
      async end() {
        await owner.streams.delete(STREAM);
        await Promise.all([owner, ...clients].map((client) => client.close()));
      },
    };
  }

  #connect(framing: FramingName): Promise<IggyClient> {
    const { address } = this.#node;
    return IggyClient.connect({ address, framing, username: "iggy", password: "iggy" });
  }
}

const STREAM = "bench";
const TOPIC = "messages";
