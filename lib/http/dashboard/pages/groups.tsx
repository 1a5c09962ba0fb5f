/**
 * Consumer groups: who is behind, where, and since when.
 *
 * @module
 */
import type { GroupFigures, LagCell } from "../census.ts";
import { count, counted } from "../format.ts";
import { Sparkline } from "../parts/chart.tsx";
import { DangerDialog, Field } from "../parts/forms.tsx";
import { GROUP_COLUMNS } from "../parts/group_columns.tsx";
import { Heading } from "../parts/layout.tsx";
import { Table } from "../parts/table.tsx";
import { Command, Copy, Empty, Facts, Mark, Panel } from "../parts/words.tsx";
import { groupPath, requiredTopic, topicPath, topicResource, visibleTopics } from "../places.ts";
import type { Page, Visit } from "../visit.ts";
import { CONSUMER_GROUP_ID_NOT_FOUND } from "../../../../protocol/error_codes.ts";
import { IggyError } from "../../../../protocol/errors.ts";

const GROUPS: Page = {
  path: "groups",
  section: "groups",
  title: () => "Groups",
  async render(visit) {
    const groups = (await visibleTopics(visit))
      .filter(({ stream, topic }) =>
        visit.may("getConsumerGroups", { streamId: stream.id, topicId: topic.id })
      )
      .flatMap((each) => each.groups);
    return (
      <>
        <Heading title="Consumer groups" />
        {groups.length > 0 && (
          <Panel title="Messages behind, by partition">
            <HeatMap groups={groups} />
          </Panel>
        )}
        <Panel title={counted(groups.length, "group")}>
          <Table
            visit={visit}
            name="groups"
            caption="Consumer groups"
            rows={groups}
            text={({ group, stream, topic }) => `${group.name} ${stream.name} ${topic.name}`}
            link={groupPath}
            columns={[
              {
                key: "name",
                label: "Group",
                value: ({ group }) => group.name,
                cell: ({ group }) => group.name,
              },
              {
                key: "topic",
                label: "Topic",
                value: ({ stream, topic }) => `${stream.name}/${topic.name}`,
                cell: ({ stream, topic }) => `${stream.name} / ${topic.name}`,
              },
              ...GROUP_COLUMNS,
              { key: "state", label: "State", cell: (each) => <GroupState figures={each} /> },
            ]}
            empty={
              <Empty title="No consumer groups yet">
                <p>Members of a group share a topic's partitions, and remember how far they are:</p>
                <Command
                  text={`client.consume({ stream: "orders", topic: "eu", group: "workers" })`}
                />
              </Empty>
            }
          />
        </Panel>
      </>
    );
  },
};

const GROUP: Page = {
  path: "groups/:stream/:topic/:group",
  section: "groups",
  title: ({ params }) => `Group ${params.group}`,
  async render(visit) {
    const topic = await requiredTopic(visit);
    await visit.perform("getConsumerGroups", {
      streamId: topic.stream.id,
      topicId: topic.topic.id,
    });
    const figures = topic.groups.find(({ group }) => String(group.id) === visit.params.group);
    if (figures === undefined) {
      throw new IggyError(
        CONSUMER_GROUP_ID_NOT_FOUND,
        `Consumer group ${visit.params.group} does not exist`,
      );
    }
    const { group, stream, lag, lags, members } = figures;
    return (
      <>
        <Heading title={group.name} trail={[["Groups", "/ui/groups"]]}>
          <GroupActions visit={visit} figures={figures} />
        </Heading>
        <Facts
          facts={[
            ["State", <GroupState figures={figures} />],
            ["Behind", counted(lag, "message")],
            ["Last minute", <Sparkline values={lags} />],
            ["Members", count(members.length)],
            ["Topic", <a href={topicPath(topic.topic)}>{stream.name} / {topic.topic.name}</a>],
            ["Id", <Copy text={String(group.id)} />],
          ]}
        />
        <Members visit={visit} figures={figures} />
        <Cells visit={visit} figures={figures} />
      </>
    );
  },
};

export const GROUP_PAGES: readonly Page[] = [GROUPS, GROUP];

function Members({ visit, figures }: { readonly visit: Visit; readonly figures: GroupFigures }) {
  const addresses = addressesOf(visit, figures);
  return (
    <Panel title="Members">
      <Table
        visit={visit}
        name="members"
        caption="Members"
        rows={figures.members}
        columns={[
          { key: "id", label: "Member", value: ({ id }) => id, cell: ({ id }) => id },
          {
            key: "address",
            label: "Address",
            cell: ({ partitions }) => addresses.get(partitions.join()) ?? "–",
          },
          {
            key: "partitions",
            label: "Reads partitions",
            cell: ({ partitions }) => partitions.length === 0 ? "none" : partitions.join(", "),
          },
          {
            key: "count",
            label: "Partitions",
            numeric: true,
            value: ({ partitions }) => partitions.length,
            cell: ({ partitions }) => count(partitions.length),
          },
        ]}
        empty={
          <Empty title="Nobody is reading">
            <p>The group's place is kept. Start a consumer that joins it:</p>
            <Command
              text={`client.consume({ stream: ${figures.stream.id}, topic: ${figures.topic.id}, group: ${
                JSON.stringify(figures.group.name)
              } })`}
            />
          </Empty>
        }
      />
    </Panel>
  );
}

/** Where members are, by the partitions they read: groups number their members themselves. */
function addressesOf({ broker }: Visit, { group }: GroupFigures): Map<string, string> {
  const addresses = new Map<string, string>();
  for (const client of broker.clients()) {
    const partitions = broker.groups.sync(group, client.id)?.partitions ?? [];
    if (partitions.length > 0) addresses.set([...partitions].join(), client.address);
  }
  return addresses;
}

function Cells({ visit, figures }: { readonly visit: Visit; readonly figures: GroupFigures }) {
  const reader = (partitionId: number) =>
    figures.members.find(({ partitions }) => partitions.includes(partitionId))?.id;
  return (
    <Panel title="Partitions">
      <Table
        visit={visit}
        name="cells"
        caption="Partitions of the group"
        rows={figures.cells}
        link={({ partitionId, storedOffset }) =>
          `${topicPath(figures.topic)}/messages?partition=${partitionId}&from=offset&offset=${
            storedOffset ?? 0
          }`}
        columns={[
          {
            key: "id",
            label: "Partition",
            value: ({ partitionId }) => partitionId,
            cell: ({ partitionId }) => partitionId,
          },
          {
            key: "stored",
            label: "Processed up to",
            numeric: true,
            value: ({ storedOffset }) => storedOffset ?? -1,
            cell: ({ storedOffset }) => storedOffset === undefined ? "–" : count(storedOffset),
          },
          {
            key: "end",
            label: "Last",
            numeric: true,
            value: ({ endOffset }) => endOffset,
            cell: ({ endOffset }) => endOffset === 0 ? "–" : count(endOffset - 1),
          },
          {
            key: "lag",
            label: "Behind",
            numeric: true,
            value: ({ lag }) => lag,
            cell: ({ lag }) => count(lag),
          },
          {
            key: "reader",
            label: "Read by",
            cell: ({ partitionId }) => reader(partitionId) ?? "nobody",
          },
        ]}
        empty={<Empty title="The topic has no partitions" />}
      />
    </Panel>
  );
}

/** Groups by partitions, each cell the darker the further behind. */
function HeatMap({ groups }: { readonly groups: readonly GroupFigures[] }) {
  const shown = groups.toSorted((one, other) => other.lag - one.lag).slice(0, HEAT_GROUPS_MAX);
  const width = Math.min(
    HEAT_PARTITIONS_MAX,
    Math.max(...shown.map(({ cells }) => cells.length)),
  );
  const partitions = Array.from({ length: width }, (_, id) => id);
  return (
    <div class="heat" tabindex={0} role="region" aria-label="Messages behind, by partition">
      <table>
        <caption class="hidden">Messages behind, by group and partition</caption>
        <thead>
          <tr>
            <th scope="col">Group</th>
            {partitions.map((id) => <th scope="col" class="right">{id}</th>)}
          </tr>
        </thead>
        <tbody>
          {shown.map((figures) => (
            <tr data-href={groupPath(figures)}>
              <th scope="row">
                <a class="row-link" href={groupPath(figures)}>{figures.group.name}</a>
              </th>
              {partitions.map((id) => <HeatCell cell={figures.cells[id]} />)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function HeatCell({ cell }: { readonly cell: LagCell | undefined }) {
  if (cell === undefined) return <td class="none"></td>;
  const { lag } = cell;
  const level = lag === 0 ? 0 : lag < 100 ? 1 : lag < 10_000 ? 2 : 3;
  return <td class={`num l${level}`}>{count(lag)}</td>;
}

function GroupState({ figures: { lag, members } }: { readonly figures: GroupFigures }) {
  if (members.length === 0) {
    return lag === 0
      ? <Mark state="quiet">nobody reads</Mark>
      : <Mark state="attention">nobody reads</Mark>;
  }
  return <Mark state="good">{lag === 0 ? "up to date" : "reading"}</Mark>;
}

function GroupActions(
  { visit, figures }: { readonly visit: Visit; readonly figures: GroupFigures },
) {
  const { topic, group, cells, members } = figures;
  const address = { streamId: topic.streamId, topicId: topic.id };
  const path = topicResource(topic);
  return (
    <>
      {visit.may("storeConsumerOffset", address) && cells.length > 0 && (
        members.length === 0 ? <OffsetForm figures={figures} /> : (
          <button
            type="button"
            class="button"
            disabled
            title="Members store their own offsets: stop them first"
          >
            Set offset
          </button>
        )
      )}
      {visit.may("deleteConsumerGroup", address) && (
        <DangerDialog
          id="delete-group"
          button="Delete"
          title={`Delete ${group.name}`}
          path={`${path}/consumer-groups/${group.id}`}
          submit="Delete the group"
          next="/ui/groups"
          name={group.name}
          loss="Its stored offsets go with it: members that come back begin anew."
        />
      )}
    </>
  );
}

/** `client/offset_form.ts` says what it would change, joins for the moment, stores, and leaves. */
function OffsetForm({ figures }: { readonly figures: GroupFigures }) {
  const { topic, group, cells } = figures;
  return (
    <>
      <button type="button" class="button" data-open="set-offset">Set offset</button>
      <dialog id="set-offset" aria-labelledby="set-offset-title">
        <form
          id="offset-form"
          data-resource={topicResource(topic)}
          data-group={String(group.id)}
          data-cells={previewOf(cells)}
        >
          <h2 id="set-offset-title">Where {group.name} goes on</h2>
          <label class="field">
            <span>Partition</span>
            <select name="partition">
              {cells.map(({ partitionId }) => (
                <option value={String(partitionId)}>{partitionId}</option>
              ))}
            </select>
          </label>
          <Field
            name="next"
            label="Go on with offset"
            kind="integer"
            type="number"
            min={0}
            hint="Every message before it counts as processed"
          />
          <p class="preview" role="status"></p>
          <p class="form-error" role="alert" hidden></p>
          <div class="form-actions">
            <button type="button" class="button" data-close>Cancel</button>
            <button type="submit" class="button primary">Set the offset</button>
          </div>
        </form>
      </dialog>
    </>
  );
}

/** `PARTITION:STORED:END` of each, for the form to say what an offset would change. */
function previewOf(cells: readonly LagCell[]): string {
  return cells.map(({ partitionId, storedOffset = -1, endOffset }) =>
    `${partitionId}:${storedOffset}:${endOffset}`
  ).join(",");
}

const HEAT_GROUPS_MAX = 40;
const HEAT_PARTITIONS_MAX = 64;
