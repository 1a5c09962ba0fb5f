/**
 * `whippet stream`.
 *
 * @module
 */
import type { CommandContext } from "../command_context.ts";
import type { CommandGroup } from "../definition.ts";
import { type Column, sizeText, timeText } from "../output.ts";
import { STREAM_ID_NOT_FOUND } from "../../../protocol/error_codes.ts";
import { IggyError } from "../../../protocol/errors.ts";
import type { Identifier } from "../../../protocol/primitives.ts";
import type { Stream } from "../../../protocol/streams.ts";
import { chosenId, LIST_MODE, type ListOptions, STREAM } from "./places.ts";

export const STREAMS: CommandGroup = {
  name: "stream",
  aliases: ["s"],
  about: "Create, show, rename, empty and delete streams",
  commands: [
    {
      name: "create",
      aliases: ["c"],
      about: "Create a stream",
      parameters: [{ flags: "<name>", about: "Its name" }],
      options: [chosenId("-s, --stream-id <id>")],
      examples: [{ line: "stream create payments" }],
      async run(context: CommandContext, [name]: [string]) {
        const stream = await (await context.client()).streams.create(name);
        context.output.done(`Stream ${name} created, its number is ${stream.id}`, stream);
      },
    },
    {
      name: "delete",
      aliases: ["d"],
      about: "Delete a stream with all its topics and messages",
      parameters: [STREAM],
      examples: [{ line: "stream delete orders" }],
      async run(context: CommandContext, [stream]: [Identifier]) {
        await (await context.client()).streams.delete(stream);
        context.output.done(`Stream ${stream} deleted`, { deleted: stream });
      },
    },
    {
      name: "update",
      aliases: ["u"],
      about: "Rename a stream",
      parameters: [STREAM, { flags: "<name>", about: "Its new name" }],
      examples: [{ line: "stream update orders sales" }],
      async run(context: CommandContext, [stream, name]: [Identifier, string]) {
        await (await context.client()).streams.rename(stream, name);
        context.output.done(`Stream ${stream} updated, its name is ${name}`, { stream, name });
      },
    },
    {
      name: "get",
      aliases: ["g"],
      about: "Show a stream",
      parameters: [STREAM],
      examples: [{ line: "stream get orders" }, { line: "--output json stream get orders" }],
      async run(context: CommandContext, [stream]: [Identifier]) {
        const found = await (await context.client()).streams.find(stream);
        if (found === undefined) {
          throw new IggyError(STREAM_ID_NOT_FOUND, `Stream ${stream} does not exist`);
        }
        context.output.record(found, [
          ...COLUMNS,
          ["Topic names", ({ topics }) => topics.map(({ name }) => name).join(", ")],
        ]);
      },
    },
    {
      name: "list",
      aliases: ["l"],
      about: "List the streams",
      options: [LIST_MODE],
      examples: [{ line: "stream list" }, { line: "stream list --output ndjson" }],
      async run(context: CommandContext, _: [], { listMode }: ListOptions) {
        const streams = await (await context.client()).streams.list();
        context.in(listMode).rows(
          streams,
          COLUMNS,
          "No streams: `whippet stream create` makes one",
        );
      },
    },
    {
      name: "purge",
      aliases: ["p"],
      about: "Delete all messages of a stream; its topics stay",
      parameters: [STREAM],
      examples: [{ line: "stream purge orders" }],
      async run(context: CommandContext, [stream]: [Identifier]) {
        await (await context.client()).streams.purge(stream);
        context.output.done(`Stream ${stream} purged`, { purged: stream });
      },
    },
  ],
};

const COLUMNS: readonly Column<Stream>[] = [
  ["ID", ({ id }) => id],
  ["Name", ({ name }) => name],
  ["Topics", ({ topicsCount }) => topicsCount],
  ["Messages", ({ messagesCount }) => messagesCount],
  ["Size", ({ sizeBytes }) => sizeText(sizeBytes)],
  ["Created", ({ createdAt }) => timeText(createdAt)],
];
