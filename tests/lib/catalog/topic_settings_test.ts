import { assertEquals } from "@std/assert";
import {
  changeSettings,
  resolveSettings,
  TOPIC_DEFAULTS,
} from "../../../lib/catalog/topic_settings.ts";
import { NEVER_EXPIRES, UNLIMITED } from "../../../protocol/options.ts";
import { assertRefuses } from "./fixtures.ts";

Deno.test("resolveSettings() derives all that is not chosen", () => {
  const { settings, explicit } = resolveSettings({}, TOPIC_DEFAULTS, 1);
  assertEquals(settings, TOPIC_DEFAULTS);
  assertEquals(explicit, []);
});

Deno.test("resolveSettings() remembers what was chosen, even if it is the default", () => {
  const { settings, explicit } = resolveSettings(
    { durability: "persisted", messageExpiry: NEVER_EXPIRES },
    TOPIC_DEFAULTS,
    1,
  );
  assertEquals(settings.durability, "persisted");
  assertEquals(explicit, ["messageExpiry", "durability"]);
});

Deno.test("resolveSettings() takes 0 of a size, an expiry and the replication factor as not chosen", () => {
  const defaults = { ...TOPIC_DEFAULTS, messageExpiry: 60n, maxTopicSize: 2n ** 31n };
  const zeros = {
    messageExpiry: 0n,
    maxTopicSize: 0n,
    replicationFactor: 0,
    segmentSize: 0,
    sizeOfMessagesRequiredToSave: 0,
  };
  assertEquals(resolveSettings(zeros, defaults, 1), { settings: defaults, explicit: [] });
});

Deno.test("resolveSettings() refuses values out of range with 4042", () => {
  const outOfRange = [
    { segmentSize: 2 ** 20 - 512 },
    { segmentSize: 2 ** 30 + 512 },
    { segmentSize: 2 ** 20 + 1 },
    { messagesRequiredToSave: 0 },
    { messagesRequiredToSave: 2 ** 24 + 1 },
    { sizeOfMessagesRequiredToSave: 2 ** 30 + 1 },
  ];
  for (const options of outOfRange) {
    assertRefuses(4042, () => resolveSettings(options, TOPIC_DEFAULTS, 1));
  }
});

Deno.test("resolveSettings() refuses to preallocate more than 64 GiB with 4042", () => {
  const options = { preallocateSegments: true };
  assertEquals(resolveSettings(options, TOPIC_DEFAULTS, 64).settings.preallocateSegments, true);
  assertRefuses(4042, () => resolveSettings(options, TOPIC_DEFAULTS, 65));
});

Deno.test("resolveSettings() refuses a topic below its segment size with 1019", () => {
  const small = { maxTopicSize: 2n ** 20n };
  assertRefuses(1019, () => resolveSettings(small, TOPIC_DEFAULTS, 1));
  const fitting = { ...small, segmentSize: 2 ** 20 };
  assertEquals(resolveSettings(fitting, TOPIC_DEFAULTS, 1).settings.maxTopicSize, 2n ** 20n);
});

Deno.test("resolveSettings() takes the node's own topic size below the segment size", () => {
  const defaults = { ...TOPIC_DEFAULTS, maxTopicSize: 1n };
  assertEquals(resolveSettings({ maxTopicSize: 0n }, defaults, 1).settings.maxTopicSize, 1n);
});

Deno.test("changeSettings() keeps what is not named", () => {
  const created = resolveSettings({ messageExpiry: 5n, segmentSize: 2 ** 20 }, TOPIC_DEFAULTS, 1);
  const { settings, explicit } = changeSettings(
    created,
    { maxTopicSize: UNLIMITED },
    TOPIC_DEFAULTS,
  );
  assertEquals([settings.messageExpiry, settings.segmentSize], [5n, 2 ** 20]);
  assertEquals(explicit, ["messageExpiry", "maxTopicSize", "segmentSize"]);
});

Deno.test("changeSettings() goes back to the node's default for 0", () => {
  const created = resolveSettings({ messageExpiry: 5n }, TOPIC_DEFAULTS, 1);
  const { settings, explicit } = changeSettings(created, { messageExpiry: 0n }, TOPIC_DEFAULTS);
  assertEquals(settings.messageExpiry, NEVER_EXPIRES);
  assertEquals(explicit, []);
});

Deno.test("changeSettings() refuses what is fixed at creation with 4041", () => {
  const created = resolveSettings({}, TOPIC_DEFAULTS, 1);
  assertRefuses(4041, () => changeSettings(created, { segmentSize: 2 ** 20 }, TOPIC_DEFAULTS));
  assertRefuses(4041, () => changeSettings(created, { durability: "persisted" }, TOPIC_DEFAULTS));
});

Deno.test("changeSettings() refuses a topic below its segment size with 1019", () => {
  const created = resolveSettings({}, TOPIC_DEFAULTS, 1);
  assertRefuses(1019, () => changeSettings(created, { maxTopicSize: 5n }, TOPIC_DEFAULTS));
});

Deno.test("changeSettings() turns deduplication on and off, by at most a million ids", () => {
  const created = resolveSettings({}, TOPIC_DEFAULTS, 1);
  assertEquals(created.settings.deduplicationWindow, 0);
  const on = { deduplicationWindow: 60_000_000, deduplicationMaxEntries: 1_000_000 };
  const changed = changeSettings(created, on, TOPIC_DEFAULTS);
  assertEquals(changed.settings, { ...TOPIC_DEFAULTS, ...on });
  const off = { deduplicationWindow: 0, deduplicationMaxEntries: 0 };
  assertEquals(changeSettings(changed, off, TOPIC_DEFAULTS).settings, TOPIC_DEFAULTS);
  const tooMany = { deduplicationMaxEntries: 1_000_001 };
  assertRefuses(4042, () => changeSettings(created, tooMany, TOPIC_DEFAULTS));
  assertRefuses(4042, () => resolveSettings(tooMany, TOPIC_DEFAULTS, 1));
});
