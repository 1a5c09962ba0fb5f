/**
 * `whippet client`, `whippet me` and `whippet cluster`.
 *
 * @module
 */
import type { CommandContext } from "../command_context.ts";
import type { CommandDefinition, CommandGroup } from "../definition.ts";
import type { Column } from "../output.ts";
import { CommandError } from "../ports.ts";
import { count } from "../values.ts";
import type { ClientInfo, ClientInfoDetails } from "../../../protocol/system.ts";
import { LIST_MODE, type ListOptions } from "./places.ts";

export const CLIENTS: CommandGroup = {
  name: "client",
  aliases: ["c"],
  about: "Show who is connected",
  commands: [
    {
      name: "get",
      aliases: ["g"],
      about: "Show a connection",
      parameters: [{ flags: "<client>", about: "Its number", parse: count }],
      examples: [{ line: "client get 42" }],
      async run(context: CommandContext, [id]: [number]) {
        const found = await (await context.client()).findClient(id);
        if (found === undefined) {
          throw new CommandError(
            `Client ${id} is not connected: \`whippet client list\` shows who is`,
          );
        }
        context.output.record(found, DETAILS);
      },
    },
    {
      name: "list",
      aliases: ["l"],
      about: "List the connections",
      options: [LIST_MODE],
      examples: [{ line: "client list" }],
      async run(context: CommandContext, _: [], { listMode }: ListOptions) {
        const clients = await (await context.client()).clients();
        context.in(listMode).rows(clients, COLUMNS, "Nobody is connected");
      },
    },
  ],
};

export const ME: CommandDefinition = {
  name: "me",
  about: "Show this connection as the node sees it",
  examples: [{ line: "me" }],
  async run(context: CommandContext) {
    context.output.record(await (await context.client()).me(), DETAILS);
  },
};

export const CLUSTER: CommandGroup = {
  name: "cluster",
  aliases: ["cl"],
  about: "Show the nodes of the cluster",
  commands: [{
    name: "metadata",
    aliases: ["m"],
    about: "List the nodes, where they listen and which one leads",
    examples: [{ line: "cluster metadata" }],
    async run(context: CommandContext) {
      const { name, nodes } = await (await context.client()).clusterMetadata();
      context.output.rows(nodes, [
        ["Cluster", () => name],
        ["Node", (node) => node.name],
        ["Address", ({ ip }) => ip],
        ["TCP", ({ endpoints }) => endpoints.tcp],
        ["HTTP", ({ endpoints }) => endpoints.http],
        ["WebSocket", ({ endpoints }) => endpoints.websocket],
        ["Role", ({ role }) => role],
        ["Status", ({ status }) => status],
      ], "No nodes");
    },
  }],
};

const COLUMNS: readonly Column<ClientInfo>[] = [
  ["Client", ({ clientId }) => clientId],
  ["User", ({ userId }) => userId],
  [
    "Transport",
    ({ transport }) => transport === "websocket" ? "WebSocket" : transport.toUpperCase(),
  ],
  ["Address", ({ address }) => address],
  ["Consumer groups", ({ consumerGroupsCount }) => consumerGroupsCount],
];

const DETAILS: readonly Column<ClientInfoDetails>[] = [
  ...COLUMNS,
  ["Memberships", ({ consumerGroups }) =>
    consumerGroups
      .map(({ streamId, topicId, groupId }) => `${streamId}/${topicId}/${groupId}`)
      .join(", ")],
];
