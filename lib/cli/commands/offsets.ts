/**
 * `whippet consumer-offset` and `whippet lag`.
 *
 * @module
 */
import type { CommandContext } from "../command_context.ts";
import type { CommandDefinition, CommandGroup, Parameter } from "../definition.ts";
import { identifier, offset } from "../values.ts";
import { CONSUMER_OFFSET_NOT_FOUND } from "../../../protocol/error_codes.ts";
import { IggyError } from "../../../protocol/errors.ts";
import type { ConsumerKind, Identifier } from "../../../protocol/primitives.ts";
import { PARTITION, STREAM, TOPIC } from "./places.ts";

const CONSUMER: Parameter = {
  flags: "<consumer>",
  about: "Who reads, by number or name",
  parse: identifier,
};

const KIND: Parameter = {
  flags: "-k, --kind <kind>",
  about: "Whether that is a consumer or a consumer group",
  choices: ["consumer", "consumer-group", "consumer_group"],
  fallback: "consumer",
};

interface KindOption {
  readonly kind: "consumer" | "consumer-group" | "consumer_group";
}

type Place = [Identifier, Identifier, Identifier, number];

export const CONSUMER_OFFSETS: CommandGroup = {
  name: "consumer-offset",
  aliases: ["o"],
  about: "Show and set how far consumers have come",
  commands: [
    {
      name: "get",
      aliases: ["g"],
      about: "Show the stored offset of a consumer in a partition",
      parameters: [CONSUMER, STREAM, TOPIC, PARTITION],
      options: [KIND],
      examples: [{ line: "consumer-offset get reader orders events 0" }],
      async run(
        context: CommandContext,
        [who, stream, topic, partitionId]: Place,
        kind: KindOption,
      ) {
        const { offsets } = await context.client();
        const found = await offsets.find(stream, topic, { ...reader(who, kind), partitionId });
        if (found === undefined) {
          throw new IggyError(
            CONSUMER_OFFSET_NOT_FOUND,
            `Nothing is stored of ${who} in partition ${partitionId}`,
          );
        }
        context.output.record(found, [
          ["Consumer", () => who],
          ["Partition", (each) => each.partitionId],
          ["Stored offset", ({ storedOffset }) => storedOffset],
          ["Last offset", ({ currentOffset }) => currentOffset],
        ]);
      },
    },
    {
      name: "set",
      aliases: ["s"],
      about: "Store an offset as the last one that a consumer has processed",
      parameters: [
        CONSUMER,
        STREAM,
        TOPIC,
        PARTITION,
        { flags: "<offset>", about: "The offset", parse: offset },
      ],
      options: [KIND],
      examples: [{ line: "consumer-offset set reader orders events 0 1" }],
      async run(
        context: CommandContext,
        [who, stream, topic, partitionId, value]: [...Place, number],
        kind: KindOption,
      ) {
        const { offsets } = await context.client();
        await offsets.store(stream, topic, value, { ...reader(who, kind), partitionId });
        context.output.done(`Offset ${value} stored for ${who} in partition ${partitionId}`, {
          consumer: who,
          partitionId,
          storedOffset: value,
        });
      },
    },
    {
      name: "delete",
      aliases: ["d"],
      about: "Forget the stored offset of a consumer in a partition",
      parameters: [CONSUMER, STREAM, TOPIC, PARTITION],
      options: [KIND],
      examples: [{ line: "consumer-offset delete reader orders events 0" }],
      async run(
        context: CommandContext,
        [who, stream, topic, partitionId]: Place,
        kind: KindOption,
      ) {
        const { offsets } = await context.client();
        await offsets.delete(stream, topic, { ...reader(who, kind), partitionId });
        context.output.done(`Stored offset of ${who} in partition ${partitionId} deleted`, {
          consumer: who,
          partitionId,
        });
      },
    },
  ],
};

export const LAG: CommandDefinition = {
  name: "lag",
  about: "Show how far consumers and groups are behind",
  parameters: [STREAM, TOPIC],
  examples: [{ line: "lag orders events" }],
  async run(context: CommandContext, [stream, topic]: [Identifier, Identifier]) {
    const rows = await (await context.client()).topics.lag(stream, topic);
    context.output.rows(rows, [
      ["Reader", ({ name, id }) => name ?? id],
      ["Kind", ({ kind }) => kind === "consumer" ? "consumer" : "group"],
      ["Partition", ({ partitionId }) => partitionId],
      ["Stored offset", ({ storedOffset }) => storedOffset],
      ["End", ({ endOffset }) => endOffset],
      ["Lag", ({ lag }) => lag],
    ], "Nobody has stored an offset, and there are no groups");
  },
};

function reader(
  id: Identifier,
  { kind }: KindOption,
): Partial<Record<"consumer" | "group", Identifier>> {
  const named: ConsumerKind = kind === "consumer" ? "consumer" : "consumer_group";
  return named === "consumer" ? { consumer: id } : { group: id };
}
