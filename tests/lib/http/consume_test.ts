import { assertEquals, assertRejects } from "@std/assert";
import { consume } from "../../../lib/http/consume.ts";
import { IggyError } from "../../../protocol/errors.ts";
import type { PollMessagesRequest } from "../../../protocol/messages.ts";
import { testBroker } from "../../support/broker.ts";
import { someMessages } from "../../support/messages.ts";
import { send } from "../../support/sends_and_polls.ts";

const ALL: PollMessagesRequest = {
  streamId: "orders",
  topicId: "events",
  consumer: { kind: "consumer", id: 1 },
  partitionId: 0,
  strategy: { kind: "first", value: 0 },
  count: 10,
  autoCommit: false,
};

const NEVER = () => AbortSignal.abort();

Deno.test("consume() takes each message out of the reply, and gives the buffer back", async () => {
  await using broker = await testBroker();
  broker.topic(1);
  const client = broker.connect();
  await send(broker, client, "vsr_0_11", someMessages(3));
  const { out } = broker.buffers;
  const { messages, currentOffset } = await consume(
    broker,
    client,
    ALL,
    NEVER,
    ({ offset, payload }, partitionId) => [partitionId, offset, payload[0]],
  );
  assertEquals([currentOffset, messages], [2, [[0, 0, 1], [0, 1, 2], [0, 2, 3]]]);
  assertEquals(broker.buffers.out, out);
});

Deno.test("consume() gives the buffer back when taking fails", async () => {
  await using broker = await testBroker();
  broker.topic(1);
  const client = broker.connect();
  await send(broker, client, "vsr_0_11", someMessages(1));
  const { out } = broker.buffers;
  const fail = () => {
    throw new RangeError("No");
  };
  await assertRejects(() => consume(broker, client, ALL, NEVER, fail), RangeError);
  assertEquals(broker.buffers.out, out);
});

Deno.test("consume() rejects as a poll does", async () => {
  await using broker = await testBroker();
  broker.topic(1);
  const client = broker.connect();
  const nowhere = { ...ALL, partitionId: 9 };
  const fault = await assertRejects(
    () => consume(broker, client, nowhere, NEVER, () => 0),
    IggyError,
  );
  assertEquals(fault.code, 3007);
});
