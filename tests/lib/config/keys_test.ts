import { assert, assertEquals } from "@std/assert";
import { type KeyPath, KEYS, LIMIT_KEYS } from "../../../lib/config/keys.ts";
import type { ValueType } from "../../../lib/config/values.ts";
import { type LimitName, limits } from "../../../lib/limits.ts";

Deno.test("KEYS: every type reads back the built-in value it writes", () => {
  for (const [path, { type, initial }] of Object.entries(KEYS)) {
    const { read, write } = type as ValueType<unknown>;
    assertEquals(read(JSON.parse(write(initial))), initial, path);
  }
});

Deno.test("KEYS: a meaning is a phrase without a full stop", () => {
  for (const [path, { meaning }] of Object.entries(KEYS)) {
    assert(/^[A-Z].*[^.]$/.test(meaning), `${path}: ${meaning}`);
  }
});

Deno.test("KEYS: the built-in values are those of Iggy 0.9, and of 0.8 where 0.9 has none", () => {
  const expected: Partial<Record<KeyPath, unknown>> = {
    "tcp.address": { hostname: "127.0.0.1", port: 8090 },
    "websocket.address": { hostname: "127.0.0.1", port: 8092 },
    "http.address": { hostname: "127.0.0.1", port: 3000 },
    "system.path": "local_data",
    "system.runtime.path": "runtime",
    "heartbeat.enabled": true,
    "heartbeat.interval": 30_000,
    "consumer_group.rebalancing_timeout": 30_000,
    "personal_access_token.max_tokens_per_user": 100,
    "personal_access_token.cleaner.enabled": true,
    "personal_access_token.cleaner.interval": 60_000,
    "data_maintenance.messages.cleaner_enabled": true,
    "data_maintenance.messages.interval": 60_000,
    "message_saver.interval": 30_000,
    "system.partition.messages_required_to_save": 1024,
    "system.segment.size": 1_073_741_824,
  };
  for (const [path, value] of Object.entries(expected)) {
    assertEquals(KEYS[path as KeyPath].initial, value, path);
  }
});

Deno.test("LIMIT_KEYS: the built-in value of a key is the bound it changes", () => {
  for (const [limit, path] of Object.entries(LIMIT_KEYS)) {
    assertEquals(KEYS[path].initial, limits[limit as LimitName], path);
  }
});

Deno.test("LIMIT_KEYS: every key of [limits] changes a bound", () => {
  const changing = new Set<string>(Object.values(LIMIT_KEYS));
  const idle = Object.keys(KEYS).filter((path) =>
    path.startsWith("limits.") && !changing.has(path)
  );
  assertEquals(idle, []);
});
