/**
 * A model of a broker: answers commands of both protocols as the node has to, lets time pass, stops and
 * crashes. What commands mean is in broker_commands.ts; here is how each protocol says it.
 *
 * @module
 */
import type { Dialect } from "../../protocol/command.ts";
import { xxh32 } from "../../protocol/xxhash.ts";
import { type Asked, COMMANDS, isNameless, type Modelled } from "./broker_commands.ts";
import { BrokerState, type ClientModel, type Partition, Refusal } from "./broker_state.ts";

/** What a client gets: 0 and a value, or an error code. */
export interface Answer {
  readonly code: number;
  readonly value?: unknown;
}

/** See the module comment. */
export class BrokerModel extends BrokerState {
  connect(dialect: Dialect, address: string): ClientModel {
    const clientId = xxh32(new TextEncoder().encode(address)); // C1
    const client = { dialect, address, clientId, groups: [] };
    this.clients.push(client);
    return client;
  }

  disconnect(client: ClientModel): void {
    this.leaveAll(client);
    this.clients = this.clients.filter((each) => each !== client);
  }

  answer<Name extends Modelled>(
    client: ClientModel,
    name: Name,
    request: Asked<Name>,
  ): Answer {
    try {
      checkForm(client, name, request);
      return { code: 0, value: COMMANDS[name](this, client, request) };
    } catch (fault) {
      if (!(fault instanceof Refusal)) throw fault;
      return inDialect(client.dialect, name, request, fault.code);
    }
  }

  /** A body that ends too early (C1.3), or that nobody gets to look at (C1, V4.1). */
  answerCut({ dialect, userId }: ClientModel): Answer {
    return { code: dialect !== "classic" && userId === undefined ? 40 : 3 };
  }

  /** The secret of the token that the client made last. */
  tellSecret(client: ClientModel, secret: string): void {
    this.user(client).tokens.at(-1)!.secret = secret;
  }

  /** Lets time pass; hand-overs that took too long end. */
  wait(ms: number): void {
    this.now += ms * 1000;
    for (const group of this.groups()) group.expire(this.now - HAND_OVER_MICROS_MAX);
  }

  /** The node stops and starts again: all is kept but what connections were. */
  restart(): void {
    for (const client of this.clients) this.disconnect(client);
    for (const group of this.groups()) group.forget();
    for (const topic of this.topics()) {
      topic.turn = 0;
      for (const partition of topic.partitions) partition.safe = partition.messages.length;
    }
    this.done();
  }

  /**
   * The system fails. `kept` says what was found afterwards, `undefined` when the model is right: of
   * each partition a whole number of batches, and not fewer than are safe; of the stored offsets all
   * up to some change that was not safe yet.
   */
  crash(kept: Disk): string | undefined {
    for (const { streamId, id, partitions } of this.topics()) {
      for (const [at, partition] of partitions.entries()) {
        const count = kept.messages(streamId, id, at);
        const isWhole = count === 0 || partition.batches.some(({ end }) => end === count);
        if (!isWhole || count < partition.safe) {
          return `Partition ${streamId}/${id}/${at} has ${count} messages of ` +
            `${partition.messages.length}, of which ${partition.safe} were safe`;
        }
        while ((partition.batches.at(-1)?.end ?? 0) > count) partition.batches.pop();
        partition.messages.length = count;
      }
    }
    while (!this.#hasOffsets(kept)) {
      const undo = this.unsafe.pop();
      if (undo === undefined) {
        return "Stored offsets are not those of any moment since they were safe";
      }
      undo();
    }
    for (const { partitions } of this.topics()) {
      for (const partition of partitions) takeBack(partition);
    }
    this.restart();
    return undefined;
  }

  #hasOffsets(kept: Disk): boolean {
    return this.topics().every((topic) =>
      topic.partitions.every((partition, at) => {
        const found = kept.offsets(topic.streamId, topic.id, at);
        const offsets = offsetsWithin(partition);
        return found.size === offsets.length &&
          offsets.every(([key, offset]) => found.get(key) === offset);
      })
    );
  }
}

/** The stored offsets of what a crash left: nobody has processed what is yet to come. */
function offsetsWithin({ offsets, messages }: Partition): [string, number][] {
  if (messages.length === 0) return [];
  return Array.from(offsets, ([key, offset]) => [key, Math.min(offset, messages.length - 1)]);
}

function takeBack(partition: Partition): void {
  const kept = offsetsWithin(partition);
  partition.offsets.clear();
  for (const [key, offset] of kept) partition.offsets.set(key, offset);
}

/** How each protocol says it (C8, V3.4, V4.2, V7.4). */
function inDialect(dialect: Dialect, name: Modelled, request: unknown, code: number): Answer {
  const isVsr = dialect !== "classic";
  const noTopic = code === 1009 || code === 2010;
  switch (name) {
    case "getStream":
    case "getTopic":
      if (noTopic) return NOTHING;
      break;
    case "getTopics":
      if (noTopic) return NONE;
      break;
    case "getUser":
      if (code === 20) return NOTHING;
      break;
    case "getConsumerGroup":
      if (code === 5000 || noTopic && !isVsr) return NOTHING;
      break;
    case "getConsumerGroups":
      if (noTopic && !isVsr) return NONE;
      break;
    case "getConsumerOffset":
      if (code === 5000 || (noTopic || code === 3007) && !isVsr) return NOTHING;
      break;
    case "sendMessages":
      if (isVsr && (noTopic || code === 3007)) return { code: 20 };
      break;
    case "storeConsumerOffset":
    case "deleteConsumerOffset":
      if (!isVsr) break;
      if (code === 5000 && name === "deleteConsumerOffset") {
        const { consumer } = request as Asked<"deleteConsumerOffset">;
        return { code: typeof consumer.id === "string" ? 5003 : 5000 };
      }
      if (noTopic || [3007, 3022, 5000, 5006].includes(code)) return { code: 20 };
      break;
    case "login":
      if (isVsr) return { code: code === 4 ? 4 : 42 };
      break;
    case "loginWithToken":
      if (isVsr) return { code: code === 47 ? 40 : 53 };
      break;
  }
  return { code };
}

const NOTHING: Answer = { code: 0, value: undefined };
const NONE: Answer = { code: 0, value: [] };

/** What is found on the disk after a crash. */
export interface Disk {
  messages(streamId: number, topicId: number, partitionId: number): number;
  /** By the keys of the model. */
  offsets(streamId: number, topicId: number, partitionId: number): ReadonlyMap<string, number>;
}

/** What a request is refused for before anybody looks at what it asks (C1, V4.1). */
function checkForm(client: ClientModel, name: Modelled, request: unknown): void {
  const isOpen = name === "ping" || name === "login" || name === "loginWithToken";
  const isLogout = name === "logoutUser";
  if (client.dialect !== "classic" && !isOpen && !isLogout && client.userId === undefined) {
    throw new Refusal(40);
  }
  // C1: the body of a send is read after its client was asked for. V5: that of a Register too.
  if (name === "sendMessages" || name === "login" && client.dialect !== "classic") return;
  const fields = (request ?? {}) as Record<string, unknown>;
  if (Object.entries(fields).some(([key, value]) => key !== "password" && isNameless(value))) {
    throw new Refusal(4);
  }
}

const HAND_OVER_MICROS_MAX = 30_000_000; // C11
