/**
 * Messages that can be traced: each says who sent it as which of its messages, and every byte of it
 * follows from that. So a partition can be checked as a whole against what its producers know.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { StreamClosed } from "../../lib/ports.ts";
import type { Message, OutgoingMessage } from "../../protocol/message_codec.ts";
import { Random } from "./random.ts";
import { encodeMessages, type PartitionAddress, type Peer } from "./raw_peer.ts";

/** What is known of one connection's messages to one partition. */
export class Producer {
  readonly id: number;
  readonly address: PartitionAddress;
  /** Messages at the end of each request that was sent, in order. */
  #ends: number[] = [];
  #acknowledged = 0;
  #answered = 0;
  readonly #peer: Peer;
  readonly #random: Random;

  constructor(id: number, peer: Peer, address: PartitionAddress, random: Random) {
    this.id = id;
    this.address = address;
    this.#peer = peer;
    this.#random = random;
  }

  /** Messages that the node acknowledged. */
  get acknowledged(): number {
    return this.#acknowledged;
  }

  /** Messages that were sent, acknowledged or not. */
  get sent(): number {
    return this.#ends.at(-1) ?? 0;
  }

  /**
   * Sends until the connection ends, up to `inFlightMax` requests ahead of the answers; calls
   * `acknowledged` for each answer. Gives the status of the answer that was no acknowledgement.
   */
  async run(inFlightMax: number, acknowledged: () => void): Promise<number | undefined> {
    let isWritable = true;
    for (;;) {
      while (isWritable && this.#ends.length - this.#answered < inFlightMax) {
        isWritable = await this.#sendOne();
      }
      const answer = await this.#peer.answer();
      if (answer?.status !== 0) return answer?.status;
      this.#acknowledged = this.#ends[this.#answered++];
      acknowledged();
    }
  }

  /** Whether a partition may hold exactly the first `count` messages: no request is there in part. */
  mayHold(count: number): boolean {
    if (count < this.#acknowledged) return false;
    return count === 0 || this.#ends.includes(count);
  }

  /** What was found after the connection had ended: from now on it must stay so. */
  settle(count: number): void {
    this.#ends = this.#ends.filter((end) => end <= count);
    this.#acknowledged = count;
  }

  /** Gives whether the node took it; answers may still come when it did not. */
  async #sendOne(): Promise<boolean> {
    const from = this.sent;
    const count = this.#random.between(1, 20);
    const messages = Array.from({ length: count }, (_, at) => tracedMessage(this.id, from + at));
    const batch = encodeMessages(this.#peer.dialect, messages);
    const { partitionId } = this.address;
    const partitioning = { kind: "partition_id", partitionId } as const;
    this.#ends.push(from + count);
    try {
      await this.#peer.write(this.#peer.sendFrame(this.address, partitioning, count, batch));
      return true;
    } catch (error) {
      if (!(error instanceof StreamClosed)) throw error;
      return false;
    }
  }
}

/** The message number `sequence` (from 0 on) of a producer. */
export function tracedMessage(producer: number, sequence: number): OutgoingMessage {
  const mixed = Math.imul(producer * 0x9e3779b1 ^ sequence, 0x85ebca6b) >>> 0;
  const payload = FILLER.slice(mixed % 4096, mixed % 4096 + 8 + mixed % 500);
  const view = new DataView(payload.buffer);
  view.setUint32(0, producer, true);
  view.setUint32(4, sequence, true);
  return {
    id: BigInt(producer) << 64n | BigInt(sequence + 1),
    originTimestamp: 1_700_000_000_000_000 + sequence,
    payload,
    userHeaders: FILLER.subarray(0, mixed % 3 === 0 ? mixed % 100 : 0),
  };
}

/**
 * Checks all messages of a partition: offsets without a gap, times that do not go back, every message
 * byte for byte what its producer sent, each once and in its producer's order. Gives how many there
 * are of each producer.
 */
export class PartitionCheck {
  readonly counts = new Map<number, number>();
  #next = 0;
  #timestamp = 0;

  /** Takes the messages that follow. */
  take(messages: readonly Message[]): void {
    for (const message of messages) this.#take(message);
  }

  /** Compares with what the producers of the partition know, whose connections have ended. */
  conclude(producers: Iterable<Producer>): void {
    for (const producer of producers) {
      const count = this.counts.get(producer.id) ?? 0;
      assert(
        producer.mayHold(count),
        `Producer ${producer.id} has ${count} messages there; it sent ${producer.sent}, ` +
          `${producer.acknowledged} were acknowledged`,
      );
      producer.settle(count);
    }
  }

  #take(message: Message): void {
    assertEquals(message.offset, this.#next++, "Offsets have a gap");
    assert(message.timestamp >= this.#timestamp, `Time goes back at offset ${message.offset}`);
    this.#timestamp = message.timestamp;
    const view = new DataView(message.payload.buffer, message.payload.byteOffset);
    const [producer, sequence] = [view.getUint32(0, true), view.getUint32(4, true)];
    const expected = this.counts.get(producer) ?? 0;
    assertEquals(sequence, expected, `Order of producer ${producer} at offset ${message.offset}`);
    this.counts.set(producer, sequence + 1);
    assertSameMessage(message, tracedMessage(producer, sequence));
  }
}

/** Faster than `assertEquals` on a hundred thousand messages, and says as much. */
function assertSameMessage(message: Message, sent: OutgoingMessage): void {
  const same = message.id === sent.id && message.originTimestamp === sent.originTimestamp &&
    sameBytes(message.payload, sent.payload) && sameBytes(message.userHeaders, sent.userHeaders!);
  if (!same) assertEquals({ ...message, ...sent }, message);
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return false;
  return true;
}

const FILLER = new Uint8Array(8192);
new Random(1).fill(FILLER);
