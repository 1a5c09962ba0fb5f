/**
 * whippet for programs that import it: a typed client of Apache Iggy's protocol, both generations,
 * and the node itself, to be embedded.
 *
 * ```ts ignore
 * import { IggyClient } from "./mod.ts";
 *
 * await using client = await IggyClient.connect({
 *   address: "127.0.0.1:8090",
 *   username: "iggy",
 *   password: "iggy",
 * });
 * await client.streams.create("orders");
 * await client.topics.create("orders", "events", { partitionsCount: 1 });
 * await client.messages.send("orders", "events", [{ payload: "hello" }]);
 * for (const message of await client.messages.poll("orders", "events", { offset: 0 })) {
 *   console.log(message.offset, message.text());
 * }
 * ```
 *
 * @module
 */
import { Client } from "./lib/client/client.ts";
import type { ConnectOptions } from "./lib/client/options.ts";
import { tlsDial } from "./lib/client/tls.ts";
import { xxh3 } from "./lib/log/checksum.ts";
import { systemAuthorities } from "./lib/os/authorities.ts";
import { wakefulClock } from "./lib/os/clock.ts";
import { systemEntropy } from "./lib/os/entropy.ts";
import { connectTcp } from "./lib/os/net.ts";

/** Clients over this operating system; `connect` says how. */
export const IggyClient = {
  /**
   * Connects to a node over TCP, with TLS if asked for, and logs in when there are credentials. Rejects with a
   * {@link ConnectionError} when nobody listens there or its certificate is not believed, with an {@link IggyError} when the login is
   * refused: 42 for a wrong name or password, 53 for a wrong token.
   */
  connect(options: ConnectOptions): Promise<IggyClient> {
    const outside = { clock: wakefulClock, entropy: systemEntropy };
    return Client.connect(options, {
      ...outside,
      dial: connectTcp,
      tlsDial: (dial, tls) => tlsDial(dial, tls, { ...outside, systemAuthorities }),
      xxh3,
    });
  },
};

export type IggyClient = Client;

/**
 * The node, for a program that holds it in itself:
 *
 * ```ts ignore
 * import { loadConfig, Node, systemPorts } from "./mod.ts";
 *
 * const config = loadConfig({ readText: () => undefined, environment: Deno.env.toObject() });
 * const node = await Node.start(config, systemPorts(config.system.path));
 * console.log(node.bound.tcp?.port);
 * await node.drain();
 * ```
 */
export { Node } from "./lib/node.ts";
export { type Config, ConfigError, type ConfigSource, loadConfig } from "./lib/config.ts";
export { systemPorts } from "./lib/os/system_ports.ts";
export type { NodePorts } from "./lib/ports.ts";

export { ConnectionError, TimeoutError } from "./lib/client/errors.ts";
export { IggyError } from "./protocol/errors.ts";
/** The numbers of Iggy's errors by name, as in `error.code === errors.STREAM_ID_NOT_FOUND`. */
export * as errors from "./protocol/error_codes.ts";

export type { ArgumentsOf, CallName, RequestOf, ResponseOf } from "./lib/client/calls.ts";
export type { CommitMode, ConsumeOptions } from "./lib/client/consume.ts";
export type { PollOptions, SendTarget } from "./lib/client/messages.ts";
export type { HeaderValue, NewMessage } from "./lib/client/new_message.ts";
export type { OffsetOptions } from "./lib/client/offsets.ts";
export type {
  ConnectOptions,
  Credentials,
  Dial,
  FramingName,
  ReconnectOptions,
  TokenSource,
} from "./lib/client/options.ts";
export type { PolledBytes, PolledMessages, ReceivedMessage } from "./lib/client/polled.ts";
export type { PreparedBatch } from "./lib/client/prepared_batch.ts";
export type { TlsOptions } from "./lib/client/tls.ts";
export type { Producer, ProducerOptions } from "./lib/client/producer.ts";
export type { NewTopicOptions, TopicChanges } from "./lib/client/topics.ts";
export type { NewUserOptions, UserChanges } from "./lib/client/users.ts";
export type { Address, Duplex } from "./lib/ports.ts";
