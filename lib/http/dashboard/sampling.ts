/**
 * What the history keeps of a second, from the node's plain counters.
 *
 * @module
 */
import type { Broker } from "../../handlers/broker.ts";
import { quantileSeconds } from "../../telemetry/histogram.ts";
import type { Sample } from "./history.ts";

/** Gives what reads the counters: nothing is counted for it. */
export function sampler(broker: Broker): () => Sample {
  const { meters, host, clock, startedAt } = broker;
  let before = latencyCounts(broker);
  return () => {
    const usage = host.usage();
    const counts = latencyCounts(broker);
    const grown = counts.map((count, bucket) => count - before[bucket]);
    before = counts;
    let clients = 0;
    for (const _ of broker.clients()) clients++;
    return {
      sentMessages: meters.sentMessages,
      polledMessages: meters.polledMessages,
      sentBytes: meters.sentBytes,
      polledBytes: meters.polledBytes,
      // The host tells the average since the start: with the time it is the use until now.
      cpuSeconds: usage.cpuPercent / 100 * (clock.nowMicros() - startedAt) / 1e6,
      memoryBytes: usage.memoryBytes,
      diskBytes: usage.totalDiskBytes - usage.freeDiskBytes,
      clients,
      connections: meters.connectionsAccepted,
      medianMs: (quantileSeconds(grown, 0.5) ?? NaN) * 1000,
      slowMs: (quantileSeconds(grown, 0.99) ?? NaN) * 1000,
    };
  };
}

/** Of sends and polls together. */
function latencyCounts({ meters: { latency } }: Broker): Float64Array {
  const polls = latency.poll.counts();
  return latency.send.counts().map((count, bucket) => count + polls[bucket]);
}
