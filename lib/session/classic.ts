/**
 * The classic framing's side of a session: `[u32 length][u32 code][payload]` in,
 * `[u32 status][u32 length][payload]` out, in request order (CLASSIC.md section 1).
 *
 * @module
 */
import { COMMANDS } from "../../protocol/commands.ts";
import * as error from "../../protocol/error_codes.ts";
import { IggyError } from "../../protocol/errors.ts";
import {
  type ClassicRequest,
  classicRequests,
  FrameDecoder,
  type FrameFault,
} from "../../protocol/framing.ts";
import { asksToWait, POLL_MESSAGES_HEAD } from "../../protocol/messages.ts";
import { WireReader, WireWriter } from "../../protocol/wire.ts";
import type { Broker } from "../handlers/broker.ts";
import { longPoll } from "../handlers/long_poll.ts";
import {
  POLL_HEAD_BYTES,
  type PollAnswer,
  recordBytes,
  sendMessages,
} from "../handlers/messages.ts";
import { dispatch, kindOfCode, type Route, routeByCode } from "./dispatch.ts";
import type { Conversation, FarewellReason } from "./conversation.ts";
import type { Outbox } from "./outbox.ts";
import type { Session } from "./session.ts";
import type { Sessions } from "./sessions.ts";

/** Talks classic with one client. */
export class ClassicConversation implements Conversation<ClassicRequest> {
  readonly decoder: FrameDecoder<ClassicRequest>;
  readonly session: Session;
  readonly #broker: Broker;
  readonly #sessions: Sessions;

  constructor(broker: Broker, sessions: Sessions, session: Session) {
    this.#broker = broker;
    this.#sessions = sessions;
    this.session = session;
    const { frameBytesMax, classicControlBytesMax } = broker.limits;
    this.decoder = new FrameDecoder(
      classicRequests({ frameBytesMax, controlBodyBytesMax: classicControlBytesMax }),
      broker.receiveMemory,
    );
  }

  answer(request: ClassicRequest, outbox: Outbox): void | Promise<void> {
    const { writer } = outbox;
    const start = writer.length;
    const refuse = (fault: unknown) => {
      writer.rewind(start);
      this.#refuse(fault, outbox);
    };
    const startMs = this.#broker.clock.monotonicMs();
    const done = () => this.#measure(request, startMs);
    try {
      const pending = this.#route(request, outbox);
      return pending === undefined ? done() : pending.then(done).catch(refuse);
    } catch (fault) {
      refuse(fault);
    }
  }

  mayWait({ code, body }: ClassicRequest): boolean {
    return code === COMMANDS.pollMessages.code && asksToWait(body);
  }

  answerFault(fault: FrameFault, outbox: Outbox): void {
    if (fault.answered) writeStatus(outbox.writer, error.INVALID_COMMAND);
  }

  farewell(reason: FarewellReason): Uint8Array {
    const writer = new WireWriter(8);
    writeStatus(writer, FAREWELL_STATUS[reason]);
    return writer.written;
  }

  closed(): void {
    this.#sessions.end(this.session);
  }

  #measure(request: ClassicRequest, startMs: number): void {
    if (this.mayWait(request)) return;
    const { clock, meters } = this.#broker;
    meters.latency[kindOfCode(request.code)].record(clock.monotonicMs() - startMs);
  }

  #route({ code, body }: ClassicRequest, outbox: Outbox): Promise<void> | undefined {
    switch (code) {
      case COMMANDS.sendMessages.code:
        return this.#send(body, outbox.writer);
      case COMMANDS.pollMessages.code:
        return this.#poll(body, outbox);
      default:
        return this.#dispatch(code, body, outbox.writer);
    }
  }

  #dispatch(code: number, body: Uint8Array, writer: WireWriter): Promise<void> | undefined {
    const route = routeByCode(code);
    const codec = route?.command.request.classic;
    if (route === undefined || codec === undefined) {
      throw new IggyError(error.INVALID_COMMAND, `Command ${code} is unknown`);
    }
    // CLASSIC.md section 1, lifecycle 4: decoding comes first, so that a malformed body is 3 or 4, not 40.
    const request = codec.decode(new WireReader(body));
    const answer = dispatch(this.#broker, this.session, "classic", route, request);
    if (!(answer instanceof Promise)) return void writeAnswer(writer, route, answer);
    return answer.then((value) => writeAnswer(writer, route, value));
  }

  #send(body: Uint8Array, writer: WireWriter): Promise<void> | undefined {
    const sent = sendMessages(this.#broker, this.session, "classic", body);
    if (!(sent instanceof Promise)) return void writeStatus(writer, OK);
    return sent.then(() => writeStatus(writer, OK));
  }

  #poll(body: Uint8Array, outbox: Outbox): Promise<void> | undefined {
    const request = COMMANDS.pollMessages.request.classic!.decode(new WireReader(body));
    const { beginWait } = this.session;
    const polled = longPoll(this.#broker, this.session, "classic", request, beginWait);
    if (!(polled instanceof Promise)) return void writePolled(outbox, polled);
    return polled.then((answer) => writePolled(outbox, answer));
  }

  #refuse(fault: unknown, outbox: Outbox): void {
    const code = this.#broker.errorCode(fault, this.session);
    writeStatus(outbox.writer, code);
    if (ENDING_CODES.has(code)) outbox.endAfterFlush();
  }
}

/** Status and no payload: the only form of an error (CLASSIC.md section 1.2), and of an empty success. */
function writeStatus(writer: WireWriter, status: number): void {
  writer.u32(status);
  writer.u32(0);
}

function writeAnswer(writer: WireWriter, route: Route, value: unknown): void {
  writer.u32(OK);
  writer.u32(0);
  const start = writer.length;
  route.command.response.classic!.encode(writer, value);
  writer.patchU32(start - 4, writer.length - start);
}

function writePolled(outbox: Outbox, answer: PollAnswer): void {
  const { writer } = outbox;
  const { records } = answer;
  const headAt = writer.length;
  writer.u32(OK);
  writer.u32(POLL_HEAD_BYTES + recordBytes(answer));
  POLL_MESSAGES_HEAD.encode(writer, answer);
  if (records !== undefined) outbox.addLeased(headAt, records.lease, records.start, records.end);
}

const OK = 0;

const FAREWELL_STATUS: Record<FarewellReason, number> = {
  stale: error.STALE_CLIENT,
  shutdown: error.DISCONNECTED,
};

/** CLASSIC.md section 1.3: the connection ends with these. */
const ENDING_CODES: ReadonlySet<number> = new Set([error.STALE_CLIENT, error.CLIENT_NOT_FOUND]);
