/**
 * Clients that talk to a broker without a connection: bytes go straight into a conversation, and what
 * it answers comes straight back. Passwords cost nothing here: a hash is the password behind `plain:`.
 *
 * @module
 */
import type { Passwords } from "../../lib/auth/passwords.ts";
import type { Broker } from "../../lib/handlers/broker.ts";
import { type Address, type Duplex, StreamClosed } from "../../lib/ports.ts";
import { ClassicConversation } from "../../lib/session/classic.ts";
import type { Conversation } from "../../lib/session/conversation.ts";
import { Outbox } from "../../lib/session/outbox.ts";
import type { Session } from "../../lib/session/session.ts";
import { type Heartbeat, Sessions } from "../../lib/session/sessions.ts";
import { VsrConversation } from "../../lib/session/vsr.ts";
import type { Dialect } from "../../protocol/command.ts";
import { isFault } from "../../protocol/framing.ts";
import { type TestBroker, testBroker, type TestBrokerOptions } from "./broker.ts";
import { Peer, type PeerFraming } from "./raw_peer.ts";

export interface HarnessOptions extends TestBrokerOptions {
  /** Default: every 5 seconds. */
  readonly heartbeat?: Heartbeat;
  /** Services that are not the usual ones. */
  readonly services?: Partial<
    Pick<Broker, "cluster" | "commits" | "errorCode" | "host" | "version">
  >;
}

/** A broker and the sessions of those who talk to it. Root is `iggy` / `iggy`. */
export class Harness implements AsyncDisposable {
  readonly broker: TestBroker;
  readonly sessions: Sessions;
  #clients = 0;

  static async open(options: HarnessOptions = {}): Promise<Harness> {
    const { heartbeat = { enabled: true, intervalMs: 5000 }, services, ...rest } = options;
    const usual = await testBroker(rest);
    const root = usual.catalog.users.require(0);
    if (!root.passwordHash.startsWith("plain:")) {
      usual.catalog.users.changePassword(0, "plain:iggy");
    }
    await usual.catalog.durable();
    const sessions = new Sessions(usual.clock, usual.groups, heartbeat);
    const clients = () => sessions.values();
    return new Harness({ ...usual, passwords: PLAIN, clients, ...services }, sessions);
  }

  private constructor(broker: TestBroker, sessions: Sessions) {
    this.broker = broker;
    this.sessions = sessions;
  }

  /** A new client whose framing is known and who has said nothing yet. */
  line(dialect: Dialect): Line {
    return new Line(this.broker, this.sessions, dialect, {
      hostname: "127.0.0.1",
      port: FIRST_PORT + this.#clients++,
    });
  }

  /** The same, logged in as root, with calls for every command. */
  async root(framing: Dialect | PeerFraming): Promise<Peer> {
    const dialect = typeof framing === "string" ? framing : framing.dialect;
    const peer = new Peer(this.line(dialect), framing);
    await peer.login("iggy", "iggy");
    return peer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.broker[Symbol.asyncDispose]();
  }
}

/** One client's way to its conversation. As a `Duplex`, what is written is answered and read back. */
export class Line implements Duplex {
  readonly conversation: Conversation;
  readonly outbox = new Outbox();
  readonly peer: Address = { hostname: "127.0.0.1", port: 8090 };
  readonly local: Address;
  readonly wholeMessages = false;
  readonly #answers: Uint8Array[] = [];
  #closed = false;

  constructor(broker: TestBroker, sessions: Sessions, dialect: Dialect, local: Address) {
    this.local = local;
    const session = sessions.begin(dialect, "tcp", this.#serverEnd());
    this.conversation = dialect === "classic"
      ? new ClassicConversation(broker, sessions, session)
      : new VsrConversation(broker, sessions, session);
  }

  get session(): Session {
    return this.conversation.session;
  }

  /** Says `bytes`; gives all that is answered, once every whole frame in them was. */
  async say(bytes: Uint8Array): Promise<Uint8Array> {
    await this.write(bytes);
    const parts = this.#answers.splice(0);
    return Uint8Array.from(parts.flatMap((part) => [...part]));
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.#closed) throw new StreamClosed("Line is closed");
    const { conversation, outbox } = this;
    for (let at = 0; at < bytes.length;) {
      at += conversation.decoder.push(bytes.subarray(at));
      for (let frame; (frame = conversation.decoder.next()) !== undefined;) {
        if (isFault(frame)) conversation.answerFault(frame, outbox);
        else await conversation.answer(frame, outbox);
        if (outbox.full) await this.#flush();
      }
      await this.#flush();
    }
  }

  read(into: Uint8Array): Promise<number | null> {
    const answer = this.#answers.shift();
    if (answer === undefined) return Promise.resolve(null);
    into.set(answer.subarray(0, into.length));
    if (answer.length > into.length) this.#answers.unshift(answer.subarray(into.length));
    return Promise.resolve(Math.min(answer.length, into.length));
  }

  /** The connection is gone. */
  close(): void {
    if (!this.#closed) this.conversation.closed();
    this.#closed = true;
  }

  async #flush(): Promise<void> {
    if (!this.outbox.empty) await this.outbox.flush(this.#serverEnd(), () => {});
  }

  #serverEnd(): Duplex {
    return {
      peer: this.local,
      local: this.peer,
      wholeMessages: false,
      read: () => Promise.resolve(null),
      write: (bytes) => Promise.resolve(void this.#answers.push(bytes.slice())),
      close() {},
    };
  }
}

const PLAIN = {
  hash: (password: string) => Promise.resolve(`plain:${password}`),
  verify: (password: string, hash: string | undefined) =>
    Promise.resolve(hash === `plain:${password}`),
  close() {},
} as unknown as Passwords;

const FIRST_PORT = 50_001;
