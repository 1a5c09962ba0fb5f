import { assert, assertEquals } from "@std/assert";
import { PreparedBatch } from "../../lib/client/prepared_batch.ts";
import { xxh3 } from "../../lib/log/checksum.ts";
import { type FramingName, IggyClient, type PollOptions } from "../../mod.ts";
import { MESSAGES } from "../../protocol/message_codec.ts";
import { WireReader } from "../../protocol/wire.ts";
import { ProcessNode } from "../support/process_node.ts";
import { Random } from "../support/random.ts";
import { assertChecksums } from "../support/sends_and_polls.ts";
import { SentMessage, VariedMessages } from "../support/varied_messages.ts";

Deno.test("Each generation polls what the other sent, message for message, wherever it starts", async () => {
  const random = Random.announced("cross test");
  await using node = await ProcessNode.start();
  const clients = {
    vsr: await connect(node, "vsr"),
    classic: await connect(node, "classic"),
  };
  await clients.vsr.streams.create(STREAM);
  const options = { partitionsCount: PARTITIONS, segmentSize: SEGMENT_BYTES };
  await clients.vsr.topics.create(STREAM, TOPIC, options);

  const logs = await sendAll(clients, random);
  for (const [partitionId, log] of logs.entries()) {
    for (const framing of FRAMINGS) {
      const reader = new Reader(clients[framing], `${framing} reader`, partitionId, log);
      await reader.readOn(random);
      for (let polls = 0; polls < RANDOM_POLLS; polls++) await reader.readSomewhere(random);
    }
  }
  for (const framing of FRAMINGS) await clients[framing].close();
});

/** Each generation sends its messages, in batches of any size, to any of the partitions; gives what each must hold. */
async function sendAll(
  clients: Record<FramingName, IggyClient>,
  random: Random,
): Promise<SentMessage[][]> {
  const logs: SentMessage[][] = Array.from({ length: PARTITIONS }, () => []);
  const varied = new VariedMessages(random);
  const left = { vsr: MESSAGES_EACH, classic: MESSAGES_EACH };
  while (left.vsr + left.classic > 0) {
    const framing = random.pick(FRAMINGS.filter((each) => left[each] > 0));
    const count = Math.min(
      left[framing],
      Math.floor(BATCH_MESSAGES_MAX ** (random.below(99) / 98)),
    );
    const ages = framing === "classic" && random.below(4) === 0;
    const messages = varied.batch(count, { ages });
    const partitionId = random.below(PARTITIONS);
    const dialect = framing === "classic" ? "classic" : "vsr_0_11";
    const batch = new PreparedBatch(dialect, messages, xxh3);
    const sent = await clients[framing].messages.send(STREAM, TOPIC, batch, { partitionId });
    const log = logs[partitionId];
    if (sent !== undefined) assertEquals(sent.baseOffset, log.length);
    log.push(...messages.map((message) => new SentMessage(message)));
    left[framing] -= count;
  }
  return logs;
}

/** Polls one partition in one generation and compares. */
class Reader {
  readonly #client: IggyClient;
  readonly #consumer: string;
  readonly #partitionId: number;
  readonly #log: readonly SentMessage[];

  constructor(
    client: IggyClient,
    consumer: string,
    partitionId: number,
    log: readonly SentMessage[],
  ) {
    this.#client = client;
    this.#consumer = consumer;
    this.#partitionId = partitionId;
    this.#log = log;
  }

  /** All of it from the first message to the last: a consumer who goes on from where it was. */
  async readOn(random: Random): Promise<void> {
    const consumer = this.#consumer;
    let next = 0;
    while (next < this.#log.length) {
      const count = random.between(1, COUNT_MAX);
      next += await this.#poll({ from: "next", count, consumer, autoCommit: true }, next);
    }
    assertEquals(await this.#poll({ from: "next", consumer }, next), 0);
  }

  /** One poll of any strategy. All timestamps are known by now. */
  async readSomewhere(random: Random): Promise<void> {
    const log = this.#log;
    const count = random.between(1, COUNT_MAX);
    const offset = random.below(log.length);
    const timestamp = log[offset].timestamp!;
    switch (random.pick(["offset", "offset", "timestamp", "first", "last"] as const)) {
      case "offset":
        return void await this.#poll({ offset, count }, offset);
      case "timestamp": {
        const first = log.findIndex((message) => message.timestamp! >= timestamp);
        return void await this.#poll({ timestamp, count }, first);
      }
      case "first":
        return void await this.#poll({ from: "first", count }, 0);
      case "last":
        return void await this.#poll({ from: "last", count }, Math.max(0, log.length - count));
    }
  }

  /** Polls and expects the messages from offset `first` on; gives how many came. */
  #poll(options: PollOptions, first: number): Promise<number> {
    const { count: wanted = 100 } = options;
    const where = { ...options, partitionId: this.#partitionId };
    return this.#client.messages.pollBytes(STREAM, TOPIC, where, ({ dialect, count, bytes }) => {
      assertChecksums(dialect, bytes, xxh3);
      let offset = first;
      let timestamp = this.#log[first - 1]?.timestamp ?? 0;
      for (const message of MESSAGES[dialect].decode(new WireReader(bytes))) {
        assertEquals(message.offset, offset);
        this.#log[offset++].expect(message);
        assert(message.timestamp >= timestamp, `Offset ${message.offset} is older than the last`);
        timestamp = message.timestamp;
      }
      assertEquals(offset - first, count);
      assert(count <= wanted, `${count} messages came, ${wanted} were wanted`);
      assert(count > 0 || first === this.#log.length, `Nothing came from offset ${first} on`);
      return count;
    });
  }
}

function connect(node: ProcessNode, framing: FramingName): Promise<IggyClient> {
  const address = `127.0.0.1:${node.port}`;
  return IggyClient.connect({ address, framing, username: "iggy", password: "iggy" });
}

const FRAMINGS: readonly FramingName[] = ["vsr", "classic"];
const STREAM = "cross";
const TOPIC = "messages";
const PARTITIONS = 3;
const MESSAGES_EACH = 10_000;
const BATCH_MESSAGES_MAX = 300;
const COUNT_MAX = 100;
const RANDOM_POLLS = 40;
/** Small, so that batches and polls end up on both sides of many ends of segments. */
const SEGMENT_BYTES = 32 * 1024 * 1024;
