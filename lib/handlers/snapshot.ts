/**
 * The diagnostics archive: a ZIP with a text file of each kind asked for (CLASSIC.md section 7.10).
 * No program is run for it; what the reference takes from `ls`, `ps` and `top` is what this process
 * may see by itself.
 *
 * @module
 */
import { INVALID_COMMAND, SNAPSHOT_FILE_COMPLETION_FAILED } from "../../protocol/error_codes.ts";
import { IggyError } from "../../protocol/errors.ts";
import type { SnapshotCompression, SnapshotRequest, SnapshotType } from "../../protocol/system.ts";
import { formatLog, recentLogs } from "../telemetry.ts";
import type { Broker, Client } from "./broker.ts";
import { getStats } from "./system.ts";
import { writeZip, type ZipMethod } from "./zip.ts";

/**
 * The archive. One is made at a time.
 *
 * @throws {IggyError} 3 for `all` among others, 9000 while another one is being made.
 */
export async function getSnapshot(
  broker: Broker,
  _client: Client,
  { compression, types }: SnapshotRequest,
): Promise<Uint8Array> {
  const wanted = expand(types);
  if (underWay.has(broker)) {
    throw new IggyError(SNAPSHOT_FILE_COMPLETION_FAILED, "Another snapshot is being made");
  }
  underWay.add(broker);
  try {
    const entries = [];
    for (const type of wanted) {
      const content = UTF8.encode(await CONTENTS[type](broker));
      entries.push({ name: `${type}.txt`, content });
    }
    return await writeZip(entries, METHODS[compression], broker.clock.nowMicros());
  } finally {
    underWay.delete(broker);
  }
}

/** Each kind once, in the order asked for. */
function expand(types: readonly SnapshotType[]): ReadonlySet<ContentType> {
  if (types.length === 1 && types[0] === "all") return ALL;
  const wanted = new Set<ContentType>();
  for (const type of types) {
    if (type === "all") throw new IggyError(INVALID_COMMAND, "Snapshot type all stands alone");
    wanted.add(type);
  }
  return wanted;
}

type ContentType = Exclude<SnapshotType, "all">;

const CONTENTS: Record<ContentType, (broker: Broker) => string | Promise<string>> = {
  filesystem_overview({ host }) {
    const { files, left } = host.files(FILES_MAX);
    const lines = files.map(({ path, bytes, modifiedMs }) =>
      `${timeText(modifiedMs)} ${String(bytes).padStart(BYTES_WIDTH)} ${path}`
    );
    const rest = left === 0 ? [] : [`and ${left} more that are not listed`];
    return text(["Data directory: time of the last change, bytes, path", ...lines, ...rest]);
  },
  process_list({ host }) {
    const { processes, note } = host.processes();
    const lines = processes.map(({ id, parentId, memoryBytes, threadsCount, command }) =>
      [
        ...[id, parentId, memoryBytes, threadsCount]
          .map((value) => String(value ?? "?").padStart(BYTES_WIDTH)),
        command,
      ].join(" ")
    );
    const head = ["pid", "parent", "memory bytes", "threads"]
      .map((title) => title.padStart(BYTES_WIDTH));
    return text([note, `${head.join(" ")} command`, ...lines]);
  },
  async resource_usage(broker) {
    const { host, buffers, limits } = broker;
    const stats = await getStats(broker);
    return text([
      ...section("stats", stats),
      ...section("runtime", { ...host.runtime(), loopDelayMs: await host.loopDelayMs() }),
      ...section("reply buffers", { roomBytes: buffers.room, idleBytes: buffers.idleBytes }),
      ...section("limits", limits),
    ]);
  },
  // What the reference writes.
  test: () => "test\n",
  server_logs() {
    const { logs, missed } = recentLogs.since(0);
    const head = missed === 0 ? [] : [`${missed} earlier lines are not kept`];
    return text([...head, ...logs.map(formatLog)]);
  },
  server_config: ({ describeConfig }) => describeConfig(),
};

const ALL: ReadonlySet<ContentType> = new Set([
  "filesystem_overview",
  "process_list",
  "resource_usage",
  "server_logs",
  "server_config",
]);

function section(title: string, values: object): string[] {
  const lines = Object.entries(values)
    .map(([name, value]) =>
      `${name} = ${typeof value === "object" ? JSON.stringify(value) : value}`
    );
  return [`[${title}]`, ...lines, ""];
}

function timeText(ms: number | undefined): string {
  return ms === undefined ? "?".padEnd(TIME_WIDTH) : new Date(ms).toISOString();
}

function text(lines: readonly string[]): string {
  return lines.join("\n") + "\n";
}

/** A ZIP names the method of each entry, so what has no writer here comes in the one that all can read. */
const METHODS: Record<SnapshotCompression, ZipMethod> = {
  stored: "stored",
  deflated: "deflated",
  bzip2: "deflated",
  zstd: "deflated",
  lzma: "deflated",
  xz: "deflated",
};

/** Brokers that make an archive now. */
const underWay = new WeakSet<Broker>();

const FILES_MAX = 10_000;
const BYTES_WIDTH = 12;
const TIME_WIDTH = 24;
const UTF8 = new TextEncoder();
