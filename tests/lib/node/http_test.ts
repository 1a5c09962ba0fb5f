import { assertEquals } from "@std/assert";
import { composeHttp } from "../../../lib/node/http.ts";
import { testBroker } from "../../support/broker.ts";
import { simConfig } from "../../support/sim_node.ts";

const NEVER = new AbortController().signal;

Deno.test("composeHttp() gives what answers requests over the node's services", async () => {
  await using broker = await testBroker();
  const { onRequest } = composeHttp(simConfig(), broker, NEVER);
  const request = new Request("http://localhost/ping");
  const peer = { hostname: "127.0.0.1", port: 5 };
  const response = await onRequest(request, { peer, isTls: false });
  assertEquals([response.status, await response.text()], [200, "pong"]);
});

Deno.test("composeHttp() lets pages of the node itself open WebSockets, and of allowed origins", async () => {
  await using broker = await testBroker();
  const admits = (origin: string, host: string, allowed = "[]") => {
    const config = simConfig({ WHIPPET_WEBSOCKET_ALLOWED_ORIGINS: allowed });
    return composeHttp(config, broker, NEVER).admitsOrigin(origin, host);
  };
  assertEquals(admits("http://localhost:3000", "localhost:3000"), true);
  assertEquals(admits("https://localhost:3000", "localhost:3000"), true);
  assertEquals(admits("http://localhost:3001", "localhost:3000"), false);
  assertEquals(admits("https://evil.example", "localhost:3000"), false);
  assertEquals(admits("null", ""), false);
  assertEquals(admits("https://a.example", "b:1", '["https://a.example"]'), true);
  assertEquals(admits("https://b.example", "b:1", '["https://a.example"]'), false);
  assertEquals(admits("https://b.example", "b:1", '["*"]'), true);
});
