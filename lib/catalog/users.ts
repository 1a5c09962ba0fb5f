/**
 * Users (CLASSIC.md section 12). The rules for the length of credentials are in
 * `lib/auth/credentials.ts`.
 *
 * @module
 */
import {
  CANNOT_CHANGE_PERMISSIONS,
  CANNOT_DELETE_USER,
  RESOURCE_NOT_FOUND,
  USER_ALREADY_EXISTS,
} from "../../protocol/error_codes.ts";
import { IggyError } from "../../protocol/errors.ts";
import type { Permissions } from "../../protocol/permissions.ts";
import type { Identifier } from "../../protocol/primitives.ts";
import type { UserStatus } from "../../protocol/users.ts";
import { checkName, type Ledger, required } from "./commands.ts";
import type { NamedView } from "./named_table.ts";
import type { UserView } from "./views.ts";

/** A user to be. */
export interface NewUser {
  readonly name: string;
  /** A PHC string. */
  readonly passwordHash: string;
  readonly status: UserStatus;
  /** None: no rights at all. */
  readonly permissions?: Permissions;
  /** Micros since the Unix epoch. */
  readonly at: number;
}

export class Users implements NamedView<UserView> {
  readonly #ledger: Ledger;
  readonly #table: NamedView<UserView>;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
    this.#table = ledger.state.users;
  }

  get size(): number {
    return this.#table.size;
  }

  get nextId(): number {
    return this.#table.nextId;
  }

  find(identifier: Identifier): UserView | undefined {
    return this.#table.find(identifier);
  }

  values(): IterableIterator<UserView> {
    return this.#table.values();
  }

  /** @throws {IggyError} 20 when there is no such user, here and below. */
  require(identifier: Identifier): UserView {
    return required(this.#table, identifier, "User", RESOURCE_NOT_FOUND);
  }

  /** @throws {IggyError} 46 when the name is taken. */
  create({ name, passwordHash, status, permissions, at }: NewUser): UserView {
    checkName(this.#table, name, "User", USER_ALREADY_EXISTS);
    const userId = this.nextId;
    const fields = { userId, name, passwordHash, status, permissions, createdAt: at };
    this.#ledger.commit({ kind: "user_created", ...fields });
    return this.require(userId);
  }

  /**
   * Changes what is given.
   *
   * @throws {IggyError} 46 when another user has the name.
   */
  update(identifier: Identifier, changes: { name?: string; status?: UserStatus }): UserView {
    const user = this.require(identifier);
    const { name = user.name, status = user.status } = changes;
    checkName(this.#table, name, "User", USER_ALREADY_EXISTS, user);
    this.#ledger.commit({ kind: "user_updated", userId: user.id, name, status });
    return user;
  }

  changePassword(identifier: Identifier, passwordHash: string): UserView {
    const user = this.require(identifier);
    this.#ledger.commit({ kind: "user_password_changed", userId: user.id, passwordHash });
    return user;
  }

  /** @throws {IggyError} 49 for root. */
  changePermissions(identifier: Identifier, permissions: Permissions | undefined): UserView {
    const user = this.require(identifier);
    if (user.id === ROOT_USER_ID) {
      throw new IggyError(CANNOT_CHANGE_PERMISSIONS, "Root keeps all permissions");
    }
    this.#ledger.commit({ kind: "user_permissions_changed", userId: user.id, permissions });
    return user;
  }

  /**
   * Deletes a user with its personal access tokens, and gives it back.
   *
   * @throws {IggyError} 48 for root.
   */
  delete(identifier: Identifier): UserView {
    const user = this.require(identifier);
    if (user.id === ROOT_USER_ID) {
      throw new IggyError(CANNOT_DELETE_USER, "Root cannot be deleted");
    }
    this.#ledger.commit({ kind: "user_deleted", userId: user.id });
    return user;
  }
}

/** The first user ever created. */
const ROOT_USER_ID = 0;
