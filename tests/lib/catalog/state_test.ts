import { assert, assertEquals, assertThrows } from "@std/assert";
import type { Entry } from "../../../lib/catalog/entries.ts";
import { CatalogState } from "../../../lib/catalog/state.ts";
import { TOPIC_DEFAULTS } from "../../../lib/catalog/topic_settings.ts";
import { AT } from "./fixtures.ts";

function stateAfter(...entries: Entry[]): CatalogState {
  const state = new CatalogState();
  for (const [index, entry] of entries.entries()) state.apply(entry, index + 1);
  return state;
}

const STREAM: Entry = { kind: "stream_created", streamId: 0, name: "s", createdAt: AT };
const TOPIC: Entry = {
  kind: "topic_created",
  streamId: 0,
  topicId: 0,
  name: "t",
  createdAt: AT,
  partitionsCount: 2,
  settings: TOPIC_DEFAULTS,
  explicit: [],
};

function partitionsOf(state: CatalogState) {
  return state.streams.find(0)!.topics.find(0)!.partitions;
}

Deno.test("CatalogState.apply() gives partitions the number of the entry that made them", () => {
  const more: Entry = {
    kind: "partitions_created",
    streamId: 0,
    topicId: 0,
    count: 1,
    createdAt: AT,
  };
  const state = stateAfter(STREAM, TOPIC, more);
  assertEquals(partitionsOf(state).map(({ incarnation }) => incarnation), [2, 2, 3]);
});

Deno.test("CatalogState.apply() starts a new life of every partition at a purge", () => {
  const state = stateAfter(STREAM, TOPIC);
  const [before] = partitionsOf(state);
  before.storeOffset("consumer", 1, 10);
  state.apply({ kind: "stream_purged", streamId: 0 }, 9);
  const [after] = partitionsOf(state);
  assert(after !== before);
  assertEquals([after.id, after.createdAt, after.incarnation], [0, AT, 9]);
  assertEquals(after.storedOffset("consumer", 1), undefined);
});

Deno.test("CatalogState.apply() takes entries from before a setting was there", () => {
  const { deduplicationWindow: _, deduplicationMaxEntries: __, ...older } = TOPIC_DEFAULTS;
  const settings = { ...older, segmentSize: 2 ** 21 } as typeof TOPIC_DEFAULTS;
  const state = stateAfter(STREAM, { ...TOPIC, settings } as Entry);
  const topic = () => state.streams.find(0)!.topics.find(0)!.settings;
  assertEquals(topic(), { ...TOPIC_DEFAULTS, segmentSize: 2 ** 21 });
  const update = { kind: "topic_updated", streamId: 0, topicId: 0, name: "t", explicit: [] };
  state.apply({ ...update, settings: older } as unknown as Entry, 3);
  assertEquals(topic(), TOPIC_DEFAULTS);
});

Deno.test("CatalogState.apply() throws when an entry names what is missing", () => {
  assertThrows(() => stateAfter(TOPIC), Error, "stream 0, which is missing");
  const deleted: Entry = { kind: "group_deleted", streamId: 0, topicId: 0, groupId: 4 };
  assertThrows(() => stateAfter(STREAM, TOPIC, deleted), Error, "group 4, which is missing");
});

Deno.test("CatalogState.apply() throws on an entry of a later version", () => {
  const entry = { kind: "stream_painted" } as unknown as Entry;
  assertThrows(() => stateAfter(entry), Error, '"stream_painted" is unknown');
});
