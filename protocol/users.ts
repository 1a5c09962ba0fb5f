/**
 * Users and their logins: bodies of their commands (CLASSIC.md sections 5, 7.4 and 7.5, VSR.md
 * sections 5 and 7).
 *
 * @module
 */
import { bodies, type Codec, EMPTY, optional, untilEnd } from "./command.ts";
import { INVALID_USER_STATUS } from "./error_codes.ts";
import {
  flagged,
  followedBy,
  NAME8,
  oneOf,
  STR32,
  struct,
  TEXT8,
  U32,
  U64_SAFE,
} from "./fields.ts";
import { NO_OPTIONS, NO_SHOWN_OPTIONS } from "./options.ts";
import { OPTIONAL_PERMISSIONS, type Permissions } from "./permissions.ts";
import { IDENTIFIER, type Identifier } from "./primitives.ts";

/** Names a user. */
export interface UserAddress {
  readonly userId: Identifier;
}

export interface CreateUserRequest {
  /** 1 to 255 bytes on the wire; the server wants 3 to 50. */
  readonly username: string;
  /** At most 255 bytes on the wire; the server wants 3 to 100. */
  readonly password: string;
  readonly status: UserStatus;
  /** None: no rights at all. */
  readonly permissions?: Permissions;
}

/** What is missing stays as it is. */
export interface UpdateUserRequest extends UserAddress {
  readonly username?: string;
  readonly status?: UserStatus;
}

export interface UpdatePermissionsRequest extends UserAddress {
  /** None: no rights at all. */
  readonly permissions?: Permissions;
}

export interface ChangePasswordRequest extends UserAddress {
  readonly currentPassword: string;
  readonly newPassword: string;
}

export interface LoginUserRequest {
  readonly username: string;
  readonly password: string;
  /** Of the client, for people to read. Clients before 0.7 leave it out. */
  readonly version?: string;
  /** About the client, for people to read. Clients before 0.7 leave it out. */
  readonly context?: string;
}

/** Who logged in. */
export interface IdentityInfo {
  readonly userId: number;
}

export interface User {
  readonly id: number;
  /** Micros since the Unix epoch. */
  readonly createdAt: number;
  readonly status: UserStatus;
  readonly username: string;
}

export interface UserDetails extends User {
  readonly permissions?: Permissions;
}

export type UserStatus = "active" | "inactive";

/** The answer to a login by password or by token. */
export const IDENTITY_INFO = struct<IdentityInfo>({ userId: U32 });

const USER_STATUS = oneOf<UserStatus>("User status", ["active", "inactive"], {
  code: INVALID_USER_STATUS,
});

const USER_ADDRESS = struct<UserAddress>({ userId: IDENTIFIER });

const CREATE = struct<CreateUserRequest>({
  username: NAME8,
  password: TEXT8,
  status: USER_STATUS,
  permissions: OPTIONAL_PERMISSIONS,
});

const UPDATE = struct<UpdateUserRequest>({
  userId: IDENTIFIER,
  username: flagged(NAME8),
  status: flagged(USER_STATUS),
});

const CLASSIC_USER = struct<User>({
  id: U32,
  createdAt: U64_SAFE,
  status: USER_STATUS,
  username: NAME8,
});

const VSR_USER = followedBy(CLASSIC_USER, NO_SHOWN_OPTIONS);

const CLASSIC_USER_DETAILS = userDetails(CLASSIC_USER);
const VSR_USER_DETAILS = userDetails(VSR_USER);

export const GET_USER = bodies(USER_ADDRESS, {
  classic: optional(CLASSIC_USER_DETAILS),
  vsr_0_11: optional(VSR_USER_DETAILS),
});

export const GET_USERS = bodies(EMPTY, {
  classic: untilEnd(CLASSIC_USER),
  vsr_0_11: untilEnd(VSR_USER),
});

export const CREATE_USER = bodies(
  { classic: CREATE, vsr_0_11: followedBy(CREATE, NO_OPTIONS) },
  { classic: CLASSIC_USER_DETAILS, vsr_0_11: VSR_USER_DETAILS },
);

export const UPDATE_USER = bodies(
  { classic: UPDATE, vsr_0_11: followedBy(UPDATE, NO_OPTIONS) },
  EMPTY,
);

export const DELETE_USER = bodies(USER_ADDRESS, EMPTY);

export const UPDATE_PERMISSIONS = bodies(
  struct<UpdatePermissionsRequest>({ userId: IDENTIFIER, permissions: OPTIONAL_PERMISSIONS }),
  EMPTY,
);

export const CHANGE_PASSWORD = bodies(
  struct<ChangePasswordRequest>({
    userId: IDENTIFIER,
    currentPassword: TEXT8,
    newPassword: TEXT8,
  }),
  EMPTY,
);

/** Classic only; VSR has `register`. */
export const LOGIN_USER = bodies({
  classic: struct<LoginUserRequest>({
    username: NAME8,
    password: TEXT8,
    version: trailing(STR32, ""),
    context: trailing(STR32, ""),
  }),
  vsr_0_11: undefined,
}, { classic: IDENTITY_INFO, vsr_0_11: undefined });

export const LOGOUT_USER = bodies(EMPTY, EMPTY);

/** A user, then its permissions, or four zero bytes when it has none (CLASSIC.md section 7.5). */
function userDetails(user: Codec<User>): Codec<UserDetails> {
  return {
    encode(writer, details) {
      user.encode(writer, details);
      if (details.permissions === undefined) writer.u32(0);
      else OPTIONAL_PERMISSIONS.encode(writer, details.permissions);
    },
    decode(reader) {
      const head = user.decode(reader);
      const permissions = OPTIONAL_PERMISSIONS.decode(reader);
      if (permissions === undefined) reader.skip(3);
      return { ...head, permissions };
    },
  };
}

/** A last field that old clients leave out (CLASSIC.md section 12): always written, `missing` when unset. */
function trailing<T>(codec: Codec<T>, missing: T): Codec<T | undefined> {
  return {
    encode: (writer, value) => codec.encode(writer, value ?? missing),
    decode: (reader) => reader.remaining === 0 ? undefined : codec.decode(reader),
  };
}
