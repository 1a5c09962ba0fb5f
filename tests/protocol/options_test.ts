import { assertEquals, assertThrows } from "@std/assert";
import type { Codec } from "../../protocol/command.ts";
import {
  INVALID_OPTION_VALUE,
  OPTIONS_BLOCK_TOO_LARGE,
  UNSUPPORTED_OPTION_KEY,
} from "../../protocol/error_codes.ts";
import { IggyError } from "../../protocol/errors.ts";
import {
  CLASSIC_TOPIC_OPTIONS,
  COMPRESSION_ALGORITHM,
  describeTopicOptions,
  NEVER_EXPIRES,
  NO_OPTIONS,
  NO_SHOWN_OPTIONS,
  SHOWN_TOPIC_OPTIONS,
  TOPIC_OPTIONS,
  type TopicOptions,
  UNLIMITED,
} from "../../protocol/options.ts";
import { encodeUserHeaders, type HeaderField } from "../../protocol/user_headers.ts";
import { xxh3_64 } from "../../protocol/xxhash.ts";
import { assertCodecLaws, decoded, encoded, hex } from "../support/codec_laws.ts";

const ALL_VSR: TopicOptions = {
  compressionAlgorithm: "gzip",
  consumerOffsetDurability: "persisted",
  durability: "replicated",
  maxTopicSize: UNLIMITED,
  messageExpiry: NEVER_EXPIRES,
  messagesRequiredToSave: 16_777_216,
  preallocateSegments: true,
  deduplicationWindow: 60_000_000,
  deduplicationMaxEntries: 500,
  segmentSize: 2 ** 20,
  sizeOfMessagesRequiredToSave: 0,
};

Deno.test("Options blocks obey the laws of codecs", () => {
  const codecs: [Codec<TopicOptions>, TopicOptions][] = [
    [TOPIC_OPTIONS, ALL_VSR],
    [TOPIC_OPTIONS, {}],
    [SHOWN_TOPIC_OPTIONS, ALL_VSR],
    [CLASSIC_TOPIC_OPTIONS, {
      compressionAlgorithm: "none",
      messageExpiry: 1n,
      maxTopicSize: 0n,
      replicationFactor: 255,
    }],
  ];
  for (const [codec, options] of codecs) assertCodecLaws(codec, options);
});

Deno.test("TOPIC_OPTIONS.decode() reads the test vector of VSR.md section 7.1", () => {
  const bytes = encodeUserHeaders(headers([
    ["preallocate_segments", { kind: "bool", value: true }],
    ["segment_size", { kind: "uint64", value: 2n ** 30n }],
    ["durability", { kind: "string", value: "persisted" }],
  ]));
  assertEquals(bytes.length, 90);
  assertEquals(xxh3_64(bytes), 0xafdc81024a1cf032n);
  assertEquals(decoded(TOPIC_OPTIONS, bytes), {
    preallocateSegments: true,
    segmentSize: 2 ** 30,
    durability: "persisted",
  });
});

Deno.test("TOPIC_OPTIONS.encode() sorts by key, whatever the order they were chosen in", () => {
  assertEquals(
    encoded(TOPIC_OPTIONS, { segmentSize: 512, durability: "persisted" }),
    encodeUserHeaders(headers([
      ["durability", { kind: "string", value: "persisted" }],
      ["segment_size", { kind: "uint64", value: 512n }],
    ])),
  );
});

Deno.test("TOPIC_OPTIONS.decode() takes enforce_fsync for a durability, which itself wins", () => {
  const fsync: Entry = ["enforce_fsync", { kind: "bool", value: true }];
  const durability: Entry = ["durability", { kind: "string", value: "Replicated" }];
  assertEquals(requested(fsync), { durability: "persisted" });
  assertEquals(requested(fsync, durability), { durability: "replicated" });
  assertEquals(requested(durability, fsync), { durability: "replicated" });
});

Deno.test("TOPIC_OPTIONS.decode() refuses an unknown key with UnsupportedOptionKey", () => {
  const error = assertThrows(
    () => requested(["colour", { kind: "string", value: "red" }]),
    IggyError,
    "Option colour does not exist here",
  );
  assertEquals(error.code, UNSUPPORTED_OPTION_KEY);
});

Deno.test("TOPIC_OPTIONS.decode() refuses a bad value with InvalidOptionValue", () => {
  const entries: Entry[][] = [
    [["durability", { kind: "string", value: "sometimes" }]],
    [["durability", { kind: "bool", value: true }]],
    [["segment_size", { kind: "uint32", value: 512 }]],
    [["segment_size", { kind: "uint64", value: 2n ** 53n }]],
    [["segment_size", { kind: "string", value: "1 parsec" }]],
    [["durability", { kind: "string", value: "replicated" }], [
      "durability",
      { kind: "string", value: "replicated" },
    ]],
  ];
  for (const entry of entries) {
    assertEquals(assertThrows(() => requested(...entry), IggyError).code, INVALID_OPTION_VALUE);
  }
});

Deno.test("TOPIC_OPTIONS.decode() refuses a block that is none with InvalidOptionValue", () => {
  for (const block of ["02", "03 01000000 01 02 01000000 61", "02 00000000", "63 01000000 61"]) {
    const error = assertThrows(() => decoded(TOPIC_OPTIONS, hex(block)), IggyError);
    assertEquals(error.code, INVALID_OPTION_VALUE);
  }
});

Deno.test("TOPIC_OPTIONS.decode() refuses too large a block with OptionsBlockTooLarge", () => {
  const entry = hex("02 01000000 61 09 01000000 01");
  const many = new Uint8Array(1025 * entry.length);
  for (let at = 0; at < many.length; at += entry.length) many.set(entry, at);
  for (const block of [new Uint8Array(100_001), many]) {
    const error = assertThrows(() => decoded(TOPIC_OPTIONS, block), IggyError);
    assertEquals(error.code, OPTIONS_BLOCK_TOO_LARGE);
  }
});

Deno.test("SHOWN_TOPIC_OPTIONS.decode() keeps what only the server knows", () => {
  const entries: Entry[] = [
    ["colour", { kind: "string", value: "red" }],
    ["durability", { kind: "string", value: "eventually" }],
    ["enforce_fsync", { kind: "bool", value: false }],
    ["segment_size", { kind: "uint64", value: 512n }],
  ];
  const block = encodeUserHeaders(headers(entries));
  const bytes = Uint8Array.from([block.length, 0, 0, 0, ...block]);
  const shown = decoded(SHOWN_TOPIC_OPTIONS, bytes);
  assertEquals(shown, {
    segmentSize: 512,
    others: entries.slice(0, 3).map(([key, value]) => ({ key, value })),
  });
  assertEquals(encoded(SHOWN_TOPIC_OPTIONS, shown), bytes);
});

Deno.test("An option that a protocol does not have is refused when written into a request", () => {
  const cases: [Codec<TopicOptions>, TopicOptions][] = [
    [CLASSIC_TOPIC_OPTIONS, { segmentSize: 512 }],
    [TOPIC_OPTIONS, { replicationFactor: 1 }],
  ];
  for (const [codec, options] of cases) {
    const error = assertThrows(() => encoded(codec, options), IggyError, "does not exist in the");
    assertEquals(error.code, UNSUPPORTED_OPTION_KEY);
  }
  assertEquals(encoded(SHOWN_TOPIC_OPTIONS, { replicationFactor: 1 }), hex("00000000"));
});

Deno.test("NO_OPTIONS.decode() refuses every key, and takes none for nothing", () => {
  assertEquals(decoded(NO_OPTIONS, new Uint8Array()), undefined);
  const block = encodeUserHeaders(headers([["durability", { kind: "string", value: "x" }]]));
  assertEquals(
    assertThrows(() => decoded(NO_OPTIONS, block), IggyError).code,
    UNSUPPORTED_OPTION_KEY,
  );
});

Deno.test("NO_SHOWN_OPTIONS is four zero bytes", () => {
  assertEquals(encoded(NO_SHOWN_OPTIONS, undefined), hex("00000000"));
});

Deno.test("COMPRESSION_ALGORITHM is 1 for none and 2 for gzip", () => {
  assertEquals(encoded(COMPRESSION_ALGORITHM, "none"), hex("01"));
  assertEquals(decoded(COMPRESSION_ALGORITHM, hex("02")), "gzip");
});

Deno.test("describeTopicOptions() lists Iggy's nine keys, then whippet's own, with the values of a new topic", () => {
  const described = describeTopicOptions({ ...ALL_VSR, replicationFactor: 1 } as Required<
    TopicOptions
  >);
  assertEquals(described.map(({ key, defaultValue }) => [key, defaultValue.kind]), [
    ["compression_algorithm", "string"],
    ["consumer_offset_durability", "string"],
    ["durability", "string"],
    ["max_topic_size", "uint64"],
    ["message_expiry", "uint64"],
    ["messages_required_to_save", "uint32"],
    ["preallocate_segments", "bool"],
    ["segment_size", "uint64"],
    ["size_of_messages_required_to_save", "uint64"],
    ["deduplication_window", "uint64"],
    ["deduplication_max_entries", "uint32"],
  ]);
  assertEquals(described[7].defaultValue.value, 2n ** 20n);
});

type Entry = [key: string, value: HeaderField];

function requested(...entries: Entry[]): TopicOptions {
  return decoded(TOPIC_OPTIONS, encodeUserHeaders(headers(entries)));
}

function headers(entries: readonly Entry[]) {
  return entries.map(([key, value]) => ({ key: { kind: "string", value: key } as const, value }));
}
