/**
 * Is it healthy, who is behind, what is going on: the first look.
 *
 * @module
 */
import { type GroupFigures, latestRate, type TopicFigures } from "../census.ts";
import { bytes, count, duration, exactTime, short } from "../format.ts";
import { groupsBehind, healthSentence } from "../health.ts";
import { type Figure, type History, SECONDS_KEPT } from "../history.ts";
import { Chart, type Line, Sparkline } from "../parts/chart.tsx";
import { Heading } from "../parts/layout.tsx";
import { Table } from "../parts/table.tsx";
import { Command, Empty, Facts, Panel } from "../parts/words.tsx";
import { recentLogs } from "../../../telemetry.ts";
import type { Page, Visit } from "../visit.ts";
import { LogRow } from "./logs.tsx";
import { daysLeftOf } from "./security.tsx";
import { groupPath, topicPath, visibleTopics } from "../places.ts";

export const OVERVIEW: Page = {
  path: "",
  section: "overview",
  title: () => "Overview",
  async render(visit) {
    const behind = await groupsBehind(visit);
    const topics = await visibleTopics(visit);
    return (
      <>
        <Heading title={healthSentence(behind)} />
        {visit.may("getStats") && <NodeFacts visit={visit} topics={topics} />}
        {visit.may("getStats") && <Charts history={visit.services.history} />}
        <div class="columns">
          <HotTopics visit={visit} topics={topics} />
          <Laggards visit={visit} topics={topics} />
        </div>
        {visit.may("getStats") && <Warnings />}
      </>
    );
  },
};

function NodeFacts(
  { visit, topics }: { readonly visit: Visit; readonly topics: readonly TopicFigures[] },
) {
  const { broker, services: { history, tlsFacts }, nowMicros } = visit;
  const days = daysLeftOf(tlsFacts(), nowMicros / 1000);
  const messages = topics.reduce((total, each) => total + each.messagesCount, 0);
  const stored = topics.reduce((total, each) => total + each.sizeBytes, 0);
  const partitions = topics.reduce((total, each) => total + each.partitions.length, 0);
  return (
    <Facts
      facts={[
        ["Messages", <span title={count(messages)}>{short(messages)}</span>],
        ["Stored", bytes(stored)],
        ["Topics", count(topics.length)],
        ["Partitions", count(partitions)],
        ["Clients", count([...broker.clients()].length)],
        ["Memory", bytes(history.latest("memoryBytes"))],
        ["Certificates", days === undefined ? "no TLS" : `${count(days)} d left`],
        [
          "Up",
          <span title={`since ${exactTime(broker.startedAt)}`}>
            {duration((nowMicros - broker.startedAt) / 1000)}
          </span>,
        ],
      ]}
    />
  );
}

function Charts({ history }: { readonly history: History }) {
  // A node that has just begun has no quarter of an hour to show.
  const seconds = SPANS.find((span) => span >= history.length) ?? SECONDS_KEPT;
  const line = (name: string, figure: Figure, show: Line["show"]): Line => (
    { name, show, values: history.series(figure, seconds) }
  );
  const charts: readonly (readonly [title: string, lines: readonly Line[]])[] = [
    ["Messages", [
      line("in", "sentMessages", messagesPerSecond),
      line("out", "polledMessages", messagesPerSecond),
    ]],
    ["Traffic", [
      line("in", "sentBytes", bytesPerSecond),
      line("out", "polledBytes", bytesPerSecond),
    ]],
    ["Latency", [line("p99", "slowMs", milliseconds), line("p50", "medianMs", milliseconds)]],
    ["Memory", [line("in use", "memoryBytes", bytes)]],
    ["Processor", [line("of a core", "cpuSeconds", percent)]],
    ["Clients", [line("connected", "clients", count), line("new", "connections", perSecond)]],
  ];
  return (
    <div class="charts">
      {charts.map(([title, lines]) => <Chart title={title} seconds={seconds} lines={lines} />)}
    </div>
  );
}

function messagesPerSecond(value: number): string {
  return `${short(value)} msg/s`;
}

function bytesPerSecond(value: number): string {
  return `${bytes(value)}/s`;
}

function milliseconds(value: number): string {
  return `${value < 1 ? value.toFixed(2) : value.toFixed(1)} ms`;
}

function perSecond(value: number): string {
  return `${short(value)} /s`;
}

function percent(value: number): string {
  return `${Math.round(value * 100)} %`;
}

function HotTopics(
  { visit, topics }: { readonly visit: Visit; readonly topics: readonly TopicFigures[] },
) {
  const hot = topics.toSorted((one, other) =>
    latestRate(other) - latestRate(one) || other.messagesCount - one.messagesCount
  ).slice(0, SHOWN);
  return (
    <Panel title="Busiest topics" aside={<a href="/ui/streams">All streams</a>}>
      <Table
        visit={visit}
        name="hot"
        caption="Busiest topics"
        rows={hot}
        link={({ topic }) => topicPath(topic)}
        columns={[
          {
            key: "topic",
            label: "Topic",
            cell: ({ stream, topic }) => <TopicName stream={stream.name} topic={topic.name} />,
          },
          { key: "trend", label: "", cell: ({ rates }) => <Sparkline values={rates} /> },
          {
            key: "rate",
            label: "In",
            numeric: true,
            cell: rateOf,
          },
          {
            key: "size",
            label: "Stored",
            numeric: true,
            cell: (each) => bytes(each.sizeBytes),
          },
        ]}
        empty={
          <Empty title="No topics yet">
            <p>
              Make the first one under <a href="/ui/streams">Streams</a>, or from a shell:
            </p>
            <Command text={firstStream(visit)} />
          </Empty>
        }
      />
    </Panel>
  );
}

function Laggards(
  { visit, topics }: { readonly visit: Visit; readonly topics: readonly TopicFigures[] },
) {
  const groups = topics.flatMap((each) => each.groups)
    .toSorted((one, other) => other.lag - one.lag).slice(0, SHOWN);
  return (
    <Panel title="Groups furthest behind" aside={<a href="/ui/groups">All groups</a>}>
      <Table
        visit={visit}
        name="lag"
        caption="Groups furthest behind"
        rows={groups}
        link={groupPath}
        columns={[
          {
            key: "group",
            label: "Group",
            cell: ({ group, stream, topic }) => (
              <>
                {group.name}
                <span class="below">{stream.name} / {topic.name}</span>
              </>
            ),
          },
          { key: "trend", label: "", cell: ({ lags }) => <Sparkline values={lags} /> },
          { key: "lag", label: "Behind", numeric: true, cell: ({ lag }) => count(lag) },
          { key: "members", label: "Members", numeric: true, cell: membersOf },
        ]}
        empty={
          <Empty title="No consumer groups yet">
            <p>A group shares a topic's partitions among its members. In TypeScript:</p>
            <Command text={`client.consume({ stream: "orders", topic: "eu", group: "workers" })`} />
          </Empty>
        }
      />
    </Panel>
  );
}

function Warnings() {
  const { logs: lines } = recentLogs.since(0, { level: "warning", linesMax: SHOWN });
  if (lines.length === 0) return null;
  return (
    <Panel title="Last warnings" aside={<a href="/ui/logs?level=warning">All logs</a>}>
      <div class="log-lines" tabindex={0} role="log" aria-label="Last warnings">
        {lines.toReversed().map((line) => <LogRow line={line} />)}
      </div>
    </Panel>
  );
}

/** A topic's name with its stream's below. */
export function TopicName({ stream, topic }: { readonly stream: string; readonly topic: string }) {
  return (
    <>
      {topic}
      <span class="below">{stream}</span>
    </>
  );
}

/** Messages per second; nothing until two looks have been taken. */
export function rateOf(figures: TopicFigures): string {
  return figures.rates.length === 0 ? "–" : `${short(latestRate(figures))} msg/s`;
}

function membersOf({ members }: GroupFigures): string {
  return count(members.length);
}

/** The command that makes a stream. */
export function firstStream({ origin }: Visit): string {
  return `curl ${origin}/streams -H "Authorization: Bearer $TOKEN" \\\n` +
    `  -H "Content-Type: application/json" -d '{"name":"orders"}'`;
}

/** What charts go back to, in seconds: multiples of a chart's points. */
const SPANS = [60, 180, 360, SECONDS_KEPT];
const SHOWN = 6;
