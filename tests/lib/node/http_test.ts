import { assertEquals } from "@std/assert";
import { composeHttp } from "../../../lib/node/http.ts";
import { testBroker } from "../../support/broker.ts";
import { simConfig } from "../../support/sim_node.ts";

Deno.test("composeHttp() gives what answers requests over the node's services", async () => {
  await using broker = await testBroker();
  const onRequest = composeHttp(simConfig(), broker);
  const request = new Request("http://localhost/ping");
  const response = await onRequest(request, { hostname: "127.0.0.1", port: 5 });
  assertEquals([response.status, await response.text()], [200, "pong"]);
});
