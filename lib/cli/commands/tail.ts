/**
 * `whippet tail`: the messages of a topic as they come.
 *
 * @module
 */
import type { CommandContext } from "../command_context.ts";
import type { CommandDefinition } from "../definition.ts";
import { UsageError } from "../exit_codes.ts";
import {
  messageFacts,
  messageRow,
  PAYLOAD_FORMATS,
  type PayloadFormat,
  payloadText,
} from "../message_text.ts";
import { count, identifier, partitionId } from "../values.ts";
import type { ConsumeOptions } from "../../client/consume.ts";
import type { PollFrom } from "../../client/poll_options.ts";
import type { ReceivedMessage } from "../../client/polled.ts";
import { stringifyJson } from "../../http/json.ts";
import { TOPIC_ID_NOT_FOUND } from "../../../protocol/error_codes.ts";
import { IggyError } from "../../../protocol/errors.ts";
import type { Identifier } from "../../../protocol/primitives.ts";
import { parseMicros } from "../../../protocol/quantities.ts";
import { STREAM, TOPIC } from "./places.ts";

interface TailOptions {
  readonly from: string;
  readonly partition?: number;
  readonly group?: Identifier;
  readonly count?: number;
  readonly format: PayloadFormat;
  readonly headers?: true;
  readonly raw?: true;
  readonly json?: true;
  readonly exitAtEnd?: true;
}

export const TAIL: CommandDefinition = {
  name: "tail",
  about: "Follow a topic: print its messages as they come, until Ctrl-C",
  parameters: [STREAM, TOPIC],
  options: [
    {
      flags: "--from <start>",
      about: "end, first, an offset, how long ago (5m), or a time (2026-01-31T12:00:00Z)",
      fallback: "end",
    },
    { flags: "--partition <id>", about: "Only that one (default: all)", parse: partitionId },
    {
      flags: "--group <group>",
      about: "As a member of that consumer group, from its stored offsets on",
      parse: identifier,
    },
    { flags: "-c, --count <count>", about: "End after so many messages", parse: count },
    {
      flags: "--format <format>",
      about: "How payloads are shown",
      choices: PAYLOAD_FORMATS,
      fallback: "auto",
    },
    { flags: "--headers", about: "Show headers too" },
    { flags: "--raw", about: "Print payloads and nothing else" },
    { flags: "--json", about: "A line of JSON for each message, as --output ndjson" },
    { flags: "--exit-at-end", about: "End where there are no more messages" },
  ],
  examples: [
    { line: "tail orders events --from first --exit-at-end" },
    { line: "tail orders events --from first --partition 0 --count 2 --headers" },
    { line: "tail orders events --from 1h --count 1 --json" },
    { line: "tail orders events --group workers --count 1" },
  ],
  run: tail,
};

async function tail(
  context: CommandContext,
  [stream, topic]: [Identifier, Identifier],
  options: TailOptions,
): Promise<void> {
  const { signal, release } = context.interruption();
  try {
    const client = await context.client({ reconnect: {} });
    const place = { stream, topic, signal };
    if (options.group !== undefined) {
      if (options.partition !== undefined) {
        throw new UsageError("A group chooses its partitions itself: leave --partition out");
      }
      return await print(context, client.consume({ ...place, group: options.group }), options);
    }
    const start = startOf(options, context.ports.clock.nowMicros());
    const ends = await endsOf(client, stream, topic);
    const messages = client.consume(
      {
        ...place,
        ...start ?? { timestamp: context.ports.clock.nowMicros() },
        partitionId: options.partition,
        commit: "never",
      } satisfies ConsumeOptions,
    );
    const isPast = options.exitAtEnd ? pastOf(ends, options.partition) : undefined;
    if (isPast?.()) return;
    await print(context, messages, options, isPast);
  } finally {
    release();
  }
}

/** Prints until the count is reached, or `isPast` says that nothing more is to come. */
async function print(
  context: CommandContext,
  messages: AsyncIterable<ReceivedMessage>,
  options: TailOptions,
  isPast: (message?: ReceivedMessage) => boolean = () => false,
): Promise<void> {
  let left = options.count ?? Infinity;
  for await (const message of messages) {
    context.output.line(lineOf(context, message, options));
    if (--left <= 0 || isPast(message)) return;
  }
}

function lineOf(
  { output }: CommandContext,
  message: ReceivedMessage,
  { format, headers, raw, json }: TailOptions,
): string {
  if (json || output.isForPrograms) return stringifyJson(messageFacts(message, format));
  const text = payloadText(message.payload, format);
  if (raw) return text;
  const time = new Date(message.timestamp / 1000).toISOString().slice(11, 23);
  const place = `${message.partitionId}/${message.offset}`;
  const fields = headers ? messageRow.headers(message) : "";
  return [
    output.paint(time, "faint"),
    output.paint(place.padEnd(8), "key"),
    ...fields === "" ? [] : [output.paint(fields, "warning")],
    text,
  ].join(" ");
}

/** `undefined`: what comes from now on. */
function startOf({ from }: TailOptions, nowMicros: number): PollFrom | undefined {
  if (from === "end") return undefined;
  if (from === "first") return { from: "first" };
  if (/^\d+$/.test(from)) return { offset: Number(from) };
  const micros = parseMicros(from);
  if (micros !== undefined) return { timestamp: Math.max(0, nowMicros - micros) };
  const time = Date.parse(from);
  if (!Number.isNaN(time)) return { timestamp: time * 1000 };
  throw new UsageError(`--from takes end, first, an offset, 5m, or 2026-01-31T12:00Z, not ${from}`);
}

/** The last offset of each partition that holds messages now. */
async function endsOf(
  client: Awaited<ReturnType<CommandContext["client"]>>,
  stream: Identifier,
  topic: Identifier,
): Promise<Map<number, number>> {
  const found = await client.topics.find(stream, topic);
  if (found === undefined) {
    throw new IggyError(TOPIC_ID_NOT_FOUND, `Topic ${topic} of stream ${stream} does not exist`);
  }
  const filled = found.partitions.filter(({ messagesCount }) => messagesCount > 0);
  return new Map(filled.map(({ id, currentOffset }) => [id, currentOffset]));
}

/** Says whether all that was there has come, told of each message. */
function pastOf(ends: Map<number, number>, partition: number | undefined) {
  const open = new Set(
    [...ends.keys()].filter((id) => partition === undefined || id === partition),
  );
  return (message?: ReceivedMessage) => {
    if (message !== undefined && message.offset >= (ends.get(message.partitionId) ?? 0)) {
      open.delete(message.partitionId);
    }
    return open.size === 0;
  };
}
