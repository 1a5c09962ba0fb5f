/**
 * A batch that is encoded once and sent many times.
 *
 * @module
 */
import type { Dialect } from "../../protocol/command.ts";
import type { Xxh3 } from "../../protocol/message.ts";
import { MESSAGES, type OutgoingMessage } from "../../protocol/message_codec.ts";
import { WireWriter } from "../../protocol/wire.ts";

/**
 * Messages as the bytes that a send ends with, checksums included. Its memory has room ahead of
 * them for the head of one frame, so that a send is one write of one piece of memory.
 *
 *     | room for a head | messages |
 *
 * It belongs to the framing it was made for. It may be sent any number of times, at once and by
 * several clients; the messages it was made of are not looked at again.
 */
export class PreparedBatch {
  readonly dialect: Dialect;
  readonly messagesCount: number;
  readonly #memory: Uint8Array<ArrayBuffer>;
  #isLent = false;

  /** Encodes `messages` for `dialect`. Throws what `MESSAGES[dialect].encode` throws. */
  constructor(dialect: Dialect, messages: readonly OutgoingMessage[], xxh3: Xxh3) {
    const writer = new WireWriter(HEAD_BYTES_MAX + bytesAtMost(messages));
    writer.zeros(HEAD_BYTES_MAX);
    MESSAGES[dialect].encode(writer, messages, xxh3);
    this.dialect = dialect;
    this.messagesCount = messages.length;
    this.#memory = writer.written;
  }

  /** Bytes of the messages in their encoded form. */
  get byteLength(): number {
    return this.#memory.length - HEAD_BYTES_MAX;
  }

  /**
   * `head` and the messages as one piece of memory, valid until {@link giveBack}. While one is out,
   * others get a copy.
   */
  lend(head: Uint8Array): Uint8Array {
    const start = HEAD_BYTES_MAX - head.length;
    const memory = this.#isLent ? this.#memory.slice() : this.#memory;
    if (memory === this.#memory) this.#isLent = true;
    memory.set(head, start);
    return memory.subarray(start);
  }

  /** Says that what {@link lend} gave is no longer looked at. */
  giveBack(frame: Uint8Array): void {
    if (frame.buffer === this.#memory.buffer) this.#isLent = false;
  }
}

/** Enough for either framing: 64 bytes of header and 16 of index a message, and a batch header. */
function bytesAtMost(messages: readonly OutgoingMessage[]): number {
  let bytes = 256;
  for (const { payload, userHeaders } of messages) {
    bytes += 80 + payload.length + (userHeaders?.length ?? 0);
  }
  return bytes;
}

/** A VSR header, and the longest addressing: two names and a key of 257 bytes each, two u32. */
const HEAD_BYTES_MAX = 256 + 3 * 257 + 2 * 4;
