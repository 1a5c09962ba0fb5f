/**
 * `whippet message`.
 *
 * @module
 */
import type { CommandContext } from "../command_context.ts";
import type { CommandGroup } from "../definition.ts";
import { UsageError } from "../exit_codes.ts";
import { linesOf, textOf } from "../input_lines.ts";
import { messageFacts, messageRow, payloadText } from "../message_text.ts";
import { timeText } from "../output.ts";
import { CommandError } from "../ports.ts";
import { count, headers, identifier, offset, partitionId } from "../values.ts";
import type { SendTarget } from "../../client/messages.ts";
import type { PollFrom } from "../../client/poll_options.ts";
import type { Identifier } from "../../../protocol/primitives.ts";
import type { HeaderField } from "../../../protocol/user_headers.ts";
import { PARTITION, STREAM, TOPIC } from "./places.ts";

interface SendOptions {
  readonly partitionId?: number;
  readonly messageKey?: string;
  readonly headers?: readonly Readonly<Record<string, HeaderField>>[];
  readonly inputFile?: string;
}

interface PollOptions {
  readonly offset?: number;
  readonly first?: true;
  readonly last?: true;
  readonly next?: true;
  readonly timestamp?: number;
  readonly messageCount: number;
  readonly autoCommit?: true;
  readonly consumer?: Identifier;
  readonly showHeaders?: true;
  readonly outputFile?: string;
}

export const MESSAGES: CommandGroup = {
  name: "message",
  aliases: ["m"],
  about: "Send, poll and flush messages",
  commands: [
    {
      name: "send",
      aliases: ["s"],
      about: "Send messages",
      parameters: [STREAM, TOPIC, {
        flags: "[messages...]",
        about: "The payloads; without any, each line of the standard input is one",
      }],
      options: [
        { flags: "-p, --partition-id <id>", about: "The partition to send to", parse: partitionId },
        {
          flags: "-m, --message-key <key>",
          about: "Messages of the same key go to the same partition",
        },
        {
          flags: "-H, --headers <key:kind:value,...>",
          about: "Headers of each message",
          parse: headers,
          repeats: true,
        },
        { flags: "--input-file <file>", about: "Send what --output-file of poll has written" },
      ],
      examples: [
        { line: "message send orders events hello" },
        { line: "message send -p 0 -H source:string:web orders events hello again" },
        { line: "message send -m customer-17 orders events", input: "one\ntwo\n" },
      ],
      run: send,
    },
    {
      name: "poll",
      aliases: ["p"],
      about: "Poll messages of a partition",
      parameters: [STREAM, TOPIC, PARTITION],
      options: [
        { flags: "-o, --offset <offset>", about: "From an offset on", parse: offset },
        { flags: "-f, --first", about: "From the first message on" },
        { flags: "-l, --last", about: "The last messages" },
        { flags: "-n, --next", about: "From behind the stored offset of the consumer on" },
        {
          flags: "--timestamp <micros>",
          about: "From the first message that was appended then or later, micros since 1970",
          parse: offset,
        },
        { flags: "-m, --message-count <count>", about: "At most", parse: count, fallback: 1 },
        { flags: "-a, --auto-commit", about: "Store the offset of the last one" },
        {
          flags: "-c, --consumer <consumer>",
          about: "Who reads, by number or name (default: 0)",
          parse: identifier,
        },
        { flags: "-s, --show-headers", about: "Show the headers" },
        { flags: "--output-file <file>", about: "Write the messages there, in lines of JSON" },
      ],
      examples: [
        { line: "message poll -f -m 10 orders events 0" },
        { line: "message poll --offset 1 --show-headers orders events 0" },
        { line: "--output ndjson message poll -l -m 2 orders events 0" },
      ],
      run: poll,
    },
    {
      name: "flush",
      aliases: ["f"],
      about: "Make the node write what it holds of a partition",
      parameters: [STREAM, TOPIC, PARTITION],
      options: [{ flags: "-f, --fsync", about: "Wait until it is on stable storage" }],
      examples: [{ line: "message flush orders events 0 --fsync" }],
      async run(
        context: CommandContext,
        [stream, topic, partition]: [Identifier, Identifier, number],
        { fsync = false }: { fsync?: boolean },
      ) {
        await (await context.client()).messages.flush(stream, topic, partition, { fsync });
        context.output.done(`Partition ${partition} flushed`, { flushed: partition });
      },
    },
  ],
};

async function send(
  context: CommandContext,
  [stream, topic, texts]: [Identifier, Identifier, string[]],
  { partitionId, messageKey, headers = [], inputFile }: SendOptions,
): Promise<void> {
  if (partitionId !== undefined && messageKey !== undefined) {
    throw new UsageError("Give --partition-id or --message-key, not both");
  }
  const { ports, output } = context;
  const target: SendTarget = { partitionId, key: messageKey };
  const own = headers.length === 0 ? undefined : Object.assign({}, ...headers);
  const payloads: (string | Uint8Array)[] = texts ?? [];
  if (inputFile !== undefined) payloads.push(...await savedPayloads(context, inputFile));
  if (payloads.length === 0) {
    for await (const line of linesOf(ports.openInput()!)) payloads.push(textOf(line));
  }
  const messages = payloads.filter((payload) => payload.length > 0)
    .map((payload) => ({ payload, headers: own }));
  if (messages.length === 0) {
    throw new UsageError("There is nothing to send: write messages behind the topic");
  }
  const client = await context.client();
  const sent = await client.messages.send(stream, topic, messages, target);
  const what = messages.length === 1 ? "1 message" : `${messages.length} messages`;
  output.done(`${what} sent to topic ${topic}`, { sent: messages.length, ...sent });
}

async function savedPayloads({ ports }: CommandContext, path: string): Promise<Uint8Array[]> {
  const input = ports.openInput(path);
  if (input === undefined) {
    throw new CommandError(`There is no file ${path}: --input-file names it`);
  }
  const payloads: Uint8Array[] = [];
  for await (const line of linesOf(input)) {
    const text = textOf(line);
    if (text === "") continue;
    const payload = savedPayload(text);
    if (payload === undefined) {
      throw new CommandError(`${path} holds a line that is no message of --output-file`);
    }
    payloads.push(payload);
  }
  return payloads;
}

function savedPayload(line: string): Uint8Array | undefined {
  try {
    const { payload } = JSON.parse(line);
    return typeof payload === "string" ? Uint8Array.fromBase64(payload) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

async function poll(
  context: CommandContext,
  [stream, topic, partitionId]: [Identifier, Identifier, number],
  options: PollOptions,
): Promise<void> {
  const { consumer, messageCount, autoCommit = false, showHeaders = false, outputFile } = options;
  const from = startOf(options);
  const client = await context.client();
  const polled = await client.messages.poll(stream, topic, {
    ...from,
    partitionId,
    consumer,
    count: messageCount,
    autoCommit,
  });
  const { output, ports } = context;
  const found = [...polled];
  if (outputFile !== undefined) {
    const lines = found.map(({ payload, offset }) =>
      JSON.stringify({ offset, payload: payload.toBase64() }) + "\n"
    );
    if (!ports.writeBytes(outputFile, new TextEncoder().encode(lines.join("")))) {
      throw new CommandError(`${outputFile} is there already: name another file`);
    }
    return output.done(`${found.length} messages written to ${outputFile}`, {
      written: found.length,
    });
  }
  if (output.isForPrograms) {
    return output.rows(found.map((message) => messageFacts(message, "text")), [], "");
  }
  output.rows(found, [
    ["Offset", ({ offset }) => offset],
    ["Appended", ({ timestamp }) => timeText(timestamp)],
    ["ID", ({ id }) => id],
    ["Payload", ({ payload }) => payloadText(payload, "text")],
    ...showHeaders ? [["Headers", messageRow.headers] as const] : [],
  ], `No messages there; the last offset of the partition is ${polled.currentOffset}`);
}

function startOf({ offset, first, last, next, timestamp }: PollOptions): PollFrom {
  const starts: PollFrom[] = [];
  if (offset !== undefined) starts.push({ offset });
  if (timestamp !== undefined) starts.push({ timestamp });
  if (first) starts.push({ from: "first" });
  if (last) starts.push({ from: "last" });
  if (next) starts.push({ from: "next" });
  if (starts.length === 1) return starts[0];
  throw new UsageError("Say where to start: one of --offset, --first, --last, --next, --timestamp");
}
