/**
 * Deduplication: a message whose id its topic accepted a short while ago is dropped, so that a
 * producer may send again what it has no answer for (CLASSIC.md section 6.2). How long and how many
 * ids is a topic's own setting; docs/deduplication.md says what holds.
 *
 * The window is over all partitions of the topic, because a batch sent again may go to another one.
 * It is made at the first send and is nothing but memory of the logs: whatever is in doubt is
 * forgotten here and read again there.
 *
 * @module
 */
import {
  BATCH_HEADER_BYTES,
  batchHeader,
  type BatchKernel,
  frameLength,
  markFrame,
} from "../../protocol/message.ts";
import { FRAME_ID } from "../../protocol/message_layout.ts";
import type { BufferPool } from "../buffers.ts";
import type { TopicView } from "../catalog/views.ts";
import { IdWindow } from "../log/id_window.ts";
import type { PartitionOwner } from "../log/owner.ts";
import { RecentIds } from "../log/recent_ids.ts";
import type { Clock, Entropy } from "../ports.ts";

/** What the windows are made with. */
export interface DeduplicationPorts {
  readonly partitions: PartitionOwner;
  readonly buffers: BufferPool;
  readonly clock: Clock;
  readonly entropy: Entropy;
}

/** The windows of all topics that have one. */
export class Deduplication {
  readonly #ports: DeduplicationPorts;
  readonly #windows = new Map<TopicView, IdWindow | Promise<IdWindow>>();

  constructor(ports: DeduplicationPorts) {
    this.#ports = ports;
  }

  /** The window of a topic: `undefined` when it has none, a promise while it is read from the logs. */
  window(topic: TopicView): IdWindow | Promise<IdWindow> | undefined {
    if (topic.settings.deduplicationWindow === 0) return undefined;
    const known = this.#windows.get(topic);
    if (known !== undefined) return known;
    this.#shrinkOthers();
    const read = this.#read(topic);
    this.#windows.set(topic, read);
    // Only who is still expected is let in, and who failed may try again.
    const settle = (window?: IdWindow) => {
      if (this.#windows.get(topic) !== read) return;
      if (window === undefined) this.#windows.delete(topic);
      else this.#windows.set(topic, window);
    };
    read.then(settle, () => settle());
    return read;
  }

  /** Call it when a topic was purged or deleted, or has other settings: a window is made anew at the next send. */
  forget(topic: TopicView): void {
    this.#windows.delete(topic);
  }

  /**
   * Resolves when all that the topic was sent is acknowledged; `undefined`: now. A message that comes
   * twice is answered no sooner than the first of the two, wherever that went.
   */
  whenAcknowledged(topic: TopicView): Promise<void> | undefined {
    if (topic.settings.durability !== "persisted") return undefined;
    const acknowledged = topic.partitions.map(async (partition) => {
      const log = await this.#ports.partitions.log(topic, partition);
      await log.whenAcknowledged();
    });
    return Promise.all(acknowledged).then(() => {});
  }

  /** Topics that nobody sends to any more make room for another. */
  #shrinkOthers(): void {
    const now = this.#ports.clock.nowMicros();
    for (const window of this.#windows.values()) {
      if (!(window instanceof Promise)) window.shrink(now);
    }
  }

  async #read(topic: TopicView): Promise<IdWindow> {
    const { partitions, buffers, clock, entropy } = this.#ports;
    const { deduplicationWindow: micros, deduplicationMaxEntries: entriesMax } = topic.settings;
    // All are asked for in one step, so that none is opened that was deleted meanwhile.
    const logs = topic.partitions.map((partition) => partitions.log(topic, partition));
    const recent = new RecentIds(entriesMax, clock.nowMicros() - micros);
    let steps = 0;
    const pause = () => ++steps % STEPS_A_TURN === 0 ? turn(clock) : DONE;
    for (const log of logs) await recent.addAll(await log, buffers, pause);
    const seed = new Uint8Array(16);
    entropy.fill(seed);
    const window = new IdWindow({ entriesMax, micros, seed });
    recent.fill(window);
    return window;
  }
}

/**
 * Takes the messages out of admitted batches that a window knows, or that come twice in them; the
 * others it remembers. Gives the bytes left. `window.takeBack()` when they cannot be appended.
 */
export function dropDuplicates(
  kernel: BatchKernel,
  window: IdWindow,
  at: number,
  length: number,
  time: number,
): number {
  const { view } = kernel;
  const end = at + length;
  let isMarked = false;
  window.begin(time);
  for (let batch = at; batch < end;) {
    const batchEnd = batch + batchHeader.length(view, batch);
    for (let frame = batch + BATCH_HEADER_BYTES; frame < batchEnd;) {
      const next = frame + frameLength(view, frame);
      if (!window.accept(view, frame + FRAME_ID, time)) {
        markFrame(view, frame);
        isMarked = true;
      }
      frame = next;
    }
    batch = batchEnd;
  }
  return isMarked ? kernel.dropMarked(at, length) : length;
}

/** Lets others have their turn: reading 10,000 messages may take a second when they are large. */
function turn(clock: Clock): Promise<void> {
  return new Promise((resolve) => clock.after(0, resolve));
}

const DONE = Promise.resolve();
const STEPS_A_TURN = 8;
