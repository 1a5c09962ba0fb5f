import { assertEquals, assertThrows } from "@std/assert";
import { produce } from "../../../lib/http/produce.ts";
import { IggyError } from "../../../protocol/errors.ts";
import { testBroker } from "../../support/broker.ts";
import { someMessages } from "../../support/messages.ts";

const TOPIC = { streamId: "orders", topicId: "events" };
const BALANCED = { kind: "balanced" } as const;

Deno.test("produce() sends and tells where the messages are", async () => {
  await using broker = await testBroker();
  broker.topic(1);
  const client = broker.connect();
  await produce(broker, client, TOPIC, BALANCED, someMessages(2));
  assertEquals(await produce(broker, client, TOPIC, BALANCED, someMessages(1)), {
    streamId: 0,
    topicId: 0,
    partitionId: 0,
    baseOffset: 2,
  });
});

Deno.test("produce() refuses what every client refuses to send", async () => {
  await using broker = await testBroker();
  broker.topic(1);
  const send = (count: number, payloadBytes: number) => () =>
    produce(broker, broker.connect(), TOPIC, BALANCED, someMessages(count, payloadBytes));
  assertEquals(assertThrows(send(0, 1), IggyError).code, 4009);
  assertEquals(assertThrows(send(1, 0), IggyError).code, 4025);
});
