import { assert, assertEquals } from "@std/assert";
import { IggyClient } from "../../mod.ts";
import { ProcessNode } from "../support/process_node.ts";

/** A span as OTLP's JSON has it. */
interface Span {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly links?: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly attributes: readonly { readonly key: string; readonly value: unknown }[];
}

/** A collector of OTLP over HTTP, in JSON. */
function startCollector() {
  const spans: Span[] = [];
  const paths = new Set<string>();
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const { pathname } = new URL(request.url);
    paths.add(pathname);
    const body = await request.json();
    for (const resource of body.resourceSpans ?? []) {
      for (const scope of resource.scopeSpans) spans.push(...scope.spans);
    }
    return Response.json({});
  });
  return {
    spans,
    paths,
    endpoint: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const SPAN = "b7ad6b7169203331";

for (const framing of ["vsr", "classic"] as const) {
  Deno.test(`A node with OTEL_DENO tells a collector of sends and polls, in their producers' traces (${framing})`, async () => {
    await using collector = startCollector();
    await using node = await ProcessNode.start({
      OTEL_DENO: "true",
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
    });
    const address = `127.0.0.1:${node.port}`;
    const root = { username: "iggy", password: "iggy" };
    await using client = await IggyClient.connect({ address, framing, ...root });
    await client.streams.create("orders");
    await client.topics.create("orders", "events", { partitionsCount: 1 });
    const headers = { traceparent: `00-${TRACE}-${SPAN}-01` };
    await client.messages.send("orders", "events", [{ payload: "hello", headers }]);
    await client.messages.poll("orders", "events", { offset: 0 });
    await client.messages.poll("orders", "events", { offset: 9 });
    await fetch(`http://${address}/ping`).then((response) => response.text());
    await node.stop();

    const [send] = collector.spans.filter(({ name }) => name === "send events");
    assertEquals([send.traceId, send.parentSpanId], [TRACE, SPAN]);
    const polls = collector.spans.filter(({ name }) => name === "poll events");
    assertEquals(polls.length, 1);
    const link = polls[0].links?.map(({ traceId, spanId }) => [traceId, spanId]);
    assertEquals(link, [[TRACE, SPAN]]);
    assert(collector.spans.some(({ name }) => name.startsWith("GET")));
    assert(collector.paths.has("/v1/metrics"));
  });
}

Deno.test("A send over HTTP is a part of its request's trace", async () => {
  await using collector = startCollector();
  await using node = await ProcessNode.start({
    OTEL_DENO: "true",
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
  });
  const post = async (path: string, body: unknown, headers: Record<string, string> = {}) => {
    const response = await fetch(`http://127.0.0.1:${node.port}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
    assert(response.ok, `${path}: ${response.status}`);
    return await response.text();
  };
  const root = { username: "iggy", password: "iggy" };
  const { access_token } = JSON.parse(await post("/users/login", root));
  const authorization = `Bearer ${access_token.token}`;
  await post("/streams", { name: "orders" }, { authorization });
  await post("/streams/orders/topics", {
    name: "events",
    partitions_count: 1,
    compression_algorithm: "none",
    message_expiry: 0,
    max_topic_size: 0,
  }, { authorization });
  await post("/streams/orders/topics/events/messages", {
    partitioning: { kind: "balanced", value: "" },
    messages: [{ payload: btoa("hello") }],
  }, { authorization, traceparent: `00-${TRACE}-${SPAN}-01` });
  await node.stop();

  const [send] = collector.spans.filter(({ name }) => name === "send events");
  const request = collector.spans.find(({ spanId }) => spanId === send.parentSpanId);
  assertEquals([send.traceId, request?.name, request?.parentSpanId], [TRACE, "POST", SPAN]);
});
