/**
 * A VSR client that says every header field itself and shows every field that comes back, on a line
 * without a connection.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { type CommandName, COMMANDS } from "../../protocol/commands.ts";
import { wholeFrame } from "../../protocol/framing.ts";
import type { RegisterRequest } from "../../protocol/register.ts";
import {
  encodeRequestHeader,
  type EvictionReason,
  type RequestFields,
  vsrAnswers,
  VsrEviction,
  VsrReply,
} from "../../protocol/vsr.ts";
import { WireWriter } from "../../protocol/wire.ts";
import { Harness, type HarnessOptions, type Line } from "./harness.ts";
import { sampleBody, sampleRequests } from "./sample_requests.ts";

export class VsrClient {
  readonly line: Line;
  readonly client = 0xabcdn;
  /** 0 before login. */
  session = 0;

  constructor(harness: Harness) {
    this.line = harness.line("vsr_0_11");
  }

  /** Sends one request; gives the one answer. */
  async say(fields: Partial<RequestFields>, body = EMPTY): Promise<VsrReply | VsrEviction> {
    const { client, session } = this;
    const usual = { client, session, request: 1, requestChecksum: 0n, operation: 2, code: 0 };
    const writer = new WireWriter();
    encodeRequestHeader(writer, { ...usual, ...fields }, body.length);
    writer.bytes(body);
    const answer = wholeFrame(vsrAnswers(), await this.line.say(writer.written));
    assert(answer instanceof VsrReply || answer instanceof VsrEviction, JSON.stringify(answer));
    return answer;
  }

  /** The same, where the answer is a reply. An error has no body (VSR.md section 3.3). */
  async reply(fields: Partial<RequestFields>, body = EMPTY): Promise<VsrReply> {
    const answer = await this.say(fields, body);
    assert(answer instanceof VsrReply, `Eviction ${(answer as VsrEviction).reason}`);
    if (answer.status !== 0) assertEquals([answer.body.length, answer.op], [0, 0]);
    return answer;
  }

  /** The same, where the answer is an eviction; gives the reason. */
  async eviction(
    fields: Partial<RequestFields>,
    body = EMPTY,
  ): Promise<EvictionReason | undefined> {
    const answer = await this.say(fields, body);
    assert(answer instanceof VsrEviction, `Reply with status ${(answer as VsrReply).status}`);
    assertEquals(answer.client, fields.client ?? this.client);
    return answer.reason;
  }

  /** Logs in as root. */
  async login(changes?: Partial<RegisterRequest>): Promise<void> {
    const { status, op } = await this.reply(REGISTER, registerBody(changes));
    assertEquals(status, 0);
    this.session = op;
  }

  /** A request of a command as {@link sampleBody} has it. */
  ask(name: CommandName, fields: Partial<RequestFields> = {}): Promise<VsrReply> {
    const { operation, code } = COMMANDS[name];
    const number = operation === 2 ? { code } : { operation };
    return this.reply({ ...number, ...fields }, sampleBody(name, "vsr_0_11"));
  }

  /** A metadata change: makes the stream of that name. */
  createStream(
    request: number,
    name = `stream-${request}`,
    fields: Partial<RequestFields> = {},
  ): Promise<VsrReply> {
    return this.reply({ ...CREATE_STREAM, request, ...fields }, createStreamBody(name));
  }
}

/** Runs a test with a client that has said nothing yet. */
export async function withVsrClient(
  test: (client: VsrClient, harness: Harness) => unknown,
  options?: HarnessOptions,
): Promise<void> {
  await using harness = await Harness.open(options);
  await test(new VsrClient(harness), harness);
}

/** The same with a client that is logged in as root. */
export function withVsrSession(
  test: (client: VsrClient, harness: Harness) => unknown,
  options?: HarnessOptions,
): Promise<void> {
  return withVsrClient(async (client, harness) => {
    await client.login();
    await test(client, harness);
  }, options);
}

/** The body of a login as root, with changes. */
export function registerBody(changes: Partial<RegisterRequest> = {}): Uint8Array {
  const writer = new WireWriter();
  const request = { ...sampleRequests().register, ...changes };
  COMMANDS.register.request.vsr_0_11!.encode(writer, request);
  return writer.written;
}

export function createStreamBody(name: string): Uint8Array {
  const writer = new WireWriter();
  COMMANDS.createStream.request.vsr_0_11!.encode(writer, { name });
  return writer.written;
}

/** Header fields of a login, a logout, a metadata change. */
export const REGISTER = { operation: COMMANDS.register.operation, request: 0, session: 0 };
export const LOGOUT = { operation: COMMANDS.logoutUser.operation };
export const CREATE_STREAM = { operation: COMMANDS.createStream.operation };

const EMPTY: Uint8Array = new Uint8Array();
