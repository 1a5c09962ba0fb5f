/**
 * `whippet bench`: how fast a node takes messages and gives them back, from here.
 *
 * @module
 */
import type { CommandContext } from "../command_context.ts";
import type { CommandDefinition } from "../definition.ts";
import { Progress } from "../progress.ts";
import { byteCount, count, durationMs, wholeNumber } from "../values.ts";
import type { Client } from "../../client/client.ts";

interface BenchOptions {
  readonly messageSize: number;
  readonly batch: number;
  readonly connections: number;
  readonly window: number;
  readonly duration: number;
}

/** What one direction did. */
interface Measurement {
  readonly phase: "send" | "poll";
  readonly messages: number;
  readonly bytes: number;
  readonly seconds: number;
  /** Of each request, sorted. */
  readonly latenciesMs: readonly number[];
}

export const BENCH: CommandDefinition = {
  name: "bench",
  about: "Measure sends and polls against a node, in a stream of its own that is deleted again",
  options: [
    {
      flags: "--message-size <size>",
      about: "Bytes of a payload",
      parse: byteCount,
      fallback: 1000,
    },
    { flags: "--batch <count>", about: "Messages of a request", parse: count, fallback: 100 },
    {
      flags: "--connections <count>",
      about: "Each with a partition of its own",
      parse: wholeNumber(1000, 1),
      fallback: 1,
    },
    {
      flags: "--window <count>",
      about: "Requests under way on each connection",
      parse: wholeNumber(64, 1),
      fallback: 4,
    },
    {
      flags: "--duration <duration>",
      about: "How long to send; all of it is polled then",
      parse: durationMs,
      fallback: 3000,
    },
  ],
  examples: [{ line: "bench --duration 200ms --message-size 100 --batch 10 --connections 2" }],
  run: bench,
};

async function bench(context: CommandContext, _: [], options: BenchOptions): Promise<void> {
  const { signal, release } = context.interruption();
  const first = await context.client();
  const others = await Promise.all(
    Array.from({ length: options.connections - 1 }, () => context.client()),
  );
  const clients = [first, ...others];
  const random = new Uint8Array(4);
  context.ports.entropy.fill(random);
  const stream = `bench-${random.toHex()}`;
  await first.streams.create(stream);
  try {
    await first.topics.create(stream, TOPIC, { partitionsCount: clients.length });
    const sent = await send(context, clients, stream, options, signal);
    const polled = await poll(context, clients, stream, options, sent, signal);
    report(context, options, [sent.measurement, polled]);
  } finally {
    release();
    await first.streams.delete(stream);
  }
}

interface Sent {
  readonly measurement: Measurement;
  /** Requests, by connection. */
  readonly requests: readonly number[];
}

async function send(
  context: CommandContext,
  clients: readonly Client[],
  stream: string,
  { messageSize, batch, window, duration }: BenchOptions,
  signal: AbortSignal,
): Promise<Sent> {
  const { clock, entropy } = context.ports;
  const payload = new Uint8Array(messageSize);
  entropy.fill(payload);
  const requests = clients.map(() => 0);
  const batches = clients.map(({ messages }) =>
    messages.prepare(Array.from({ length: batch }, () => ({ payload })))
  );
  using progress = new Progress(context, "messages sent");
  let sent = 0;
  const sinceMs = clock.monotonicMs();
  const latenciesMs = await timed(context, clients, window, async (client, at) => {
    const elapsedMs = clock.monotonicMs() - sinceMs;
    if (elapsedMs >= duration || signal.aborted) return false;
    progress.show(sent, elapsedMs / duration);
    requests[at]++;
    await client.messages.send(stream, TOPIC, batches[at], { partitionId: at });
    sent += batch;
    return true;
  });
  const seconds = (clock.monotonicMs() - sinceMs) / 1000;
  const messages = latenciesMs.length * batch;
  const bytes = messages * messageSize;
  return { requests, measurement: { phase: "send", messages, bytes, seconds, latenciesMs } };
}

async function poll(
  context: CommandContext,
  clients: readonly Client[],
  stream: string,
  { messageSize, batch, window }: BenchOptions,
  { requests, measurement }: Sent,
  signal: AbortSignal,
): Promise<Measurement> {
  const { clock } = context.ports;
  const next = clients.map(() => 0);
  using progress = new Progress(context, "messages polled", measurement.messages);
  let messages = 0;
  const sinceMs = clock.monotonicMs();
  const latenciesMs = await timed(context, clients, window, async (client, at) => {
    const request = next[at]++;
    if (request >= requests[at] || signal.aborted) return false;
    const place = { partitionId: at, offset: request * batch, count: batch };
    const polled = await client.messages.pollBytes(stream, TOPIC, place, ({ count }) => count);
    messages += polled;
    progress.show(messages);
    return true;
  });
  const seconds = (clock.monotonicMs() - sinceMs) / 1000;
  return { phase: "poll", messages, bytes: messages * messageSize, seconds, latenciesMs };
}

/** Runs `request` on each connection, `window` of them at a time, until it says `false`; gives how long each took. */
async function timed(
  { ports: { clock } }: CommandContext,
  clients: readonly Client[],
  window: number,
  request: (client: Client, at: number) => Promise<boolean>,
): Promise<number[]> {
  const latenciesMs: number[] = [];
  await Promise.all(clients.flatMap((client, at) =>
    Array.from({ length: window }, async () => {
      for (;;) {
        const sinceMs = clock.monotonicMs();
        if (!await request(client, at)) return;
        latenciesMs.push(clock.monotonicMs() - sinceMs);
      }
    })
  ));
  return latenciesMs.sort((a, b) => a - b);
}

function report(
  { output }: CommandContext,
  { messageSize, batch, connections, window }: BenchOptions,
  measurements: readonly Measurement[],
): void {
  const rows = measurements.map(({ latenciesMs, seconds, ...rest }) => ({
    ...rest,
    seconds,
    messagesPerSecond: Math.round(rest.messages / Math.max(seconds, 1e-6)),
    megabytesPerSecond: rest.bytes / Math.max(seconds, 1e-6) / 1e6,
    p50Ms: quantile(latenciesMs, 0.5),
    p99Ms: quantile(latenciesMs, 0.99),
    maxMs: latenciesMs.at(-1) ?? 0,
    requests: latenciesMs.length,
  }));
  if (!output.isForPrograms) {
    const how = [
      `${messageSize} bytes a message`,
      `${batch} a request`,
      `${connections} ${connections === 1 ? "connection" : "connections"}`,
      `${window} requests under way on each`,
    ];
    output.line(how.join(", "));
  }
  output.rows(rows, [
    ["Phase", ({ phase }) => phase],
    ["MB/s", ({ megabytesPerSecond }) => megabytesPerSecond.toFixed(1)],
    ["Messages/s", ({ messagesPerSecond }) => messagesPerSecond],
    ["Requests", ({ requests }) => requests],
    ["p50 ms", ({ p50Ms }) => p50Ms.toFixed(2)],
    ["p99 ms", ({ p99Ms }) => p99Ms.toFixed(2)],
    ["max ms", ({ maxMs }) => maxMs.toFixed(2)],
  ], "");
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

const TOPIC = "messages";
