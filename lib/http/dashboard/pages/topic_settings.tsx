/**
 * How a topic keeps its messages, as a form and in words.
 *
 * @module
 */
import { NEVER_EXPIRES, UNLIMITED } from "../../../../protocol/options.ts";
import type { TopicSettings } from "../../../catalog/topic_settings.ts";
import { bytes, duration } from "../format.ts";
import { Choice } from "../parts/forms.tsx";

/** Fields of a topic's body; `settings` are those in force. */
export function TopicSettingsFields({ settings }: { readonly settings?: TopicSettings }) {
  const expiry = settings?.messageExpiry ?? 0n;
  const size = settings?.maxTopicSize ?? 0n;
  return (
    <>
      <Choice
        name="message_expiry"
        label="Keep messages for"
        kind="integer"
        value={String(expiry)}
        options={withCurrent(EXPIRIES, expiry, keptFor)}
      />
      <Choice
        name="max_topic_size"
        label="Keep at most"
        kind="integer"
        value={String(size)}
        options={withCurrent(SIZES, size, keptSize)}
      />
      <Choice
        name="compression_algorithm"
        label="Compression"
        value={settings?.compressionAlgorithm ?? "none"}
        options={[["none", "None"], ["gzip", "gzip, by clients"]]}
      />
    </>
  );
}

/** `for ever`, `6 d 4 h`. */
export function keptFor(micros: bigint): string {
  return micros === NEVER_EXPIRES ? "for ever" : duration(Number(micros) / 1000);
}

/** `no limit`, `10 GB`. */
export function keptSize(size: bigint): string {
  return size === UNLIMITED ? "no limit" : bytes(Number(size));
}

type Options = readonly (readonly [value: string, label: string])[];

function withCurrent(options: Options, value: bigint, label: (value: bigint) => string): Options {
  if (options.some(([each]) => each === String(value))) return options;
  return [...options, [String(value), label(value)]];
}

const HOUR = 3_600_000_000n;

const EXPIRIES: Options = [
  ["0", "The node's default"],
  [String(NEVER_EXPIRES), "Ever"],
  [String(HOUR), "1 hour"],
  [String(24n * HOUR), "1 day"],
  [String(7n * 24n * HOUR), "7 days"],
  [String(30n * 24n * HOUR), "30 days"],
];

const SIZES: Options = [
  ["0", "The node's default"],
  [String(UNLIMITED), "No limit"],
  ["1000000000", "1 GB"],
  ["10000000000", "10 GB"],
  ["100000000000", "100 GB"],
];
