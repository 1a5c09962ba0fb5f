/**
 * What handlers work with, over a disk in memory and a clock that stands still: no socket, no session.
 *
 * @module
 */
import { assertEquals, assertRejects } from "@std/assert";
import { Passwords } from "../../lib/auth/passwords.ts";
import { WebSocketTokens } from "../../lib/auth/web_socket_tokens.ts";
import { BufferPool, type Lease } from "../../lib/buffers.ts";
import { Catalog, type CatalogOptions } from "../../lib/catalog/catalog.ts";
import { GroupCoordinator } from "../../lib/catalog/consumer_groups.ts";
import { TOPIC_DEFAULTS, type TopicSettings } from "../../lib/catalog/topic_settings.ts";
import type { TopicView } from "../../lib/catalog/views.ts";
import { Balancer } from "../../lib/handlers/balancer.ts";
import type { Broker, Client, ClientTransport } from "../../lib/handlers/broker.ts";
import { CommitNumbers } from "../../lib/handlers/commit_numbers.ts";
import { Deduplication } from "../../lib/handlers/deduplication.ts";
import { type Limits, limitsWith } from "../../lib/limits.ts";
import { batchKernel, replyArena, seedMessageIds, xxh3 } from "../../lib/log/checksum.ts";
import { LogContext, type LogEvent, type LogPolicy } from "../../lib/log/context.ts";
import { PartitionOwner } from "../../lib/log/owner.ts";
import type { Entropy } from "../../lib/ports.ts";
import { Meters } from "../../lib/telemetry/meters.ts";
import type { Tracing } from "../../lib/telemetry/tracing.ts";
import { IggyError } from "../../protocol/errors.ts";
import type { TopicOptions } from "../../protocol/options.ts";
import { ALL_GLOBAL_PERMISSIONS, type Permissions } from "../../protocol/permissions.ts";
import { SimClock } from "./sim_clock.ts";
import { SIM_HOST } from "./sim_host.ts";
import { SimStorage } from "./sim_storage.ts";

/** A broker whose parts a test can reach. */
export interface TestBroker extends Broker, AsyncDisposable {
  readonly storage: SimStorage;
  readonly clock: SimClock;
  readonly buffers: CountedBuffers;
  /** What the logs reported. */
  readonly events: readonly LogEvent[];
  /** A client that is logged in as root, or as another user, or (`undefined`) as nobody. */
  connect(userId?: number | undefined, transport?: ClientTransport): TestClient;
  /** Takes a client out of the node, as the end of its connection does. */
  disconnect(client: TestClient): void;
  /** A client that is logged in as a new user of that name with those rights. */
  connectUser(name: string, permissions?: Permissions): TestClient;
  /** Topic "events" in stream "orders"; both are made if they are not there. */
  topic(partitionsCount?: number, options?: TopicOptions): TopicView;
}

export interface TestBrokerOptions {
  readonly storage?: SimStorage;
  readonly clock?: SimClock;
  readonly limits?: Partial<Limits>;
  readonly topicDefaults?: Partial<TopicSettings>;
  readonly logPolicy?: Partial<LogPolicy>;
  /** None unless given. */
  readonly tracing?: Tracing;
  /** Stored offsets that one partition keeps. */
  readonly partitionOffsetsMax?: number;
  /** Journal size at which the catalog takes a snapshot. */
  readonly journalBytesMax?: number;
}

/** A node's services with the user root (0); the same calls give the same outcome. */
export async function testBroker(options: TestBrokerOptions = {}): Promise<TestBroker> {
  const { storage = new SimStorage(), clock = new SimClock() } = options;
  const limits = limitsWith({ indexIntervalBytes: 1024, ...options.limits });
  const topicDefaults = { ...TOPIC_DEFAULTS, ...options.topicDefaults };
  const { partitionOffsetsMax, journalBytesMax } = options;
  const catalogOptions: CatalogOptions = { topicDefaults, partitionOffsetsMax, journalBytesMax };
  const catalog = await Catalog.open(storage, "catalog", catalogOptions);
  if (catalog.users.size === 0) createRoot(catalog, clock.nowMicros());
  await catalog.durable();
  seedMessageIds(countingEntropy);
  const events: LogEvent[] = [];
  const context = new LogContext(
    { storage, clock, kernel: batchKernel, onEvent: (event) => events.push(event) },
    limits,
    { validatesChecksums: true, ...options.logPolicy },
  );
  const partitions = new PartitionOwner(
    context,
    (partition, endOffset) =>
      catalog.offsets.takeBack(partition, endOffset) > 0 ? catalog.durable() : undefined,
  );
  const passwords = await Passwords.open({ entropy: countingEntropy, clock });
  const groups = new GroupCoordinator({
    storedOffset: ({ streamId, topicId, id }, partitionId) =>
      catalog.streams.find(streamId)?.topics.find(topicId)?.partitions[partitionId]
        ?.storedOffset("consumer_group", id),
  });
  const buffers = new CountedBuffers({
    leasedBytesMax: limits.replyBytesTotalMax,
    idleBytesMax: 1 << 20,
  }, replyArena);
  const clients: TestClient[] = [];
  let lastId = 0;
  const connect = (userId: number | undefined, transport: ClientTransport) => {
    const client = new TestClient(++lastId, transport, userId);
    clients.push(client);
    return client;
  };
  return {
    catalog,
    groups,
    partitions,
    passwords,
    webSocketTokens: new WebSocketTokens({ clock, entropy: countingEntropy }),
    kernel: batchKernel,
    buffers,
    limits,
    clock,
    entropy: countingEntropy,
    host: SIM_HOST,
    balancer: new Balancer(),
    deduplication: new Deduplication({ partitions, buffers, clock, entropy: countingEntropy }),
    commits: new CommitNumbers(clock.nowMicros()),
    receiveMemory: { initialBytes: 1024, retainedBytesMax: 1 << 20 },
    xxh3,
    version: "0.1.0",
    startedAt: clock.nowMicros(),
    cluster: {
      name: "single-node",
      nodeName: "iggy-node",
      endpoints: { tcp: 8090, quic: 0, http: 3000, websocket: 8092 },
    },
    topicDefaults,
    meters: new Meters(),
    tracing: options.tracing,
    errorCode: (fault) => fault instanceof IggyError ? fault.code : 1,
    describeConfig: () => 'system.path = "data"\n',
    clients: () => clients,
    newClientId: () => ++lastId,
    storage,
    events,
    connect(...args) {
      return connect(args.length === 0 ? 0 : args[0], args[1] ?? "tcp");
    },
    disconnect(client) {
      clients.splice(clients.indexOf(client), 1);
      groups.disconnect(client.id, clock.monotonicMs());
    },
    connectUser(name, permissions) {
      const user = catalog.users.create({
        name,
        passwordHash: ROOT_HASH,
        status: "active",
        permissions,
        at: clock.nowMicros(),
      });
      return connect(user.id, "tcp");
    },
    topic(partitionsCount = 1, topicOptions = {}) {
      const at = clock.nowMicros();
      const stream = catalog.streams.find("orders") ?? catalog.streams.create("orders", at);
      return stream.topics.find("events") ?? catalog.topics
        .create(stream.id, { name: "events", partitionsCount, options: topicOptions, at });
    },
    async [Symbol.asyncDispose]() {
      passwords.close();
      await partitions.close().catch(() => {});
      await catalog.close().catch(() => {});
    },
  };
}

/** A client without a connection. */
export class TestClient implements Client {
  readonly id: number;
  readonly transport: ClientTransport;
  readonly localHostname = "127.0.0.1";
  certifiedName: string | undefined;
  userId: number | undefined;
  pings = 0;

  constructor(id: number, transport: ClientTransport, userId: number | undefined) {
    this.id = id;
    this.transport = transport;
    this.userId = userId;
  }

  get clientId(): number {
    return 1000 + this.id;
  }

  get address(): string {
    return `127.0.0.1:${50_000 + this.id}`;
  }

  login(userId: number): void {
    this.userId = userId;
  }

  logout(): void {
    this.userId = undefined;
  }

  pinged(): void {
    this.pings++;
  }
}

/** A pool that knows what it lent. */
class CountedBuffers extends BufferPool {
  /** Leases that were not given back yet. */
  out = 0;
  /** All leases so far. */
  lent = 0;

  override lease(size: number): Lease {
    return this.#counted(super.lease(size));
  }

  override leaseLarge(size: number): Lease | undefined {
    const lease = super.leaseLarge(size);
    return lease === undefined ? undefined : this.#counted(lease);
  }

  #counted(lease: Lease): Lease {
    let released = false;
    this.out++;
    this.lent++;
    // What the last borrower left must not show in the next answer.
    lease.bytes.fill(0xa5);
    return {
      bytes: lease.bytes,
      release: () => {
        if (released) throw new Error("Lease is released twice");
        released = true;
        this.out--;
        lease.release();
      },
    };
  }
}

/** Asserts that a handler refuses with an Iggy code, at once or later. */
export async function assertRefusal(code: number, action: () => unknown): Promise<void> {
  const fault = await assertRejects(async () => await action(), IggyError);
  assertEquals(fault.code, code, fault.message);
}

/** Rights of a user who has none but those named. */
export function onlyGlobal(
  ...names: (keyof Permissions["global"])[]
): Permissions {
  const global = Object.fromEntries(
    Object.keys(ALL_GLOBAL_PERMISSIONS).map((name) => [name, names.includes(name as never)]),
  );
  return { global: global as unknown as Permissions["global"], streams: new Map() };
}

function createRoot(catalog: Catalog, at: number): void {
  catalog.users.create({
    name: "iggy",
    passwordHash: ROOT_HASH,
    status: "active",
    permissions: { global: ALL_GLOBAL_PERMISSIONS, streams: new Map() },
    at,
  });
}

/** Of the password "iggy". */
const ROOT_HASH = "$argon2id$v=19$m=19456,t=2,p=1$CT93CrNRN24A6GRuTwVKBQ$" +
  "vJh7xx61tXU3YNPrhjU21r+ixj+56tuIGTqeL3AbNp4";

let entropyByte = 0;

/** No two fills are alike within a test file. */
const countingEntropy: Entropy = {
  fill(into) {
    for (let at = 0; at < into.length; at++) into[at] = entropyByte++ * 167 >> 3;
  },
};
