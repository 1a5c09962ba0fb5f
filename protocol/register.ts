/**
 * The VSR login (VSR.md section 5). Its body comes in two shapes, by password and by token, that
 * nothing tells apart: a server tries what decodes.
 *
 * @module
 */
import { bodies, type Codec } from "./command.ts";
import { WireError } from "./errors.ts";
import { NAME8, STR32, struct, TEXT8, U32, U64_SAFE } from "./fields.ts";
import { WireReader } from "./wire.ts";

/**
 * A client gives one of the two logins. A server gets each that the body decodes to: none is a
 * malformed login, but only after the version was found acceptable.
 */
export interface RegisterRequest {
  /** Packed, see {@link packVersion}. */
  readonly protocolVersion: number;
  readonly sdkName: string;
  readonly sdkVersion: string;
  readonly byPassword?: PasswordLogin;
  readonly byToken?: TokenLogin;
  /** Whether one of the logins ends where the body ends. */
  readonly exact: boolean;
}

export interface PasswordLogin {
  readonly username: string;
  readonly password: string;
  /** About the client, for people to read; may be empty. */
  readonly context: string;
}

export interface TokenLogin {
  readonly token: string;
  /** About the client, for people to read; may be empty. */
  readonly context: string;
}

export interface RegisterResponse {
  readonly userId: number;
  /** Never 0; larger at every later login. */
  readonly session: number;
  /** Packed, see {@link packVersion}. */
  readonly serverProtocolVersion: number;
  /** Never empty. */
  readonly serverVersion: string;
}

/** What this sheet's clients announce: 0.11.0. */
export const PROTOCOL_VERSION = packVersion(0, 11, 0);

/** Three numbers of ten bits (VSR.md section 5). */
export function packVersion(major: number, minor: number, patch: number): number {
  return (major << 20 | minor << 10 | patch) >>> 0;
}

/**
 * The version gate of VSR.md section 5: 0.11.0 as it is, later patches of 0.11 only when their body
 * is one of ours to the last byte, for some of them announce a version and send another body.
 */
export function isVersionAccepted(request: RegisterRequest): boolean {
  const { protocolVersion } = request;
  if (protocolVersion === PROTOCOL_VERSION) return true;
  return request.exact && protocolVersion > PROTOCOL_VERSION &&
    protocolVersion >>> 10 === PROTOCOL_VERSION >>> 10;
}

const PREFIX = struct<Pick<RegisterRequest, "protocolVersion" | "sdkName" | "sdkVersion">>({
  protocolVersion: U32,
  sdkName: NAME8,
  sdkVersion: NAME8,
});

const BY_PASSWORD = struct<PasswordLogin>({ username: NAME8, password: TEXT8, context: STR32 });
const BY_TOKEN = struct<TokenLogin>({ token: TEXT8, context: STR32 });

const REQUEST: Codec<RegisterRequest> = {
  encode(writer, request) {
    PREFIX.encode(writer, request);
    if (request.byPassword !== undefined) BY_PASSWORD.encode(writer, request.byPassword);
    else if (request.byToken !== undefined) BY_TOKEN.encode(writer, request.byToken);
  },
  decode(reader) {
    const prefix = PREFIX.decode(reader);
    const body = reader.rest();
    const byPassword = attempt(BY_PASSWORD, body);
    const byToken = attempt(BY_TOKEN, body);
    return {
      ...prefix,
      byPassword: byPassword?.value,
      byToken: byToken?.value,
      exact: byPassword?.exact === true || byToken?.exact === true,
    };
  },
};

/** VSR only. A body whose first three fields do not decode is a malformed login at once. */
export const REGISTER = bodies({ classic: undefined, vsr_0_11: REQUEST }, {
  classic: undefined,
  vsr_0_11: struct<RegisterResponse>({
    userId: U32,
    session: U64_SAFE,
    serverProtocolVersion: U32,
    serverVersion: NAME8,
  }),
});

/** What `body` starts with and whether that is all of it; `undefined` when it does not decode. */
function attempt<T>(codec: Codec<T>, body: Uint8Array): { value: T; exact: boolean } | undefined {
  const reader = new WireReader(body);
  try {
    const value = codec.decode(reader);
    return { value, exact: reader.remaining === 0 };
  } catch (error) {
    if (error instanceof WireError) return undefined;
    throw error;
  }
}
