/**
 * Streams and the topics in them.
 *
 * @module
 */
import type { StreamView } from "../../../catalog/views.ts";
import { latestRate, type TopicFigures } from "../census.ts";
import { bytes, count, short } from "../format.ts";
import { Sparkline } from "../parts/chart.tsx";
import { DangerDialog, Field, FormDialog } from "../parts/forms.tsx";
import { Heading } from "../parts/layout.tsx";
import { type Column, Table } from "../parts/table.tsx";
import { Ago, Command, Copy, Empty, Facts, Panel } from "../parts/words.tsx";
import { requiredStream, topicPath, visibleTopics } from "../places.ts";
import type { Page, Visit } from "../visit.ts";
import { firstStream, rateOf, TopicName } from "./overview.tsx";
import { TopicSettingsFields } from "./topic_settings.tsx";

const STREAMS: Page = {
  path: "streams",
  section: "streams",
  title: () => "Streams",
  async render(visit) {
    await visit.perform("getStreams", undefined);
    const topics = await visibleTopics(visit);
    const streams = [...visit.broker.catalog.streams.values()].map((stream): StreamRow => (
      { stream, topics: topics.filter((each) => each.stream === stream) }
    ));
    return (
      <>
        <Heading title="Streams">
          {visit.may("createStream") && <CreateStream />}
        </Heading>
        <Panel title="Streams">
          <Table
            visit={visit}
            name="streams"
            caption="Streams"
            rows={streams}
            columns={STREAM_COLUMNS(visit)}
            text={({ stream }) => stream.name}
            link={({ stream }) => `/ui/streams/${stream.id}`}
            empty={<NoStreams visit={visit} />}
          />
        </Panel>
        {topics.length > 0 && (
          <Panel title="All topics">
            <Table
              visit={visit}
              name="topics"
              caption="Topics"
              rows={topics}
              columns={[TOPIC_WITH_STREAM, ...TOPIC_COLUMNS]}
              text={({ stream, topic }) => `${stream.name} / ${topic.name}`}
              link={({ topic }) => topicPath(topic)}
              empty=""
            />
          </Panel>
        )}
      </>
    );
  },
};

const STREAM: Page = {
  path: "streams/:stream",
  section: "streams",
  title: ({ params }) => `Stream ${params.stream}`,
  async render(visit) {
    const stream = await requiredStream(visit);
    const topics = (await visibleTopics(visit)).filter((each) => each.stream === stream);
    return (
      <>
        <Heading title={stream.name} trail={[["Streams", "/ui/streams"]]}>
          <StreamActions visit={visit} stream={stream} />
        </Heading>
        <Facts
          facts={[
            ["Topics", count(topics.length)],
            ["Messages", short(total(topics, (each) => each.messagesCount))],
            ["Stored", bytes(total(topics, (each) => each.sizeBytes))],
            ["In", `${short(total(topics, latestRate))} msg/s`],
            ["Made", <Ago at={stream.createdAt} now={visit.nowMicros} />],
            ["Id", <Copy text={String(stream.id)} />],
          ]}
        />
        <Panel title="Topics">
          <Table
            visit={visit}
            name="topics"
            caption="Topics"
            rows={topics}
            columns={[TOPIC, ...TOPIC_COLUMNS]}
            text={({ topic }) => topic.name}
            link={({ topic }) => topicPath(topic)}
            empty={
              <Empty title="No topics in this stream yet">
                <p>A topic holds messages, spread over its partitions. In TypeScript:</p>
                <Command
                  text={`await client.topics.create(${JSON.stringify(stream.name)}, "events", ` +
                    `{ partitionsCount: 3 })`}
                />
              </Empty>
            }
          />
        </Panel>
      </>
    );
  },
};

export const STREAM_PAGES: readonly Page[] = [STREAMS, STREAM];

function CreateStream() {
  return (
    <FormDialog
      id="create-stream"
      button="Create stream"
      title="Create a stream"
      method="post"
      path="/streams"
      submit="Create"
      next="/ui/streams/{id}"
    >
      <Field name="name" label="Name" maxlength={255} hint="1 to 255 bytes" />
    </FormDialog>
  );
}

function StreamActions(
  { visit, stream }: { readonly visit: Visit; readonly stream: StreamView },
) {
  const { id, name } = stream;
  const address = { streamId: id };
  return (
    <>
      {visit.may("createTopic", address) && (
        <FormDialog
          id="create-topic"
          button="Create topic"
          title={`Create a topic in ${name}`}
          method="post"
          path={`/streams/${id}/topics`}
          submit="Create"
          next={`/ui/streams/${id}/topics/{id}`}
        >
          <Field name="name" label="Name" maxlength={255} />
          <Field
            name="partitions_count"
            label="Partitions"
            kind="integer"
            type="number"
            value="3"
            min={0}
            max={1000}
            hint="How many consumers of a group can read at once"
          />
          <TopicSettingsFields />
        </FormDialog>
      )}
      {visit.may("updateStream", address) && (
        <FormDialog
          id="rename-stream"
          button="Rename"
          title={`Rename ${name}`}
          method="put"
          path={`/streams/${id}`}
          submit="Rename"
          isPlain
        >
          <Field name="name" label="Name" value={name} maxlength={255} />
        </FormDialog>
      )}
      {visit.may("purgeStream", address) && (
        <DangerDialog
          id="purge-stream"
          button="Purge"
          title={`Remove all messages of ${name}`}
          path={`/streams/${id}/purge`}
          submit="Remove all messages"
          name={name}
          loss="Its topics stay, without messages and without stored offsets."
        />
      )}
      {visit.may("deleteStream", address) && (
        <DangerDialog
          id="delete-stream"
          button="Delete"
          title={`Delete ${name}`}
          path={`/streams/${id}`}
          submit="Delete the stream"
          next="/ui/streams"
          name={name}
          loss="All its topics and messages go with it, for good."
        />
      )}
    </>
  );
}

function NoStreams({ visit }: { readonly visit: Visit }) {
  return (
    <Empty title="No streams yet">
      <p>A stream holds topics, and topics hold messages. Create one above, or from a shell:</p>
      <Command text={firstStream(visit)} />
    </Empty>
  );
}

interface StreamRow {
  readonly stream: StreamView;
  readonly topics: readonly TopicFigures[];
}

const STREAM_COLUMNS = ({ nowMicros }: Visit): readonly Column<StreamRow>[] => [
  {
    key: "name",
    label: "Stream",
    value: ({ stream }) => stream.name,
    cell: ({ stream }) => stream.name,
  },
  {
    key: "topics",
    label: "Topics",
    numeric: true,
    value: ({ topics }) => topics.length,
    cell: ({ topics }) => count(topics.length),
  },
  {
    key: "messages",
    label: "Messages",
    numeric: true,
    value: ({ topics }) => total(topics, (each) => each.messagesCount),
    cell: ({ topics }) => short(total(topics, (each) => each.messagesCount)),
  },
  {
    key: "size",
    label: "Stored",
    numeric: true,
    value: ({ topics }) => total(topics, (each) => each.sizeBytes),
    cell: ({ topics }) => bytes(total(topics, (each) => each.sizeBytes)),
  },
  {
    key: "rate",
    label: "In",
    numeric: true,
    value: ({ topics }) => total(topics, latestRate),
    cell: ({ topics }) => `${short(total(topics, latestRate))} msg/s`,
  },
  {
    key: "made",
    label: "Made",
    numeric: true,
    value: ({ stream }) => stream.createdAt,
    cell: ({ stream }) => <Ago at={stream.createdAt} now={nowMicros} />,
  },
];

const TOPIC: Column<TopicFigures> = {
  key: "name",
  label: "Topic",
  value: ({ topic }) => topic.name,
  cell: ({ topic }) => topic.name,
};

const TOPIC_WITH_STREAM: Column<TopicFigures> = {
  ...TOPIC,
  cell: ({ stream, topic }) => <TopicName stream={stream.name} topic={topic.name} />,
};

const TOPIC_COLUMNS: readonly Column<TopicFigures>[] = [
  {
    key: "partitions",
    label: "Partitions",
    numeric: true,
    value: ({ partitions }) => partitions.length,
    cell: ({ partitions }) => count(partitions.length),
  },
  {
    key: "messages",
    label: "Messages",
    numeric: true,
    value: (each) => each.messagesCount,
    cell: (each) => short(each.messagesCount),
  },
  {
    key: "size",
    label: "Stored",
    numeric: true,
    value: (each) => each.sizeBytes,
    cell: (each) => bytes(each.sizeBytes),
  },
  { key: "trend", label: "", cell: ({ rates }) => <Sparkline values={rates} /> },
  {
    key: "rate",
    label: "In",
    numeric: true,
    value: latestRate,
    cell: rateOf,
  },
  {
    key: "groups",
    label: "Groups",
    numeric: true,
    value: ({ groups }) => groups.length,
    cell: ({ groups }) => count(groups.length),
  },
];

function total(topics: readonly TopicFigures[], figure: (topic: TopicFigures) => number): number {
  return topics.reduce((sum, each) => sum + figure(each), 0);
}
