/**
 * One topic: its partitions, its groups, how it keeps messages.
 *
 * @module
 */
import type { PartitionFigures, TopicFigures } from "../census.ts";
import { latestRate } from "../census.ts";
import { bytes, count, counted, short } from "../format.ts";
import { Bar, Sparkline } from "../parts/chart.tsx";
import { DangerDialog, Field, FormDialog } from "../parts/forms.tsx";
import { GROUP_COLUMNS } from "../parts/group_columns.tsx";
import { Heading } from "../parts/layout.tsx";
import { type Column, Table } from "../parts/table.tsx";
import { Ago, Command, Copy, Empty, Facts, Panel } from "../parts/words.tsx";
import { groupPath, requiredTopic, topicPath, topicResource } from "../places.ts";
import type { Page, Visit } from "../visit.ts";
import { keptFor, keptSize, TopicSettingsFields } from "./topic_settings.tsx";

export const TOPIC_PAGE: Page = {
  path: "streams/:stream/topics/:topic",
  section: "streams",
  title: ({ params }) => `Topic ${params.stream}/${params.topic}`,
  async render(visit) {
    const figures = await requiredTopic(visit);
    const { stream, topic, messagesCount, sizeBytes, rates } = figures;
    return (
      <>
        <Heading
          title={topic.name}
          trail={[["Streams", "/ui/streams"], [stream.name, `/ui/streams/${stream.id}`]]}
        >
          <a class="button primary" href={`${topicPath(topic)}/messages`}>Messages</a>
          <TopicActions visit={visit} figures={figures} />
        </Heading>
        <Facts
          facts={[
            ["Messages", <span title={count(messagesCount)}>{short(messagesCount)}</span>],
            ["Stored", bytes(sizeBytes)],
            ["In", `${short(latestRate(figures))} msg/s`],
            ["Last minute", <Sparkline values={rates} />],
            ["Kept", keptFor(topic.settings.messageExpiry)],
            ["At most", keptSize(topic.settings.maxTopicSize)],
            ["Made", <Ago at={topic.createdAt} now={visit.nowMicros} />],
            ["Id", <Copy text={String(topic.id)} />],
          ]}
        />
        <Partitions visit={visit} figures={figures} />
        <Groups visit={visit} figures={figures} />
        <Settings figures={figures} />
      </>
    );
  },
};

function Partitions({ visit, figures }: { readonly visit: Visit; readonly figures: TopicFigures }) {
  const { topic, partitions } = figures;
  return (
    <Panel title={counted(partitions.length, "partition")}>
      <Table
        visit={visit}
        name="partitions"
        caption="Partitions"
        rows={partitions}
        link={({ view }) => `${topicPath(topic)}/messages?partition=${view.id}`}
        columns={partitionColumns(figures)}
        empty={
          <Empty title="No partitions">
            <p>A topic needs at least one to take messages: add some above.</p>
          </Empty>
        }
      />
    </Panel>
  );
}

function partitionColumns(figures: TopicFigures): readonly Column<PartitionFigures>[] {
  const end = Math.max(1, ...figures.partitions.map((each) => each.endOffset));
  const owner = (partition: PartitionFigures) => ownersOf(figures, partition.view.id);
  return [
    {
      key: "id",
      label: "Partition",
      value: ({ view }) => view.id,
      cell: ({ view }) => view.id,
    },
    {
      key: "range",
      label: "Offsets",
      cell: ({ firstOffset, endOffset }) => <Bar from={firstOffset / end} to={endOffset / end} />,
    },
    {
      key: "first",
      label: "First",
      numeric: true,
      value: (each) => each.firstOffset,
      cell: (each) => <Copy text={String(each.firstOffset)}>{count(each.firstOffset)}</Copy>,
    },
    {
      key: "last",
      label: "Last",
      numeric: true,
      value: (each) => each.endOffset,
      cell: ({ messagesCount, endOffset }) =>
        messagesCount === 0
          ? "–"
          : <Copy text={String(endOffset - 1)}>{count(endOffset - 1)}</Copy>,
    },
    {
      key: "messages",
      label: "Messages",
      numeric: true,
      value: (each) => each.messagesCount,
      cell: (each) => count(each.messagesCount),
    },
    {
      key: "size",
      label: "Stored",
      numeric: true,
      value: (each) => each.sizeBytes,
      cell: (each) => bytes(each.sizeBytes),
    },
    {
      key: "segments",
      label: "Segments",
      numeric: true,
      value: (each) => each.segmentsCount,
      cell: (each) => count(each.segmentsCount),
    },
    { key: "owner", label: "Read by", cell: owner },
  ];
}

/** `billing: 3`, for each group the member that reads a partition. */
function ownersOf({ groups }: TopicFigures, partitionId: number): string {
  const owners = groups.flatMap(({ group, members }) =>
    members.filter(({ partitions }) => partitions.includes(partitionId))
      .map(({ id }) => `${group.name}: ${id}`)
  );
  return owners.length === 0 ? "nobody" : owners.join(", ");
}

function Groups({ visit, figures }: { readonly visit: Visit; readonly figures: TopicFigures }) {
  const { stream, topic } = figures;
  const address = { streamId: stream.id, topicId: topic.id };
  if (!visit.may("getConsumerGroups", address)) return null;
  return (
    <Panel
      title="Consumer groups"
      aside={visit.may("createConsumerGroup", address) && (
        <FormDialog
          id="create-group"
          button="Create group"
          title={`Create a consumer group of ${topic.name}`}
          method="post"
          path={`${topicResource(topic)}/consumer-groups`}
          submit="Create"
          isPlain
        >
          <Field name="name" label="Name" maxlength={255} />
        </FormDialog>
      )}
    >
      <Table
        visit={visit}
        name="groups"
        caption="Consumer groups"
        rows={figures.groups}
        link={groupPath}
        columns={[
          {
            key: "name",
            label: "Group",
            value: (each) => each.group.name,
            cell: (each) => each.group.name,
          },
          ...GROUP_COLUMNS,
        ]}
        empty={
          <Empty title="Nobody reads as a group yet">
            <p>Members of a group share the partitions and remember how far they are:</p>
            <Command
              text={`client.consume({ stream: ${JSON.stringify(stream.name)}, topic: ${
                JSON.stringify(topic.name)
              }, group: "workers" })`}
            />
          </Empty>
        }
      />
    </Panel>
  );
}

function Settings({ figures: { topic } }: { readonly figures: TopicFigures }) {
  const { settings, explicit } = topic;
  const chosen = (name: keyof typeof settings) =>
    explicit.includes(name) ? "" : <span class="quiet">by default</span>;
  return (
    <Panel title="Settings">
      <Facts
        facts={[
          ["Keep for", <>{keptFor(settings.messageExpiry)} {chosen("messageExpiry")}</>],
          ["Keep at most", <>{keptSize(settings.maxTopicSize)} {chosen("maxTopicSize")}</>],
          ["Segments of", <>{bytes(settings.segmentSize)} {chosen("segmentSize")}</>],
          ["Durability", <>{settings.durability} {chosen("durability")}</>],
          ["Compression", <>{settings.compressionAlgorithm} {chosen("compressionAlgorithm")}</>],
          [
            "Duplicates",
            settings.deduplicationWindow > 0 ? "are dropped by message id" : "are kept",
          ],
        ]}
      />
    </Panel>
  );
}

function TopicActions(
  { visit, figures: { topic } }: { readonly visit: Visit; readonly figures: TopicFigures },
) {
  const address = { streamId: topic.streamId, topicId: topic.id };
  const path = topicResource(topic);
  return (
    <>
      {visit.may("createPartitions", address) && (
        <FormDialog
          id="add-partitions"
          button="Add partitions"
          title={`Add partitions to ${topic.name}`}
          method="post"
          path={`${path}/partitions`}
          submit="Add"
          isPlain
        >
          <Field
            name="partitions_count"
            label="How many"
            kind="integer"
            type="number"
            value="1"
            min={1}
            max={1000}
            hint="Messages with a key may go to another partition from then on"
          />
        </FormDialog>
      )}
      {visit.may("updateTopic", address) && (
        <FormDialog
          id="edit-topic"
          button="Edit"
          title={`Settings of ${topic.name}`}
          method="put"
          path={path}
          submit="Save"
          isPlain
        >
          <Field name="name" label="Name" value={topic.name} maxlength={255} />
          <TopicSettingsFields settings={topic.settings} />
        </FormDialog>
      )}
      {visit.may("purgeTopic", address) && (
        <DangerDialog
          id="purge-topic"
          button="Purge"
          title={`Remove all messages of ${topic.name}`}
          path={`${path}/purge`}
          submit="Remove all messages"
          name={topic.name}
          loss="Its partitions and groups stay; offsets begin at 0 again."
        />
      )}
      {visit.may("deleteTopic", address) && (
        <DangerDialog
          id="delete-topic"
          button="Delete"
          title={`Delete ${topic.name}`}
          path={path}
          submit="Delete the topic"
          next={`/ui/streams/${topic.streamId}`}
          name={topic.name}
          loss="All its messages go with it, for good."
        />
      )}
    </>
  );
}
