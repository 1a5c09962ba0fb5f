/**
 * A client of few lines for tests: it sends what it is told and shows what comes back. It does
 * nothing by itself (no heartbeat, no retry, no second connection), and it can send what no client
 * should.
 *
 * @module
 */
import { xxh3 } from "../../lib/log/checksum.ts";
import { connectTcp } from "../../lib/os/net.ts";
import { type Duplex, StreamClosed } from "../../lib/ports.ts";
import type { Command, Dialect } from "../../protocol/command.ts";
import { type CommandName, COMMANDS, NON_REPLICATED } from "../../protocol/commands.ts";
import { IggyError } from "../../protocol/errors.ts";
import {
  classicReplies,
  type ClassicReply,
  encodeClassicRequestHead,
  FrameDecoder,
  type FrameLayout,
  isFault,
} from "../../protocol/framing.ts";
import { type Message, MESSAGES, type OutgoingMessage } from "../../protocol/message_codec.ts";
import {
  POLL_MESSAGES_HEAD,
  type PollMessagesHead,
  type PollMessagesRequest,
  SEND_MESSAGES_HEAD,
  type SendMessagesConfirmation,
} from "../../protocol/messages.ts";
import type { Partitioning, PollingKind } from "../../protocol/primitives.ts";
import { PROTOCOL_VERSION } from "../../protocol/register.ts";
import type { TopicAddress } from "../../protocol/topics.ts";
import {
  decodeResult,
  encodeRequestHeader,
  EVICTION_REASONS,
  type EvictionReason,
  type RequestFields,
  vsrAnswers,
  VsrEviction,
  type VsrReply,
} from "../../protocol/vsr.ts";
import { WireReader, WireWriter } from "../../protocol/wire.ts";

/** Both, for tests that hold for either. */
export const DIALECTS: readonly Dialect[] = ["classic", "vsr_0_11"];

/** What came back for a request; the bytes are the caller's. */
export interface Answer {
  /** 0, or the Iggy error code; an eviction has that of its reason. */
  readonly status: number;
  readonly body: Uint8Array;
  /** VSR: the request number that the answer echoes. */
  readonly request?: number;
  /** VSR: the session is over, and why. */
  readonly eviction?: EvictionReason;
}

/** Messages of one poll. */
export interface Polled extends PollMessagesHead {
  readonly messages: readonly Message[];
}

/** Which partition of which topic. */
export interface PartitionAddress extends TopicAddress {
  readonly partitionId: number;
}

/** What a poll asks for unless it says otherwise: the consumer 1 from the first message on, no commit. */
export type PollOptions = TopicAddress & Partial<Omit<PollMessagesRequest, "strategy">> & {
  readonly strategy?: PollingKind;
  /** Of the strategy. */
  readonly value?: number;
};

/** Request body of a command. */
export type RequestOf<Name extends CommandName> = (typeof COMMANDS)[Name] extends
  Omit<Command<infer Request, infer _Response>, "name"> ? Request : never;

/** Response body of a command. */
export type ResponseOf<Name extends CommandName> = (typeof COMMANDS)[Name] extends
  Omit<Command<infer _Request, infer Response>, "name"> ? Response : never;

/** Dials a node on loopback; nothing is sent yet. */
export async function dial(framing: Dialect | PeerFraming, port: number): Promise<Peer> {
  return new Peer(await connectTcp({ hostname: "127.0.0.1", port }), framing);
}

/** Dials a node on loopback and logs in as root. */
export async function dialRoot(framing: Dialect | PeerFraming, port: number): Promise<Peer> {
  const peer = await dial(framing, port);
  await peer.login("iggy", "iggy");
  return peer;
}

/** What follows the head in the body of a send, for sends that all carry the same. */
export function encodeMessages(
  dialect: Dialect,
  messages: readonly OutgoingMessage[],
): Uint8Array<ArrayBuffer> {
  const writer = new WireWriter(1024);
  MESSAGES[dialect].encode(writer, messages, xxh3);
  return writer.written.slice();
}

/** One connection that speaks one framing. */
export class Peer implements Disposable {
  readonly duplex: Duplex;
  readonly framing: PeerFraming;
  readonly #decoder: FrameDecoder<unknown>;
  #ended = false;

  /** Over a stream that is open already. */
  constructor(duplex: Duplex, framing: Dialect | PeerFraming) {
    this.duplex = duplex;
    this.framing = typeof framing === "string" ? new FRAMINGS[framing]() : framing;
    this.#decoder = new FrameDecoder(this.framing.layout);
  }

  get dialect(): Dialect {
    return this.framing.dialect;
  }

  /** Logs in; rejects with the `IggyError` that the node gives. */
  login(username: string, password: string): Promise<void> {
    return this.framing.login(this, username, password);
  }

  /** The whole frame of a request. */
  frame<Name extends CommandName>(
    name: Name,
    request: RequestOf<Name>,
  ): Uint8Array<ArrayBuffer> {
    const writer = new WireWriter();
    COMMANDS[name].request[this.dialect]!.encode(writer, request as never);
    return this.framing.frameOf(name, writer.written);
  }

  /** The frame of a send; `batch` as {@link encodeMessages} makes it. */
  sendFrame(
    { streamId, topicId }: TopicAddress,
    partitioning: Partitioning,
    messagesCount: number,
    batch: Uint8Array,
  ): Uint8Array<ArrayBuffer> {
    const writer = new WireWriter(batch.length + 1024);
    SEND_MESSAGES_HEAD.encode(writer, { streamId, topicId, partitioning, messagesCount });
    writer.bytes(batch);
    return this.framing.frameOf("sendMessages", writer.written);
  }

  /** Writes bytes as they are. */
  write(bytes: Uint8Array): Promise<void> {
    return this.duplex.write(bytes);
  }

  /** The next answer; `undefined` once the node has closed the connection. Rejects when none comes. */
  async answer(): Promise<Answer | undefined> {
    for (;;) {
      const frame = this.#decoder.next();
      if (isFault(frame)) throw new Error(`Node answers no frame: ${frame.fault}`);
      if (frame !== undefined) return this.framing.answerOf(frame);
      if (this.#ended) return undefined;
      const count = await soon(this.duplex.read(this.#decoder.space()));
      if (count === null) this.#ended = true;
      else this.#decoder.received(count);
    }
  }

  /**
   * Sends a request and decodes the answer; rejects with the `IggyError` that the node gives, or with
   * `StreamClosed`.
   */
  async ask<Name extends CommandName>(
    name: Name,
    request: RequestOf<Name>,
  ): Promise<ResponseOf<Name>> {
    const body = await this.#exchange(name, this.frame(name, request));
    return COMMANDS[name].response[this.dialect]!.decode(body) as ResponseOf<Name>;
  }

  /** Sends a request with a body that no codec made; gives the status. */
  async status(name: CommandName, body: Uint8Array): Promise<number> {
    await this.write(this.framing.frameOf(name, body));
    return this.#status(name, await this.answer());
  }

  /** Sends messages to a partition; tells where they went if the framing does. */
  async send(
    { partitionId, ...topic }: PartitionAddress,
    messages: readonly OutgoingMessage[],
  ): Promise<SendMessagesConfirmation | undefined> {
    const batch = encodeMessages(this.dialect, messages);
    const partitioning = { kind: "partition_id", partitionId } as const;
    const frame = this.sendFrame(topic, partitioning, messages.length, batch);
    const body = await this.#exchange("sendMessages", frame);
    return COMMANDS.sendMessages.response[this.dialect]!.decode(body)[0];
  }

  async poll(options: PollOptions): Promise<Polled> {
    const body = await this.#exchange("pollMessages", this.pollFrame(options));
    const head = POLL_MESSAGES_HEAD.decode(body);
    return { ...head, messages: [...MESSAGES[this.dialect].decode(body)] };
  }

  /** The frame of a poll. */
  pollFrame({ strategy = "first", value = 0, ...request }: PollOptions): Uint8Array<ArrayBuffer> {
    return this.frame("pollMessages", {
      consumer: { kind: "consumer", id: 1 },
      partitionId: 0,
      count: 1000,
      autoCommit: false,
      ...request,
      strategy: { kind: strategy, value },
    });
  }

  close(): void {
    this.duplex.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** The payload of the answer, behind the result section where there is one. */
  async #exchange(name: CommandName, frame: Uint8Array): Promise<WireReader> {
    await this.write(frame);
    const answer = await this.answer();
    const code = this.#status(name, answer);
    if (code !== 0) throw new IggyError(code, `Node refuses ${name} with ${code}`);
    const body = new WireReader(answer!.body);
    if (this.#hasResult(name)) decodeResult(body);
    return body;
  }

  /** VSR.md section 4.2: an error comes as a status or in the result section. */
  #status(name: CommandName, answer: Answer | undefined): number {
    if (answer === undefined) throw new StreamClosed(`Node closed the connection at ${name}`);
    if (answer.status !== 0 || !this.#hasResult(name)) return answer.status;
    return decodeResult(new WireReader(answer.body));
  }

  #hasResult(name: CommandName): boolean {
    return this.dialect !== "classic" && COMMANDS[name].resultFramed;
  }
}

/** The side of a peer that differs from framing to framing. */
export interface PeerFraming {
  readonly dialect: Dialect;
  readonly layout: FrameLayout<unknown>;
  /** A whole frame around a body. */
  frameOf(name: CommandName, body: Uint8Array): Uint8Array<ArrayBuffer>;
  answerOf(frame: unknown): Answer;
  login(peer: Peer, username: string, password: string): Promise<void>;
}

class ClassicPeerFraming implements PeerFraming {
  readonly dialect = "classic";
  readonly layout = classicReplies(REPLY_BYTES_MAX);

  frameOf(name: CommandName, body: Uint8Array): Uint8Array<ArrayBuffer> {
    const writer = new WireWriter(body.length + 8);
    encodeClassicRequestHead(writer, COMMANDS[name].code, body.length);
    writer.bytes(body);
    return writer.written;
  }

  answerOf({ status, body }: ClassicReply): Answer {
    return { status, body: body.slice() };
  }

  async login(peer: Peer, username: string, password: string): Promise<void> {
    await peer.ask("loginUser", { username, password });
  }
}

/** Uses request numbers up as SDK 0.11.0 does: VSR.md section 6, first column. */
export class VsrPeerFraming implements PeerFraming {
  readonly dialect = "vsr_0_11";
  readonly layout = vsrAnswers(REPLY_BYTES_MAX);
  /** Never 0. */
  readonly client = crypto.getRandomValues(new BigUint64Array(1))[0] | 1n;
  /** 0 before login. */
  session = 0;
  /** Of the next request. */
  request = 1;

  frameOf(name: CommandName, body: Uint8Array): Uint8Array<ArrayBuffer> {
    const { operation, code } = COMMANDS[name];
    switch (operation) {
      case COMMANDS.register.operation:
        return this.frameWith({ operation, request: 0, session: 0 }, body);
      case NON_REPLICATED:
        return this.frameWith({ operation, code }, body);
      default:
        return this.frameWith({ operation, request: this.request++ }, body);
    }
  }

  /** A frame with header fields as wanted; the others are those of a well-behaved client. */
  frameWith(fields: Partial<RequestFields>, body: Uint8Array): Uint8Array<ArrayBuffer> {
    const { client, session, request } = this;
    const usual = { client, session, request, requestChecksum: 0n, operation: 2, code: 0 };
    const writer = new WireWriter(body.length + 256);
    encodeRequestHeader(writer, { ...usual, ...fields }, body.length);
    writer.bytes(body);
    return writer.written;
  }

  answerOf(frame: VsrReply | VsrEviction): Answer {
    if (frame instanceof VsrEviction) {
      const { reason } = frame;
      if (reason === undefined) throw new Error("Node evicts for no known reason");
      return { status: EVICTION_REASONS[reason].error, body: new Uint8Array(), eviction: reason };
    }
    const { status, request, body } = frame;
    return { status, request, body: body.slice() };
  }

  async login(peer: Peer, username: string, password: string): Promise<void> {
    const { session } = await peer.ask("register", {
      protocolVersion: PROTOCOL_VERSION,
      sdkName: "raw-peer",
      sdkVersion: "0.11.0",
      byPassword: { username, password, context: "" },
      exact: true,
    });
    this.session = session;
  }
}

/** A node that keeps silent has failed: SDKs wait no longer either (VSR.md section 6). */
async function soon<T>(promise: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const fail = () => reject(new Error(`Node is silent for ${ANSWER_MS_MAX} ms`));
    timer = setTimeout(fail, ANSWER_MS_MAX);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

const FRAMINGS: Record<Dialect, new () => PeerFraming> = {
  classic: ClassicPeerFraming,
  vsr_0_11: VsrPeerFraming,
};

const REPLY_BYTES_MAX = 128 * 1024 * 1024;
const ANSWER_MS_MAX = 30_000;
