import { assert, assertEquals } from "@std/assert";
import { fileStorage } from "../../lib/os/storage.ts";
import { countReads } from "../support/counting_storage.ts";
import { someMessages } from "../support/messages.ts";
import { startNode } from "../support/node.ts";
import { ProcessNode } from "../support/process_node.ts";
import { dialRoot, encodeMessages } from "../support/raw_peer.ts";

Deno.test("A node killed with 1 GiB in the log reads no more of it to start than was not synced", async () => {
  await using node = await ProcessNode.start();
  await createPartition(node.port);
  const sent = await timed(() => sendBatches(node.port, GIBIBYTE_BATCHES));
  await sync(node.port);
  await sendBatches(node.port, 32);
  await node.kill();

  const batches = GIBIBYTE_BATCHES + 32;
  const ready = await timed(() => node.start());
  const served = await timed(() => expectLast(node.port, batches));
  console.log(
    `Sent in ${ms(sent)}; after the kill: process ready in ${ms(ready)}, ` +
      `logged in and last message polled in ${ms(served)} more`,
  );
  await node.kill();

  // And the way from the last index entry, which is one batch here.
  assertAtMost(await bytesReadToStart(node.directory, batches), 33 * BATCH_BYTES);
});

Deno.test("A node that was stopped reads the last batch only, to confirm the index", async () => {
  await using node = await ProcessNode.start();
  await createPartition(node.port);
  await sendBatches(node.port, 16);
  assertEquals(await node.stop(), 0);

  assertAtMost(await bytesReadToStart(node.directory, 16), BATCH_BYTES);
});

/** Starts a node in this process and has every partition opened; gives the bytes of logs it read for that. */
async function bytesReadToStart(directory: string, batches: number): Promise<number> {
  const { storage, bytesRead } = countReads(fileStorage(directory));
  const since = performance.now();
  await using node = await startNode({ directory, ports: { storage } });
  const started = performance.now();
  using peer = await dialRoot("vsr_0_11", node.port);
  const dialled = performance.now();
  const topic = await peer.ask("getTopic", PARTITION);
  const opened = performance.now();
  assertEquals(topic?.messagesCount, batches * BATCH_MESSAGES);
  const bytes = bytesRead[".log"] ?? 0;
  console.log(
    `In this process: started in ${ms((started - since) / 1000)}, partition opened in ` +
      `${ms((opened - dialled) / 1000)}, ${bytes} bytes of logs read`,
  );
  return bytes;
}

async function createPartition(port: number): Promise<void> {
  using peer = await dialRoot("vsr_0_11", port);
  const { streamId, topicId: name } = PARTITION;
  await peer.ask("createStream", { name: streamId });
  await peer.ask("createTopic", { streamId, name, partitionsCount: 1, options: {} });
}

/** Sends so many batches of 1,000 messages of 1 kB, a few ahead of their answers. */
async function sendBatches(port: number, count: number): Promise<void> {
  using peer = await dialRoot("vsr_0_11", port);
  const batch = encodeMessages("vsr_0_11", someMessages(BATCH_MESSAGES, 1000));
  const partitioning = { kind: "partition_id", partitionId: 0 } as const;
  for (let sent = 0, answered = 0; answered < count; answered++) {
    for (; sent < Math.min(count, answered + 4); sent++) {
      await peer.write(peer.sendFrame(PARTITION, partitioning, BATCH_MESSAGES, batch));
    }
    assertEquals((await peer.answer())?.status, 0);
  }
}

async function sync(port: number): Promise<void> {
  using peer = await dialRoot("classic", port);
  await peer.ask("flushUnsavedBuffer", { ...PARTITION, fsync: true });
}

async function expectLast(port: number, batches: number): Promise<void> {
  using peer = await dialRoot("vsr_0_11", port);
  const { messages } = await peer.poll({ ...PARTITION, strategy: "last", count: 1 });
  assertEquals(messages.map(({ offset }) => offset), [batches * BATCH_MESSAGES - 1]);
}

function assertAtMost(bytes: number, bytesMax: number): void {
  assert(bytes <= bytesMax, `${bytes} bytes were read, at most ${bytesMax} are enough`);
}

/** Seconds that `task` takes. */
async function timed(task: () => Promise<void>): Promise<number> {
  const since = performance.now();
  await task();
  return (performance.now() - since) / 1000;
}

function ms(seconds: number): string {
  return `${(seconds * 1000).toFixed(0)} ms`;
}

const PARTITION = { streamId: "large", topicId: "log", partitionId: 0 } as const;
const BATCH_MESSAGES = 1000;
const GIBIBYTE_BATCHES = 1025;
/** Of such a batch on disk. */
const BATCH_BYTES = 256 + 1000 * (48 + 1000);
