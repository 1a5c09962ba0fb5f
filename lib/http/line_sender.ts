/**
 * Sending a body of many messages, one a line, while it arrives: the lines of one piece of the body go
 * as one batch for each partitioning, and the next piece is read when they are acknowledged. So what is
 * held is a piece of the body and a line that is not complete yet.
 *
 * @module
 */
import type { OutgoingMessage } from "../../protocol/message_codec.ts";
import type { SendMessagesConfirmation } from "../../protocol/messages.ts";
import type { Partitioning } from "../../protocol/primitives.ts";
import { IggyError } from "../../protocol/errors.ts";
import { Rejection, tooLarge } from "./errors.ts";

/** A message of a line, and where it goes. */
export interface LineMessage {
  readonly partitioning: Partitioning;
  readonly message: OutgoingMessage;
}

export interface LineSenderOptions {
  readonly lineBytesMax: number;
  /** What a line means. Throws a `Rejection` or an `IggyError` for one that means nothing. */
  readonly read: (line: Uint8Array) => LineMessage;
  readonly send: (
    partitioning: Partitioning,
    messages: readonly OutgoingMessage[],
  ) => Promise<SendMessagesConfirmation | undefined>;
}

/** What was sent to one partition. */
export interface LinesConfirmation extends SendMessagesConfirmation {
  readonly messagesCount: number;
}

/** What became of a body. */
export interface SentLines {
  readonly messagesCount: number;
  /** One for each partition, with the offset of the first message that went there. */
  readonly confirmations: readonly LinesConfirmation[];
}

/**
 * Sends a body to its end. Empty lines are skipped.
 *
 * @throws {Rejection | IggyError} for a bad line and for a send that fails; the lines of the pieces
 * before it are sent then, and the message says how many messages that are.
 */
export async function sendLines(
  body: ReadableStream<Uint8Array> | null,
  options: LineSenderOptions,
): Promise<SentLines> {
  const sender = new LineSender(options);
  for await (const piece of body ?? []) await sender.take(piece);
  return await sender.end();
}

class LineSender {
  readonly #options: LineSenderOptions;
  /** The beginning of a line whose end is still to come. */
  readonly #partial: Uint8Array[] = [];
  #partialBytes = 0;
  /** Of the line that is being read. */
  #lineNumber = 1;
  #messagesCount = 0;
  readonly #confirmations = new Map<number, LinesConfirmation>();

  constructor(options: LineSenderOptions) {
    this.#options = options;
  }

  async take(piece: Uint8Array): Promise<void> {
    const batches = new Batches();
    try {
      let start = 0;
      for (let end; (end = piece.indexOf(LINE_FEED, start)) >= 0; start = end + 1) {
        this.#keep(piece.subarray(start, end));
        this.#read(this.#line(), batches);
      }
      this.#keep(piece.slice(start));
    } catch (fault) {
      throw this.#located(fault);
    }
    await this.#send(batches);
  }

  async end(): Promise<SentLines> {
    const batches = new Batches();
    try {
      if (this.#partialBytes > 0) this.#read(this.#line(), batches);
    } catch (fault) {
      throw this.#located(fault);
    }
    await this.#send(batches);
    return { messagesCount: this.#messagesCount, confirmations: [...this.#confirmations.values()] };
  }

  #keep(part: Uint8Array): void {
    this.#partialBytes += part.length;
    if (this.#partialBytes > this.#options.lineBytesMax) throw tooLarge();
    if (part.length > 0) this.#partial.push(part);
  }

  /** Takes out the line that is complete now. */
  #line(): Uint8Array {
    const [only, ...more] = this.#partial;
    let line = only ?? new Uint8Array();
    if (more.length > 0) {
      line = new Uint8Array(this.#partialBytes);
      let at = 0;
      for (const part of this.#partial) {
        line.set(part, at);
        at += part.length;
      }
    }
    this.#partial.length = 0;
    this.#partialBytes = 0;
    return line.at(-1) === CARRIAGE_RETURN ? line.subarray(0, -1) : line;
  }

  #read(line: Uint8Array, batches: Batches): void {
    if (line.length > 0) batches.add(this.#options.read(line));
    this.#lineNumber++;
  }

  async #send(batches: Batches): Promise<void> {
    for (const { partitioning, messages } of batches.values()) {
      try {
        this.#sent(await this.#options.send(partitioning, messages), messages.length);
      } catch (fault) {
        throw this.#told(fault, "");
      }
    }
  }

  #sent(confirmation: SendMessagesConfirmation | undefined, count: number): void {
    this.#messagesCount += count;
    if (confirmation === undefined) return;
    const { partitionId } = confirmation;
    const known = this.#confirmations.get(partitionId);
    const messagesCount = (known?.messagesCount ?? 0) + count;
    this.#confirmations.set(partitionId, { ...(known ?? confirmation), messagesCount });
  }

  #located(fault: unknown): unknown {
    return this.#told(fault, `Line ${this.#lineNumber}: `);
  }

  #told(fault: unknown, where: string): unknown {
    const text = (message: string) =>
      `${where}${message}; ${this.#messagesCount} messages are sent`;
    if (fault instanceof Rejection) {
      return new Rejection(fault.status, text(fault.message), fault.headers);
    }
    if (fault instanceof IggyError) return new IggyError(fault.code, text(fault.message));
    return fault;
  }
}

/** Messages by where they go, in the order they came. */
class Batches {
  readonly #byPartitioning = new Map<
    string,
    { readonly partitioning: Partitioning; readonly messages: OutgoingMessage[] }
  >();

  add({ partitioning, message }: LineMessage): void {
    const name = nameOf(partitioning);
    const batch = this.#byPartitioning.get(name);
    if (batch === undefined) {
      this.#byPartitioning.set(name, { partitioning, messages: [message] });
    } else batch.messages.push(message);
  }

  values() {
    return this.#byPartitioning.values();
  }
}

function nameOf(partitioning: Partitioning): string {
  switch (partitioning.kind) {
    case "balanced":
      return "";
    case "partition_id":
      return String(partitioning.partitionId);
    case "messages_key":
      return `key ${partitioning.key.toHex()}`;
  }
}

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
