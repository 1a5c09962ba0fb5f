/**
 * Who reads and from where, as a caller says it.
 *
 * @module
 */
import type { Consumer, Identifier, PollingStrategy } from "../../protocol/primitives.ts";

/** Who reads. Stored offsets belong to it. Consumer 0 when nothing is said. */
export interface ConsumerOptions {
  /** A consumer of its own: a number or a name. */
  readonly consumer?: Identifier;
  /** A consumer group of the topic, which this client has joined. */
  readonly group?: Identifier;
}

/** Where a poll starts: one of the three, or nothing for `from: "next"`. */
export interface PollFrom {
  readonly offset?: number;
  /** Micros since the Unix epoch: the first message appended then or later. */
  readonly timestamp?: number;
  /**
   * `first`: the oldest message; `last`: the newest ones; `next`: behind the stored offset of the
   * consumer, or the oldest message when none is stored.
   */
  readonly from?: "first" | "last" | "next";
}

/** The consumer. Throws a `TypeError` when two are named. */
export function consumerOf({ consumer, group }: ConsumerOptions): Consumer {
  if (group === undefined) return { kind: "consumer", id: consumer ?? 0 };
  if (consumer === undefined) return { kind: "consumer_group", id: group };
  throw new TypeError(`Give consumer ${consumer} or group ${group}, not both`);
}

/** The strategy. Throws a `TypeError` when there are two. */
export function strategyOf({ offset, timestamp, from }: PollFrom): PollingStrategy {
  if ([offset, timestamp, from].filter((start) => start !== undefined).length > 1) {
    throw new TypeError("Give one start of a poll: offset, timestamp or from");
  }
  if (offset !== undefined) return { kind: "offset", value: offset };
  if (timestamp !== undefined) return { kind: "timestamp", value: timestamp };
  return { kind: from ?? "next", value: 0 };
}
