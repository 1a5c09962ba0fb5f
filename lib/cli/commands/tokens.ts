/**
 * `whippet pat`: personal access tokens.
 *
 * @module
 */
import type { CommandContext } from "../command_context.ts";
import { chosenContext } from "../connection_options.ts";
import type { CommandGroup } from "../definition.ts";
import { timeText } from "../output.ts";
import { readContexts, withContext, writeContexts } from "../saved_contexts.ts";
import { expiry } from "../values.ts";
import { NEVER_EXPIRES } from "../../../protocol/options.ts";
import { LIST_MODE, type ListOptions } from "./places.ts";

export const TOKENS: CommandGroup = {
  name: "pat",
  about: "Create, list and delete personal access tokens",
  commands: [
    {
      name: "create",
      aliases: ["c"],
      about: "Create a token; it is shown this once",
      parameters: [
        { flags: "<name>", about: "Its name, 3 to 30 bytes" },
        { flags: "[expiry...]", about: "How long it holds, as 7days (default: for ever)" },
      ],
      options: [{
        flags: "-s, --store-token",
        about: "Keep it in the context in use, and do not show it",
      }],
      examples: [{ line: "pat create backup 30days" }],
      async run(
        context: CommandContext,
        [name, words]: [string, string[]],
        { storeToken = false }: { storeToken?: boolean },
      ) {
        const token = await (await context.client()).tokens.create(name, {
          expiryMicros: expiryMicrosOf(words),
        });
        if (!storeToken) {
          return context.output.done(`Token ${name} created: ${token}`, { name, token });
        }
        keepToken(context, name, token);
        context.output.done(`Token ${name} created and kept: \`-n ${name}\` logs in by it`, {
          name,
        });
      },
    },
    {
      name: "delete",
      aliases: ["d"],
      about: "Delete a token",
      parameters: [{ flags: "<name>", about: "Its name" }],
      examples: [{ line: "pat delete deploy" }],
      async run(context: CommandContext, [name]: [string]) {
        await (await context.client()).tokens.delete(name);
        context.output.done(`Token ${name} deleted`, { deleted: name });
      },
    },
    {
      name: "list",
      aliases: ["l"],
      about: "List the tokens of the user who is logged in",
      options: [LIST_MODE],
      examples: [{ line: "pat list" }],
      async run(context: CommandContext, _: [], { listMode }: ListOptions) {
        const tokens = await (await context.client()).tokens.list();
        context.in(listMode).rows(tokens, [
          ["Name", ({ name }) => name],
          ["Expires", ({ expiryAt }) => expiryAt === undefined ? "never" : timeText(expiryAt)],
        ], "No tokens: `whippet pat create` makes one");
      },
    },
  ],
};

/** Micros from now of what was written; `undefined` for ever. */
export function expiryMicrosOf(words: readonly string[]): number | undefined {
  const micros = expiry(words);
  return micros === undefined || micros === NEVER_EXPIRES ? undefined : Number(micros);
}

/** Puts a token into the context that is used, in place of the one that it has. */
function keepToken(
  { options, ports }: CommandContext,
  tokenName: string,
  token: string,
): void {
  const saved = readContexts(ports);
  const context = { ...chosenContext(options, ports), token, tokenName };
  writeContexts(withContext(saved, options.context ?? saved.active, context), ports);
}
