import { assert, assertEquals } from "@std/assert";
import type { Dialect } from "../../protocol/command.ts";
import type { Durability } from "../../protocol/options.ts";
import { CatalogWriter, OffsetWriter } from "../support/acknowledged_changes.ts";
import { ProcessNode } from "../support/process_node.ts";
import { Random } from "../support/random.ts";
import { DIALECTS, dialRoot, type PartitionAddress, type Peer } from "../support/raw_peer.ts";
import { PartitionCheck, Producer } from "../support/traced_messages.ts";

Deno.test("A node killed 20 times in the middle of sends keeps all it acknowledged, once and in order", () => {
  return killAgainAndAgain(20, "replicated");
});

Deno.test("A node killed in the middle of sends keeps all it acknowledged as persisted, at once", () => {
  return killAgainAndAgain(8, "persisted");
});

async function killAgainAndAgain(times: number, durability: Durability): Promise<void> {
  const random = Random.announced(`${times} times SIGKILL, ${durability}`);
  await using node = await ProcessNode.start();
  const crowd = new Crowd(random);
  await crowd.prepare(node, durability);
  for (let round = 0; round < times; round++) {
    await crowd.workUntilKilled(node);
    await node.start();
    await crowd.verify(node, DIALECTS[round % 2]);
  }
  console.log(crowd.figures);
  assertEquals(await node.stop(), 0);
}

/** Clients of both framings, all at work at once, and what they were told. */
class Crowd {
  readonly #random: Random;
  readonly #producers: Producer[] = [];
  readonly #offsets = PARTITIONS.map((address, at) => new OffsetWriter(at, address, OFFSET_MAX));
  readonly #catalogs = DIALECTS.map((dialect) => new CatalogWriter(`${dialect}-`));

  constructor(random: Random) {
    this.#random = random;
  }

  get figures(): string {
    const sum = (counts: number[]) => counts.reduce((total, count) => total + count, 0);
    return `${sum(this.#producers.map(({ acknowledged }) => acknowledged))} messages there, ` +
      `${sum(this.#offsets.map(({ count }) => count))} stored offsets and ` +
      `${sum(this.#catalogs.map(({ count }) => count))} changes acknowledged`;
  }

  /** Makes the topic, and puts enough into each partition for offsets to be stored there. */
  async prepare(node: ProcessNode, durability: Durability): Promise<void> {
    using peer = await dialRoot("vsr_0_11", node.port);
    await peer.ask("createStream", { name: STREAM });
    await peer.ask("createTopic", {
      streamId: STREAM,
      name: TOPIC,
      partitionsCount: PARTITIONS.length,
      // The smallest there is, so that segments end amid all this.
      options: { segmentSize: 1024 * 1024, durability, consumerOffsetDurability: durability },
    });
    for (const address of PARTITIONS) {
      const own = await dialRoot("classic", node.port);
      const producer = this.#producer(own, address);
      await producer.run(1, () => producer.acknowledged > OFFSET_MAX && own.close());
    }
  }

  /** Everybody works; the node is killed when it has acknowledged a random number of sends or changes. */
  async workUntilKilled(node: ProcessNode): Promise<void> {
    const enough = Promise.withResolvers<void>();
    const countdown = (left: number) => () => void (--left <= 0 && enough.resolve());
    const afterSends = this.#random.below(2) === 0;
    const sent = countdown(afterSends ? this.#random.between(1, 400) : 1000);
    const changed = countdown(afterSends ? Infinity : this.#random.between(1, 8));
    let isKilled = false;
    const ended = Promise.all([
      ...await this.#startProducers(node, sent),
      ...await this.#startWriters(node, changed),
    ]).finally(() => assert(isKilled, "All clients ended before the node was killed"));
    await Promise.race([enough.promise, ended]);
    isKilled = true;
    await node.kill();
    for (const refusal of await ended) assertEquals(refusal, undefined, "A send was refused");
  }

  async verify(node: ProcessNode, dialect: Dialect): Promise<void> {
    using peer = await dialRoot(dialect, node.port);
    for (const address of PARTITIONS) {
      const check = new PartitionCheck();
      for (let value = 0;;) {
        const polled = await peer.poll({ ...address, strategy: "offset", value });
        if (polled.count === 0) break;
        check.take(polled.messages);
        value += polled.count;
      }
      check.conclude(this.#producers.filter((producer) => producer.address === address));
    }
    for (const writer of [...this.#offsets, ...this.#catalogs]) await writer.verify(peer);
  }

  /** Two for each partition, one of each framing; each ends with its connection. */
  async #startProducers(node: ProcessNode, acknowledged: () => void) {
    const work: Promise<number | undefined>[] = [];
    for (const dialect of DIALECTS) {
      for (const address of PARTITIONS) {
        const producer = this.#producer(await dialRoot(dialect, node.port), address);
        work.push(producer.run(this.#random.between(1, 4), acknowledged));
      }
    }
    return work;
  }

  async #startWriters(node: ProcessNode, changed: () => void) {
    const work: Promise<void>[] = [];
    for (const [at, writer] of this.#offsets.entries()) {
      work.push(writer.run(await dialRoot(DIALECTS[at % 2], node.port), this.#random));
    }
    for (const [at, writer] of this.#catalogs.entries()) {
      const peer = await dialRoot(DIALECTS[at], node.port);
      work.push(writer.run(peer, this.#random, changed));
    }
    return work;
  }

  #producer(peer: Peer, address: PartitionAddress): Producer {
    const producer = new Producer(this.#producers.length, peer, address, this.#random);
    this.#producers.push(producer);
    return producer;
  }
}

const STREAM = "crash";
const TOPIC = "messages";
const PARTITIONS: readonly PartitionAddress[] = [0, 1, 2]
  .map((partitionId) => ({ streamId: STREAM, topicId: TOPIC, partitionId }));
/** Of the offsets stored: each partition holds more. */
const OFFSET_MAX = 99;
