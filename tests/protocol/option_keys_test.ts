import { assertEquals } from "@std/assert";
import { ENFORCE_FSYNC, topicOptionKeys } from "../../protocol/option_keys.ts";
import { NEVER_EXPIRES } from "../../protocol/options.ts";
import type { HeaderField } from "../../protocol/user_headers.ts";

Deno.test("topicOptionKeys() are sorted by key, with whippet's own behind Iggy's", () => {
  const keys = topicOptionKeys().map(({ key }) => key);
  const iggys = keys.slice(0, -2);
  assertEquals(iggys, iggys.toSorted());
  assertEquals(keys.slice(-2), ["deduplication_window", "deduplication_max_entries"]);
});

Deno.test("Option values are read in every form of VSR.md section 7.1", () => {
  const forms: [key: string, field: HeaderField, value: unknown][] = [
    ["compression_algorithm", text("GZIP"), "gzip"],
    ["compression_algorithm", { kind: "uint8", value: 1 }, "none"],
    ["compression_algorithm", { kind: "uint8", value: 2 }, "gzip"],
    ["compression_algorithm", { kind: "uint8", value: 0 }, undefined],
    ["message_expiry", { kind: "uint64", value: 0n }, 0n],
    ["message_expiry", text("1h 30m"), 5_400_000_000n],
    ["message_expiry", text("never_expire"), NEVER_EXPIRES],
    ["message_expiry", text("server_default"), 0n],
    ["message_expiry", text("4294967295 s"), 4_294_967_295_000_000n],
    ["message_expiry", text("4294967296 s"), undefined],
    ["max_topic_size", text("unlimited"), NEVER_EXPIRES],
    ["max_topic_size", text("2 GB"), 2_000_000_000n],
    ["max_topic_size", text("lots"), undefined],
    ["max_topic_size", { kind: "int64", value: 1n }, undefined],
    ["segment_size", text("1 GiB"), 2 ** 30],
    ["segment_size", text("unlimited"), undefined],
    ["durability", text("PERSISTED"), "persisted"],
    ["consumer_offset_durability", text("Replicated"), "replicated"],
    ["messages_required_to_save", { kind: "uint32", value: 5 }, 5],
    ["messages_required_to_save", text("1024"), 1024],
    ["messages_required_to_save", text("-1"), undefined],
    ["messages_required_to_save", { kind: "uint64", value: 5n }, undefined],
    ["preallocate_segments", { kind: "bool", value: false }, false],
    ["preallocate_segments", text("true"), true],
    ["preallocate_segments", text("1"), undefined],
    ["deduplication_window", text("1 m"), 60_000_000],
    ["deduplication_window", { kind: "uint64", value: 0n }, 0],
    ["deduplication_window", { kind: "uint64", value: NEVER_EXPIRES }, undefined],
    ["deduplication_window", text("soon"), undefined],
    ["deduplication_max_entries", text("500"), 500],
    ["enforce_fsync", text("false"), "replicated"],
    ["enforce_fsync", { kind: "uint8", value: 1 }, undefined],
  ];
  const rows = new Map([...topicOptionKeys(), ENFORCE_FSYNC].map((row) => [row.key, row]));
  for (const [key, field, value] of forms) {
    assertEquals(rows.get(key)!.type.read(field), value, `${key} = ${field.value}`);
  }
});

Deno.test("Option values are read back from their canonical kind", () => {
  for (const { type } of [...topicOptionKeys(), ENFORCE_FSYNC]) {
    const sample = SAMPLES[type.kind];
    if (sample === undefined) continue;
    const value = type.read(sample);
    if (value === undefined) continue;
    assertEquals(type.write(value), sample);
  }
});

const SAMPLES: Partial<Record<HeaderField["kind"], HeaderField>> = {
  bool: { kind: "bool", value: true },
  string: text("persisted"),
  uint32: { kind: "uint32", value: 7 },
  uint64: { kind: "uint64", value: 7n },
};

function text(value: string): HeaderField {
  return { kind: "string", value };
}
