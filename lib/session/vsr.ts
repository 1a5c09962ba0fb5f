/**
 * The VSR framing's side of a session: 256-byte headers, request numbers, Register and eviction
 * (VSR.md sections 3 to 6).
 *
 * @module
 */
import { commandByOperation, COMMANDS, NON_REPLICATED } from "../../protocol/commands.ts";
import * as error from "../../protocol/error_codes.ts";
import { IggyError } from "../../protocol/errors.ts";
import { FrameDecoder, type FrameFault } from "../../protocol/framing.ts";
import { asksToWait, POLL_MESSAGES_HEAD } from "../../protocol/messages.ts";
import {
  isVersionAccepted,
  PROTOCOL_VERSION,
  type RegisterRequest,
} from "../../protocol/register.ts";
import {
  encodeEviction,
  encodeReplyHeader,
  encodeResult,
  type EvictionReason,
  patchBodyBytes,
  type VsrRequest,
  vsrRequests,
} from "../../protocol/vsr.ts";
import { WireReader, WireWriter } from "../../protocol/wire.ts";
import type { UserView } from "../catalog/views.ts";
import type { Broker } from "../handlers/broker.ts";
import { authenticateConnection, authenticatePassword } from "../handlers/login.ts";
import { longPoll } from "../handlers/long_poll.ts";
import {
  POLL_HEAD_BYTES,
  type PollAnswer,
  recordBytes,
  sendMessages,
} from "../handlers/messages.ts";
import type { Conversation, FarewellReason } from "./conversation.ts";
import {
  dispatch,
  kindOfCode,
  kindOfOperation,
  renamed,
  type Route,
  routeByCode,
} from "./dispatch.ts";
import type { Outbox } from "./outbox.ts";
import { ReplyCache } from "./reply_cache.ts";
import type { Session } from "./session.ts";
import type { Sessions } from "./sessions.ts";

/** Talks VSR with one client. */
export class VsrConversation implements Conversation<VsrRequest> {
  readonly decoder: FrameDecoder<VsrRequest>;
  readonly session: Session;
  readonly #broker: Broker;
  readonly #sessions: Sessions;
  #registration: Registration | undefined;
  /** Of the last request, for an eviction out of the blue. */
  #client = 1n;

  constructor(broker: Broker, sessions: Sessions, session: Session) {
    this.#broker = broker;
    this.#sessions = sessions;
    this.session = session;
    this.decoder = new FrameDecoder(
      vsrRequests(broker.limits.frameBytesMax),
      broker.receiveMemory,
    );
  }

  answer(request: VsrRequest, outbox: Outbox): void | Promise<void> {
    this.#client = request.client;
    const reply = new Reply(outbox.writer, request, this.#broker, this.#registration?.session);
    const refuse = (fault: unknown) => {
      if (fault instanceof Evicted) return reply.evict(fault.reason);
      reply.refuse(this.#broker.errorCode(fault, this.session));
    };
    const startMs = this.#broker.clock.monotonicMs();
    const done = () => this.#measure(request, startMs);
    try {
      const pending = this.#route(request, reply, outbox);
      return pending === undefined ? done() : pending.then(done).catch(refuse);
    } catch (fault) {
      refuse(fault);
    }
  }

  mayWait({ operation, code, body }: VsrRequest): boolean {
    return operation === NON_REPLICATED && code === COMMANDS.pollMessages.code && asksToWait(body);
  }

  /** VSR.md section 1: a header that cannot be read has no request to answer; the connection ends. */
  answerFault(_fault: FrameFault, _outbox: Outbox): void {}

  farewell(reason: FarewellReason): Uint8Array | undefined {
    if (reason === "shutdown") return undefined;
    const writer = new WireWriter(256);
    encodeEviction(writer, this.#client, "stale_client");
    return writer.written;
  }

  closed(): void {
    this.#sessions.end(this.session);
  }

  #measure(request: VsrRequest, startMs: number): void {
    if (this.mayWait(request)) return;
    const { clock, meters } = this.#broker;
    const { operation, code } = request;
    const kind = operation === NON_REPLICATED ? kindOfCode(code) : kindOfOperation(operation);
    meters.latency[kind].record(clock.monotonicMs() - startMs);
  }

  #route(request: VsrRequest, reply: Reply, outbox: Outbox): Promise<void> | undefined {
    switch (request.operation) {
      case COMMANDS.register.operation:
        return this.#register(request, reply);
      case COMMANDS.logoutUser.operation:
        return this.#logout(request, reply);
      case NON_REPLICATED:
        return this.#nonReplicated(request, reply, outbox);
      default:
        return this.#replicated(request, reply);
    }
  }

  #nonReplicated(
    request: VsrRequest,
    reply: Reply,
    outbox: Outbox,
  ): Promise<void> | undefined {
    const { code } = request;
    // VSR.md section 4: the classic logins are answered with an eviction.
    if (code === COMMANDS.loginUser.code || code === COMMANDS.loginWithPersonalAccessToken.code) {
      throw new Evicted("malformed_login");
    }
    const route = routeByCode(code);
    // VSR.md section 4.1: before login everything but Ping is 40, what does not exist too.
    if (route?.command.right !== "none") this.#requireLogin();
    if (route === undefined || route.command.request.vsr_0_11 === undefined) {
      throw new IggyError(error.INVALID_COMMAND, `Command ${code} is unknown`);
    }
    if (route.command.operation !== NON_REPLICATED) {
      throw new IggyError(error.FEATURE_UNAVAILABLE, `Command ${code} has its own operation`);
    }
    if (route.name === "pollMessages") return this.#poll(request.body, reply, outbox);
    return this.#dispatch(route, request.body, reply);
  }

  #replicated(request: VsrRequest, reply: Reply): Promise<void> | undefined {
    const route = this.#replicatedRoute(request);
    const registration = this.#requireRegistration(request);
    this.#checkStamp(request);
    if (route.name === "sendMessages") return this.#send(request.body, reply);
    if (request.operation >= FIRST_PARTITION_OPERATION) {
      return this.#dispatch(route, request.body, reply);
    }
    return this.#metadata(registration, route, request, reply);
  }

  #replicatedRoute({ operation }: VsrRequest): Route {
    const command = commandByOperation(operation);
    const route = command === undefined ? undefined : routeByCode(command.code);
    if (route === undefined) {
      throw new IggyError(error.INVALID_COMMAND, `Operation ${operation} is unknown`);
    }
    return route;
  }

  /** A metadata change, at most once for each request number (VSR.md section 6). */
  #metadata(
    { replies }: Registration,
    route: Route,
    request: VsrRequest,
    reply: Reply,
  ): Promise<void> | undefined {
    const number = request.request;
    // VSR.md section 3.2: numbers start at 1, so nothing was ever applied under this one.
    if (number === 0) throw new IggyError(error.INVALID_COMMAND, "Request number is 0");
    if (number <= replies.watermark) {
      const bytes = replies.find(number, request.requestChecksum);
      return void reply.resend(bytes);
    }
    const stamp = request.requestChecksum;
    const remember = () => {
      const secret = route.name === "createPersonalAccessToken";
      replies.remember(number, stamp, secret ? undefined : reply.bytes);
    };
    reply.commit = reply.op = this.#broker.commits.next();
    const pending = this.#dispatch(route, request.body, reply);
    if (pending === undefined) return void remember();
    return pending.then(remember);
  }

  #dispatch(route: Route, body: Uint8Array, reply: Reply): Promise<void> | undefined {
    const request = route.command.request.vsr_0_11!.decode(new WireReader(body));
    const answer = dispatch(this.#broker, this.session, "vsr_0_11", route, request);
    if (!(answer instanceof Promise)) return void reply.write(route, answer);
    return answer.then((value) => reply.write(route, value));
  }

  #send(body: Uint8Array, reply: Reply): Promise<void> | undefined {
    const route = routeByCode(COMMANDS.sendMessages.code)!;
    const fail = (fault: unknown): never => {
      throw fault instanceof IggyError ? renamed("vsr_0_11", "sendMessages", fault) : fault;
    };
    try {
      const sent = sendMessages(this.#broker, this.session, "vsr_0_11", body);
      // VSR.md section 8.3: a send of duplicates only is confirmed without a place.
      const write = (confirmation: Awaited<typeof sent>) =>
        reply.write(route, confirmation === undefined ? [] : [confirmation]);
      if (!(sent instanceof Promise)) return void write(sent);
      return sent.then(write, fail);
    } catch (fault) {
      return fail(fault);
    }
  }

  #poll(body: Uint8Array, reply: Reply, outbox: Outbox): Promise<void> | undefined {
    const request = COMMANDS.pollMessages.request.vsr_0_11!.decode(new WireReader(body));
    const { beginWait } = this.session;
    const polled = longPoll(this.#broker, this.session, "vsr_0_11", request, beginWait);
    if (!(polled instanceof Promise)) return void reply.writePolled(polled, outbox);
    return polled.then((answer) => reply.writePolled(answer, outbox));
  }

  /** VSR.md section 5: prefix, then version, then credentials in both shapes. */
  async #register(request: VsrRequest, reply: Reply): Promise<void> {
    const login = decodeLogin(request.body);
    if (!isVersionAccepted(login)) throw new Evicted("incompatible_protocol");
    this.#checkStamp(request);
    if (this.session.userId !== undefined) this.#endRegistration();
    const user = await authenticate(this.#broker, this.session, login);
    this.session.login(user.id);
    const session = this.#broker.commits.next();
    this.#registration = { client: request.client, session, replies: new ReplyCache() };
    reply.commit = reply.op = session;
    reply.write(REGISTER_ROUTE, {
      userId: user.id,
      session,
      serverProtocolVersion: PROTOCOL_VERSION,
      serverVersion: this.#broker.version,
    });
  }

  /** VSR.md section 4.1: a logout without a session is fine too. */
  #logout(request: VsrRequest, reply: Reply): undefined {
    this.#checkStamp(request);
    this.#endRegistration();
    reply.commit = this.#broker.commits.next();
    reply.write(LOGOUT_ROUTE, undefined);
  }

  /** VSR.md section 5: a logout ends the session and all memberships. */
  #endRegistration(): void {
    this.session.logout();
    this.#registration = undefined;
    const { groups, clock } = this.#broker;
    groups.disconnect(this.session.id, clock.monotonicMs());
  }

  #requireLogin(): void {
    if (this.#registration === undefined) throw new IggyError(error.UNAUTHENTICATED);
  }

  /** VSR.md section 6: the session a replicated request belongs to. */
  #requireRegistration(request: VsrRequest): Registration {
    const registration = this.#registration;
    if (registration === undefined || registration.client !== this.#client) {
      throw new Evicted("no_session");
    }
    if (request.session < registration.session) throw new Evicted("session_too_low");
    if (request.session > registration.session) {
      throw new IggyError(error.UNAUTHENTICATED, `Session ${request.session} does not exist`);
    }
    return registration;
  }

  /** VSR.md section 3.1: a stamp, where there is one, is the body's hash. */
  #checkStamp({ requestChecksum, body }: VsrRequest): void {
    if (requestChecksum === 0n || requestChecksum === this.#broker.xxh3(body)) return;
    throw new IggyError(error.INVALID_FORMAT, "Request checksum does not match the body");
  }
}

/** What a Register made. */
interface Registration {
  readonly client: bigint;
  readonly session: number;
  readonly replies: ReplyCache;
}

/** The end of a session in place of an answer (VSR.md section 3.4). */
class Evicted extends Error {
  constructor(readonly reason: EvictionReason) {
    super(reason);
  }
}

/** One answer in the making: header first, the body behind it. */
class Reply {
  /** VSR.md section 3.3: where a metadata change stands in the log, otherwise the session; 0 in an error. */
  op: number;
  commit: number;
  readonly #writer: WireWriter;
  readonly #request: VsrRequest;
  readonly #start: number;

  constructor(
    writer: WireWriter,
    request: VsrRequest,
    broker: Broker,
    session = 0,
  ) {
    this.#writer = writer;
    // The views of a request end with the next one; an answer that takes time needs its header still.
    this.#request = request;
    this.#start = writer.length;
    this.op = session;
    this.commit = broker.commits.last;
  }

  /** The whole frame as written, to be kept. */
  get bytes(): Uint8Array {
    return this.#writer.written.slice(this.#start);
  }

  /** A success with its payload, behind a result section where the command has one. */
  write(route: Route, value: unknown): void {
    this.#header(OK);
    const bodyAt = this.#writer.length;
    if (route.command.resultFramed) encodeResult(this.#writer, OK);
    route.command.response.vsr_0_11!.encode(this.#writer, value);
    patchBodyBytes(this.#writer, this.#start, this.#writer.length - bodyAt);
  }

  writePolled(answer: PollAnswer, outbox: Outbox): void {
    this.#header(OK);
    patchBodyBytes(this.#writer, this.#start, POLL_HEAD_BYTES + recordBytes(answer));
    POLL_MESSAGES_HEAD.encode(this.#writer, answer);
    const { records } = answer;
    if (records !== undefined) {
      outbox.addLeased(this.#start, records.lease, records.start, records.end);
    }
  }

  /** An error: status and no body, whatever was written so far (VSR.md section 4.2, both channels say the same). */
  refuse(code: number): void {
    this.#writer.rewind(this.#start);
    this.#header(code);
  }

  evict(reason: EvictionReason): void {
    this.#writer.rewind(this.#start);
    const versions = reason === "incompatible_protocol"
      ? { min: PROTOCOL_VERSION, max: PROTOCOL_VERSION }
      : undefined;
    encodeEviction(this.#writer, this.#request.client, reason, versions);
  }

  resend(bytes: Uint8Array): void {
    this.#writer.bytes(bytes);
  }

  #header(status: number): void {
    const op = status === OK ? this.op : 0;
    encodeReplyHeader(this.#writer, this.#request, { op, commit: this.commit, status }, 0);
  }
}

function decodeLogin(body: Uint8Array): RegisterRequest {
  try {
    return COMMANDS.register.request.vsr_0_11!.decode(new WireReader(body));
  } catch (fault) {
    if (fault instanceof IggyError) throw new Evicted("malformed_login");
    throw fault;
  }
}

/** VSR.md section 5: the password's shape first; if its credentials are wrong, the token's verdict counts. */
async function authenticate(
  broker: Broker,
  session: Session,
  login: RegisterRequest,
): Promise<UserView> {
  const { byPassword, byToken } = login;
  if (byPassword !== undefined) {
    const { username, password } = byPassword;
    try {
      return await authenticatePassword(broker, username, password, session.certifiedName);
    } catch (fault) {
      if (!(fault instanceof IggyError)) throw fault;
      if (byToken === undefined) throw new Evicted("invalid_credentials");
    }
  }
  if (byToken === undefined) throw new Evicted("malformed_login");
  try {
    return await authenticateConnection(broker, session, byToken.token);
  } catch (fault) {
    if (!(fault instanceof IggyError)) throw fault;
    throw new Evicted(fault.code === error.USER_INACTIVE ? "user_inactive" : "invalid_token");
  }
}

const OK = 0;
/** VSR.md section 4: operations from here on belong to a partition, those below to the metadata. */
const FIRST_PARTITION_OPERATION = 160;

const LOGOUT_ROUTE = routeByCode(COMMANDS.logoutUser.code)!;
const REGISTER_ROUTE: Route = {
  name: "register",
  command: COMMANDS.register,
  handler: undefined,
};
