/**
 * A broker and its model side by side: each step is done to both, and the answers are compared. The
 * broker is the node from the bytes of a request to the disk: both framings, sessions, dispatch,
 * rights, handlers, catalog and log; what is missing are sockets and the hashing of passwords.
 *
 * @module
 */
import { xxh3 } from "../../lib/log/checksum.ts";
import type { Dialect } from "../../protocol/command.ts";
import { type CommandName, COMMANDS } from "../../protocol/commands.ts";
import { MESSAGES } from "../../protocol/message_codec.ts";
import type { TopicOptions } from "../../protocol/options.ts";
import { type Identifier, PARTITIONING } from "../../protocol/primitives.ts";
import { PROTOCOL_VERSION } from "../../protocol/register.ts";
import { decodeResult } from "../../protocol/vsr.ts";
import { WireReader, WireWriter } from "../../protocol/wire.ts";
import { Harness } from "../support/harness.ts";
import { Peer, VsrPeerFraming } from "../support/raw_peer.ts";
import { sampleBody } from "../support/sample_requests.ts";
import { SimClock } from "../support/sim_clock.ts";
import { type CrashedFile, SimStorage } from "../support/sim_storage.ts";
import type { Asked, Modelled } from "./broker_commands.ts";
import { type Answer, BrokerModel, type Disk } from "./broker_model.ts";
import { ANYTHING, type ClientModel } from "./broker_state.ts";
import { CLIENTS, type PartitionReference, type Reference, type Step } from "./steps.ts";

/** Where broker and model part. */
class Difference extends Error {
  override readonly name = "Difference";
}

/** See the module comment. */
export class World implements AsyncDisposable {
  readonly #clock: SimClock;
  readonly #model: BrokerModel;
  #storage = new SimStorage();
  #harness: Harness;
  readonly #clients: (Connected | undefined)[] = Array(CLIENTS).fill(undefined);
  /** Secrets of all tokens ever made. */
  readonly #secrets: string[] = [];

  static async open(): Promise<World> {
    const [clock, storage] = [new SimClock(), new SimStorage()];
    return new World(clock, storage, await openHarness(clock, storage));
  }

  private constructor(clock: SimClock, storage: SimStorage, harness: Harness) {
    this.#clock = clock;
    this.#storage = storage;
    this.#harness = harness;
    this.#model = new BrokerModel(clock.micros, ROOT_PASSWORD);
  }

  /** Throws a {@link Difference}. */
  async take(step: Step): Promise<void> {
    switch (step.kind) {
      case "command":
        return await this.#command(step.who, step.name, this.#resolved(step.who, step.with));
      case "use_token": {
        const token = this.#secrets[step.index] ?? "no-such-token";
        return await this.#command(step.who, "loginWithToken", { token });
      }
      case "cut_body":
        return await this.#cutBody(step.who, step.name);
      case "disconnect":
        return this.#disconnect(step.who);
      case "wait":
        this.#clock.advance(step.ms);
        this.#harness.broker.groups.expire(this.#clock.monotonicMs());
        return this.#model.wait(step.ms);
      case "restart":
        await this.#harness[Symbol.asyncDispose]();
        return await this.#reopen(this.#storage, () => this.#model.restart());
      case "crash": {
        const remains = ({ syncedBytes, writtenBytes }: CrashedFile) => ({
          size: syncedBytes + Math.floor((writtenBytes - syncedBytes) * step.files / 100),
        });
        const found = this.#storage.afterCrash({ files: remains, names: step.names });
        return await this.#reopen(found, () => this.#crash());
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#harness[Symbol.asyncDispose]();
  }

  async #command(who: number, name: Modelled, asked: unknown): Promise<void> {
    const client = await this.#connected(who);
    if (name === "syncConsumerGroup" && client.dialect === "classic") return;
    const request = sayable(client.dialect, asked);
    const expected = this.#model.answer(client.model, name, request as Asked<typeof name>);
    const answer = name === "sendMessages"
      ? await client.send(request as Asked<"sendMessages">)
      : await client.ask(name, request);
    compare(expected, answer, name);
    if (name !== "createPersonalAccessToken" || answer.code !== 0) return;
    const { token } = answer.value as { token: string };
    this.#secrets.push(token);
    this.#model.tellSecret(client.model, token);
  }

  async #cutBody(who: number, name: CommandName): Promise<void> {
    const client = await this.#connected(who);
    const body = sampleBody(name, client.dialect);
    if (body === undefined) return;
    const answer = await client.exchange(name, body.slice(0, -1));
    compare(this.#model.answerCut(client.model), { code: answer.code }, name);
  }

  /** The request with what is there in place of references to it. */
  #resolved(who: number, request: unknown): unknown {
    if (typeof request !== "object" || request === null) return request;
    const { streams, users } = this.#model;
    const { streamId, topicId, groupId, userId, consumer, partitionId, partitioning } =
      request as References;
    const topics = streams.find(resolve(streamId, streams))?.topics;
    const topic = topics?.find(resolve(topicId, topics));
    const groups = topic?.groups;
    const client = this.#clients[who]?.model;
    const group = groups?.find(resolve(consumer?.id, groups));
    const owned = client === undefined ? [] : group?.owned(client) ?? [];
    const there = owned.length > 0 ? owned : [...topic?.partitions.keys() ?? []];
    const resolved: Record<string, unknown> = { ...request };
    if (streamId !== undefined) resolved.streamId = resolve(streamId, streams);
    if (topicId !== undefined) resolved.topicId = resolve(topicId, topics);
    if (groupId !== undefined) resolved.groupId = resolve(groupId, groups);
    if (userId !== undefined) resolved.userId = resolve(userId, users);
    if (consumer !== undefined) {
      resolved.consumer = { ...consumer, id: resolve(consumer.id, groups) };
    }
    if (partitionId !== undefined) resolved.partitionId = nth(partitionId, there);
    if (partitioning?.partitionId !== undefined) {
      resolved.partitioning = {
        ...partitioning,
        partitionId: nth(partitioning.partitionId, there),
      };
    }
    return resolved;
  }

  /** A client that is gone comes back as root. */
  async #connected(who: number): Promise<Connected> {
    const present = this.#clients[who];
    if (present !== undefined) return present;
    const dialect: Dialect = who % 2 === 0 ? "classic" : "vsr_0_11";
    const line = this.#harness.line(dialect);
    const model = this.#model.connect(dialect, line.session.address);
    const client = this.#clients[who] = new Connected(new Peer(line, dialect), model);
    const { name: username, password } = this.#model.users.find(0)!;
    await this.#command(who, "login", { username, password });
    return client;
  }

  #disconnect(who: number): void {
    const client = this.#clients[who];
    if (client === undefined) return;
    client.peer.close();
    this.#model.disconnect(client.model);
    this.#clients[who] = undefined;
  }

  async #reopen(storage: SimStorage, follow: () => void): Promise<void> {
    this.#storage = storage;
    this.#clients.fill(undefined);
    // A node is never back within the microsecond.
    this.#clock.advance(1000);
    this.#harness = await openHarness(this.#clock, storage);
    await this.#openLogs();
    follow();
    this.#model.wait(1000);
  }

  /** So that what was found can be asked for without waiting. */
  async #openLogs(): Promise<void> {
    const { catalog, partitions } = this.#harness.broker;
    for (const { topics } of catalog.streams.values()) {
      for (const topic of topics.values()) {
        for (const partition of topic.partitions) await partitions.log(topic, partition);
      }
    }
  }

  #crash(): void {
    const { catalog, partitions } = this.#harness.broker;
    const find = (streamId: number, topicId: number) => {
      const topic = catalog.streams.find(streamId)?.topics.find(topicId);
      if (topic === undefined) throw new Difference(`Topic ${streamId}/${topicId} is lost`);
      return topic;
    };
    const disk: Disk = {
      messages(streamId, topicId, partitionId) {
        const topic = find(streamId, topicId);
        const log = partitions.log(topic, topic.partitions[partitionId]);
        if (log instanceof Promise) throw new Error("Log is not open yet");
        return log.endOffset;
      },
      offsets(streamId, topicId, partitionId) {
        const { offsets } = find(streamId, topicId).partitions[partitionId] as unknown as Stored;
        return new Map([
          ...Array.from(offsets.consumer, ([id, offset]) => [`consumer/${id}`, offset] as const),
          ...Array.from(
            offsets.consumer_group,
            ([id, offset]) => [`consumer_group/${id}`, offset] as const,
          ),
        ]);
      },
    };
    const fault = this.#model.crash(disk);
    if (fault !== undefined) throw new Difference(fault);
  }
}

/** What a request may say with references. */
interface References {
  readonly streamId?: Reference;
  readonly topicId?: Reference;
  readonly groupId?: Reference;
  readonly userId?: Reference;
  readonly consumer?: { readonly id: Reference };
  readonly partitionId?: PartitionReference;
  readonly partitioning?: { readonly partitionId?: PartitionReference };
}

type Things = Iterable<{ readonly id: number; readonly name: string }>;

function resolve(reference: Reference = "", things: Things = []): Identifier {
  if (typeof reference !== "object") return reference;
  const all = [...things];
  return all.length === 0 ? "not-there" : all[reference.nth % all.length][reference.by];
}

function nth(reference: PartitionReference, there: readonly number[]): number {
  if (typeof reference === "number") return reference;
  return there.length === 0 ? 0 : there[reference.nth % there.length];
}

/** Stored offsets as the catalog keeps them. */
interface Stored {
  readonly offsets: Record<"consumer" | "consumer_group", ReadonlyMap<number, number>>;
}

/** A client of the broker, and of the model. */
class Connected {
  constructor(readonly peer: Peer, readonly model: ClientModel) {}

  get dialect(): Dialect {
    return this.peer.dialect;
  }

  async ask(name: Modelled, request: unknown): Promise<Answer> {
    const form = this.#form(name, request);
    const writer = new AnyWriter();
    COMMANDS[form.name].request[this.dialect]!.encode(writer, form.request as never);
    const { code, reader } = await this.exchange(form.name, writer.written);
    if (code !== 0) return { code };
    const value: unknown = COMMANDS[form.name].response[this.dialect]!.decode(reader);
    if (name === "pollMessages") {
      const messages = Array.from(
        MESSAGES[this.dialect].decode(reader),
        ({ checksum: _, ...message }) => message,
      );
      return { code, value: { ...value as object, messages } };
    }
    if (form.name === "register") this.#registered((value as { session: number }).session);
    return { code, value };
  }

  async send(request: Asked<"sendMessages">): Promise<Answer> {
    const { partitioning, messages } = request;
    const head = new AnyWriter();
    head.identifier(request.streamId);
    head.identifier(request.topicId);
    if (partitioning.kind === "malformed") head.bytes(partitioning.bytes);
    else PARTITIONING.encode(head, partitioning);
    head.u32(messages.length);
    const writer = new WireWriter();
    writer.u32(head.length);
    writer.bytes(head.written);
    if (messages.length > 0) MESSAGES[this.dialect].encode(writer, messages, xxh3);
    const { code, reader } = await this.exchange("sendMessages", writer.written);
    if (code !== 0) return { code };
    return { code, value: COMMANDS.sendMessages.response[this.dialect]!.decode(reader) };
  }

  async exchange(
    name: CommandName,
    body: Uint8Array,
  ): Promise<{ code: number; reader: WireReader }> {
    const { framing } = this.peer;
    await this.peer.write(framing.frameOf(name, body));
    const answer = await this.peer.answer();
    if (answer === undefined) throw new Difference(`Node closed the connection at ${name}`);
    const reader = new WireReader(answer.body);
    const hasResult = this.dialect !== "classic" && COMMANDS[name].resultFramed;
    const code = answer.status !== 0 || !hasResult ? answer.status : decodeResult(reader);
    return { code, reader };
  }

  #registered(session: number): void {
    if (this.peer.framing instanceof VsrPeerFraming) {
      this.peer.framing.session = session;
      this.peer.framing.request = 1;
    }
  }

  /** What a login is in this protocol. */
  #form(name: Modelled, request: unknown): { name: CommandName; request: unknown } {
    if (name !== "login" && name !== "loginWithToken") return { name, request };
    const isToken = name === "loginWithToken";
    if (this.dialect === "classic") {
      return { name: isToken ? "loginWithPersonalAccessToken" : "loginUser", request };
    }
    const login = { ...request as object, context: "" };
    const version = { protocolVersion: PROTOCOL_VERSION, sdkName: "model", sdkVersion: "0.11.0" };
    const credentials = isToken ? { byToken: login } : { byPassword: login };
    return { name: "register", request: { ...version, ...credentials, exact: true } };
  }
}

/** Writes names without a byte, too, which no client should send. */
class AnyWriter extends WireWriter {
  override name8(value: string): void {
    this.text8(value);
  }

  identifier(id: number | string): void {
    this.u8(typeof id === "number" ? 1 : 2);
    if (typeof id === "string") return this.text8(id);
    this.u8(4);
    this.u32(id);
  }
}

/** A request with the topic options that the protocol can say: classic always says its four (C5). */
function sayable(dialect: Dialect, request: unknown): unknown {
  if (typeof request !== "object" || request === null || !("options" in request)) return request;
  const { replicationFactor = 0, ...others } = request.options as TopicOptions;
  if (dialect !== "classic") return { ...request, options: others };
  const { compressionAlgorithm = "none", messageExpiry = 0n, maxTopicSize = 0n } = others;
  const options = { compressionAlgorithm, messageExpiry, maxTopicSize, replicationFactor };
  return { ...request, options };
}

/** A small journal, so that there are many snapshots. */
function openHarness(clock: SimClock, storage: SimStorage): Promise<Harness> {
  return Harness.open({ clock, storage, journalBytesMax: 2048 });
}

function compare(expected: Answer, answer: Answer, name: string): void {
  const [model, node] = [shown(expected, expected), shown(expected, answer)];
  if (model === node) return;
  throw new Difference(`${name}: the model answers ${model}\n${name}: the node answers  ${node}`);
}

/** As text: of an object what the model foresees, in an order that the values do not depend on. */
function shown(expected: unknown, value: unknown): string {
  if (expected === ANYTHING) return value ? "something" : "nothing";
  if (typeof value !== "object" || value === null) return String(value);
  if (value instanceof Uint8Array) return `[${value}]`;
  if (value instanceof Map) {
    return `{${Array.from(value, ([key, each]) => `${key}: ${shown(each, each)}`)}}`;
  }
  if (Array.isArray(value)) {
    const models = Array.isArray(expected) ? expected : [];
    return `[${value.map((each, at) => shown(models[at], each)).join(", ")}]`;
  }
  const fields = value as Record<string, unknown>;
  const foreseen = (typeof expected === "object" ? expected : value) as Record<string, unknown>;
  const shownFields = Object.keys(foreseen).sort()
    .map((key) => `${key}: ${shown(foreseen[key], fields[key])}`);
  return `{${shownFields.join(", ")}}`;
}

const ROOT_PASSWORD = "iggy";
