/**
 * `deno run --allow-all scripts/smoke.ts BINARY`: starts the program on an empty directory, produces and
 * polls over HTTP and over TCP, and ends it. For the systems that the whole of `deno task test:binary` is not for.
 *
 * @module
 */
import { load, openDashboard, produceAndPollByHttp } from "./binary/serving.ts";
import { startNode } from "./node_process.ts";

const folder = Deno.makeTempDirSync({ prefix: "whippet-smoke-" });
const node = await startNode({
  program: [Deno.realPathSync(Deno.args[0])],
  dataDirectory: `${folder}/data`,
  logFile: `${folder}/node.log`,
  env: { IGGY_HTTP_ENABLED: "true", IGGY_HTTP_ADDRESS: "127.0.0.1:0" },
});
try {
  await produceAndPollByHttp(node.httpAddress, "smoke");
  await openDashboard(node.httpAddress);
  await load({ address: node.address }, "smoke-load", 5);
  console.log("It serves");
} finally {
  await node.kill();
}
