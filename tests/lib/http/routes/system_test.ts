import { assertEquals } from "@std/assert";
import { testApp } from "../../../support/http_app.ts";

Deno.test("GET /, /healthz and /ping answer anybody", async () => {
  await using app = await testApp();
  for (const [path, text] of [["/", "Iggy API"], ["/healthz", "ok"], ["/ping", "pong"]]) {
    const answered = await app.ask("GET", path, { token: null });
    assertEquals([answered.status, answered.text], [200, text]);
  }
});

Deno.test("GET /stats gives sizes as texts and counts as numbers", async () => {
  await using app = await testApp();
  app.broker.topic(3);
  const stats = await app.expect(200, "GET", "/stats") as Record<string, unknown>;
  assertEquals(
    [stats.partitions_count, stats.messages_size_bytes, stats.iggy_server_version],
    [3, "0 B", "0.1.0"],
  );
  assertEquals([stats.iggy_server_semver, stats.cache_metrics], [1000, {}]);
});

Deno.test("GET /clients lists connections, and one by its number", async () => {
  await using app = await testApp();
  assertEquals(await app.expect(200, "GET", "/clients"), []);
  app.broker.topic(1);
  const { clientId, address, id } = app.broker.connect(undefined, "websocket");
  app.broker.groups.join({ streamId: 0, topicId: 0, id: 5 }, id, 1, 0);
  const client = {
    client_id: clientId,
    user_id: null,
    address,
    transport: "WebSocket",
    consumer_groups_count: 1,
  };
  assertEquals(await app.expect(200, "GET", "/clients"), [client]);
  assertEquals(await app.expect(200, "GET", `/clients/${clientId}`), {
    ...client,
    consumer_groups: [{ stream_id: 0, topic_id: 0, group_id: 5 }],
  });
  await app.expect(404, "GET", "/clients/99");
  await app.expect(400, "GET", "/clients/abc");
});

Deno.test("GET /cluster/metadata names this node, at the host that was asked", async () => {
  await using app = await testApp();
  assertEquals(await app.expect(200, "GET", "/cluster/metadata"), {
    name: "single-node",
    nodes: [{
      name: "iggy-node",
      ip: "localhost",
      endpoints: { tcp: 8090, quic: 0, http: 3000, websocket: 8092 },
      role: "leader",
      status: "healthy",
    }],
  });
});

Deno.test("GET /options/{scope} gives the keys with their defaults as bytes", async () => {
  await using app = await testApp();
  const keys = await app.expect(200, "GET", "/options/topic") as Record<string, unknown>[];
  const segmentSize = keys.find(({ key }) => key === "segment_size")!;
  assertEquals(
    [segmentSize.kind, segmentSize.default_value],
    ["uint64", [0, 0, 0, 64, 0, 0, 0, 0]],
  );
  assertEquals(await app.expect(200, "GET", "/options/user"), []);
  assertEquals((await app.expect(400, "GET", "/options/zzz") as { id: number }).id, 3);
});

Deno.test("GET /readyz says when the node stops", async () => {
  await using app = await testApp();
  const ask = async () => {
    const { status, text } = await app.ask("GET", "/readyz", { token: null });
    return [status, text];
  };
  assertEquals(await ask(), [200, "ready"]);
  app.draining.abort();
  assertEquals(await ask(), [503, "draining"]);
});
