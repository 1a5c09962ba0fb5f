/**
 * A node under load: batches that are encoded once and sent again and again, polls whose answers are
 * counted where they were received.
 *
 * @module
 */
import { IggyClient } from "../../mod.ts";
import type { FramingName, NewTopicOptions } from "../../mod.ts";
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
  readonly #topicOptions: NewTopicOptions;

  /** `topicOptions`: what its topics are like besides partitions and durability. */
  constructor(
    name: string,
    node: NodeProcess,
    framing: FramingName,
    options: BenchOptions,
    topicOptions: NewTopicOptions,
  ) {
    this.name = name;
    this.#topicOptions = topicOptions;
    this.#node = node;
    this.#framing = framing;
    this.#options = options;
  }

  get pid(): number {
    return this.#node.pid;
  }

  async begin(requests: number, window: number): Promise<Turn> {
    const { batch, size, connections, durability, deduplication = 0 } = this.#options;
    // Most of a topic's options can be chosen in VSR only.
    const owner = await this.#connect("vsr");
    await owner.streams.create(STREAM);
    const options = { ...this.#topicOptions, partitionsCount: connections, durability };
    await owner.topics.create(STREAM, TOPIC, options);
    const clients = await Promise.all(
      Array.from({ length: connections }, () => this.#connect(this.#framing)),
    );
    const messages = Array.from({ length: batch }, () => ({ payload: new Uint8Array(size) }));
    const senders = clients.map((client, partitionId) => {
      // When the first is sent again, the topic has forgotten its ids for those of the others.
      const prepared = Array.from(
        { length: 1 + Math.ceil(deduplication / batch) },
        () => client.messages.prepare(messages),
      );
      return async (index: number) => {
        const next = prepared[index % prepared.length];
        await client.messages.send(STREAM, TOPIC, next, { partitionId });
      };
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
