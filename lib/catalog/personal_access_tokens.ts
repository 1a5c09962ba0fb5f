/**
 * Personal access tokens (CLASSIC.md section 12). The secrets are made by `lib/auth/tokens.ts`; here
 * are their names, hashes and ends.
 *
 * @module
 */
import {
  INVALID_PERSONAL_ACCESS_TOKEN_NAME,
  PERSONAL_ACCESS_TOKEN_ALREADY_EXISTS,
  PERSONAL_ACCESS_TOKENS_LIMIT_REACHED,
  RESOURCE_NOT_FOUND,
} from "../../protocol/error_codes.ts";
import { IggyError } from "../../protocol/errors.ts";
import type { Identifier } from "../../protocol/primitives.ts";
import type { Ledger } from "./commands.ts";
import type { Users } from "./users.ts";
import type { TokenView } from "./views.ts";

/** A token to be. */
export interface NewToken {
  /** 3 to 30 bytes. */
  readonly name: string;
  readonly hash: string;
  /** Micros since the Unix epoch; `undefined`: never. */
  readonly expiryAt?: number;
}

/** Every method that names a user throws 20 when there is no such user. */
export class PersonalAccessTokens {
  readonly #ledger: Ledger;
  readonly #users: Users;
  readonly #userMax: number;

  /** `userMax`: how many tokens one user may have. */
  constructor(ledger: Ledger, users: Users, userMax: number) {
    this.#ledger = ledger;
    this.#users = users;
    this.#userMax = userMax;
  }

  /** The token whose secret has that hash, expired or not. */
  findByHash(hash: string): TokenView | undefined {
    return this.#ledger.state.tokens.get(hash);
  }

  /**
   * @throws {IggyError} 50 for a name that is not 3 to 30 bytes, 51 when the user has a token of that
   * name, 52 when it has as many as it may.
   */
  create(user: Identifier, { name, hash, expiryAt }: NewToken): TokenView {
    const { id: userId, tokens } = this.#users.require(user);
    const length = new TextEncoder().encode(name).length;
    if (length < 3 || length > 30) {
      throw new IggyError(
        INVALID_PERSONAL_ACCESS_TOKEN_NAME,
        `Token name of ${length} bytes is not 3 to 30 bytes`,
      );
    }
    if (tokens.has(name)) {
      throw new IggyError(
        PERSONAL_ACCESS_TOKEN_ALREADY_EXISTS,
        `User ${userId} has a token ${JSON.stringify(name)} already`,
      );
    }
    if (tokens.size >= this.#userMax) {
      throw new IggyError(
        PERSONAL_ACCESS_TOKENS_LIMIT_REACHED,
        `User ${userId} has ${tokens.size} tokens already`,
      );
    }
    this.#ledger.commit({ kind: "token_created", userId, name, hash, expiryAt });
    return tokens.get(name)!;
  }

  /** @throws {IggyError} 20 when the user has no such token. */
  delete(user: Identifier, name: string): void {
    const { id: userId, tokens } = this.#users.require(user);
    if (!tokens.has(name)) {
      throw new IggyError(
        RESOURCE_NOT_FOUND,
        `User ${userId} has no token ${JSON.stringify(name)}`,
      );
    }
    this.#ledger.commit({ kind: "token_deleted", userId, name });
  }
}
