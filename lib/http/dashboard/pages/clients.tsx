/**
 * Who is connected.
 *
 * @module
 */
import type { UserView } from "../../../catalog/views.ts";
import type { Client } from "../../../handlers/broker.ts";
import type { GroupFigures } from "../census.ts";
import { count, counted } from "../format.ts";
import { Heading } from "../parts/layout.tsx";
import { type Column, Table } from "../parts/table.tsx";
import { Command, Copy, Empty, Panel } from "../parts/words.tsx";
import { groupPath, visibleTopics } from "../places.ts";
import type { Page, Visit } from "../visit.ts";

export const CLIENTS: Page = {
  path: "clients",
  section: "clients",
  title: () => "Clients",
  async render(visit) {
    await visit.perform("getClients", undefined);
    const clients = [...visit.broker.clients()];
    const groups = (await visibleTopics(visit)).flatMap((topic) => topic.groups);
    return (
      <>
        <Heading title="Clients" />
        <Panel title={counted(clients.length, "connection")}>
          <Table
            visit={visit}
            name="clients"
            caption="Connected clients"
            rows={clients}
            text={(client) =>
              `${client.address} ${client.transport} ${userOf(visit, client)?.name ?? ""}`}
            columns={columnsOf(visit, groups)}
            empty={
              <Empty title="Nobody is connected by the binary protocols">
                <p>Any SDK of Apache Iggy from 0.6 to 0.9 will do. In TypeScript:</p>
                <Command text={connectCommand(visit)} />
              </Empty>
            }
          />
        </Panel>
        <p class="quiet">
          Requests over HTTP, as this page's, come and go and are in no list;{"  "}
          {count(visit.broker.meters.httpRequests)} were answered since the start.
        </p>
      </>
    );
  },
};

function columnsOf(visit: Visit, groups: readonly GroupFigures[]): readonly Column<Client>[] {
  return [
    {
      key: "address",
      label: "Address",
      value: ({ address }) => address,
      cell: ({ address }) => <Copy text={address} />,
    },
    {
      key: "user",
      label: "User",
      value: (client) => userOf(visit, client)?.name ?? "",
      cell: (client) => userOf(visit, client)?.name ?? <span class="quiet">not signed in</span>,
    },
    {
      key: "transport",
      label: "Transport",
      value: ({ transport }) => transport,
      cell: ({ transport }) => TRANSPORTS[transport],
    },
    {
      key: "generation",
      label: "Protocol",
      value: (client) => generationOf(client),
      cell: (client) => generationOf(client),
    },
    {
      key: "groups",
      label: "Reads as",
      cell: (client) => {
        const joined = groupsOf(visit, groups, client);
        if (joined.length === 0) return <span class="quiet">itself</span>;
        return joined.map((each, at) => (
          <>
            {at > 0 && ", "}
            <a href={groupPath(each)}>{each.group.name}</a>
          </>
        ));
      },
    },
    {
      key: "heard",
      label: "Heard of",
      numeric: true,
      value: (client) => client.lastActiveMs ?? 0,
      cell: (client) => heardOf(visit, client),
    },
    {
      key: "id",
      label: "Id",
      numeric: true,
      value: ({ clientId }) => clientId,
      cell: ({ clientId }) => <Copy text={String(clientId)} />,
    },
  ];
}

function userOf({ broker }: Visit, { userId }: Client): UserView | undefined {
  return userId === undefined ? undefined : broker.catalog.users.find(userId);
}

/** Those of `groups` that the client is a member of. */
function groupsOf(
  { broker }: Visit,
  groups: readonly GroupFigures[],
  { id }: Client,
): readonly GroupFigures[] {
  const joined = broker.groups.groupsOf(id);
  return groups.filter(({ topic, group }) =>
    joined.some((key) =>
      key.streamId === topic.streamId && key.topicId === topic.id && key.id === group.id
    )
  );
}

function generationOf({ dialect }: Client): string {
  return dialect === undefined ? "–" : GENERATIONS[dialect];
}

function heardOf({ broker }: Visit, { lastActiveMs }: Client): string {
  if (lastActiveMs === undefined) return "–";
  const seconds = Math.max(0, broker.clock.monotonicMs() - lastActiveMs) / 1000;
  return seconds < 1 ? "now" : `${count(Math.floor(seconds))} s ago`;
}

function connectCommand({ broker, url }: Visit): string {
  const address = `${url.hostname}:${broker.cluster.endpoints.tcp}`;
  return `const client = await IggyClient.connect({ address: "${address}", username, password });`;
}

const TRANSPORTS = { tcp: "TCP", websocket: "WebSocket", http: "HTTP" } as const;

const GENERATIONS = { classic: "classic (to 0.8)", vsr_0_11: "0.9 (VSR)" } as const;
