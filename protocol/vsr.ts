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
import type { WireReader, WireWriter } from "./wire.ts";

/** Bytes of every header, and of an eviction as a whole. */
export const VSR_HEADER_BYTES = 256;

/** Bytes of the largest frame (VSR.md section 1). */
export const VSR_FRAME_BYTES_MAX = 64 * 1024 * 1024;

/** A request as the server received it. */
export class VsrRequest {
  /** @param header the 256 bytes of the header @param body what follows */
  constructor(readonly header: Uint8Array, readonly body: Uint8Array) {}

  get client(): bigint {
    return u128(this.header, 128);
  }

  /** 0, or XXH3-64 of the body; a u128 on the wire. */
  get requestChecksum(): bigint {
    return u128(this.header, 144);
  }

  /** VSR.md section 6. */
  get request(): number {
    return u64(this.header, 168);
  }

  get operation(): number {
    return this.header[176];
  }

  /** 0 before login. */
  get session(): number {
    return u64(this.header, 184);
  }

  /** The command code; only requests of operation 2 have one. */
  get code(): number {
    return u32(this.header, 196);
  }
}

/** A reply as the client received it. */
export class VsrReply {
  /** @param header the 256 bytes of the header @param body what follows */
  constructor(readonly header: Uint8Array, readonly body: Uint8Array) {}

  get client(): bigint {
    return u128(this.header, 160);
  }

  get op(): number {
    return u64(this.header, 176);
  }

  get commit(): number {
    return u64(this.header, 184);
  }

  get request(): number {
    return u64(this.header, 200);
  }

  get operation(): number {
    return this.header[208];
  }

  /** 0, or an Iggy error code. */
  get status(): number {
    return u32(this.header, 216);
  }
}

/** The end of a session, in place of a reply or out of the blue. */
export class VsrEviction {
  /** @param header all 256 bytes */
  constructor(readonly header: Uint8Array) {}

  get client(): bigint {
    return u128(this.header, 128);
  }

  /** The versions the server takes, packed; only for `incompatible_protocol`. */
  get versions(): { readonly min: number; readonly max: number } {
    return { min: u32(this.header, 148), max: u32(this.header, 144) };
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

/** Requests as a server reads them. */
export function vsrRequests(_frameBytesMax = VSR_FRAME_BYTES_MAX): FrameLayout<VsrRequest> {
  throw new Error("not yet");
}

/** Answers as a client reads them. */
export function vsrAnswers(
  _frameBytesMax = VSR_FRAME_BYTES_MAX,
): FrameLayout<VsrReply | VsrEviction> {
  throw new Error("not yet");
}

/** The one frame that is a whole WebSocket message (VSR.md section 1), or what is wrong with it. */
export function wholeFrame<Frame>(
  _layout: FrameLayout<Frame>,
  _message: Uint8Array,
): Frame | FrameFault {
  throw new Error("not yet");
}

/** Appends a request header that announces a body of `bodyBytes`. */
export function encodeRequestHeader(
  _writer: WireWriter,
  _fields: RequestFields,
  _bodyBytes: number,
): void {
  throw new Error("not yet");
}

/** Appends a header that answers `request` and announces a body of `bodyBytes`. */
export function encodeReplyHeader(
  _writer: WireWriter,
  _request: VsrRequest,
  _fields: ReplyFields,
  _bodyBytes: number,
): void {
  throw new Error("not yet");
}

/** Says how long the body behind the header at `headerAt` became. */
export function patchBodyBytes(_writer: WireWriter, _headerAt: number, _bodyBytes: number): void {
  throw new Error("not yet");
}

/** Appends an eviction of `client` (never 0). `versions`: what the server takes, for `incompatible_protocol`. */
export function encodeEviction(
  _writer: WireWriter,
  _client: bigint,
  _reason: EvictionReason,
  _versions = { min: 0, max: 0 },
): void {
  throw new Error("not yet");
}

/** Appends the result section (VSR.md section 4.2): of a success for 0, otherwise of a refusal with that Iggy error. */
export function encodeResult(_writer: WireWriter, _code: number): void {
  throw new Error("not yet");
}

/** Reads the result section: 0, or the Iggy error code of the refusal. */
export function decodeResult(_reader: WireReader): number {
  throw new Error("not yet");
}

const REASON_BY_CODE: ReadonlyMap<number, EvictionReason> = new Map(
  (Object.keys(EVICTION_REASONS) as EvictionReason[])
    .map((reason) => [EVICTION_REASONS[reason].code, reason]),
);

function u32(bytes: Uint8Array, at: number): number {
  return (bytes[at] | bytes[at + 1] << 8 | bytes[at + 2] << 16 | bytes[at + 3] << 24) >>> 0;
}

/** Clamped, for what passes 2^53 is nobody's session and nobody's request. */
function u64(bytes: Uint8Array, at: number): number {
  const value = u32(bytes, at + 4) * 0x100000000 + u32(bytes, at);
  return Math.min(value, Number.MAX_SAFE_INTEGER);
}

function u128(bytes: Uint8Array, at: number): bigint {
  const low = BigInt(u32(bytes, at + 4)) << 32n | BigInt(u32(bytes, at));
  const high = BigInt(u32(bytes, at + 12)) << 32n | BigInt(u32(bytes, at + 8));
  return high << 64n | low;
}
