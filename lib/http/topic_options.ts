/**
 * Options of topics as HTTP writes them: a map of texts (HTTP.md section 4), with the keys and the
 * forms of values that the binary protocol has (`protocol/option_keys.ts`).
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import { INVALID_OPTION_VALUE, UNSUPPORTED_OPTION_KEY } from "../../protocol/error_codes.ts";
import { IggyError } from "../../protocol/errors.ts";
import {
  SHOWN_TOPIC_OPTIONS,
  type ShownTopicOptions,
  TOPIC_OPTIONS,
  type TopicOptions,
} from "../../protocol/options.ts";
import type { OptionDescription } from "../../protocol/system.ts";
import { decodeUserHeaders, encodeUserHeaders, HEADER_FIELD } from "../../protocol/user_headers.ts";
import { WireReader, WireWriter } from "../../protocol/wire.ts";

/** Options of a request: `{"segment_size": "64 MiB"}`. */
export const OPTION_TEXTS = z.record(z.string(), z.string()).nullish()
  .describe("By the keys of `GET /options/topic`");

/** Options of an answer. */
export const SHOWN_OPTIONS = z.record(
  z.string(),
  z.object({
    value: z.string(),
    explicit: z.boolean().describe("Whether a client chose it, or the node"),
  }),
);

type OptionTexts = z.output<typeof OPTION_TEXTS>;

/**
 * What a request chose.
 *
 * @throws {IggyError} 4041 for a key nobody knows, 4042 for a value that cannot be.
 */
export function chosenOptions(texts: OptionTexts): TopicOptions {
  const entries = Object.entries(texts ?? {});
  const block = encodeUserHeaders(entries.map(([key, value]) => {
    checkLength(key, UNSUPPORTED_OPTION_KEY);
    checkLength(value, INVALID_OPTION_VALUE);
    return { key: { kind: "string", value: key }, value: { kind: "string", value } };
  }));
  return TOPIC_OPTIONS.decode(new WireReader(block));
}

/** Refuses any option of what has none: a stream, a user. */
export function refuseOptions(texts: OptionTexts): void {
  for (const key of Object.keys(texts ?? {})) {
    throw new IggyError(UNSUPPORTED_OPTION_KEY, `Unsupported option key: ${key}`);
  }
}

/** All options of a topic, sorted by key. */
export function shownOptions(
  explicitOptions: ShownTopicOptions,
  derivedOptions: ShownTopicOptions,
): z.input<typeof SHOWN_OPTIONS> {
  const entries = [...shown(explicitOptions, true), ...shown(derivedOptions, false)];
  return Object.fromEntries(entries.sort(([a], [b]) => a < b ? -1 : 1));
}

/** What `GET /options/{scope}` says of one key. */
export const OPTION_SPEC = z.object({
  key: z.string(),
  kind: z.string(),
  default_value: z.array(z.int().min(0).max(255)).describe("The value's bytes, little-endian"),
  description: z.string(),
}).openapi("OptionSpec");

export function optionSpec(
  { key, defaultValue, description }: OptionDescription,
): z.input<typeof OPTION_SPEC> {
  const writer = new WireWriter();
  HEADER_FIELD.encode(writer, defaultValue);
  const value = writer.written.subarray(FIELD_HEAD_BYTES);
  return { key, kind: defaultValue.kind, default_value: [...value], description };
}

type ShownEntry = [key: string, shown: { value: string; explicit: boolean }];

function* shown(options: ShownTopicOptions, explicit: boolean): Generator<ShownEntry> {
  const writer = new WireWriter();
  SHOWN_TOPIC_OPTIONS.encode(writer, options);
  for (const { key, value } of decodeUserHeaders(writer.written.subarray(BLOCK_HEAD_BYTES))) {
    yield [String(key.value), { value: String(value.value), explicit }];
    if (key.value === "durability") {
      // What 0.9 calls it; its clients look for this name.
      const enforced = String(value.value === "persisted");
      yield ["enforce_fsync", { value: enforced, explicit }];
    }
  }
}

/** An options block carries texts of 1 to 255 bytes (VSR.md section 7.1). */
function checkLength(text: string, code: number): void {
  const length = new TextEncoder().encode(text).length;
  if (length < 1 || length > 255) {
    throw new IggyError(code, `Option text of ${length} bytes is not 1 to 255 bytes`);
  }
}

/** `u32 length`. */
const BLOCK_HEAD_BYTES = 4;

/** `u8 kind, u32 length`. */
const FIELD_HEAD_BYTES = 5;
