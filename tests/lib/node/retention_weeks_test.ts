/**
 * Retention over simulated weeks: a node whose topics get messages at changing rates, is stopped,
 * crashes and is started again, and what it keeps and says after each cleaning.
 */
import { assert, assertEquals } from "@std/assert";
import type { TopicOptions } from "../../../protocol/options.ts";
import { someMessages } from "../../support/messages.ts";
import { range, turns } from "../../support/partition_logs.ts";
import { Random } from "../../support/random.ts";
import type { Peer } from "../../support/raw_peer.ts";
import { diskWithRoot, type SimNode, startSimNode } from "../../support/sim_node.ts";
import { SimPorts } from "../../support/sim_ports.ts";

const MINUTE = 60_000_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const STEP_MINUTES = 20;
const STEPS = 3 * 7 * 24 * 60 / STEP_MINUTES;
const SEGMENT_BYTES = 4096;

/** What the clients know of a topic. */
interface TopicModel {
  readonly name: string;
  readonly options: TopicOptions;
  /** Micros. */
  expiry: number;
  readonly sizeBytesMax: number;
  /** Messages in a step, on average, at that time. */
  rate(atMicros: number): number;
  /** By partition: when each message was sent. */
  times: number[][];
  /** The oldest offset of each partition at the last check. */
  firstOffsets: number[];
  /** The last offset a slow consumer of partition 0 has read. */
  read: number;
}

Deno.test("A node keeps its topics to their limits over weeks, whatever happens", async () => {
  const weeks = new Weeks(20_261_125);
  await using _ = weeks;
  await weeks.start();
  for (let step = 1; step <= STEPS; step++) {
    await weeks.sendSome();
    await weeks.pass();
    await weeks.check(step % 6 === 0);
    await weeks.readSome(step);
    await weeks.happen(step);
  }
  assert(weeks.trimsCount > 300, `${weeks.trimsCount} trims`);
});

function model(
  name: string,
  partitions: number,
  limits: { readonly expiry?: number; readonly size?: number },
  rate: (atMicros: number) => number,
): TopicModel {
  const { expiry = Infinity, size = Infinity } = limits;
  return {
    name,
    options: {
      ...(expiry < Infinity && { messageExpiry: BigInt(expiry) }),
      ...(size < Infinity && { maxTopicSize: BigInt(size) }),
    },
    expiry,
    sizeBytesMax: size,
    rate,
    times: range(1, partitions).map(() => []),
    firstOffsets: range(1, partitions).map(() => 0),
    read: -1,
  };
}

/** Rises and falls with the day. */
const daily = (at: number) => 1 + Math.sin(2 * Math.PI * at / DAY);
/** Nothing for a week, then much for an hour. */
const weekly = (at: number) => at % (7 * DAY) < HOUR ? 20 : 0;
/** One every few days. */
const rarely = () => 0.005;

class Weeks implements AsyncDisposable {
  readonly #random: Random;
  readonly #topics = [
    model("aged", 2, { expiry: 2 * DAY }, daily),
    model("sized", 3, { size: 40_000 }, daily),
    model("both", 2, { expiry: 12 * HOUR, size: 20_000 }, daily),
    model("bursts", 1, { expiry: DAY, size: 10_000 }, weekly),
    model("quiet", 2, { expiry: DAY }, rarely),
    model("kept", 1, {}, rarely),
  ];
  #sim!: SimNode;
  #peers: Peer[] = [];
  #turn = 0;
  /** How often a check found that a partition had been trimmed. */
  trimsCount = 0;

  constructor(seed: number) {
    this.#random = new Random(seed);
  }

  async start(): Promise<void> {
    await this.#startOn(new SimPorts(await diskWithRoot()));
    await this.#peer.ask("createStream", { name: "weeks" });
    for (const { name, times, options } of this.#topics) {
      const partitionsCount = times.length;
      const topic = { streamId: "weeks", name, partitionsCount, options };
      await this.#peer.ask("createTopic", topic);
    }
  }

  async sendSome(): Promise<void> {
    const { micros } = this.#sim.ports.clock;
    for (const { name, times, rate } of this.#topics) {
      const count = Math.floor(rate(micros) * 2 * this.#share() + this.#share());
      for (let sent = 0; sent < count; sent++) {
        const partitionId = this.#random.below(times.length);
        const payloadBytes = this.#random.between(1, 400);
        const to = { streamId: "weeks", topicId: name, partitionId };
        await this.#peer.send(to, someMessages(1, payloadBytes));
        times[partitionId].push(this.#sim.ports.clock.micros);
      }
    }
  }

  /** Until behind the next cleaning. The clock jumps: nothing is to be seen in between. */
  async pass(): Promise<void> {
    const { clock } = this.#sim.ports;
    const pace = STEP_MINUTES * MINUTE;
    clock.micros += pace;
    for (let wait = 0; wait < 4; wait++) {
      clock.advance(1);
      await turns();
    }
  }

  async check(isThorough: boolean): Promise<void> {
    for (const topic of this.#topics) {
      const address = { streamId: "weeks", topicId: topic.name };
      const details = (await this.#peer.ask("getTopic", address))!;
      let segmentsMax = 0;
      let isTrimmed = false;
      for (const [id, partition] of details.partitions.entries()) {
        const files = this.#files(details.id, id);
        const where = `${topic.name}, partition ${id}`;
        const first = files.at(0)?.baseOffset ?? 0;
        const sent = topic.times[id].length;
        assertEquals(partition.segmentsCount, Math.max(1, files.length), where);
        assertEquals(partition.messagesCount, sent - first, where);
        assertEquals(partition.currentOffset, Math.max(0, sent - 1), where);
        assertEquals(partition.sizeBytes, files.reduce((sum, each) => sum + each.bytes, 0), where);
        this.#checkAge(topic, id, first, files.at(1)?.baseOffset ?? sent);
        isTrimmed ||= topic.firstOffsets[id] < first;
        topic.firstOffsets[id] = first;
        segmentsMax = Math.max(segmentsMax, files.length);
        if (isThorough) await this.#checkPoll(topic, id, first);
      }
      if (isTrimmed) this.trimsCount++;
      this.#checkSize(topic, details.sizeBytes, segmentsMax, isTrimmed);
    }
  }

  /** A consumer that comes once a day goes on where it was, or with the oldest message there is. */
  async readSome(step: number): Promise<void> {
    if (step % 72 !== 0) return;
    for (const topic of this.#topics) {
      const { id } = (await this.#peer.ask("getTopic", {
        streamId: "weeks",
        topicId: topic.name,
      }))!;
      const first = this.#files(id, 0).at(0)?.baseOffset ?? 0;
      const from = Math.max(first, topic.read + 1);
      const { messages } = await this.#peer.poll({
        streamId: "weeks",
        topicId: topic.name,
        strategy: "next",
        count: 10,
        autoCommit: true,
      });
      const end = Math.min(from + 10, topic.times[0].length);
      assertEquals(messages.map(({ offset }) => offset), range(from, end - 1), topic.name);
      topic.read = messages.at(-1)?.offset ?? topic.read;
    }
  }

  /** What comes about once in a few days. */
  async happen(step: number): Promise<void> {
    const [aged, , both] = this.#topics;
    if (step % 250 === 0) await this.#restart("stop");
    if (step % 250 === 100) await this.#restart("crash");
    if (step === Math.floor(STEPS / 3)) {
      aged.expiry = DAY;
      const options = { messageExpiry: BigInt(DAY) };
      await this.#peer.ask("updateTopic", {
        streamId: "weeks",
        topicId: aged.name,
        name: aged.name,
        options,
      });
    }
    if (step === Math.floor(STEPS / 2)) {
      await this.#peer.ask("purgeTopic", { streamId: "weeks", topicId: both.name });
      both.times = both.times.map(() => []);
      both.firstOffsets = both.times.map(() => 0);
      both.read = -1;
      await turns();
    }
  }

  #share(): number {
    return this.#random.below(1000) / 1000;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#sim[Symbol.asyncDispose]();
  }

  /** Nothing younger than the expiry is gone; what is older is only there beside something younger. */
  #checkAge(
    { name, times, expiry, sizeBytesMax }: TopicModel,
    id: number,
    first: number,
    next: number,
  ): void {
    if (expiry === Infinity) return;
    const { micros } = this.#sim.ports.clock;
    const before = micros - expiry;
    const where = `${name}, partition ${id}: offset ${first}`;
    const newest = times[id][next - 1];
    // Since the cleaning a few milliseconds have passed.
    if (next > first) assert(newest >= before - MINUTE, `${where} is too old`);
    if (first === 0 || sizeBytesMax < Infinity) return;
    assert(times[id][first - 1] < before, `what came before ${where} was too young to go`);
  }

  #checkSize(
    { name, expiry, sizeBytesMax }: TopicModel,
    sizeBytes: number,
    segmentsMax: number,
    isTrimmed: boolean,
  ): void {
    const what = `${name} is of ${sizeBytes} bytes`;
    assert(sizeBytes <= sizeBytesMax || segmentsMax === 1, what);
    if (isTrimmed && expiry === Infinity) assert(sizeBytes > sizeBytesMax - SEGMENT_BYTES, what);
  }

  async #checkPoll(topic: TopicModel, partitionId: number, first: number): Promise<void> {
    const where = { streamId: "weeks", topicId: topic.name, partitionId };
    const { messages, currentOffset } = await this.#peer.poll({ ...where, count: 100_000 });
    const times = topic.times[partitionId];
    assertEquals(messages.map(({ offset }) => offset), range(first, times.length - 1));
    assertEquals(currentOffset, Math.max(0, times.length - 1));
    for (const { offset, timestamp } of messages) assertEquals(Number(timestamp), times[offset]);
  }

  async #restart(how: "stop" | "crash"): Promise<void> {
    const { node, ports } = this.#sim;
    const { micros } = ports.clock;
    // A crash of the process: what it has written is there.
    const disk = ports.storage.afterCrash({ files: "written", names: "written" });
    await node.drain();
    const next = new SimPorts(how === "crash" ? disk : ports.storage);
    next.clock.micros = micros;
    await this.#startOn(next);
  }

  async #startOn(ports: SimPorts): Promise<void> {
    this.#sim = await startSimNode({
      IGGY_HEARTBEAT_ENABLED: "false",
      IGGY_DATA_MAINTENANCE_MESSAGES_INTERVAL: `${STEP_MINUTES} m`,
      IGGY_SYSTEM_SEGMENT_SIZE: `${SEGMENT_BYTES} B`,
    }, ports);
    this.#peers = [this.#sim.dial("classic"), this.#sim.dial("vsr_0_11")];
    for (const peer of this.#peers) await peer.login("iggy", "iggy");
  }

  /** Both framings in turns. */
  get #peer(): Peer {
    return this.#peers[this.#turn++ % 2];
  }

  /** The log files of a partition, oldest first. */
  #files(topicId: number, id: number): { readonly baseOffset: number; readonly bytes: number }[] {
    const { storage } = this.#sim.ports;
    const folder = `streams/0/topics/${topicId}/partitions/${id}`;
    return storage.list(folder).flatMap((incarnation) =>
      storage.list(`${folder}/${incarnation}`)
        .filter((file) => file.endsWith(".log"))
        .map((file) => ({
          baseOffset: Number.parseInt(file, 10),
          bytes: storage.readFile(`${folder}/${incarnation}/${file}`)!.length,
        }))
    );
  }
}
