/**
 * Writers of what is not messages: stored offsets, and what exists. Each asks for one change after
 * the other until its connection ends, and knows afterwards what there must be: the state of the last
 * change that was acknowledged, or that of the one after it, which may have gone through.
 *
 * @module
 */
import { assertEquals, equal } from "@std/assert";
import { StreamClosed } from "../../lib/ports.ts";
import type { Random } from "./random.ts";
import type { PartitionAddress, Peer } from "./raw_peer.ts";

/** A state that changes step by step, each step acknowledged before the next is asked for. */
class Acknowledged<State> {
  /** What there was after the last acknowledged change. */
  state: State;
  #attempted: State | undefined;
  #count = 0;

  constructor(state: State) {
    this.state = state;
  }

  /** Changes that were acknowledged. */
  get count(): number {
    return this.#count;
  }

  /** Asks for changes until the connection ends; calls `acknowledged` for each that was. */
  async run(next: () => Change<State>, acknowledged = () => {}): Promise<void> {
    try {
      for (;;) {
        const { after, ask } = next();
        this.#attempted = after;
        await ask();
        this.state = after;
        this.#attempted = undefined;
        this.#count++;
        acknowledged();
      }
    } catch (error) {
      if (!(error instanceof StreamClosed)) throw error;
    }
  }

  /** Fails unless `found` is one of the two states it may be; it is the state from now on. */
  settle(found: State): void {
    const went = this.#attempted !== undefined && equal(found, this.#attempted);
    if (!went) assertEquals(found, this.state);
    this.state = found;
    this.#attempted = undefined;
  }
}

interface Change<State> {
  readonly after: State;
  readonly ask: () => Promise<unknown>;
}

/** Stores offsets of one consumer in one partition, in no order. */
export class OffsetWriter {
  readonly #offsets = new Acknowledged<number | undefined>(undefined);
  readonly #position;

  /** The partition holds more than `offsetMax` messages. */
  constructor(consumer: number, address: PartitionAddress, readonly offsetMax: number) {
    this.#position = { ...address, consumer: { kind: "consumer", id: consumer } } as const;
  }

  /** Changes that were acknowledged. */
  get count(): number {
    return this.#offsets.count;
  }

  /** Works until the connection ends. */
  run(peer: Peer, random: Random): Promise<void> {
    return this.#offsets.run(() => {
      const offset = random.between(0, this.offsetMax);
      const request = { ...this.#position, offset, ack: "quorum" } as const;
      return { after: offset, ask: () => peer.ask("storeConsumerOffset", request) };
    });
  }

  async verify(peer: Peer): Promise<void> {
    this.#offsets.settle((await peer.ask("getConsumerOffset", this.#position))?.storedOffset);
  }
}

/** Streams by name, their topics by name. */
type Streams = Readonly<Record<string, Readonly<Record<string, TopicShape>>>>;

interface TopicShape {
  readonly partitions: number;
  readonly groups: readonly string[];
}

/** Makes, renames and deletes streams, topics, partitions and groups; its streams' names begin with `prefix`. */
export class CatalogWriter {
  readonly prefix: string;
  readonly #streams = new Acknowledged<Streams>({});
  #lastName = 0;

  constructor(prefix: string) {
    this.prefix = prefix;
  }

  /** Changes that were acknowledged. */
  get count(): number {
    return this.#streams.count;
  }

  /** Works until the connection ends; calls `acknowledged` for each change that was. */
  run(peer: Peer, random: Random, acknowledged: () => void): Promise<void> {
    return this.#streams.run(() => this.#next(peer, random), acknowledged);
  }

  async verify(peer: Peer): Promise<void> {
    const found: Record<string, Record<string, TopicShape>> = {};
    for (const { name: streamId } of await peer.ask("getStreams", undefined)) {
      if (!streamId.startsWith(this.prefix)) continue;
      found[streamId] = {};
      for (const { name: topicId, partitionsCount } of await peer.ask("getTopics", { streamId })) {
        const groups = await peer.ask("getConsumerGroups", { streamId, topicId });
        const names = groups.map(({ name }) => name);
        found[streamId][topicId] = { partitions: partitionsCount, groups: names };
      }
    }
    this.#streams.settle(found);
  }

  #next(peer: Peer, random: Random): Change<Streams> {
    const { state } = this.#streams;
    const streamId = random.pick(Object.keys(state));
    if (streamId === undefined) return this.#createStream(peer);
    const topicId = random.pick(Object.keys(state[streamId]));
    const chance = random.below(10);
    if (chance === 0 && Object.keys(state).length > 2) {
      const { [streamId]: _, ...after } = state;
      return { after, ask: () => peer.ask("deleteStream", { streamId }) };
    }
    if (chance === 1) return this.#createStream(peer);
    if (chance === 2) return this.#renameStream(peer, streamId);
    if (chance < 5 || topicId === undefined) return this.#createTopic(peer, streamId);
    return this.#changeTopic(peer, streamId, topicId, chance);
  }

  #createStream(peer: Peer): Change<Streams> {
    const name = this.#name();
    const after = { ...this.#streams.state, [name]: {} };
    return { after, ask: () => peer.ask("createStream", { name }) };
  }

  #renameStream(peer: Peer, streamId: string): Change<Streams> {
    const name = this.#name();
    const { [streamId]: topics, ...others } = this.#streams.state;
    const after = { ...others, [name]: topics };
    return { after, ask: () => peer.ask("updateStream", { streamId, name }) };
  }

  #createTopic(peer: Peer, streamId: string): Change<Streams> {
    const name = this.#name();
    const after = this.#withTopic(streamId, name, { partitions: 2, groups: [] });
    const request = { streamId, name, partitionsCount: 2, options: {} };
    return { after, ask: () => peer.ask("createTopic", request) };
  }

  #changeTopic(peer: Peer, streamId: string, topicId: string, chance: number): Change<Streams> {
    const { partitions, groups } = this.#streams.state[streamId][topicId];
    if (chance === 5) {
      const after = this.#withTopic(streamId, topicId, undefined);
      return { after, ask: () => peer.ask("deleteTopic", { streamId, topicId }) };
    }
    if (chance < 8) {
      const after = this.#withTopic(streamId, topicId, { partitions: partitions + 3, groups });
      const request = { streamId, topicId, partitionsCount: 3 };
      return { after, ask: () => peer.ask("createPartitions", request) };
    }
    const name = this.#name();
    const more = { partitions, groups: [...groups, name] };
    const after = this.#withTopic(streamId, topicId, more);
    return { after, ask: () => peer.ask("createConsumerGroup", { streamId, topicId, name }) };
  }

  #withTopic(streamId: string, topicId: string, shape: TopicShape | undefined): Streams {
    const { [topicId]: _, ...others } = this.#streams.state[streamId];
    const topics = shape === undefined ? others : { ...others, [topicId]: shape };
    return { ...this.#streams.state, [streamId]: topics };
  }

  #name(): string {
    return `${this.prefix}${String(this.#lastName++).padStart(6, "0")}`;
  }
}
