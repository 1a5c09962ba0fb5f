/**
 * `whippet context`: named nodes.
 *
 * @module
 */
import type { CommandContext } from "../command_context.ts";
import type { CommandGroup, Parameter } from "../definition.ts";
import { CommandError } from "../ports.ts";
import {
  activeContext,
  DEFAULT_CONTEXT,
  readContexts,
  type SavedContext,
  withContext,
  writeContexts,
} from "../saved_contexts.ts";
import { reached } from "./login.ts";
import { LIST_MODE, type ListOptions } from "./places.ts";

const NAME: Parameter = { flags: "<name>", about: "Its name" };
const LOCAL = "context create staging --tcp-server-address staging.example.com:8090";

export const CONTEXTS: CommandGroup = {
  name: "context",
  aliases: ["ctx"],
  about: "Keep the addresses and options of several nodes",
  commands: [
    {
      name: "list",
      aliases: ["l"],
      about: "List the contexts",
      options: [LIST_MODE],
      examples: [{ line: "context list" }],
      run(context: CommandContext, _: [], { listMode }: ListOptions) {
        const { active, contexts } = readContexts(context.ports);
        const rows = Object.entries(contexts).map(([name, saved]) => ({
          name,
          isActive: name === active,
          ...shown(saved),
        }));
        context.in(listMode).rows(rows, [
          ["In use", ({ isActive }) => isActive ? "*" : ""],
          ["Name", ({ name }) => name],
          ["Transport", ({ transport }) => transport ?? "tcp"],
          [
            "Address",
            ({ tcpServerAddress, websocketServerAddress }) =>
              tcpServerAddress ?? websocketServerAddress,
          ],
          ["User", ({ username }) => username],
          ["Logged in", ({ isLoggedIn }) => isLoggedIn ? "yes" : "no"],
        ], "No contexts");
        return Promise.resolve();
      },
    },
    {
      name: "use",
      aliases: ["u"],
      about: "Use a context from now on",
      parameters: [NAME],
      examples: [{ line: "context use staging", before: [LOCAL] }],
      run({ ports, output }: CommandContext, [name]: [string]) {
        const saved = readContexts(ports);
        activeContext(saved, name);
        writeContexts({ ...saved, active: name }, ports);
        output.done(`Context ${name} is in use`, { active: name });
        return Promise.resolve();
      },
    },
    {
      name: "create",
      aliases: ["c"],
      about: "Keep the connection options that are given, under a name",
      parameters: [NAME],
      examples: [{ line: LOCAL }],
      run({ ports, output, options }: CommandContext, [name]: [string]) {
        const saved = readContexts(ports);
        if (Object.hasOwn(saved.contexts, name)) {
          throw new CommandError(`Context ${name} exists: delete it first, or take another name`);
        }
        const { username, password, token, tokenName } = options;
        const who = Object.entries({ username, password, token, tokenName })
          .filter(([, value]) => value !== undefined);
        const context = { ...reached(options), ...Object.fromEntries(who) };
        writeContexts(withContext(saved, name, context), ports);
        output.done(`Context ${name} created: \`whippet context use ${name}\` takes it`, { name });
        return Promise.resolve();
      },
    },
    {
      name: "delete",
      aliases: ["d"],
      about: "Forget a context",
      parameters: [NAME],
      examples: [{ line: "context delete staging", before: [LOCAL] }],
      run({ ports, output }: CommandContext, [name]: [string]) {
        const { active, contexts } = readContexts(ports);
        activeContext({ active, contexts }, name);
        const { [name]: _, ...left } = contexts;
        const next = name === active ? DEFAULT_CONTEXT : active;
        writeContexts({ active: next, contexts: left }, ports);
        output.done(`Context ${name} deleted`, { deleted: name });
        return Promise.resolve();
      },
    },
    {
      name: "show",
      aliases: ["s"],
      about: "Show a context, without its secrets",
      parameters: [{ flags: "[name]", about: "Its name (default: the one in use)" }],
      examples: [{ line: "context show" }],
      run({ ports, output }: CommandContext, [name]: [string | undefined]) {
        const saved = readContexts(ports);
        const facts = { name: name ?? saved.active, ...shown(activeContext(saved, name)) };
        const titles = Object.keys(facts) as (keyof typeof facts)[];
        output.record(facts, titles.map((title) => [title, (each) => each[title]]));
        return Promise.resolve();
      },
    },
  ],
};

/** A context without its secrets. */
function shown({ token, password, ...rest }: SavedContext) {
  return { ...rest, isLoggedIn: token !== undefined, hasPassword: password !== undefined };
}
