import { assertEquals, assertNotEquals, assertRejects, assertThrows } from "@std/assert";
import { FrameWriter } from "../../../lib/catalog/frame.ts";
import { encodeState, readSnapshot, writeSnapshot } from "../../../lib/catalog/snapshot.ts";
import { CatalogState } from "../../../lib/catalog/state.ts";
import { resolveSettings, TOPIC_DEFAULTS } from "../../../lib/catalog/topic_settings.ts";
import { ALL_GLOBAL_PERMISSIONS } from "../../../protocol/permissions.ts";
import { AT, DIRECTORY, emptyDisk, killed, powerless } from "./fixtures.ts";

const PATH = `${DIRECTORY}/snapshot`;
const KEY = { streamId: 1, topicId: 0 };

/** A state with something of everything, and gaps in all numbers. */
function fullState(): CatalogState {
  const state = new CatalogState();
  const resolved = resolveSettings({ messageExpiry: 7n }, TOPIC_DEFAULTS, 2);
  const topic = { ...KEY, name: "t", createdAt: AT, partitionsCount: 2, ...resolved };
  const user = {
    userId: 0,
    name: "iggy",
    createdAt: AT,
    status: "active",
    passwordHash: "$",
  } as const;
  const permissions = { global: ALL_GLOBAL_PERMISSIONS, streams: new Map() };
  const offset = { ...KEY, partitionId: 1, consumerId: 9, offset: 2 ** 40 };
  const entries = [
    { kind: "stream_created", streamId: 0, name: "gone", createdAt: AT },
    { kind: "stream_created", streamId: 1, name: "s", createdAt: AT },
    { kind: "stream_deleted", streamId: 0 },
    { kind: "topic_created", ...topic },
    { kind: "group_created", ...KEY, groupId: 4, name: "g" },
    { kind: "offset_stored", ...offset, consumerKind: "consumer" },
    { kind: "offset_stored", ...offset, consumerKind: "consumer_group" },
    { kind: "user_created", ...user, permissions },
    { kind: "token_created", userId: 0, name: "token", hash: "h" },
  ] as const;
  for (const [index, entry] of entries.entries()) state.apply(entry, index + 1);
  return state;
}

Deno.test("readSnapshot() gives an empty state after entry 0 when there is none", async () => {
  const { state, sequence } = readSnapshot(await emptyDisk(), DIRECTORY);
  assertEquals([state.streams.size, state.users.size, sequence], [0, 0, 0]);
});

Deno.test("readSnapshot() takes a snapshot from before deduplication was there", async () => {
  const storage = await emptyDisk();
  const text = new TextDecoder().decode(encodeState(fullState()));
  const older = text.replace(/,"deduplicationWindow":\d+,"deduplicationMaxEntries":\d+/, "");
  assertNotEquals(older, text);
  await writeSnapshot(storage, DIRECTORY, new TextEncoder().encode(older), 9);
  assertEquals(encodeState(readSnapshot(storage, DIRECTORY).state), encodeState(fullState()));
});

Deno.test("readSnapshot() gives back all that writeSnapshot() was given", async () => {
  const storage = await emptyDisk();
  const bytes = encodeState(fullState());
  await writeSnapshot(storage, DIRECTORY, bytes, 2 ** 40);
  const { state, sequence } = readSnapshot(storage, DIRECTORY);
  assertEquals(sequence, 2 ** 40);
  assertEquals(encodeState(state), bytes);
  const topic = state.streams.find("s")!.topics.find("t")!;
  assertEquals([state.streams.nextId, topic.groups.nextId], [2, 5]);
  assertEquals(topic.settings.messageExpiry, 7n);
  assertEquals(topic.partitions[1].incarnation, 4);
  assertEquals(topic.partitions[1].storedOffset("consumer_group", 9), 2 ** 40);
  assertEquals(state.tokens.get("h")?.name, "token");
});

Deno.test("writeSnapshot() keeps the old one until the new one is whole, cut at every byte", async () => {
  const storage = await emptyDisk();
  await writeSnapshot(storage, DIRECTORY, encodeState(new CatalogState()), 1);
  const size = encodeState(fullState()).length + 24;
  for (let bytes = 1; bytes < size; bytes += 1) {
    const failing = powerless(storage);
    failing.bytesUntilPowerLoss = bytes;
    await assertRejects(() => writeSnapshot(failing, DIRECTORY, encodeState(fullState()), 2));
    const found = killed(failing);
    assertEquals(readSnapshot(found, DIRECTORY).sequence, 1);
  }
});

Deno.test("writeSnapshot() starts anew over what an earlier one left", async () => {
  const storage = await emptyDisk();
  storage.writeFile(`${PATH}.new`, new Uint8Array(5000));
  await writeSnapshot(storage, DIRECTORY, encodeState(fullState()), 3);
  assertEquals(readSnapshot(storage, DIRECTORY).sequence, 3);
  assertEquals(storage.paths(), [PATH]);
});

Deno.test("readSnapshot() refuses damage at every byte", async () => {
  const storage = await emptyDisk();
  await writeSnapshot(storage, DIRECTORY, encodeState(fullState()), 3);
  const size = storage.readFile(PATH)!.length;
  for (let at = 0; at < size; at++) {
    storage.corrupt(PATH, (bytes) => bytes[at] ^= 0x10);
    assertThrows(() => readSnapshot(storage, DIRECTORY), Error, "is damaged");
    storage.corrupt(PATH, (bytes) => bytes[at] ^= 0x10);
  }
});

Deno.test("readSnapshot() refuses a format it does not know", async () => {
  const storage = await emptyDisk();
  storage.writeFile(PATH, new FrameWriter().frame(3, 3, Uint8Array.of(2)).slice());
  assertThrows(() => readSnapshot(storage, DIRECTORY), Error, "format 2, this version reads 1");
});
