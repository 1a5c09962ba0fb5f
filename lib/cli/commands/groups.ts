/**
 * `whippet consumer-group`.
 *
 * @module
 */
import type { CommandContext } from "../command_context.ts";
import type { CommandGroup, Parameter } from "../definition.ts";
import type { Column } from "../output.ts";
import { identifier } from "../values.ts";
import { CONSUMER_GROUP_ID_NOT_FOUND } from "../../../protocol/error_codes.ts";
import type { ConsumerGroup } from "../../../protocol/consumer_groups.ts";
import { IggyError } from "../../../protocol/errors.ts";
import type { Identifier } from "../../../protocol/primitives.ts";
import { chosenId, LIST_MODE, type ListOptions, STREAM, TOPIC } from "./places.ts";

const GROUP: Parameter = {
  flags: "<group>",
  about: "The consumer group, by its number or name",
  parse: identifier,
};

type Place = [Identifier, Identifier, Identifier];

export const CONSUMER_GROUPS: CommandGroup = {
  name: "consumer-group",
  aliases: ["g"],
  about: "Create, show and delete consumer groups",
  commands: [
    {
      name: "create",
      aliases: ["c"],
      about: "Create a consumer group",
      parameters: [STREAM, TOPIC, { flags: "<name>", about: "Its name" }],
      options: [chosenId("-g, --group-id <id>")],
      examples: [{ line: "consumer-group create orders events billing" }],
      async run(context: CommandContext, [stream, topic, name]: [Identifier, Identifier, string]) {
        const group = await (await context.client()).groups.create(stream, topic, name);
        context.output.done(`Consumer group ${name} created, its number is ${group.id}`, group);
      },
    },
    {
      name: "delete",
      aliases: ["d"],
      about: "Delete a consumer group with its stored offsets",
      parameters: [STREAM, TOPIC, GROUP],
      examples: [{ line: "consumer-group delete orders events workers" }],
      async run(context: CommandContext, [stream, topic, group]: Place) {
        await (await context.client()).groups.delete(stream, topic, group);
        context.output.done(`Consumer group ${group} deleted`, { deleted: group });
      },
    },
    {
      name: "get",
      aliases: ["g"],
      about: "Show a consumer group with its members",
      parameters: [STREAM, TOPIC, GROUP],
      examples: [{ line: "consumer-group get orders events workers" }],
      async run(context: CommandContext, [stream, topic, group]: Place) {
        const found = await (await context.client()).groups.find(stream, topic, group);
        if (found === undefined) {
          throw new IggyError(
            CONSUMER_GROUP_ID_NOT_FOUND,
            `Consumer group ${group} of topic ${topic} does not exist`,
          );
        }
        const { output } = context;
        output.record(found, COLUMNS);
        if (output.isForPrograms) return;
        output.line("");
        output.rows(found.members, [
          ["Member", ({ id }) => id],
          ["Partitions", ({ partitions }) => partitions.join(", ")],
        ], "No members");
      },
    },
    {
      name: "list",
      aliases: ["l"],
      about: "List the consumer groups of a topic",
      parameters: [STREAM, TOPIC],
      options: [LIST_MODE],
      examples: [{ line: "consumer-group list orders events" }],
      async run(
        context: CommandContext,
        [stream, topic]: [Identifier, Identifier],
        { listMode }: ListOptions,
      ) {
        const groups = await (await context.client()).groups.list(stream, topic);
        context.in(listMode).rows(groups, COLUMNS, "No consumer groups");
      },
    },
  ],
};

const COLUMNS: readonly Column<ConsumerGroup>[] = [
  ["ID", ({ id }) => id],
  ["Name", ({ name }) => name],
  ["Partitions", ({ partitionsCount }) => partitionsCount],
  ["Members", ({ membersCount }) => membersCount],
];
