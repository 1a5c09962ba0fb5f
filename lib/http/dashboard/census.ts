/**
 * All topics and consumer groups in numbers, for the pages: taken when a page asks, once a second at
 * most, however many look. When nobody has looked for a while, what was learned is forgotten.
 *
 * @module
 */
import type { GroupView, PartitionView, StreamView, TopicView } from "../../catalog/views.ts";
import { topicLag } from "../../handlers/lag.ts";
import type { PartitionOwner } from "../../log/owner.ts";
import type { Broker } from "../../handlers/broker.ts";

/** A partition and how far it reaches. */
export interface PartitionFigures {
  readonly view: PartitionView;
  /** Of the oldest message; where the next one goes when there is none. */
  readonly firstOffset: number;
  /** After the last message. */
  readonly endOffset: number;
  readonly sizeBytes: number;
  readonly messagesCount: number;
  readonly segmentsCount: number;
}

/** A topic with what is in it. */
export interface TopicFigures {
  readonly stream: StreamView;
  readonly topic: TopicView;
  readonly partitions: readonly PartitionFigures[];
  readonly sizeBytes: number;
  readonly messagesCount: number;
  /** Messages per second, of the last seconds that somebody looked, oldest first. */
  readonly rates: readonly number[];
  readonly groups: readonly GroupFigures[];
}

/** A consumer group and how far it is behind. */
export interface GroupFigures {
  readonly stream: StreamView;
  readonly topic: TopicView;
  readonly group: GroupView;
  readonly members: readonly { readonly id: number; readonly partitions: readonly number[] }[];
  /** By partition. */
  readonly cells: readonly LagCell[];
  /** Messages that were not processed yet, over all partitions. */
  readonly lag: number;
  /** The same in the last seconds that somebody looked, oldest first. */
  readonly lags: readonly number[];
}

/** How far a group is in one partition. */
export interface LagCell {
  readonly partitionId: number;
  /** The last offset it said it processed. */
  readonly storedOffset?: number;
  readonly endOffset: number;
  readonly lag: number;
}

/** See the module comment. */
export class Census {
  readonly #broker: Broker;
  #takenAtMs = -Infinity;
  #current: Promise<readonly TopicFigures[]> = Promise.resolve([]);
  #trends = new Map<string, Trend>();

  constructor(broker: Broker) {
    this.#broker = broker;
  }

  /** The topics by stream and id. */
  topics(): Promise<readonly TopicFigures[]> {
    const nowMs = this.#broker.clock.monotonicMs();
    if (nowMs - this.#takenAtMs < AGE_MS_MAX) return this.#current;
    if (nowMs - this.#takenAtMs > MEMORY_MS_MAX) this.#trends = new Map();
    return this.topicsNow();
  }

  /** The same, counted at this moment. */
  topicsNow(): Promise<readonly TopicFigures[]> {
    this.#takenAtMs = this.#broker.clock.monotonicMs();
    return this.#current = this.#take(this.#takenAtMs);
  }

  async #take(nowMs: number): Promise<TopicFigures[]> {
    const trends = new Map<string, Trend>();
    const found: Promise<TopicFigures>[] = [];
    for (const stream of this.#broker.catalog.streams.values()) {
      for (const topic of stream.topics.values()) {
        found.push(this.#topic(stream, topic, nowMs, trends));
      }
    }
    const topics = await Promise.all(found);
    // What is gone has no trend any more.
    this.#trends = trends;
    return topics;
  }

  async #topic(
    stream: StreamView,
    topic: TopicView,
    nowMs: number,
    trends: Map<string, Trend>,
  ): Promise<TopicFigures> {
    const owner = this.#broker.partitions;
    const partitions = await Promise.all(topic.partitions.map(async (view) => {
      const figures = await owner.figures(topic, view);
      const { firstOffset, currentOffset, messagesCount } = figures;
      return { view, ...figures, endOffset: messagesCount === 0 ? firstOffset : currentOffset + 1 };
    }));
    const cellsOf = await groupCells(owner, topic);
    const trend = (key: string) => {
      const found = this.#trends.get(key) ?? { values: [], lastAtMs: nowMs, lastTotal: undefined };
      if (trends.size < TRENDS_MAX) trends.set(key, found);
      return found;
    };
    const rates = trend(`${stream.id}/${topic.id}/${topic.createdAt}`);
    const end = sum(partitions, (each) => each.endOffset);
    const seconds = (nowMs - rates.lastAtMs) / 1000;
    if (seconds > 0 && rates.lastTotal !== undefined) {
      remember(rates, Math.max(0, end - rates.lastTotal) / seconds);
    }
    rates.lastAtMs = nowMs;
    rates.lastTotal = end;
    const groups = Array.from(topic.groups.values(), (group) => {
      const cells = cellsOf(group);
      const lag = sum(cells, (cell) => cell.lag);
      const lags = trend(`${stream.id}/${topic.id}/${topic.createdAt}/${group.id}/${group.name}`);
      remember(lags, lag);
      const members = this.#broker.groups.members(group);
      return { stream, topic, group, members, cells, lag, lags: [...lags.values] };
    });
    return {
      stream,
      topic,
      partitions,
      sizeBytes: sum(partitions, (each) => each.sizeBytes),
      messagesCount: sum(partitions, (each) => each.messagesCount),
      rates: [...rates.values],
      groups,
    };
  }
}

/** The newest of some rates; 0 when there is none yet. */
export function latestRate({ rates }: TopicFigures): number {
  return rates.at(-1) ?? 0;
}

async function groupCells(
  owner: PartitionOwner,
  topic: TopicView,
): Promise<(group: GroupView) => LagCell[]> {
  if (topic.groups.size === 0) return () => [];
  const rows = await topicLag(owner, topic);
  return ({ id }) => rows.filter((row) => row.kind === "consumer_group" && row.id === id);
}

interface Trend {
  readonly values: number[];
  lastAtMs: number;
  lastTotal: number | undefined;
}

function remember({ values }: Trend, value: number): void {
  values.push(value);
  if (values.length > TREND_LENGTH) values.shift();
}

function sum<T>(things: readonly T[], figure: (thing: T) => number): number {
  return things.reduce((total, thing) => total + figure(thing), 0);
}

const AGE_MS_MAX = 900;
const MEMORY_MS_MAX = 60_000;
const TREND_LENGTH = 60;
const TRENDS_MAX = 4000;
