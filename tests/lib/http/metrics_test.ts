import { assert, assertEquals } from "@std/assert";
import { renderMetrics } from "../../../lib/http/metrics.ts";
import { testBroker } from "../../support/broker.ts";

Deno.test("renderMetrics() gives Prometheus' text form unless OpenMetrics is asked for", async () => {
  await using broker = await testBroker();
  const plain = await renderMetrics(broker, "*/*");
  assert(plain.contentType.startsWith("text/plain; version=0.0.4"), plain.contentType);
  assert(
    plain.text.includes("\n# TYPE whippet_sent_bytes_total counter\nwhippet_sent_bytes_total 0\n"),
  );
  const open = await renderMetrics(broker, "application/openmetrics-text; version=1.0.0");
  assert(open.contentType.startsWith("application/openmetrics-text"), open.contentType);
  assert(open.text.includes("\n# TYPE whippet_sent_bytes counter\nwhippet_sent_bytes_total 0\n"));
  assert(open.text.endsWith("# EOF\n"));
});

Deno.test("renderMetrics() escapes what people named", async () => {
  await using broker = await testBroker();
  const at = broker.clock.nowMicros();
  const stream = broker.catalog.streams.create('a"\\b\n', at);
  broker.catalog.topics.create(stream.id, { name: "t", partitionsCount: 1, options: {}, at });
  const { text } = await renderMetrics(broker, "");
  assertEquals(text.includes('whippet_topic_messages{stream="a\\"\\\\b\\n",topic="t"} 0'), true);
});
