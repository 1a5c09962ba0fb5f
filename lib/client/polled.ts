/**
 * What a poll brings: as bytes that are looked at where they lie, or as messages.
 *
 * @module
 */
import type { Dialect } from "../../protocol/command.ts";
import { type Message, MESSAGES } from "../../protocol/message_codec.ts";
import type { PollMessagesHead } from "../../protocol/messages.ts";
import {
  decodeUserHeaders,
  type HeaderField,
  type UserHeader,
} from "../../protocol/user_headers.ts";
import { WireReader } from "../../protocol/wire.ts";

/** A poll's answer as it came. */
export interface PolledBytes extends PollMessagesHead {
  readonly dialect: Dialect;
  /**
   * The messages in the form of the dialect: stored batches (VSR.md section 8), or classic messages
   * (CLASSIC.md section 6.1). A view of the receive buffer that ends with the call it was handed to;
   * whoever keeps it copies it.
   */
  readonly bytes: Uint8Array;
}

/** Messages of one partition in order. Iterating over it gives them. */
export class PolledMessages implements Iterable<ReceivedMessage> {
  readonly partitionId: number;
  /** Of the partition's last message, 0 when it has none. */
  readonly currentOffset: number;
  readonly messages: readonly ReceivedMessage[];

  /** Copies the bytes once; all messages are views of that copy. Throws `WireError` 3 or 4101. */
  constructor({ partitionId, currentOffset, dialect, bytes }: PolledBytes) {
    const messages: ReceivedMessage[] = [];
    for (const message of MESSAGES[dialect].decode(new WireReader(bytes.slice()))) {
      messages.push(new ReceivedMessage(message, partitionId));
    }
    this.partitionId = partitionId;
    this.currentOffset = currentOffset;
    this.messages = messages;
  }

  /** How many messages there are. */
  get length(): number {
    return this.messages.length;
  }

  [Symbol.iterator](): Iterator<ReceivedMessage> {
    return this.messages[Symbol.iterator]();
  }
}

/** A message as it was polled. Its bytes are views of its poll's answer, which stays as long as they do. */
export class ReceivedMessage {
  readonly partitionId: number;
  /** In its partition. */
  readonly offset: number;
  /** u128. */
  readonly id: bigint;
  /** When the node appended it, micros since the Unix epoch. */
  readonly timestamp: number;
  /** When its producer made it, micros since the Unix epoch. */
  readonly originTimestamp: number;
  /** XXH3-64 as it came, unverified (CLASSIC.md section 6.1, VSR.md section 8.2 say of what). */
  readonly checksum: bigint;
  readonly payload: Uint8Array;
  readonly #userHeaders: Uint8Array;
  #headers: readonly UserHeader[] | undefined;

  constructor(message: Message, partitionId: number) {
    this.partitionId = partitionId;
    this.offset = message.offset;
    this.id = message.id;
    this.timestamp = message.timestamp;
    this.originTimestamp = message.originTimestamp;
    this.checksum = message.checksum;
    this.payload = message.payload;
    this.#userHeaders = message.userHeaders;
  }

  /** The payload as UTF-8. */
  text(): string {
    return UTF8.decode(this.payload);
  }

  /**
   * All headers with their kinds, in their order. Throws `WireError` 4018, 4019, 4040 or 3 for headers
   * in another format, such as that of SDKs before 0.7.
   */
  get headers(): readonly UserHeader[] {
    return this.#headers ??= decodeUserHeaders(this.#userHeaders);
  }

  /** The value of the header with that text as its key. */
  header(key: string): HeaderField["value"] | undefined {
    return this.headers.find((header) => header.key.value === key)?.value.value;
  }
}

const UTF8 = new TextDecoder();
