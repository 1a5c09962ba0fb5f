/**
 * `whippet partition` and `whippet segment`.
 *
 * @module
 */
import type { CommandContext } from "../command_context.ts";
import type { CommandGroup } from "../definition.ts";
import type { Identifier } from "../../../protocol/primitives.ts";
import { countOf, PARTITION, STREAM, TOPIC } from "./places.ts";

export const PARTITIONS: CommandGroup = {
  name: "partition",
  aliases: ["p"],
  about: "Add partitions to a topic, or delete its last ones",
  commands: [
    {
      name: "create",
      aliases: ["c"],
      about: "Add partitions behind the last one",
      parameters: [STREAM, TOPIC, countOf("to add")],
      examples: [{ line: "partition create orders events 2" }],
      async run(
        context: CommandContext,
        [stream, topic, count]: [Identifier, Identifier, number],
      ) {
        await (await context.client()).partitions.create(stream, topic, count);
        context.output.done(`${partitions(count)} created`, { created: count });
      },
    },
    {
      name: "delete",
      aliases: ["d"],
      about: "Delete the last partitions with their messages",
      parameters: [STREAM, TOPIC, countOf("to delete")],
      examples: [{ line: "partition delete orders events 1" }],
      async run(
        context: CommandContext,
        [stream, topic, count]: [Identifier, Identifier, number],
      ) {
        await (await context.client()).partitions.delete(stream, topic, count);
        context.output.done(`${partitions(count)} deleted`, { deleted: count });
      },
    },
  ],
};

export const SEGMENTS: CommandGroup = {
  name: "segment",
  aliases: ["seg"],
  about: "Delete the oldest segments of a partition",
  commands: [
    {
      name: "delete",
      aliases: ["d"],
      about: "Delete the oldest segments that nothing is appended to any more",
      parameters: [STREAM, TOPIC, PARTITION, countOf("segments at most")],
      examples: [{ line: "segment delete orders events 0 1" }],
      async run(
        context: CommandContext,
        [stream, topic, partition, count]: [Identifier, Identifier, number, number],
      ) {
        const client = await context.client();
        await client.partitions.deleteSegments(stream, topic, partition, count);
        context.output.done(
          `Up to ${count} of the oldest segments of partition ${partition} deleted`,
          { partition, segmentsMax: count },
        );
      },
    },
  ],
};

function partitions(count: number): string {
  return count === 1 ? "1 partition" : `${count} partitions`;
}
