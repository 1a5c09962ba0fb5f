/**
 * `whippet ping`, `whippet stats`, `whippet snapshot` and `whippet options`: the node itself.
 *
 * @module
 */
import type { CommandContext } from "../command_context.ts";
import type { CommandDefinition } from "../definition.ts";
import { type Column, type OutputFormat, sizeText, timeText } from "../output.ts";
import { CommandError } from "../ports.ts";
import { count } from "../values.ts";
import type {
  OptionScope,
  SnapshotCompression,
  SnapshotType,
  Stats,
} from "../../../protocol/system.ts";

export const PING: CommandDefinition = {
  name: "ping",
  about: "Measure how long the node takes to answer",
  options: [{ flags: "-c, --count <count>", about: "How often", parse: count, fallback: 1 }],
  examples: [{ line: "ping -c 3" }],
  async run(context: CommandContext, _: [], { count }: { count: number }) {
    const client = await context.connect();
    const { clock } = context.ports;
    const times: number[] = [];
    for (let at = 0; at < count; at++) {
      const sinceMs = clock.monotonicMs();
      await client.ping();
      times.push(clock.monotonicMs() - sinceMs);
    }
    const facts = {
      count,
      minMs: Math.min(...times),
      averageMs: times.reduce((sum, each) => sum + each, 0) / count,
      maxMs: Math.max(...times),
    };
    const { minMs, averageMs, maxMs } = facts;
    const [min, average, max] = [minMs, averageMs, maxMs].map((each) => each.toFixed(2));
    const { output } = context;
    if (output.isForPrograms) return output.value(facts);
    output.line(`Ping statistics for ${count} ${count === 1 ? "command" : "commands"}`);
    output.line(`min/avg/max = ${min}/${average}/${max} ms`);
  },
};

export const STATS: CommandDefinition = {
  name: "stats",
  about: "Show what the node holds and uses",
  options: [{
    flags: "-o, --output <format>",
    about: "table, list, json, ndjson or toml",
    choices: ["table", "list", "json", "ndjson", "toml"],
  }],
  examples: [{ line: "stats" }, { line: "stats --output json" }],
  async run(
    context: CommandContext,
    _: [],
    { output: format }: { output?: OutputFormat | "toml" },
  ) {
    const stats = await (await context.client()).stats();
    if (format !== "toml") return context.output.record(stats, STATS_COLUMNS);
    const lines = Object.entries(stats)
      .filter(([, value]) => typeof value === "number" || typeof value === "string")
      .map(([name, value]) => `${snakeCase(name)} = ${JSON.stringify(value)}`);
    context.output.line(lines.join("\n"));
  },
};

export const SNAPSHOT: CommandDefinition = {
  name: "snapshot",
  about: "Save facts about the node for its support, as a ZIP file",
  options: [
    {
      flags: "-c, --compression <name>",
      about: "How the file is compressed",
      choices: ["stored", "deflated", "bzip2", "zstd", "lzma", "xz"],
      fallback: "deflated",
    },
    {
      flags: "-s, --snapshot-types <types...>",
      about: "What it holds, as filesystem_overview, server_logs or all",
    },
    { flags: "-o, --out-dir <folder>", about: "Where it goes", fallback: "." },
  ],
  examples: [{ line: "snapshot -o /tmp" }],
  async run(
    context: CommandContext,
    _: [],
    { compression, snapshotTypes = ["all"], outDir }: {
      compression: SnapshotCompression;
      snapshotTypes?: SnapshotType[];
      outDir: string;
    },
  ) {
    const client = await context.client();
    const bytes = await client.snapshot(snapshotTypes, compression);
    const { ports, output } = context;
    const when = new Date(ports.clock.nowMicros() / 1000).toISOString().replaceAll(/[-:.]/g, "");
    const path = `${outDir}/snapshot_${when}.zip`;
    if (!ports.writeBytes(path, bytes)) {
      throw new CommandError(`${path} is there already: --out-dir names another folder`);
    }
    output.done(`Wrote ${path}, ${sizeText(bytes.length)}`, { path, bytes: bytes.length });
  },
};

export const OPTIONS: CommandDefinition = {
  name: "options",
  about: "List the options that topics, streams or users may have",
  parameters: [{
    flags: "<scope>",
    about: "Whose: topic, stream or user",
    choices: ["topic", "stream", "user"],
  }],
  examples: [{ line: "options topic" }],
  async run(context: CommandContext, [scope]: [OptionScope]) {
    const options = await (await context.client()).describeOptions(scope);
    context.output.rows(options, [
      ["Key", ({ key }) => key],
      ["Kind", ({ defaultValue }) => defaultValue.kind],
      ["Default", ({ defaultValue }) => defaultValue.value],
      ["What it does", ({ description }) => description],
    ], `No options for a ${scope}`);
  },
};

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

const STATS_COLUMNS: readonly Column<Stats>[] = [
  ["Server PID", ({ processId }) => processId],
  ["Server version", ({ iggyServerVersion }) => iggyServerVersion],
  ["Host", ({ hostname, osName, kernelVersion }) => `${hostname}, ${osName} ${kernelVersion}`],
  ["Started", ({ startTime }) => timeText(startTime)],
  ["Running for", ({ runTime }) => `${Math.floor(runTime / 1_000_000)} s`],
  ["CPU", ({ cpuUsage }) => `${cpuUsage.toFixed(1)} %`],
  ["CPU of the machine", ({ totalCpuUsage }) => `${totalCpuUsage.toFixed(1)} %`],
  ["Memory", ({ memoryUsage }) => sizeText(memoryUsage)],
  [
    "Memory of the machine",
    ({ totalMemory, availableMemory }) =>
      `${sizeText(totalMemory)}, ${sizeText(availableMemory)} available`,
  ],
  [
    "Disk",
    ({ totalDiskSpace, freeDiskSpace }) =>
      `${sizeText(totalDiskSpace)}, ${sizeText(freeDiskSpace)} free`,
  ],
  ["Threads", ({ threadsCount }) => threadsCount],
  ["Read", ({ readBytes }) => sizeText(readBytes)],
  ["Written", ({ writtenBytes }) => sizeText(writtenBytes)],
  ["Streams", ({ streamsCount }) => streamsCount],
  ["Topics", ({ topicsCount }) => topicsCount],
  ["Partitions", ({ partitionsCount }) => partitionsCount],
  ["Segments", ({ segmentsCount }) => segmentsCount],
  ["Messages", ({ messagesCount }) => messagesCount],
  ["Size of messages", ({ messagesSizeBytes }) => sizeText(messagesSizeBytes)],
  ["Clients", ({ clientsCount }) => clientsCount],
  ["Consumer groups", ({ consumerGroupsCount }) => consumerGroupsCount],
];
