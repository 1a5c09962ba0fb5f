/**
 * `client.tokens`.
 *
 * @module
 */
import { NEVER_EXPIRES } from "../../protocol/options.ts";
import type { PersonalAccessTokenInfo } from "../../protocol/personal_access_tokens.ts";
import type { Call } from "./calls.ts";

/** Personal access tokens of the user who is logged in. */
export class Tokens {
  readonly #call: Call;

  constructor(call: Call) {
    this.#call = call;
  }

  /**
   * Makes a token and gives it; it is told this once. A name has 3 to 30 bytes. `expiryMicros`: from
   * now, never unless given. Throws `IggyError` 51 when the name is taken.
   */
  async create(
    name: string,
    { expiryMicros }: { readonly expiryMicros?: number } = {},
  ): Promise<string> {
    const expiry = expiryMicros === undefined ? NEVER_EXPIRES : BigInt(expiryMicros);
    const { token } = await this.#call("createPersonalAccessToken", { name, expiry });
    return token;
  }

  list(): Promise<readonly PersonalAccessTokenInfo[]> {
    return this.#call("getPersonalAccessTokens");
  }

  /** Throws `IggyError` 20 when there is none of that name. */
  delete(name: string): Promise<void> {
    return this.#call("deletePersonalAccessToken", { name });
  }
}
