/**
 * What handlers work with: the node's services, and the client that asks.
 *
 * @module
 */
import type { Dialect } from "../../protocol/command.ts";
import type { BufferLimits } from "../../protocol/framing.ts";
import type { BatchKernel, Xxh3 } from "../../protocol/message.ts";
import type { Passwords } from "../auth/passwords.ts";
import type { WebSocketTokens } from "../auth/web_socket_tokens.ts";
import type { BufferPool } from "../buffers.ts";
import type { Catalog } from "../catalog/catalog.ts";
import type { GroupCoordinator } from "../catalog/consumer_groups.ts";
import type { TopicSettings } from "../catalog/topic_settings.ts";
import type { Limits } from "../limits.ts";
import type { PartitionOwner } from "../log/owner.ts";
import type { Balancer } from "./balancer.ts";
import type { CommitNumbers } from "./commit_numbers.ts";
import type { Deduplication } from "./deduplication.ts";
import type { Clock, Entropy, Host } from "../ports.ts";
import type { TransportEndpoints } from "../../protocol/system.ts";
import type { Meters } from "../telemetry/meters.ts";
import type { Tracing } from "../telemetry/tracing.ts";

/** The node's services. */
export interface Broker {
  readonly catalog: Catalog;
  readonly groups: GroupCoordinator;
  readonly partitions: PartitionOwner;
  readonly passwords: Passwords;
  readonly webSocketTokens: WebSocketTokens;
  readonly kernel: BatchKernel;
  readonly buffers: BufferPool;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly host: Host;
  readonly balancer: Balancer;
  readonly deduplication: Deduplication;
  /** The numbers of VSR's commits. */
  readonly commits: CommitNumbers;
  /** What connections may keep of their receive buffers. */
  readonly receiveMemory: BufferLimits;
  readonly xxh3: Xxh3;
  /** Product version, as `0.1.0`. */
  readonly version: string;
  /** Micros since the Unix epoch. */
  readonly startedAt: number;
  readonly cluster: ClusterFacts;
  /** What a topic gets where its creator does not choose. */
  readonly topicDefaults: TopicSettings;
  readonly meters: Meters;
  /** Where spans are collected. */
  readonly tracing: Tracing | undefined;
  /** The code a client is told for a fault; what is not an `IggyError` is a bug and goes to the log. */
  errorCode(fault: unknown, client: Client): number;
  /** The configuration in force, for people; secrets are masked. */
  describeConfig(): string;
  /** Everybody connected, in order of connection. */
  clients(): Iterable<Client>;
  /** An id for a client that has no connection. */
  newClientId(): number;
}

/** What cluster metadata says of this one node. */
export interface ClusterFacts {
  /** Of the cluster. */
  readonly name: string;
  readonly nodeName: string;
  /** Bound ports; 0 for a transport that is off. */
  readonly endpoints: TransportEndpoints;
}

export type ClientTransport = "tcp" | "websocket" | "http";

/** A connected client, as handlers see it. */
export interface Client {
  /** Never reused while the node runs; the key of group membership. */
  readonly id: number;
  /** The u32 that clients are shown (CLASSIC.md section 1). */
  readonly clientId: number;
  readonly transport: ClientTransport;
  /** `ip:port` of the far end. */
  readonly address: string;
  /** The address the client dialled, which it can dial again. */
  readonly localHostname: string;
  /** The generation of the protocol it speaks, where it is one of the binary ones. */
  readonly dialect?: Dialect;
  /** Monotonic milliseconds at which it was last heard of, where it stays connected. */
  readonly lastActiveMs?: number;
  /** The user whom the client's certificate names: no password is asked for that one. */
  readonly certifiedName: string | undefined;
  /** Who logged in; `undefined` before and after. */
  readonly userId: number | undefined;
  login(userId: number): void;
  logout(): void;
  /** Says that the client sends heartbeats. */
  pinged(): void;
}

/** Answers a request of one command. */
export type Handler<Request, Response> = (
  broker: Broker,
  client: Client,
  request: Request,
) => Response | Promise<Response>;
