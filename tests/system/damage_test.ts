import { assertEquals, assertMatch } from "@std/assert";
import type { OutgoingMessage } from "../../protocol/message_codec.ts";
import { ProcessNode } from "../support/process_node.ts";
import { DIALECTS, dialRoot } from "../support/raw_peer.ts";

const TOPIC = { streamId: "orders", topicId: "events" };
const SENDS = 6;
const DAMAGED = 2;

Deno.test("A node tells whoever polls a batch with a flipped byte, and serves all others", async () => {
  await using node = await ProcessNode.start();
  {
    using peer = await dialRoot("vsr_0_11", node.port);
    await peer.ask("createStream", { name: "orders" });
    const topic = { streamId: "orders", name: "events", partitionsCount: 2, options: {} };
    await peer.ask("createTopic", topic);
    for (const partitionId of [0, 1]) {
      for (let at = 0; at < SENDS; at++) {
        await peer.send({ ...TOPIC, partitionId }, [message(at)]);
      }
    }
  }
  await node.stop();
  const { path, size } = logOf(node.directory, 0);
  flip(`${node.directory}/${path}`, DAMAGED * size / SENDS + size / SENDS - 1);
  await node.start();

  for (const dialect of DIALECTS) {
    using peer = await dialRoot(dialect, node.port);
    const poll = async (partitionId: number, offset: number) => {
      const from = { strategy: "offset", value: offset } as const;
      const polled = await peer.poll({ ...TOPIC, partitionId, ...from, count: 1 });
      return polled.messages.map((message) => message.offset);
    };
    for (let round = 0; round < 2; round++) {
      for (let offset = 0; offset < SENDS; offset++) {
        const outcome = await poll(0, offset).catch((fault) => fault.code);
        assertEquals(outcome, offset === DAMAGED ? 4027 : [offset], `${dialect}, ${offset}`);
        assertEquals(await poll(1, offset), [offset]);
      }
    }
    const all = await peer.poll({ ...TOPIC, partitionId: 0, count: 100 });
    assertEquals(all.messages.length, DAMAGED, "what comes before it, and no error yet");
    await peer.send({ ...TOPIC, partitionId: 0 }, [message(99)]);
  }
  const told = node.printed.split("\n").filter((line) => line.includes("is damaged"));
  assertEquals(told.length, 1, told.join("\n"));
  assertMatch(told[0], new RegExp(`${path} is damaged at byte ${DAMAGED * size / SENDS} of `));
  assertMatch(told[0], /the batch of offset 2 cannot be read; polls of it fail, others are served/);
});

function message(at: number): OutgoingMessage {
  return { id: BigInt(at + 1), originTimestamp: 1_000_000, payload: new Uint8Array(100).fill(at) };
}

/** The one log file of a partition, from the data directory on, all of whose batches are of one size. */
function logOf(directory: string, partitionId: number): { path: string; size: number } {
  const path = `streams/0/topics/0/partitions/${partitionId}`;
  const [incarnation] = [...Deno.readDirSync(`${directory}/${path}`)];
  const file = `${path}/${incarnation.name}/${"0".repeat(20)}.log`;
  return { path: file, size: Deno.statSync(`${directory}/${file}`).size };
}

function flip(path: string, at: number): void {
  const bytes = Deno.readFileSync(path);
  bytes[at] ^= 1;
  Deno.writeFileSync(path, bytes);
}
