/**
 * The client: one connection to a node, and what can be asked of it, by Iggy's nouns.
 *
 * @module
 */
import type { CommandName } from "../../protocol/commands.ts";
import type {
  ClientInfo,
  ClientInfoDetails,
  ClusterMetadata,
  OptionDescription,
  OptionScope,
  SnapshotCompression,
  SnapshotType,
  Stats,
} from "../../protocol/system.ts";
import type { Clock } from "../ports.ts";
import {
  type ArgumentsOf,
  type Call,
  type CallName,
  type RequestOf,
  requestOf,
  type ResponseOf,
} from "./calls.ts";
import { consume, type ConsumeOptions } from "./consume.ts";
import { DIALECTS } from "./framing.ts";
import { Groups } from "./groups.ts";
import { startHeartbeat } from "./heartbeat.ts";
import { Link } from "./link.ts";
import { Memberships } from "./memberships.ts";
import { Messages } from "./messages.ts";
import { Offsets } from "./offsets.ts";
import {
  type ClientPorts,
  type ConnectOptions,
  type Credentials,
  type Dial,
  type Settings,
  settingsFrom,
  tlsOptionsFrom,
} from "./options.ts";
import { PartitionChoice } from "./partition_choice.ts";
import { Partitions } from "./partitions.ts";
import type { ReceivedMessage } from "./polled.ts";
import { Producer, type ProducerOptions } from "./producer.ts";
import { RandomIds } from "./random_ids.ts";
import { Streams } from "./streams.ts";
import { Tokens } from "./tokens.ts";
import { Topics } from "./topics.ts";
import { Users } from "./users.ts";

/**
 * A connected client. It may be used from many places at once: requests go out without waiting for
 * the answers of others. A lost connection is made again behind the scenes (`link.ts` says what
 * becomes of requests meanwhile).
 *
 * Every call rejects with an `IggyError` (the node refuses, or the request cannot be encoded) or with
 * a `ConnectionError`.
 */
export class Client implements AsyncDisposable {
  readonly streams: Streams;
  readonly topics: Topics;
  readonly partitions: Partitions;
  readonly messages: Messages;
  readonly offsets: Offsets;
  readonly groups: Groups;
  readonly users: Users;
  readonly tokens: Tokens;
  readonly #link: Link;
  readonly #clock: Clock;
  readonly #partitionChoice: PartitionChoice;
  readonly #stopHeartbeat: () => void;

  /** Connects, and logs in when there are credentials. One try: it fails at once where nobody listens. */
  static async connect(options: ConnectOptions, ports: ClientPorts): Promise<Client> {
    const settings = settingsFrom(options);
    const client = new Client(settings, { ...ports, dial: dialFor(options, ports) });
    try {
      await client.#link.connect();
      return client;
    } catch (error) {
      await client.close();
      throw error;
    }
  }

  private constructor(settings: Settings, ports: ClientPorts) {
    const { clock, entropy, xxh3 } = ports;
    const call: Call = (name, ...request) => this.call(name, ...request);
    const memberships = new Memberships(DIALECTS[settings.framing], call);
    const link = new Link(settings, ports, () => memberships.rejoin());
    const partitionChoice = new PartitionChoice(call, clock);
    const ids = new RandomIds(entropy);
    this.#link = link;
    this.#clock = clock;
    this.#partitionChoice = partitionChoice;
    this.streams = new Streams(call);
    this.topics = new Topics(call);
    this.partitions = new Partitions(call);
    this.messages = new Messages({ link, call, partitionChoice, memberships, ids, clock, xxh3 });
    this.offsets = new Offsets(call);
    this.groups = new Groups(call, memberships);
    this.users = new Users(call);
    this.tokens = new Tokens(call);
    this.#stopHeartbeat = startHeartbeat(clock, settings.heartbeatMs, async () => {
      await this.ping();
      await memberships.refresh();
    });
  }

  /**
   * Any command by its name in the command table, as `call("createStream", { name })`. The nouns are
   * made of this.
   */
  async call<Name extends CallName>(
    name: Name,
    ...[request]: ArgumentsOf<Name>
  ): Promise<ResponseOf<Name>> {
    try {
      return await this.#link.run(requestOf(this.#link.dialect, name, request as RequestOf<Name>));
    } finally {
      if (MOVES_PARTITIONS.has(name)) this.#partitionChoice.forget();
    }
  }

  /** Logs in, out of a previous login if there is one, and gives the id of the user. */
  login(credentials: Credentials): Promise<number> {
    return this.#link.login(credentials);
  }

  /** Logs out; the connection stays. With VSR this ends all group memberships. */
  logout(): Promise<void> {
    return this.#link.logout();
  }

  ping(): Promise<void> {
    return this.call("ping");
  }

  stats(): Promise<Stats> {
    return this.call("getStats");
  }

  /** This connection, as the node sees it. */
  me(): Promise<ClientInfoDetails> {
    return this.call("getMe");
  }

  /** All connections of the node. */
  clients(): Promise<readonly ClientInfo[]> {
    return this.call("getClients");
  }

  /** One connection; `undefined` when there is none of that id. */
  findClient(clientId: number): Promise<ClientInfoDetails | undefined> {
    return this.call("getClient", { clientId });
  }

  clusterMetadata(): Promise<ClusterMetadata> {
    return this.call("getClusterMetadata");
  }

  /** What can be chosen for topics, streams or users. VSR only. */
  describeOptions(scope: OptionScope): Promise<readonly OptionDescription[]> {
    return this.call("describeOptions", { scope });
  }

  /** Facts about the node for its support, as a ZIP file. */
  snapshot(
    types: readonly SnapshotType[] = ["all"],
    compression: SnapshotCompression = "deflated",
  ): Promise<Uint8Array> {
    return this.call("getSnapshot", { types, compression });
  }

  /** The messages of a topic as they come, without end (`consume.ts`). */
  consume(options: ConsumeOptions): AsyncGenerator<ReceivedMessage, void, undefined> {
    const { messages, offsets, groups, topics } = this;
    return consume({ messages, offsets, groups, topics, clock: this.#clock }, options);
  }

  /** Collects single messages to send them as batches (`producer.ts`). */
  producer(options: ProducerOptions): Producer {
    return new Producer(this.messages, this.#clock, options);
  }

  /** Closes the connection. What still waits for an answer fails. */
  async close(): Promise<void> {
    this.#stopHeartbeat();
    await this.#link.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** Dials as the options say, with TLS where they ask for it. */
function dialFor(options: ConnectOptions, ports: ClientPorts): Dial {
  const { dial = ports.dial } = options;
  const tls = tlsOptionsFrom(options);
  if (tls === undefined) return dial;
  if (ports.tlsDial === undefined) {
    throw new TypeError("Leave out tls: here TLS belongs to what is dialled, as in wss://");
  }
  return ports.tlsDial(dial, tls);
}

/** Commands that change how many partitions there are, or which topic a name stands for. */
const MOVES_PARTITIONS: ReadonlySet<CommandName> = new Set<CommandName>([
  "updateStream",
  "deleteStream",
  "createTopic",
  "updateTopic",
  "deleteTopic",
  "createPartitions",
  "deletePartitions",
]);
