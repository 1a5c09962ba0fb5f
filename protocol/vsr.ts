/**
 * The 256-byte headers of the VSR protocol (VSR.md section 3), in place: reading is an access to the
 * received bytes, writing appends to a writer.
 *
 * Layout, little-endian; every header has the common part, the rest depends on `command`:
 *
 *     common    0 checksum u128 | 16 checksum_body u128 | 32 cluster u128 | 48 size u32 | 52 view u32
 *               56 release u32 | 60 command u8 | 61 replica u8 | 62 zeros to 127
 *     request   128 client u128 | 144 request_checksum u128 | 160 timestamp u64 | 168 request u64
 *               176 operation u8 | 184 session u64 | 192 user_id u32 | 196 code u32 | 200 zeros
 *     reply     128 request_checksum u128 | 144 context u128 | 160 client u128 | 176 op u64
 *               184 commit u64 | 192 timestamp u64 | 200 request u64 | 208 operation u8 | 216 status u32
 *     eviction  128 client u128 | 144 version max u32 | 148 version min u32 | 152 zeros | 255 reason u8
 *
 * @module
 */
import {
  INCOMPATIBLE_PROTOCOL_VERSION,
  INVALID_COMMAND,
  INVALID_CREDENTIALS,
  INVALID_FORMAT,
  INVALID_PERSONAL_ACCESS_TOKEN,
  STALE_CLIENT,
  UNAUTHENTICATED,
} from "./error_codes.ts";
import type { FrameFault, FrameLayout } from "./framing.ts";
import { u128At, u32At, u64At, type WireReader, type WireWriter } from "./wire.ts";

/** Bytes of every header, and of an eviction as a whole. */
export const VSR_HEADER_BYTES = 256;

/** Bytes of the largest frame (VSR.md section 1). */
export const VSR_FRAME_BYTES_MAX = 64 * 1024 * 1024;

/** A request as the server received it. */
export class VsrRequest {
  /** @param header the 256 bytes of the header @param body what follows */
  constructor(readonly header: Uint8Array, readonly body: Uint8Array) {}

  get client(): bigint {
    return u128At(this.header, CLIENT_AT);
  }

  /** 0, or XXH3-64 of the body; a u128 on the wire. */
  get requestChecksum(): bigint {
    // Sends have none, and to look costs less than to make a bigint.
    const isNone = isZero(this.header, REQUEST_CHECKSUM_AT, REQUEST_CHECKSUM_AT + 16);
    return isNone ? 0n : u128At(this.header, REQUEST_CHECKSUM_AT);
  }

  /** VSR.md section 6. */
  get request(): number {
    return u64At(this.header, 168);
  }

  get operation(): number {
    return this.header[176];
  }

  /** 0 before login. */
  get session(): number {
    return u64At(this.header, 184);
  }

  /** The command code; only requests of operation 2 have one. */
  get code(): number {
    return u32At(this.header, 196);
  }
}

/** A reply as the client received it. */
export class VsrReply {
  /** @param header the 256 bytes of the header @param body what follows */
  constructor(readonly header: Uint8Array, readonly body: Uint8Array) {}

  get client(): bigint {
    return u128At(this.header, 160);
  }

  get op(): number {
    return u64At(this.header, 176);
  }

  get commit(): number {
    return u64At(this.header, 184);
  }

  get request(): number {
    return u64At(this.header, 200);
  }

  get operation(): number {
    return this.header[208];
  }

  /** 0, or an Iggy error code. */
  get status(): number {
    return u32At(this.header, 216);
  }
}

/** The end of a session, in place of a reply or out of the blue. */
export class VsrEviction {
  /** @param header all 256 bytes */
  constructor(readonly header: Uint8Array) {}

  get client(): bigint {
    return u128At(this.header, 128);
  }

  /** The versions the server takes, packed; only for `incompatible_protocol`. */
  get versions(): { readonly min: number; readonly max: number } {
    return { min: u32At(this.header, 148), max: u32At(this.header, 144) };
  }

  /** `undefined`: a number nobody knows. */
  get reason(): EvictionReason | undefined {
    return REASON_BY_CODE.get(this.header[255]);
  }
}

export type EvictionReason = keyof typeof EVICTION_REASONS;

/** VSR.md section 3.4: the number of each reason, and the Iggy error it is to the client. */
export const EVICTION_REASONS = {
  no_session: { code: 1, error: UNAUTHENTICATED },
  client_release_too_low: { code: 2, error: INVALID_COMMAND },
  client_release_too_high: { code: 3, error: INVALID_COMMAND },
  invalid_request_operation: { code: 4, error: INVALID_COMMAND },
  invalid_request_body: { code: 5, error: INVALID_COMMAND },
  invalid_request_body_size: { code: 6, error: INVALID_COMMAND },
  session_too_low: { code: 7, error: UNAUTHENTICATED },
  session_release_mismatch: { code: 8, error: UNAUTHENTICATED },
  invalid_credentials: { code: 9, error: INVALID_CREDENTIALS },
  invalid_token: { code: 10, error: INVALID_PERSONAL_ACCESS_TOKEN },
  user_inactive: { code: 11, error: UNAUTHENTICATED },
  session_error: { code: 12, error: UNAUTHENTICATED },
  stale_client: { code: 13, error: STALE_CLIENT },
  incompatible_protocol: { code: 14, error: INCOMPATIBLE_PROTOCOL_VERSION },
  malformed_login: { code: 15, error: INVALID_FORMAT },
} as const;

/** What a client puts into a request header. */
export interface RequestFields {
  /** Never 0. */
  readonly client: bigint;
  readonly requestChecksum: bigint;
  readonly request: number;
  readonly operation: number;
  readonly session: number;
  /** The command code of a request of operation 2, otherwise 0. */
  readonly code: number;
}

/** What a server puts into a reply header; the rest echoes the request. */
export interface ReplyFields {
  readonly op: number;
  readonly commit: number;
  /** 0, or an Iggy error code; then the body is empty. */
  readonly status: number;
}

/** How many bytes of a header {@link looksLikeRequest} wants. */
export const RECOGNISABLE_BYTES = 61;

/** Whether `bytes`, the first 61 or more of a frame, say that it is a request and of a possible size. */
export function looksLikeRequest(bytes: Uint8Array): boolean {
  return typeof measure(bytes, 0, bytes.length, VSR_FRAME_BYTES_MAX, [REQUEST]) === "number";
}

/** Requests as a server reads them. A malformed one ends the connection without an answer (VSR.md section 1). */
export function vsrRequests(frameBytesMax = VSR_FRAME_BYTES_MAX): FrameLayout<VsrRequest> {
  return {
    measure: (bytes, start, available) =>
      measure(bytes, start, available, frameBytesMax, [REQUEST]),
    view(bytes, start, length) {
      const [header, body] = halves(bytes, start, length);
      const isNamed = !isZero(header, CLIENT_AT, CLIENT_AT + 16);
      return isNamed ? new VsrRequest(header, body) : malformed("Request names no client");
    },
  };
}

/** Answers as a client reads them. */
export function vsrAnswers(
  frameBytesMax = VSR_FRAME_BYTES_MAX,
): FrameLayout<VsrReply | VsrEviction> {
  return {
    measure: (bytes, start, available) =>
      measure(bytes, start, available, frameBytesMax, [REPLY, EVICTION]),
    view(bytes, start, length) {
      const [header, body] = halves(bytes, start, length);
      if (header[COMMAND_AT] === REPLY) return new VsrReply(header, body);
      if (body.length > 0) return malformed(`Eviction has a body of ${body.length} bytes`);
      return new VsrEviction(header);
    },
  };
}

/** Appends a request header that announces a body of `bodyBytes`. */
export function encodeRequestHeader(
  writer: WireWriter,
  fields: RequestFields,
  bodyBytes: number,
): void {
  writer.zeros(SIZE_AT);
  writer.u32(VSR_HEADER_BYTES + bodyBytes);
  writer.zeros(8);
  writer.u8(REQUEST);
  writer.zeros(67);
  writer.u128(fields.client);
  writer.u128(fields.requestChecksum);
  writer.u64(0);
  writer.u64(fields.request);
  writer.u8(fields.operation);
  writer.zeros(7);
  writer.u64(fields.session);
  writer.u32(0);
  writer.u32(fields.code);
  writer.zeros(56);
}

/** Appends a header that answers `request` and announces a body of `bodyBytes`. */
export function encodeReplyHeader(
  writer: WireWriter,
  request: VsrRequest,
  fields: ReplyFields,
  bodyBytes: number,
): void {
  const { header } = request;
  writer.zeros(32);
  echo(writer, header, 32, SIZE_AT); // cluster
  writer.u32(VSR_HEADER_BYTES + bodyBytes);
  echo(writer, header, 52, COMMAND_AT); // view, release
  writer.u8(REPLY);
  writer.u8(header[61]); // replica
  writer.zeros(66);
  echo(writer, header, 144, 160); // request_checksum
  writer.zeros(16);
  echo(writer, header, CLIENT_AT, CLIENT_AT + 16); // client
  writer.u64(fields.op);
  writer.u64(fields.commit);
  echo(writer, header, 160, 176); // timestamp, request
  writer.u8(request.operation);
  writer.zeros(7);
  writer.u32(fields.status);
  writer.zeros(36);
}

/** Copies `[start, end)` of a header, word by word: for so few bytes the calls of a block copy cost more. */
function echo(writer: WireWriter, header: Uint8Array, start: number, end: number): void {
  for (let at = start; at < end; at += 4) writer.u32(u32At(header, at));
}

function isZero(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    if (bytes[at] !== 0) return false;
  }
  return true;
}

/** Says how long the body behind the header at `headerAt` became. */
export function patchBodyBytes(writer: WireWriter, headerAt: number, bodyBytes: number): void {
  writer.patchU32(headerAt + SIZE_AT, VSR_HEADER_BYTES + bodyBytes);
}

/** Stamps the request whose header is at `headerAt` with XXH3-64 of its body (VSR.md section 3.1). */
export function patchRequestChecksum(writer: WireWriter, headerAt: number, checksum: bigint): void {
  writer.patchU32(headerAt + REQUEST_CHECKSUM_AT, Number(checksum & 0xffffffffn));
  writer.patchU32(headerAt + REQUEST_CHECKSUM_AT + 4, Number(checksum >> 32n));
}

/**
 * Appends an eviction of `client`, which is never 0. `versions`: those the server takes, packed, for
 * `incompatible_protocol` only.
 */
export function encodeEviction(
  writer: WireWriter,
  client: bigint,
  reason: EvictionReason,
  versions = { min: 0, max: 0 },
): void {
  writer.zeros(SIZE_AT);
  writer.u32(VSR_HEADER_BYTES);
  writer.zeros(8);
  writer.u8(EVICTION);
  writer.zeros(67);
  writer.u128(client);
  writer.u32(versions.max);
  writer.u32(versions.min);
  writer.zeros(103);
  writer.u8(EVICTION_REASONS[reason].code);
}

/**
 * Appends a result section (VSR.md section 4.2): of a success for 0, otherwise of a refusal with that
 * Iggy error code, behind which there is nothing.
 */
export function encodeResult(writer: WireWriter, code: number): void {
  writer.u32(code === 0 ? 0 : 1);
  if (code === 0) return;
  writer.u32(0);
  writer.u32(code);
}

/** Reads a result section: 0, or the Iggy error code of its first refusal. */
export function decodeResult(reader: WireReader): number {
  const count = reader.u32();
  if (count === 0) return 0;
  reader.skip(4);
  return reader.u32();
}

function measure(
  bytes: Uint8Array,
  start: number,
  available: number,
  frameBytesMax: number,
  commands: readonly number[],
): number | FrameFault {
  if (available < RECOGNISABLE_BYTES) return 0;
  const size = u32At(bytes, start + SIZE_AT);
  if (size < VSR_HEADER_BYTES || size > frameBytesMax) {
    return malformed(`Frame of ${size} bytes is not ${VSR_HEADER_BYTES} to ${frameBytesMax}`);
  }
  const command = bytes[start + COMMAND_AT];
  if (!commands.includes(command)) return malformed(`Command ${command} is not expected here`);
  return size;
}

function halves(
  bytes: Uint8Array,
  start: number,
  length: number,
): [header: Uint8Array, body: Uint8Array] {
  const bodyAt = start + VSR_HEADER_BYTES;
  return [bytes.subarray(start, bodyAt), bytes.subarray(bodyAt, start + length)];
}

function malformed(fault: string): FrameFault {
  return { fault, bytes: 0, answered: false, closes: true };
}

const SIZE_AT = 48;
const COMMAND_AT = 60;
const REQUEST_CHECKSUM_AT = 144;
/** In requests. */
const CLIENT_AT = 128;

const REQUEST = 5;
const REPLY = 8;
const EVICTION = 13;

const REASON_BY_CODE: ReadonlyMap<number, EvictionReason> = new Map(
  (Object.keys(EVICTION_REASONS) as EvictionReason[])
    .map((reason) => [EVICTION_REASONS[reason].code, reason]),
);
