/**
 * The client's waiting consumers against a real node over real sockets. Where nobody waited they would
 * pause for an hour.
 */
import { assertEquals } from "@std/assert";
import { type ConnectOptions, IggyClient } from "../../mod.ts";
import { eventually } from "../support/eventually.ts";
import { startNode } from "../support/node.ts";

const HOUR_MS = 3_600_000;

interface Scene {
  /** Makes the topic and sends. */
  readonly sender: IggyClient;
  readonly reader: IggyClient;
  send(partitionId: number, payload: string): Promise<unknown>;
}

/** Registers a test for each framing; the sender's is the other one. */
function forEachFraming(
  name: string,
  partitionsCount: number,
  test: (scene: Scene) => Promise<void>,
): void {
  for (const framing of ["classic", "vsr"] as const) {
    Deno.test(`${name} (${framing})`, async () => {
      await using node = await startNode();
      const connect = (framing: ConnectOptions["framing"]) =>
        IggyClient.connect({
          address: `127.0.0.1:${node.port}`,
          framing,
          username: "iggy",
          password: "iggy",
        });
      await using reader = await connect(framing);
      await using sender = await connect(framing === "vsr" ? "classic" : "vsr");
      await sender.streams.create("orders");
      await sender.topics.create("orders", "events", { partitionsCount });
      const send = (partitionId: number, payload: string) =>
        sender.messages.send("orders", "events", [{ payload }], { partitionId });
      await test({ sender, reader, send });
    });
  }
}

const CONSUME = { stream: "orders", topic: "events", idleMs: HOUR_MS, waitMs: 60_000 } as const;

forEachFraming("A consumer that waits gets each message as it is sent", 1, async (scene) => {
  const messages = scene.reader.consume(CONSUME);
  for (let turn = 0; turn < 5; turn++) {
    const next = messages.next();
    await scene.send(0, `message ${turn}`);
    assertEquals((await next).value?.text(), `message ${turn}`);
  }
  await messages.return();
});

forEachFraming("A member of a group waits for all of its partitions", 3, async (scene) => {
  const messages = scene.reader.consume({ ...CONSUME, group: "workers" });
  for (const partitionId of [0, 2, 1, 1, 0, 2]) {
    const next = messages.next();
    await scene.send(partitionId, `for ${partitionId}`);
    const { value } = await next;
    assertEquals([value?.partitionId, value?.text()], [partitionId, `for ${partitionId}`]);
  }
  const stored = await scene.reader.offsets
    .find("orders", "events", { group: "workers", partitionId: 1 });
  assertEquals(stored?.storedOffset, 1);
  await messages.return();
});

forEachFraming(
  "The partition of a member that leaves comes to one that waits",
  1,
  async (scene) => {
    const { reader, sender } = scene;
    const leaving = sender.consume({ ...CONSUME, group: "workers" });
    const other = leaving.next();
    await scene.send(0, "not stored");
    assertEquals((await other).value?.text(), "not stored");
    const staying = reader.consume({ ...CONSUME, group: "workers" });
    const next = staying.next();
    await eventually(
      "both are members",
      async () => (await sender.groups.find("orders", "events", "workers"))?.membersCount === 2,
    );
    await leaving.return();
    assertEquals((await next).value?.text(), "not stored");
    await staying.return();
  },
);

forEachFraming(
  "A poll that waits is held up by nothing, and holds up nothing",
  1,
  async (scene) => {
    const { reader: { messages, streams } } = scene;
    const waiting = messages.poll("orders", "events", { waitMs: 60_000 });
    assertEquals((await streams.list()).length, 1);
    assertEquals((await waiting).length, 0);
  },
);

forEachFraming("Lag tells how far groups and consumers are behind", 2, async (scene) => {
  const { reader } = scene;
  await reader.groups.create("orders", "events", "workers");
  await scene.send(1, "a");
  await scene.send(1, "b");
  await reader.offsets.store("orders", "events", 0, { consumer: 7, partitionId: 1 });
  const rows = await reader.topics.lag("orders", "events");
  assertEquals(
    rows.map(({ partitionId, id, name, storedOffset, endOffset, lag }) => [
      partitionId,
      name ?? id,
      storedOffset,
      endOffset,
      lag,
    ]),
    [
      [0, "workers", undefined, 0, 0],
      [1, 7, 0, 2, 1],
      [1, "workers", undefined, 2, 2],
    ],
  );
});
