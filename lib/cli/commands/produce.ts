/**
 * `whippet produce`: lines, or messages in lines of JSON, or whole files, into a topic.
 *
 * @module
 */
import type { CommandContext } from "../command_context.ts";
import type { CommandDefinition } from "../definition.ts";
import { UsageError } from "../exit_codes.ts";
import { linesOf } from "../input_lines.ts";
import { type JsonMessage, jsonMessage } from "../json_message.ts";
import { CommandError } from "../ports.ts";
import { Progress } from "../progress.ts";
import { count, headers, partitionId, wholeNumber } from "../values.ts";
import type { SendTarget } from "../../client/messages.ts";
import type { NewMessage } from "../../client/new_message.ts";
import type { Identifier } from "../../../protocol/primitives.ts";
import type { HeaderField } from "../../../protocol/user_headers.ts";
import { STREAM, TOPIC } from "./places.ts";

interface ProduceOptions {
  readonly format: "lines" | "ndjson" | "file";
  readonly partition?: number;
  readonly key?: string;
  readonly headers?: readonly Readonly<Record<string, HeaderField>>[];
  readonly batch: number;
  readonly rate?: number;
}

export const PRODUCE: CommandDefinition = {
  name: "produce",
  about: "Send lines of the standard input, or files, to a topic",
  parameters: [STREAM, TOPIC, {
    flags: "[files...]",
    about: "Files to send in place of the standard input",
  }],
  options: [
    {
      flags: "--format <format>",
      about:
        "lines: each is a payload; ndjson: each is {payload, key, partition, headers, id}; file: each file is one",
      choices: ["lines", "ndjson", "file"],
      fallback: "lines",
    },
    { flags: "--partition <id>", about: "The partition to send to", parse: partitionId },
    { flags: "--key <key>", about: "Messages of the same key go to the same partition" },
    {
      flags: "-H, --headers <key:kind:value,...>",
      about: "Headers of each message",
      parse: headers,
      repeats: true,
    },
    { flags: "--batch <count>", about: "Messages sent at once", parse: count, fallback: 1000 },
    { flags: "--rate <count>", about: "Messages a second at most", parse: wholeNumber(1e9, 1) },
  ],
  examples: [
    { line: "produce orders events", input: "one\ntwo\nthree\n" },
    {
      line: "produce orders events --format ndjson --rate 1000",
      input: '{"payload":{"total":12},"key":"customer-17","headers":{"source":"web"}}\n',
    },
  ],
  run: produce,
};

async function produce(
  context: CommandContext,
  [stream, topic, files]: [Identifier, Identifier, string[]],
  options: ProduceOptions,
): Promise<void> {
  const { partition, key } = options;
  if (partition !== undefined && key !== undefined) {
    throw new UsageError("Give --partition or --key, not both");
  }
  if (options.format === "file" && files.length === 0) {
    throw new UsageError("--format file sends files: name some");
  }
  const { sent, seconds } = await sendAll(context, [stream, topic, files], options);
  const what = sent === 1 ? "1 message" : `${sent} messages`;
  context.output.done(`${what} sent to topic ${topic} in ${seconds.toFixed(1)} s`, {
    sent,
    seconds,
  });
}

/** Sends until the end of what there is, or an interrupt. */
async function sendAll(
  context: CommandContext,
  [stream, topic, files]: readonly [Identifier, Identifier, string[]],
  options: ProduceOptions,
): Promise<{ readonly sent: number; readonly seconds: number }> {
  const client = await context.client();
  const { signal, release } = context.interruption();
  using progress = new Progress(context, "messages");
  const sinceMs = context.ports.clock.monotonicMs();
  let sent = 0;
  try {
    for await (const batches of batchesOf(context, files, options, signal)) {
      // Sends to a partition take effect in the order of their calls, so nobody has to wait.
      await Promise.all(
        batches.map(({ messages, target }) =>
          client.messages.send(stream, topic, messages, target)
        ),
      );
      sent += batches.reduce((sum, { messages }) => sum + messages.length, 0);
      progress.show(sent);
      await keepPace(context, sent, sinceMs, options.rate);
      if (signal.aborted) break;
    }
    return { sent, seconds: (context.ports.clock.monotonicMs() - sinceMs) / 1000 };
  } finally {
    release();
  }
}

/** Messages that go to the same place, together. */
interface Batch {
  readonly messages: NewMessage[];
  readonly target: SendTarget;
}

/** Batches of different places that together are full, and what is left at the end. */
async function* batchesOf(
  context: CommandContext,
  files: readonly string[],
  options: ProduceOptions,
  signal: AbortSignal,
): AsyncGenerator<readonly Batch[]> {
  const limit = Math.min(options.batch, options.rate ?? Infinity);
  const batches = new Map<string, Batch>();
  let [count, bytes] = [0, 0];
  for await (const { message, target } of messagesOf(context, files, options)) {
    if (signal.aborted) return;
    const place = `${target.partitionId ?? ""} ${target.key ?? ""}`;
    const batch = batches.get(place) ?? { messages: [], target };
    batch.messages.push(message);
    batches.set(place, batch);
    count++;
    bytes += message.payload.length;
    if (count < limit && bytes < BATCH_BYTES) continue;
    yield [...batches.values()];
    batches.clear();
    [count, bytes] = [0, 0];
  }
  if (count > 0) yield [...batches.values()];
}

async function* messagesOf(
  context: CommandContext,
  files: readonly string[],
  options: ProduceOptions,
): AsyncGenerator<JsonMessage> {
  const shared = options.headers === undefined ? undefined : Object.assign({}, ...options.headers);
  const ownTarget = { partitionId: options.partition, key: options.key };
  for (const path of files.length === 0 ? [undefined] : files) {
    const input = context.ports.openInput(path);
    if (input === undefined) throw new CommandError(`There is no file ${path}: name another`);
    if (options.format === "file") {
      const payload = await new Response(input as ReadableStream<Uint8Array<ArrayBuffer>>).bytes();
      if (payload.length > 0) yield { message: { payload, headers: shared }, target: ownTarget };
      continue;
    }
    let number = 0;
    for await (const line of linesOf(input)) {
      number++;
      if (line.length === 0) continue;
      if (options.format === "lines") {
        yield { message: { payload: line, headers: shared }, target: ownTarget };
        continue;
      }
      const { message, target } = jsonMessage(line, `${path ?? "line"}:${number}`);
      const isPlaced = target.partitionId !== undefined || target.key !== undefined;
      yield {
        message: { ...message, headers: { ...shared, ...message.headers } },
        target: isPlaced ? target : ownTarget,
      };
    }
  }
}

/** Waits until so many messages may have been sent. */
function keepPace(
  { ports: { clock } }: CommandContext,
  sent: number,
  sinceMs: number,
  rate: number | undefined,
): Promise<void> | undefined {
  if (rate === undefined) return undefined;
  const aheadMs = sinceMs + sent / rate * 1000 - clock.monotonicMs();
  if (aheadMs <= 0) return undefined;
  return new Promise((resolve) => clock.after(aheadMs, resolve));
}

const BATCH_BYTES = 1024 * 1024;
