/**
 * The composition root: joins ports, log, catalog, sessions and listeners into one node.
 *
 * ```text
 * start() --> Serving --drain()--> Draining --all answered, or drainTimeMsMax--> Stopped
 * ```
 *
 * @module
 */
import type { Catalog } from "./catalog/catalog.ts";
import type { PartitionView } from "./catalog/views.ts";
import type { BoundAddresses, Config } from "./config.ts";
import { renderCurrentConfig } from "./config/report.ts";
import { claimDataDirectory } from "./log/format.ts";
import { composeBroker } from "./node/broker.ts";
import { startCleaners } from "./node/cleaners.ts";
import { Connections } from "./node/connections.ts";
import { measureEventLoop } from "./node/event_loop.ts";
import { every } from "./node/every.ts";
import { composeHttp } from "./node/http.ts";
import { closeParts, openParts, type Parts } from "./node/parts.ts";
import { ensureRoot, type NewRoot, prepareRoot, type RootUser } from "./node/root_user.ts";
import { NodeTls } from "./node/tls.ts";
import type { Clock, Listener, NodePorts, Storage } from "./ports.ts";
import { logs } from "./telemetry.ts";

/** A running node. */
export class Node {
  /** Where each transport listens, ports resolved. */
  readonly bound: BoundAddresses;
  readonly #parts: Parts;
  readonly #listeners: readonly BoundListener[];
  #root: RootUser = { kind: "kept" };
  readonly #draining = new AbortController();
  #drained: Promise<void> | undefined;

  /**
   * Starts a node; resolves when it accepts connections and has said where. A data directory that
   * proves to be new gets `root`, or one by the configuration.
   */
  static async start(config: Config, ports: NodePorts, root?: NewRoot): Promise<Node> {
    await claimDataDirectory(ports.storage);
    const parts = await openParts(config, ports);
    let node: Node | undefined;
    try {
      parts.partitions.sweep(livingPartitions(parts.catalog));
      node = new Node(parts, listenAll(config, ports));
      // Behind what may fail: a password that is made up is told once, and by a running node only.
      node.#root = await ensureRoot(
        async () =>
          root ?? await prepareRoot(config.root, ports.entropy, (it) => parts.passwords.hash(it)),
        parts.catalog,
        ports.clock,
        () => node!.#prepare(config, ports),
      );
      node.#serve(config, ports.clock);
      writeCurrentConfig(config, ports.storage, node.bound);
      return node;
    } catch (cause) {
      // What was opened is closed again, and if that fails too, the first failure is the one to tell.
      await Promise.allSettled([node === undefined ? closeParts(parts) : node.drain()]);
      throw cause;
    }
  }

  private constructor(parts: Parts, listeners: readonly BoundListener[]) {
    this.bound = Object.fromEntries(
      listeners.map(({ transport, listener }) => [transport, listener.address]),
    );
    this.#parts = parts;
    this.#listeners = listeners;
  }

  /** Path of the certificate that clients trust to verify this node, below the data directory. */
  get authorityPath(): string | undefined {
    return this.#parts.tls?.authorityPath;
  }

  /** How root came to be; a password that was made up at this start is nowhere else to be had. */
  get root(): RootUser {
    return this.#root;
  }

  /** Takes no more connections, lets requests under way finish, makes all safe and stops. */
  drain(): Promise<void> {
    return this.#drained ??= this.#drain();
  }

  async #drain(): Promise<void> {
    this.#draining.abort();
    for (const { listener } of this.#listeners) listener.close();
    await this.#parts.connections?.drain();
    await closeParts(this.#parts);
  }

  /** Certificates and what connections need; fails when the configuration asks for what is not there. */
  async #prepare(config: Config, ports: NodePorts): Promise<void> {
    this.#parts.tls = await NodeTls.open(config, ports, this.bound);
    const broker = composeBroker(config, ports, this.#parts, this.bound);
    this.#parts.timers.push(measureEventLoop(ports.clock, broker.meters));
    const http = composeHttp(config, broker, this.#draining.signal, this.#parts.tls);
    if (config.httpApi.webUi) {
      this.#parts.timers.push(every(ports.clock, SAMPLE_MS, http.sample));
    }
    this.#parts.connections = new Connections(
      broker,
      this.#parts,
      ports,
      http,
      config.clientCertificates.login,
    );
  }

  #serve(config: Config, clock: Clock): void {
    const tls = this.#parts.tls!;
    const connections = this.#parts.connections!;
    for (const { transport, listener } of this.#listeners) {
      void connections.acceptFrom(listener, tls.acceptors[transport]);
    }
    this.#parts.timers.push(
      tls.watch(clock),
      every(clock, SWEEP_MS, () => {
        connections.sweep();
        this.#parts.groups.expire(clock.monotonicMs());
      }),
      ...startCleaners(config, this.#parts, clock),
    );
    if (config.messageSaver.enabled) {
      this.#parts.timers.push(
        every(clock, config.messageSaver.intervalMs, () => saveAll(this.#parts)),
      );
    }
  }
}

interface BoundListener {
  readonly transport: keyof BoundAddresses;
  readonly listener: Listener;
}

function listenAll(config: Config, ports: NodePorts): BoundListener[] {
  const listeners: BoundListener[] = [];
  try {
    for (const transport of ["tcp", "websocket", "http"] as const) {
      const { enabled, address } = config[transport];
      if (enabled) listeners.push({ transport, listener: ports.listen(address) });
    }
    return listeners;
  } catch (cause) {
    for (const { listener } of listeners) listener.close();
    throw cause;
  }
}

/** In one step, for harnesses read it as soon as it is there. */
function writeCurrentConfig(config: Config, storage: Storage, bound: BoundAddresses): void {
  const folder = config.system.runtimePath;
  const path = `${folder}/current_config.toml`;
  storage.makeDirectory(folder);
  storage.remove(`${path}.new`);
  const file = storage.open(`${path}.new`, { create: true });
  try {
    file.append(new TextEncoder().encode(renderCurrentConfig(config, bound)));
  } finally {
    file.close();
  }
  storage.rename(`${path}.new`, path);
}

function* livingPartitions(catalog: Catalog): Generator<PartitionView> {
  for (const stream of catalog.streams.values()) {
    for (const topic of stream.topics.values()) yield* topic.partitions;
  }
}

/** Syncs what was acknowledged when written; a failure is told to whoever asks next. */
function saveAll({ partitions, catalog }: Parts): void {
  partitions.commitAll();
  catalog.durable().catch((cause) => logs.catalog.error("Cannot be synced: {cause}", { cause }));
}

const SWEEP_MS = 1000;
const SAMPLE_MS = 1000;
