import { assertEquals } from "@std/assert";
import type { Config } from "../../../lib/config.ts";
import type { Order, Report } from "../../../lib/service/node_worker.ts";
import { load } from "../../support/config_source.ts";

/** A node in its worker, in an empty directory, and what becomes of it. */
function startWorker(environment: Record<string, string> = {}) {
  const data = Deno.makeTempDirSync({ prefix: "whippet-worker-" });
  const config: Config = load("", {
    IGGY_SYSTEM_PATH: data,
    IGGY_TCP_ADDRESS: "127.0.0.1:0",
    IGGY_WEBSOCKET_ENABLED: "false",
    IGGY_HTTP_ENABLED: "false",
    IGGY_SYSTEM_LOGGING_LEVEL: "off",
    ...environment,
  });
  const url = new URL("../../../lib/service/node_worker.ts", import.meta.url);
  const worker = new Worker(url, { type: "module" });
  const reports: Report[] = [];
  let wake = () => {};
  worker.onmessage = ({ data }: MessageEvent<Report>) => {
    reports.push(data);
    wake();
  };
  const order = (order: Order) => worker.postMessage(order);
  order({ kind: "start", config, folders: { data, bridge: `${data}/http` }, root: undefined });
  return {
    data,
    stop: () => order({ kind: "stop", signal: "SIGTERM" }),
    async reported(count: number): Promise<readonly Report[]> {
      while (reports.length < count) await new Promise<void>((resolve) => wake = resolve);
      return reports;
    },
    [Symbol.dispose]() {
      worker.terminate();
      Deno.removeSync(data, { recursive: true });
    },
  };
}

Deno.test("The node's worker tells when the node serves, and when it has stopped", async () => {
  using worker = startWorker();
  assertEquals(await worker.reported(1), ["ready"]);
  assertEquals(Deno.statSync(`${worker.data}/runtime/current_config.toml`).isFile, true);
  worker.stop();
  assertEquals(await worker.reported(2), ["ready", "stopped"]);
});

Deno.test("The node's worker that is stopped while it starts serves first", async () => {
  using worker = startWorker();
  worker.stop();
  assertEquals(await worker.reported(2), ["ready", "stopped"]);
});

Deno.test("The node's worker tells that the node failed", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  using worker = startWorker({ IGGY_TCP_ADDRESS: `127.0.0.1:${taken.addr.port}` });
  assertEquals(await worker.reported(1), ["failed"]);
});
