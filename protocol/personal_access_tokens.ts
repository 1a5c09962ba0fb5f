/**
 * Personal access tokens: bodies of their commands (CLASSIC.md section 5); the same in both protocols,
 * but for the login, which VSR does in `register`.
 *
 * @module
 */
import { bodies, type Codec, EMPTY, untilEnd } from "./command.ts";
import { NAME8, struct, U64 } from "./fields.ts";
import { IDENTITY_INFO } from "./users.ts";

export interface CreatePersonalAccessTokenRequest {
  /** 1 to 255 bytes on the wire; the server wants 3 to 30. */
  readonly name: string;
  /** Micros from now; 0 and `NEVER_EXPIRES` both mean never. */
  readonly expiry: bigint;
}

export interface DeletePersonalAccessTokenRequest {
  readonly name: string;
}

export interface LoginWithPersonalAccessTokenRequest {
  readonly token: string;
}

/** The token itself, told only once. */
export interface RawPersonalAccessToken {
  readonly token: string;
}

export interface PersonalAccessTokenInfo {
  readonly name: string;
  /** Micros since the Unix epoch; `undefined`: never. */
  readonly expiryAt?: number;
}

/** `u64`, 0 for never. */
const EXPIRY_AT: Codec<number | undefined> = {
  encode: (writer, value) => writer.u64(value ?? 0),
  decode(reader) {
    const value = reader.u64Clamped();
    return value === 0 ? undefined : value;
  },
};

export const GET_PERSONAL_ACCESS_TOKENS = bodies(
  EMPTY,
  untilEnd(struct<PersonalAccessTokenInfo>({ name: NAME8, expiryAt: EXPIRY_AT })),
);

export const CREATE_PERSONAL_ACCESS_TOKEN = bodies(
  struct<CreatePersonalAccessTokenRequest>({ name: NAME8, expiry: U64 }),
  struct<RawPersonalAccessToken>({ token: NAME8 }),
);

export const DELETE_PERSONAL_ACCESS_TOKEN = bodies(
  struct<DeletePersonalAccessTokenRequest>({ name: NAME8 }),
  EMPTY,
);

/** Classic only; VSR has `register`. */
export const LOGIN_WITH_PERSONAL_ACCESS_TOKEN = bodies(
  { classic: struct<LoginWithPersonalAccessTokenRequest>({ token: NAME8 }), vsr_0_11: undefined },
  { classic: IDENTITY_INFO, vsr_0_11: undefined },
);
