/**
 * `client.users`.
 *
 * @module
 */
import type { Permissions } from "../../protocol/permissions.ts";
import type { Identifier } from "../../protocol/primitives.ts";
import type { User, UserDetails, UserStatus } from "../../protocol/users.ts";
import type { Call } from "./calls.ts";

/** Beyond its name and password, what a new user is like. */
export interface NewUserOptions {
  /** `active` unless given. */
  readonly status?: UserStatus;
  /** No rights at all unless given. */
  readonly permissions?: Permissions;
}

/** What to change of a user; what is missing stays. */
export interface UserChanges {
  readonly username?: string;
  readonly status?: UserStatus;
}

/** Users, by number or name. An unknown one is `IggyError` 20, but for {@link find}. */
export class Users {
  readonly #call: Call;

  constructor(call: Call) {
    this.#call = call;
  }

  /** A name has 3 to 50 bytes, a password 3 to 100. Throws `IggyError` 46 when the name is taken. */
  create(
    username: string,
    password: string,
    { status = "active", permissions }: NewUserOptions = {},
  ): Promise<UserDetails> {
    return this.#call("createUser", { username, password, status, permissions });
  }

  /** The user with its permissions; `undefined` when there is none. */
  find(user: Identifier): Promise<UserDetails | undefined> {
    return this.#call("getUser", { userId: user });
  }

  list(): Promise<readonly User[]> {
    return this.#call("getUsers");
  }

  update(user: Identifier, changes: UserChanges): Promise<void> {
    return this.#call("updateUser", { userId: user, ...changes });
  }

  /** Throws `IggyError` 42 when the current password is wrong. */
  changePassword(user: Identifier, currentPassword: string, newPassword: string): Promise<void> {
    return this.#call("changePassword", { userId: user, currentPassword, newPassword });
  }

  /** Replaces all permissions; `undefined` takes them away. */
  updatePermissions(user: Identifier, permissions: Permissions | undefined): Promise<void> {
    return this.#call("updatePermissions", { userId: user, permissions });
  }

  delete(user: Identifier): Promise<void> {
    return this.#call("deleteUser", { userId: user });
  }
}
