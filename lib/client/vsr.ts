/**
 * The client's side of the VSR framing: 256-byte headers, sessions, request numbers, evictions
 * (VSR.md sections 3 to 6).
 *
 * @module
 */
import { COMMANDS, NON_REPLICATED } from "../../protocol/commands.ts";
import { errorName, INVALID_SIZE_BYTES } from "../../protocol/error_codes.ts";
import { IggyError } from "../../protocol/errors.ts";
import type { Xxh3 } from "../../protocol/message.ts";
import { PROTOCOL_VERSION } from "../../protocol/register.ts";
import {
  decodeResult,
  encodeRequestHeader,
  EVICTION_REASONS,
  patchBodyBytes,
  patchRequestChecksum,
  VSR_FRAME_BYTES_MAX,
  VSR_HEADER_BYTES,
  vsrAnswers,
  VsrEviction,
  type VsrReply,
} from "../../protocol/vsr.ts";
import { WireReader, type WireWriter } from "../../protocol/wire.ts";
import type { Entropy } from "../ports.ts";
import { ConnectionError, refusal } from "./errors.ts";
import type { Exchange } from "./exchange.ts";
import type { Framing } from "./framing.ts";
import { RandomIds } from "./random_ids.ts";

/** See {@link Framing}. Its session lasts from a login to the next login, a logout, or the end. */
export class VsrFraming implements Framing<VsrReply | VsrEviction> {
  readonly dialect = "vsr_0_11";
  readonly layout = vsrAnswers();
  readonly #ids: RandomIds;
  readonly #xxh3: Xxh3;
  #client: bigint;
  /** 0: nobody is logged in. */
  #session = 0;
  /** Of the next request that uses one up. */
  #number = 1;

  constructor(entropy: Entropy, xxh3: Xxh3) {
    this.#ids = new RandomIds(entropy);
    this.#xxh3 = xxh3;
    this.#client = this.#ids.next();
  }

  encode(writer: WireWriter, exchange: Exchange): void {
    const { request } = exchange;
    const { operation, code } = request.command;
    const headAt = writer.length;
    // VSR.md section 5: every login is a session of a new client.
    if (operation === REGISTER) this.#forgetSession();
    exchange.number ??= this.#numberFor(operation);
    encodeRequestHeader(writer, {
      client: this.#client,
      requestChecksum: 0n,
      request: exchange.number,
      operation,
      session: this.#session,
      code: operation === NON_REPLICATED ? code : 0,
    }, 0);
    const bodyAt = writer.length;
    request.writeBody(writer);
    const bodyBytes = writer.length - bodyAt + (request.batch?.byteLength ?? 0);
    if (bodyBytes > VSR_FRAME_BYTES_MAX - VSR_HEADER_BYTES) {
      throw new IggyError(
        INVALID_SIZE_BYTES,
        `Request of ${bodyBytes} bytes does not fit a frame of ${VSR_FRAME_BYTES_MAX}`,
      );
    }
    patchBodyBytes(writer, headAt, bodyBytes);
    if (isStamped(operation)) {
      patchRequestChecksum(writer, headAt, this.#xxh3(writer.written.subarray(bodyAt)));
    }
  }

  /** VSR.md section 4.2: eviction, then status, then result section, then body. */
  open(answer: VsrReply | VsrEviction, exchange: Exchange | undefined): WireReader {
    if (answer instanceof VsrEviction) throw this.#evicted(answer, exchange);
    if (exchange === undefined || answer.request !== exchange.number) {
      throw new ConnectionError(`Node answers request ${answer.request}, which nobody made`);
    }
    const { command } = exchange.request;
    if (answer.status !== 0) throw refusal(command.name, answer.status);
    const reader = new WireReader(answer.body);
    if (isResultFramed(answer, exchange)) {
      const code = decodeResult(reader);
      if (code !== 0) throw refusal(command.name, code);
    }
    this.#follow(command.operation, reader);
    return reader;
  }

  /** What an answer means for the session. */
  #follow(operation: number, { bytes, position }: WireReader): void {
    if (operation === LOGOUT) this.#forgetSession();
    if (operation !== REGISTER) return;
    this.#session = COMMANDS.register.response.vsr_0_11!.decode(new WireReader(bytes, position))
      .session;
  }

  /** VSR.md section 6: reads name the next number, everything else uses it up. */
  #numberFor(operation: number): number {
    switch (operation) {
      case REGISTER:
        return 0;
      case NON_REPLICATED:
        return this.#number;
      default:
        return this.#number++;
    }
  }

  /**
   * VSR.md section 3.4. Where there is a session, an eviction ends it, and its connection with it; a
   * login, or a request without one, is refused.
   */
  #evicted(eviction: VsrEviction, exchange: Exchange | undefined): IggyError | ConnectionError {
    const reason = eviction.reason ?? "session_error";
    const { error } = EVICTION_REASONS[reason];
    if (this.#session !== 0 || exchange === undefined) {
      return new ConnectionError(`Node ends the session: ${errorName(error)} (${reason})`);
    }
    if (reason === "incompatible_protocol") {
      const { min, max } = eviction.versions;
      const versions = `${unpacked(min)} to ${unpacked(max)}`;
      const own = unpacked(PROTOCOL_VERSION);
      return new IggyError(error, `Node speaks protocol ${versions}, this client speaks ${own}`);
    }
    return refusal(exchange.request.command.name, error);
  }

  #forgetSession(): void {
    this.#client = this.#ids.next();
    this.#session = 0;
    this.#number = 1;
  }
}

/** VSR.md section 3.1: Register, Logout and changes of metadata, but not of partitions. */
function isStamped(operation: number): boolean {
  return operation !== NON_REPLICATED && operation < FIRST_PARTITION_OPERATION;
}

/**
 * VSR.md section 4: the operation of the reply decides. One that differs from the request's is of
 * those that the reference makes of a request for itself, all of them result-framed.
 */
function isResultFramed(reply: VsrReply, { request: { command } }: Exchange): boolean {
  return reply.operation === command.operation ? command.resultFramed : true;
}

/** A packed version as `major.minor.patch` (VSR.md section 5). */
function unpacked(version: number): string {
  return `${version >>> 20}.${version >>> 10 & 1023}.${version & 1023}`;
}

const REGISTER = COMMANDS.register.operation;
const LOGOUT = COMMANDS.logoutUser.operation;
const FIRST_PARTITION_OPERATION = 160;
