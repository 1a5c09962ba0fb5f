/**
 * A consumer group whose members come and go all the time, while a producer sends: who read what, and
 * what must never be. Members are clients of the project, half of each protocol.
 *
 * A member takes turns: it polls, works, commits what it polled. It goes between two turns, by leaving
 * the group with its connection open or closed; or, where members die, in the middle of its work, by
 * the loss of its connection.
 *
 * @module
 */
import { IggyClient } from "../../mod.ts";
import { connectTcp } from "../../lib/os/net.ts";
import type { Duplex } from "../../lib/ports.ts";
import type { Random } from "./random.ts";

/** What is particular to a run. */
export interface ChurnOptions {
  readonly port: number;
  readonly random: Random;
  /** How long the producer sends. */
  readonly seconds: number;
  /** Whether members die. */
  readonly deaths: boolean;
}

/** What came of it. */
export interface ChurnReport {
  readonly sent: number;
  /** Messages that no member ever polled. */
  readonly unread: number;
  /** Messages that were polled again. */
  readonly repeated: number;
  readonly joins: number;
  readonly leaves: number;
  readonly deaths: number;
  /** Different generations that members saw. */
  readonly generations: number;
  /** What must not be, whoever dies. */
  readonly faults: readonly string[];
}

/** Makes the topic and the group, lets members come and go, and then read to the end. */
export async function churn(options: ChurnOptions): Promise<ChurnReport> {
  await using owner = await connect(options.port, "vsr");
  await owner.streams.create(STREAM);
  await owner.topics.create(STREAM, TOPIC, { partitionsCount: PARTITIONS });
  await owner.groups.create(STREAM, TOPIC, GROUP);
  const run = new Churn(options);
  const members = Array.from({ length: MEMBERS }, (_, slot) => run.member(slot));
  const watching = run.watch(owner);
  await run.produce();
  await Promise.all(members);
  run.end();
  await watching;
  return run.report();
}

class Churn {
  readonly #options: ChurnOptions;
  /** How often each message was polled. */
  readonly #polls: number[] = [];
  readonly #counts = { joins: 0, leaves: 0, deaths: 0 };
  readonly #faults: string[] = [];
  /** Owners of partitions by generation, as members were told. */
  readonly #owners = new Map<number, Map<number, string>>();
  #isProducing = true;
  #isEnded = false;
  #unread = 0;
  #names = 0;

  constructor(options: ChurnOptions) {
    this.#options = options;
  }

  report(): ChurnReport {
    const repeated = this.#polls.reduce((sum, polls) => sum + Math.max(0, polls - 1), 0);
    const { length: sent } = this.#polls;
    const generations = this.#owners.size;
    return {
      sent,
      unread: this.#unread,
      repeated,
      ...this.#counts,
      generations,
      faults: this.#faults,
    };
  }

  end(): void {
    this.#isEnded = true;
  }

  /** Sends numbered messages for as long as the run takes. */
  async produce(): Promise<void> {
    const { port, random, seconds } = this.#options;
    await using client = await connect(port, "classic");
    const endMs = performance.now() + seconds * 1000;
    while (performance.now() < endMs) {
      const first = this.#polls.length;
      const count = random.between(1, 20);
      const messages = Array.from(
        { length: count },
        (_, at) => ({ payload: numbered(first + at) }),
      );
      for (let at = 0; at < count; at++) this.#polls.push(0);
      this.#unread += count;
      await client.messages.send(STREAM, TOPIC, messages, {
        partitionId: random.below(PARTITIONS),
      });
      await nextTurn(2);
    }
    this.#isProducing = false;
  }

  /** One place in the group: members follow one another in it. */
  async member(slot: number): Promise<void> {
    const { port, random, deaths } = this.#options;
    while (this.#isAtWork) {
      let stream: Duplex | undefined;
      const dial = async (...address: Parameters<typeof connectTcp>) =>
        stream = await connectTcp(...address);
      const client = await connect(port, slot % 2 === 0 ? "classic" : "vsr", dial);
      try {
        // Now and then the same connection joins again.
        for (let times = random.between(1, 3); times > 0 && this.#isAtWork; times--) {
          const dies = await this.#work(client, `member ${++this.#names}`, slot);
          if (dies && deaths) break;
        }
      } catch (error) {
        this.#faults.push(`Member in place ${slot} fails: ${error}`);
        this.#unread = 0; // the others need not wait for what may never come
      }
      stream?.close();
      await client.close();
    }
  }

  /** From join to leave, or to the moment of death: then it is `true`, and nothing says goodbye. */
  async #work(client: IggyClient, name: string, slot: number): Promise<boolean> {
    const { random, deaths } = this.#options;
    await client.groups.join(STREAM, TOPIC, GROUP);
    this.#counts.joins++;
    const isVsr = slot % 2 === 1;
    for (let turns = random.between(1, 60); this.#isAtWork; turns--) {
      if (turns <= 0 && this.#isProducing) break;
      if (isVsr) await this.#readAssignment(client, name);
      const polled = await client.messages.poll(STREAM, TOPIC, {
        group: GROUP,
        count: random.between(1, 50),
      });
      for (const { payload } of polled) this.#note(numberOf(payload));
      if (deaths && turns <= 1 && this.#isProducing && random.below(2) === 0) {
        this.#counts.deaths++;
        return true;
      }
      const last = polled.messages.at(-1);
      if (last === undefined) {
        await nextTurn(5);
        continue;
      }
      const { partitionId, offset } = last;
      // Whoever is at work on a partition keeps it until it has committed.
      await client.offsets.store(STREAM, TOPIC, offset, { group: GROUP, partitionId });
    }
    await client.groups.leave(STREAM, TOPIC, GROUP);
    this.#counts.leaves++;
    return false;
  }

  /** From the outside: a partition is in the list of one member at most. */
  async watch(client: IggyClient): Promise<void> {
    while (!this.#isEnded) {
      const { members } = (await client.groups.find(STREAM, TOPIC, GROUP))!;
      const owned = members.flatMap(({ partitions }) => partitions);
      if (new Set(owned).size !== owned.length) {
        this.#faults.push(`Partitions with two owners: ${JSON.stringify(members)}`);
      }
      if (members.length > 0 && owned.length !== PARTITIONS) {
        this.#faults.push(`Partitions without an owner: ${JSON.stringify(members)}`);
      }
      await nextTurn(1);
    }
  }

  async #readAssignment(client: IggyClient, name: string): Promise<void> {
    const address = { streamId: STREAM, topicId: TOPIC, groupId: GROUP };
    const assignment = await client.call("syncConsumerGroup", address);
    if (assignment === undefined) throw new Error(`${name} is no member`);
    const { generation, partitions } = assignment;
    const owners = this.#owners.get(generation) ?? new Map<number, string>();
    this.#owners.set(generation, owners);
    for (const partitionId of partitions) {
      const owner = owners.get(partitionId) ?? name;
      owners.set(partitionId, owner);
      if (owner === name) continue;
      this.#faults.push(`Partition ${partitionId} is of ${owner} and ${name} at ${generation}`);
    }
  }

  #note(message: number): void {
    if (this.#polls[message]++ === 0) this.#unread--;
  }

  /** Until everything that was sent was polled. */
  get #isAtWork(): boolean {
    return this.#isProducing || this.#unread > 0;
  }
}

function connect(
  port: number,
  framing: "classic" | "vsr",
  dial?: typeof connectTcp,
): Promise<IggyClient> {
  const address = { hostname: "127.0.0.1", port };
  const root = { username: "iggy", password: "iggy" };
  return IggyClient.connect({ address, framing, ...root, dial, reconnect: false });
}

function numbered(message: number): Uint8Array {
  const payload = new Uint8Array(4);
  new DataView(payload.buffer).setUint32(0, message);
  return payload;
}

function numberOf(payload: Uint8Array): number {
  return new DataView(payload.buffer, payload.byteOffset).getUint32(0);
}

/** Leaves the machine to the others for a moment; nothing waits for anything here. */
function nextTurn(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

const STREAM = "churn";
const TOPIC = "work";
const GROUP = "workers";
const PARTITIONS = 12;
const MEMBERS = 8;
