/**
 * Whole runs of published SDKs against real servers, played again: every request that can be is asked
 * of the handlers, and the answer has to mean what the recorded one means.
 *
 * Bodies were recorded up to 512 bytes, so sends carry messages of our own, as many as theirs.
 */
import { assert, assertEquals } from "@std/assert";
import { authenticatePassword, authenticateToken } from "../../../lib/handlers/login.ts";
import { pollMessages, sendMessages } from "../../../lib/handlers/messages.ts";
import { dispatch, renamed, routeByCode } from "../../../lib/session/dispatch.ts";
import type { Codec, Dialect } from "../../../protocol/command.ts";
import { type CommandName, COMMANDS } from "../../../protocol/commands.ts";
import { IggyError } from "../../../protocol/errors.ts";
import { type PollMessagesRequest, SEND_MESSAGES_HEAD } from "../../../protocol/messages.ts";
import type { RegisterRequest } from "../../../protocol/register.ts";
import { WireReader, WireWriter } from "../../../protocol/wire.ts";
import { type TestBroker, testBroker, type TestClient } from "../../support/broker.ts";
import { someMessages } from "../../support/messages.ts";
import { sendBody } from "../../support/sends_and_polls.ts";
import { readClosings, readTrace, type TraceLine, traceNames } from "../../support/traces.ts";

const NAMES = traceNames();

if (NAMES === undefined) {
  Deno.test.ignore("Handlers answer recorded runs as the recorded servers did", () => {});
}

for (const name of NAMES ?? []) {
  Deno.test(`Handlers answer the run ${name} as the recorded server did`, async () => {
    const dialect = /server-0\.9/.test(name) ? "vsr_0_11" : "classic";
    await using broker = await testBroker();
    const run = new Run(broker, dialect);
    const lines = await readTrace(name);
    const closings = new Map([...await readClosings(name)].map(([who, at]) => [who, lineOf(at)]));
    for (const [index, line] of lines.entries()) {
      if (line.direction === "reply") continue;
      for (const [connection, closedAt] of closings) {
        if (closedAt < lineOf(line.at)) run.close(connection);
      }
      const reply = lines.slice(index + 1).find((later) =>
        later.direction === "reply" && later.connection === line.connection
      );
      if (reply !== undefined) await run.compare(line, reply);
    }
    assert(run.compared > 100, `${run.compared} answers were compared`);
    assertEquals(broker.buffers.out, 0);
  });
}

/** Commands whose answers depend on what else the recorded server was and did. */
const OF_ITS_OWN: ReadonlySet<CommandName> = new Set([
  "getStats",
  "getClusterMetadata",
  "getMe",
  "getClient",
  "getClients",
  "getStreams",
]);

/** The 0.9 snapshot cannot flush; VSR.md section 7.2 lets a server that can do so. */
const MORE_THAN_RECORDED: ReadonlySet<CommandName> = new Set(["flushUnsavedBuffer"]);

/** Requests that the recorded server answered before it noticed the end of another connection. */
const BEHIND: ReadonlySet<string> = new Set(["rust-0.11-vs-server-0.9.0-edge.5.txt.gz:498"]);

/** What an answer came to: an error code, or a value. */
type Outcome = { readonly code: number } | { readonly value: unknown };

class Run {
  compared = 0;
  readonly #broker: TestBroker;
  readonly #dialect: Dialect;
  readonly #clients = new Map<string, TestClient>();
  /** Our number or secret for a recorded one. */
  readonly #streams = new Map<number, number>();
  readonly #topics = new Map<string, number>();
  readonly #tokens = new Map<string, string>();

  constructor(broker: TestBroker, dialect: Dialect) {
    this.#broker = broker;
    this.#dialect = dialect;
  }

  close(connection: string): void {
    const client = this.#clients.get(connection);
    if (client === undefined) return;
    this.#clients.delete(connection);
    this.#broker.disconnect(client);
  }

  async compare(line: TraceLine, reply: TraceLine): Promise<void> {
    const name = line.command!;
    this.#broker.clock.micros += 1000;
    const request = this.#request(name, line);
    const ours = await this.#ask(name, line.connection, request);
    const theirs = this.#recorded(name, reply);
    if (theirs === undefined || OF_ITS_OWN.has(name) || MORE_THAN_RECORDED.has(name)) return;
    if (BEHIND.has(line.at)) return;
    // The recorded times are not ours.
    if ((request as PollMessagesRequest)?.strategy?.kind === "timestamp") return;
    this.#learn(name, request, theirs, ours);
    assertEquals(comparable(name, ours), comparable(name, theirs), `${line.at} ${name}`);
    this.compared++;
  }

  #request(name: CommandName, { body }: TraceLine): unknown {
    const codec = name === "sendMessages"
      ? SEND_MESSAGES_HEAD
      : COMMANDS[name].request[this.#dialect]! as Codec<unknown>;
    const request = { ...codec.decode(new WireReader(body)) as Addressed };
    const stream = this.#streams.get(request.streamId as number);
    const topic = this.#topics.get(`${request.streamId}/${request.topicId}`);
    return {
      ...request,
      ...stream !== undefined && { streamId: stream },
      ...topic !== undefined && { topicId: topic },
      ...request.token !== undefined && { token: this.#token(request.token) },
    };
  }

  async #ask(name: CommandName, connection: string, request: unknown): Promise<Outcome> {
    let client = this.#clients.get(connection);
    if (client === undefined) {
      this.#clients.set(connection, client = this.#broker.connect(undefined));
    }
    try {
      return { value: await this.#answer(name, client, request) };
    } catch (fault) {
      if (!(fault instanceof IggyError)) throw fault;
      return { code: renamed(this.#dialect, name, fault).code };
    }
  }

  async #answer(name: CommandName, client: TestClient, request: unknown): Promise<unknown> {
    const [broker, dialect] = [this.#broker, this.#dialect];
    switch (name) {
      case "sendMessages": {
        const head = request as Parameters<typeof SEND_MESSAGES_HEAD.encode>[1];
        const body = sendBody(dialect, someMessages(head.messagesCount), head);
        const confirmation = await sendMessages(broker, client, dialect, body);
        return dialect === "classic" ? [] : [confirmation];
      }
      case "pollMessages": {
        const polled = await pollMessages(broker, client, dialect, request as PollMessagesRequest);
        const { records, ...head } = polled;
        records?.lease.release();
        return head;
      }
      case "register":
        return await this.#register(client, request as RegisterRequest);
      case "logoutUser":
        // VSR.md section 5: a logout leaves the groups.
        if (dialect === "vsr_0_11") broker.groups.disconnect(client.id, 0);
    }
    const route = routeByCode(COMMANDS[name].code)!;
    const answer = await dispatch(broker, client, dialect, route, request);
    return throughTheWire(route.command.response[dialect]!, answer);
  }

  /** As VSR's conversation does: the password's shape first, then the token's. */
  async #register(client: TestClient, { byPassword, byToken }: RegisterRequest): Promise<unknown> {
    const user = byPassword !== undefined && byPassword.username.length > 0
      ? await authenticatePassword(this.#broker, byPassword.username, byPassword.password)
        .catch((fault) => byToken === undefined ? Promise.reject(fault) : this.#byToken(byToken))
      : await this.#byToken(byToken!);
    client.login(user.id);
    return undefined;
  }

  #byToken({ token }: { readonly token: string }) {
    return authenticateToken(this.#broker, this.#token(token));
  }

  #token(recorded: string): string {
    return this.#tokens.get(recorded) ?? recorded;
  }

  /** `undefined` for an answer that was cut. */
  #recorded(name: CommandName, { fields, body, bodyBytes }: TraceLine): Outcome | undefined {
    if (fields.has("reason")) return { code: EVICTED };
    const status = Number(fields.get("status"));
    if (status !== 0) return { code: status };
    const reader = new WireReader(body);
    if (this.#dialect === "vsr_0_11" && COMMANDS[name].resultFramed && reader.u32() > 0) {
      reader.u32();
      return { code: reader.u32() };
    }
    if (body.length < bodyBytes && name !== "pollMessages") return undefined;
    if (name === "register") return { value: undefined };
    const codec = COMMANDS[name].response[this.#dialect]! as Codec<unknown>;
    return { value: codec.decode(reader) };
  }

  /** Keeps what later requests will name. */
  #learn(name: CommandName, request: unknown, theirs: Outcome, ours: Outcome): void {
    if (!("value" in theirs) || !("value" in ours)) return;
    const [recorded, own] = [theirs.value, ours.value] as [Named, Named];
    if (name === "createStream") this.#streams.set(recorded.id, own.id);
    if (name === "createPersonalAccessToken") this.#tokens.set(recorded.token, own.token);
    if (name !== "createTopic") return;
    const { id } = this.#broker.catalog.streams.require((request as Addressed).streamId!);
    for (const [theirStream, ourStream] of this.#streams) {
      if (ourStream === id) this.#topics.set(`${theirStream}/${recorded.id}`, own.id);
    }
  }
}

interface Addressed {
  readonly streamId?: number | string;
  readonly topicId?: number | string;
  readonly token?: string;
}

interface Named {
  readonly id: number;
  readonly token: string;
}

/** In place of a code: VSR tells a failed login by an eviction. */
const EVICTED = -1;

/** An outcome without what cannot be the same. */
function comparable(name: CommandName, outcome: Outcome): unknown {
  if ("code" in outcome) return name === "register" ? EVICTED : outcome.code;
  return stripped(outcome.value, name === "getStream");
}

function stripped(value: unknown, isStream = false): unknown {
  if (Array.isArray(value)) return value.map((each) => stripped(each));
  if (typeof value !== "object" || value === null || value instanceof Map) return value;
  const entries = Object.entries(value)
    .filter(([key]) => !VOLATILE.has(key) && !(isStream && key === "messagesCount"))
    // The snapshots keep a 0 of an update as it is; it means the server's default.
    .map(([key, each]) => [key, each === 0n ? SERVER_DEFAULT : stripped(each)]);
  return Object.fromEntries(entries);
}

const SERVER_DEFAULT = (1n << 64n) - 1n;

const VOLATILE: ReadonlySet<string> = new Set([
  // Numbers, times and secrets of the run itself. A recorded stream also counts deleted topics.
  "id",
  "streamId",
  "topicId",
  "userId",
  "createdAt",
  "expiryAt",
  "token",
  "generation",
  // Servers of 0.8 count bytes of another form, and these messages are not those.
  "sizeBytes",
  // The 0.9 snapshot has enforce_fsync for the two durabilities.
  "explicitOptions",
  "derivedOptions",
]);

function throughTheWire<T>(codec: Codec<T>, value: T): T {
  const writer = new WireWriter();
  codec.encode(writer, value);
  return codec.decode(new WireReader(writer.written));
}

function lineOf(at: string): number {
  return Number(at.slice(at.lastIndexOf(":") + 1));
}
