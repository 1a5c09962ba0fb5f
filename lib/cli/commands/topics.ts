/**
 * `whippet topic`.
 *
 * @module
 */
import type { CommandContext } from "../command_context.ts";
import type { CommandGroup, Parameter } from "../definition.ts";
import { type Column, sizeText, timeText } from "../output.ts";
import { formatDurationMicros } from "../../config/quantities.ts";
import { expiry, topicSize, wholeNumber } from "../values.ts";
import { TOPIC_ID_NOT_FOUND } from "../../../protocol/error_codes.ts";
import { IggyError } from "../../../protocol/errors.ts";
import {
  type CompressionAlgorithm,
  NEVER_EXPIRES,
  type TopicOptions,
  UNLIMITED,
} from "../../../protocol/options.ts";
import type { Identifier } from "../../../protocol/primitives.ts";
import type { Partition } from "../../../protocol/partitions.ts";
import type { Topic } from "../../../protocol/topics.ts";
import { topicSettings } from "../topic_settings.ts";
import { chosenId, LIST_MODE, type ListOptions, STREAM, TOPIC } from "./places.ts";

const COMPRESSION: Parameter = {
  flags: "<compression>",
  about: "none or gzip; the payloads are the producers' business",
  choices: ["none", "gzip"],
};

const EXPIRY: Parameter = {
  flags: "[expiry...]",
  about: "How long messages are kept, as 1day 2h, unlimited or server_default",
};

const LIMITS: readonly Parameter[] = [
  {
    flags: "-m, --max-topic-size <size>",
    about: "The most bytes it may hold, as 10GB, unlimited or server_default",
    parse: topicSize,
  },
  {
    flags: "-r, --replication-factor <count>",
    about: "As in Iggy 0.8; this node runs alone",
    parse: wholeNumber(255),
  },
  {
    flags: "--set <key=value>",
    about: "An option by its key (`whippet options topic` lists them); may be repeated",
    repeats: true,
  },
];

interface LimitOptions {
  readonly maxTopicSize?: bigint;
  readonly replicationFactor?: number;
  readonly set?: readonly string[];
}

export const TOPICS: CommandGroup = {
  name: "topic",
  aliases: ["t"],
  about: "Create, show, change, empty and delete topics",
  commands: [
    {
      name: "create",
      aliases: ["c"],
      about: "Create a topic",
      parameters: [
        STREAM,
        { flags: "<name>", about: "Its name" },
        { flags: "<partitions>", about: "How many partitions", parse: wholeNumber(1000) },
        COMPRESSION,
        EXPIRY,
      ],
      options: [chosenId("-t, --topic-id <id>"), ...LIMITS],
      examples: [
        { line: "topic create orders refunds 3 none" },
        { line: "topic create orders refunds 1 none 7days -m 10GB --set segment_size=16MiB" },
      ],
      async run(
        context: CommandContext,
        [stream, name, partitionsCount, ...rest]: [Identifier, string, number, string, string[]],
        options: LimitOptions,
      ) {
        const { topics } = await context.client();
        const settings = { partitionsCount, ...settingsOf(rest, options) };
        const topic = await topics.create(stream, name, settings);
        context.output.done(`Topic ${name} created, its number is ${topic.id}`, topic);
      },
    },
    {
      name: "delete",
      aliases: ["d"],
      about: "Delete a topic with all its messages",
      parameters: [STREAM, TOPIC],
      examples: [{ line: "topic delete orders events" }],
      async run(context: CommandContext, [stream, topic]: [Identifier, Identifier]) {
        await (await context.client()).topics.delete(stream, topic);
        context.output.done(`Topic ${topic} deleted`, { deleted: topic });
      },
    },
    {
      name: "update",
      aliases: ["u"],
      about: "Rename a topic, or change what it keeps",
      parameters: [STREAM, TOPIC, { flags: "<name>", about: "Its new name" }, COMPRESSION, EXPIRY],
      options: LIMITS,
      examples: [{ line: "topic update orders events events none 30days" }],
      async run(
        context: CommandContext,
        [stream, topic, name, ...rest]: [Identifier, Identifier, string, string, string[]],
        options: LimitOptions,
      ) {
        const { topics } = await context.client();
        await topics.update(stream, topic, { name, ...settingsOf(rest, options) });
        context.output.done(`Topic ${topic} updated, its name is ${name}`, { topic, name });
      },
    },
    {
      name: "get",
      aliases: ["g"],
      about: "Show a topic with its partitions",
      parameters: [STREAM, TOPIC],
      examples: [{ line: "topic get orders events" }],
      async run(context: CommandContext, [stream, topic]: [Identifier, Identifier]) {
        const found = await (await context.client()).topics.find(stream, topic);
        if (found === undefined) {
          throw new IggyError(
            TOPIC_ID_NOT_FOUND,
            `Topic ${topic} of stream ${stream} does not exist`,
          );
        }
        const { output } = context;
        output.record(found, COLUMNS);
        if (output.isForPrograms) return;
        output.line("");
        output.rows(found.partitions, PARTITION_COLUMNS, "No partitions");
      },
    },
    {
      name: "list",
      aliases: ["l"],
      about: "List the topics of a stream",
      parameters: [STREAM],
      options: [LIST_MODE],
      examples: [{ line: "topic list orders" }],
      async run(context: CommandContext, [stream]: [Identifier], { listMode }: ListOptions) {
        const topics = await (await context.client()).topics.list(stream);
        context.in(listMode).rows(topics, COLUMNS, "No topics: `whippet topic create` makes one");
      },
    },
    {
      name: "purge",
      aliases: ["p"],
      about: "Delete all messages of a topic",
      parameters: [STREAM, TOPIC],
      examples: [{ line: "topic purge orders events" }],
      async run(context: CommandContext, [stream, topic]: [Identifier, Identifier]) {
        await (await context.client()).topics.purge(stream, topic);
        context.output.done(`Topic ${topic} purged`, { purged: topic });
      },
    },
  ],
};

function settingsOf(
  [compression, words]: readonly unknown[],
  { maxTopicSize, replicationFactor, set = [] }: LimitOptions,
): TopicOptions {
  const messageExpiry = expiry(words as string[]);
  return {
    compressionAlgorithm: compression as CompressionAlgorithm,
    ...messageExpiry === undefined ? {} : { messageExpiry },
    ...maxTopicSize === undefined ? {} : { maxTopicSize },
    ...replicationFactor === undefined ? {} : { replicationFactor },
    ...topicSettings(set),
  };
}

const COLUMNS: readonly Column<Topic>[] = [
  ["ID", ({ id }) => id],
  ["Name", ({ name }) => name],
  ["Partitions", ({ partitionsCount }) => partitionsCount],
  ["Messages", ({ messagesCount }) => messagesCount],
  ["Size", ({ sizeBytes }) => sizeText(sizeBytes)],
  ["Size limit", ({ maxTopicSize }) => limitText(maxTopicSize)],
  ["Expiry", ({ messageExpiry }) => expiryText(messageExpiry)],
  ["Compression", ({ compressionAlgorithm }) => compressionAlgorithm],
  ["Created", ({ createdAt }) => timeText(createdAt)],
];

const PARTITION_COLUMNS: readonly Column<Partition>[] = [
  ["Partition", ({ id }) => id],
  ["Messages", ({ messagesCount }) => messagesCount],
  ["Last offset", ({ currentOffset, messagesCount }) => messagesCount === 0 ? "" : currentOffset],
  ["Segments", ({ segmentsCount }) => segmentsCount],
  ["Size", ({ sizeBytes }) => sizeText(sizeBytes)],
];

function limitText(bytes: bigint): string {
  if (bytes === UNLIMITED) return "unlimited";
  return bytes === 0n ? "server default" : sizeText(Number(bytes));
}

function expiryText(micros: bigint): string {
  if (micros === NEVER_EXPIRES) return "never";
  if (micros === 0n) return "server default";
  return formatDurationMicros(Number(micros));
}
