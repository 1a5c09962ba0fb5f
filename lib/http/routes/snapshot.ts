/**
 * The diagnostics archive over HTTP (HTTP.md section 7).
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import type { SnapshotCompression, SnapshotType } from "../../../protocol/system.ts";
import { type Route, route } from "../route.ts";

const COMPRESSIONS = {
  Stored: "stored",
  Deflated: "deflated",
  Bzip2: "bzip2",
  Zstd: "zstd",
  Lzma: "lzma",
  Xz: "xz",
} as const satisfies Record<string, SnapshotCompression>;

const TYPES = {
  FilesystemOverview: "filesystem_overview",
  ProcessList: "process_list",
  ResourceUsage: "resource_usage",
  Test: "test",
  ServerLogs: "server_logs",
  ServerConfig: "server_config",
  All: "all",
} as const satisfies Record<string, SnapshotType>;

export const SNAPSHOT_ROUTES: readonly Route[] = [
  route({
    method: "post",
    path: "/snapshot",
    tag: "System",
    summary: "An archive for whoever looks into trouble",
    access: "token",
    body: z.object({
      compression: z.enum(keysOf(COMPRESSIONS)),
      snapshot_types: z.array(z.enum(keysOf(TYPES))).describe("`All` stands alone"),
    }),
    answers: { 200: { description: "A ZIP file", mediaType: "application/zip" } },
    async handle(call) {
      const { compression, snapshot_types: types } = call.body;
      const archive = await call.perform("getSnapshot", {
        compression: COMPRESSIONS[compression],
        types: types.map((type) => TYPES[type]),
      });
      const name = `iggy_snapshot_${stamp(call.broker.clock.nowMicros())}.zip`;
      return new Response(archive.slice(), {
        headers: {
          "content-type": "application/zip",
          "content-disposition": `attachment; filename="${name}"`,
        },
      });
    },
  }),
];

function keysOf<Table extends object>(table: Table) {
  return Object.keys(table) as [keyof Table & string, ...(keyof Table & string)[]];
}

/** `20260821_093000`, UTC. */
function stamp(micros: number): string {
  const [date, time] = new Date(micros / 1000).toISOString().split("T");
  return `${date.replaceAll("-", "")}_${time.slice(0, 8).replaceAll(":", "")}`;
}
