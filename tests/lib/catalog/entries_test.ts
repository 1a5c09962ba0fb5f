import { assertEquals, assertThrows } from "@std/assert";
import { decodeEntry, encodeEntry, type Entry } from "../../../lib/catalog/entries.ts";
import { TOPIC_DEFAULTS } from "../../../lib/catalog/topic_settings.ts";
import { ALL_GLOBAL_PERMISSIONS } from "../../../protocol/permissions.ts";
import { WireWriter } from "../../../protocol/wire.ts";
import { AT } from "./fixtures.ts";

const OFFSET_KEY = {
  streamId: 1,
  topicId: 2,
  partitionId: 3,
  consumerKind: "consumer_group",
  consumerId: 0xffff_ffff,
} as const;

const ENTRIES: Entry[] = [
  { kind: "stream_created", streamId: 0, name: 'a "ü"\n', createdAt: AT },
  {
    kind: "topic_created",
    streamId: 0,
    topicId: 1,
    name: "t",
    createdAt: AT,
    partitionsCount: 3,
    settings: TOPIC_DEFAULTS,
    explicit: ["durability"],
  },
  { kind: "offset_stored", ...OFFSET_KEY, offset: 2 ** 45 },
  { kind: "offset_stored", ...OFFSET_KEY, consumerKind: "consumer", offset: 0 },
  { kind: "offset_deleted", ...OFFSET_KEY },
  {
    kind: "user_created",
    userId: 1,
    name: "u",
    createdAt: AT,
    status: "inactive",
    passwordHash: "$argon2id$",
    permissions: { global: ALL_GLOBAL_PERMISSIONS, streams: new Map() },
  },
];

Deno.test("decodeEntry() gives back every form of entry", () => {
  const writer = new WireWriter();
  for (const entry of ENTRIES) {
    const bytes = encodeEntry(entry, writer).slice();
    assertEquals(decodeEntry(bytes), entry);
  }
});

Deno.test("encodeEntry() spends 26 bytes on a stored offset", () => {
  assertEquals(encodeEntry(ENTRIES[2], new WireWriter()).length, 26);
});

Deno.test("decodeEntry() refuses a form it does not know", () => {
  assertThrows(() => decodeEntry(Uint8Array.of(9)), Error, "form 9");
});
