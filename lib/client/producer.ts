/**
 * Single messages, sent as batches.
 *
 * @module
 */
import type { SendMessagesConfirmation } from "../../protocol/messages.ts";
import type { Identifier } from "../../protocol/primitives.ts";
import type { Clock } from "../ports.ts";
import type { Messages, SendTarget } from "./messages.ts";
import type { NewMessage } from "./new_message.ts";

/** Where to, and what makes a batch. */
export interface ProducerOptions extends SendTarget {
  readonly stream: Identifier;
  readonly topic: Identifier;
  /** Messages that complete a batch; 1000 unless given. */
  readonly batchMessagesMax?: number;
  /** Bytes of payload that complete a batch; 1 MiB unless given. */
  readonly batchBytesMax?: number;
  /** How long the first message of a batch waits for others; 5 unless given. */
  readonly lingerMs?: number;
}

/** See the module comment. */
export class Producer implements AsyncDisposable {
  readonly #messages: Messages;
  readonly #clock: Clock;
  readonly #options: ProducerOptions;
  readonly #sending = new Set<Promise<unknown>>();
  #batch: Batch | undefined;

  constructor(messages: Messages, clock: Clock, options: ProducerOptions) {
    this.#messages = messages;
    this.#clock = clock;
    this.#options = options;
  }

  /**
   * Puts a message into the batch that goes next, and resolves when the node has acknowledged that
   * batch. Rejects as `Messages.send` does, for all messages of the batch.
   */
  send(message: NewMessage): Promise<SendMessagesConfirmation | undefined> {
    const { batchMessagesMax = 1000, batchBytesMax = 1024 * 1024 } = this.#options;
    const batch = this.#batch ??= this.#newBatch();
    batch.messages.push(message);
    batch.payloadBytes += message.payload.length;
    if (batch.messages.length >= batchMessagesMax || batch.payloadBytes >= batchBytesMax) {
      this.#dispatch();
    }
    return batch.sent.promise;
  }

  /** Sends what is there and resolves when all of it is acknowledged; rejects when some of it is not. */
  async flush(): Promise<void> {
    this.#dispatch();
    await Promise.all(this.#sending);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.flush();
  }

  #newBatch(): Batch {
    const { lingerMs = 5 } = this.#options;
    const stopLingering = this.#clock.after(lingerMs, () => this.#dispatch());
    return { messages: [], payloadBytes: 0, sent: Promise.withResolvers(), stopLingering };
  }

  #dispatch(): void {
    const batch = this.#batch;
    if (batch === undefined) return;
    this.#batch = undefined;
    batch.stopLingering();
    const { stream, topic, partitionId, key } = this.#options;
    const sending = this.#messages.send(stream, topic, batch.messages, { partitionId, key });
    this.#sending.add(sending);
    const done = () => this.#sending.delete(sending);
    sending.then(done, done);
    sending.then(batch.sent.resolve, batch.sent.reject);
  }
}

interface Batch {
  readonly messages: NewMessage[];
  payloadBytes: number;
  readonly sent: PromiseWithResolvers<SendMessagesConfirmation | undefined>;
  readonly stopLingering: () => void;
}
