/**
 * Which metrics there are, and where their values come from.
 *
 * @module
 */
import { errorName } from "../../protocol/error_codes.ts";
import type { Stats } from "../../protocol/system.ts";
import type { TopicView } from "../catalog/views.ts";
import type { Broker } from "../handlers/broker.ts";
import { topicLag } from "../handlers/lag.ts";
import { getStats } from "../handlers/system.ts";
import { BOUNDS_SECONDS, type Histogram } from "../telemetry/histogram.ts";
import { COMMAND_KINDS } from "../telemetry/meters.ts";

/** One metric with all its values. */
export interface Family {
  /** Without the `_total` of a counter. */
  readonly name: string;
  readonly help: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly samples: readonly Sample[];
}

export interface Sample {
  /** What is added to the family's name: `_bucket`. */
  readonly suffix?: string;
  readonly labels?: Readonly<Record<string, string | number>>;
  readonly value: number;
}

/** All of them, of this moment. */
export async function families(broker: Broker): Promise<Family[]> {
  const stats = await getStats(broker);
  return [
    ...iggyFamilies(broker, stats),
    ...processFamilies(broker, stats),
    ...trafficFamilies(broker),
    ...connectionFamilies(broker),
    ...await topicFamilies(broker),
  ];
}

/** Iggy's eight, by its names. */
function iggyFamilies({ meters, catalog }: Broker, stats: Stats): Family[] {
  return [
    counter("http_requests", "Requests over HTTP", meters.httpRequests),
    gauge("streams", "Streams", stats.streamsCount),
    gauge("topics", "Topics", stats.topicsCount),
    gauge("partitions", "Partitions", stats.partitionsCount),
    gauge("segments", "Segments of all partitions", stats.segmentsCount),
    gauge("messages", "Messages of all partitions", stats.messagesCount),
    gauge("users", "Users", catalog.users.size),
    gauge("clients", "Clients connected by a binary protocol", stats.clientsCount),
  ];
}

function processFamilies(broker: Broker, stats: Stats): Family[] {
  const { cleaned } = broker.partitions;
  return [
    {
      ...gauge("whippet_build_info", "The version that runs", 1),
      samples: [{ labels: { version: broker.version }, value: 1 }],
    },
    gauge("whippet_start_time_seconds", "When the node started", stats.startTime / 1e6),
    gauge("whippet_resident_memory_bytes", "Memory of the process", stats.memoryUsage),
    gauge("whippet_cpu_usage_ratio", "CPU use since the start; 1 is a core", stats.cpuUsage / 100),
    gauge("whippet_disk_free_bytes", "Room where the data are", stats.freeDiskSpace),
    gauge("whippet_disk_size_bytes", "Size of the disk where the data are", stats.totalDiskSpace),
    gauge("whippet_messages_size_bytes", "Stored messages", stats.messagesSizeBytes),
    counter("whippet_cleaned_segments", "Segments that retention removed", cleaned.segmentsCount),
    counter("whippet_cleaned_bytes", "Bytes that retention removed", cleaned.sizeBytes),
    histogram("whippet_event_loop_delay_seconds", "How late timers of the event loop come", [
      [{}, broker.meters.eventLoopDelay],
    ]),
  ];
}

function trafficFamilies({ meters }: Broker): Family[] {
  return [
    counter("whippet_sent_messages", "Messages that producers sent", meters.sentMessages),
    counter("whippet_sent_bytes", "Bytes of stored messages sent", meters.sentBytes),
    counter("whippet_polled_messages", "Messages that consumers got", meters.polledMessages),
    counter("whippet_polled_bytes", "Bytes of messages that consumers got", meters.polledBytes),
    histogram(
      "whippet_request_duration_seconds",
      "From a request of the binary protocols to its answer, polls that wait left out",
      COMMAND_KINDS.map((command) => [{ command }, meters.latency[command]]),
    ),
    {
      ...counter("whippet_refused_requests", "Requests refused, by Iggy's error code", 0),
      samples: Array.from(meters.refusals, ([code, value]) => ({
        labels: { code, name: errorName(code) },
        value,
      })),
    },
  ];
}

function connectionFamilies({ meters }: Broker): Family[] {
  return [
    histogram(
      "whippet_http_request_duration_seconds",
      "From a request over HTTP to the head of its answer",
      [[{}, meters.httpLatency]],
    ),
    counter("whippet_accepted_connections", "Connections accepted", meters.connectionsAccepted),
    counter(
      "whippet_rejected_connections",
      "Connections closed at accept",
      meters.connectionsRefused,
    ),
    {
      ...counter("whippet_tls_handshakes", "TLS handshakes, by result and key exchange", 0),
      samples: Array.from(meters.handshakes, ({ result, group, count }) => ({
        labels: { result, group },
        value: count,
      })),
    },
  ];
}

/** Series for each topic and for each who reads it, of as many topics as `SERIES_MAX` allows. */
async function topicFamilies(broker: Broker): Promise<Family[]> {
  const sizes: Sample[] = [];
  const counts: Sample[] = [];
  const lags: Sample[] = [];
  let omitted = 0;
  for (const stream of broker.catalog.streams.values()) {
    for (const topic of stream.topics.values()) {
      if (sizes.length + lags.length >= SERIES_MAX) {
        omitted++;
        continue;
      }
      const labels = { stream: stream.name, topic: topic.name };
      const { sizeBytes, messagesCount } = await figuresOf(broker, topic);
      sizes.push({ labels, value: sizeBytes });
      lags.push(...await lagsOf(broker, topic, labels));
      counts.push({ labels, value: messagesCount });
    }
  }
  return [
    { ...gauge("whippet_topic_size_bytes", "Stored messages of a topic", 0), samples: sizes },
    { ...gauge("whippet_topic_messages", "Messages of a topic", 0), samples: counts },
    {
      ...gauge("whippet_consumer_lag_messages", "Messages there and not yet processed", 0),
      samples: lags,
    },
    gauge("whippet_omitted_topics", "Topics left out of the series above", omitted),
  ];
}

async function figuresOf({ partitions }: Broker, topic: TopicView) {
  const figures = await Promise.all(
    topic.partitions.map((partition) => partitions.figures(topic, partition)),
  );
  return {
    sizeBytes: figures.reduce((sum, each) => sum + each.sizeBytes, 0),
    messagesCount: figures.reduce((sum, each) => sum + each.messagesCount, 0),
  };
}

async function lagsOf(
  { partitions }: Broker,
  topic: TopicView,
  labels: Readonly<Record<string, string>>,
): Promise<Sample[]> {
  const rows = await topicLag(partitions, topic);
  return rows.map(({ partitionId, kind, id, name, lag }) => ({
    labels: { ...labels, partition: partitionId, kind, consumer: name ?? id },
    value: lag,
  }));
}

function counter(name: string, help: string, value: number): Family {
  return { name, help, type: "counter", samples: [{ value }] };
}

function gauge(name: string, help: string, value: number): Family {
  return { name, help, type: "gauge", samples: [{ value }] };
}

type Labels = Readonly<Record<string, string>>;

function histogram(
  name: string,
  help: string,
  of: readonly (readonly [labels: Labels, histogram: Histogram])[],
): Family {
  const samples = of.flatMap(([labels, each]) => histogramSamples(labels, each));
  return { name, help, type: "histogram", samples };
}

/** Each bucket counts all that are below its bound. */
function histogramSamples(labels: Labels, histogram: Histogram): Sample[] {
  let below = 0;
  const buckets = Array.from(histogram.counts(), (count, at): Sample => ({
    suffix: "_bucket",
    labels: { ...labels, le: BOUNDS_SECONDS[at] ?? "+Inf" },
    value: below += count,
  }));
  return [
    ...buckets,
    { suffix: "_sum", labels, value: histogram.sumSeconds },
    { suffix: "_count", labels, value: below },
  ];
}

const SERIES_MAX = 10_000;
