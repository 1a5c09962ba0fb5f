/**
 * Proving who a client is, by password or by token; the same for every framing and for HTTP.
 *
 * @module
 */
import {
  INVALID_CREDENTIALS,
  PERSONAL_ACCESS_TOKEN_EXPIRED,
  RESOURCE_NOT_FOUND,
  USER_INACTIVE,
} from "../../protocol/error_codes.ts";
import { IggyError } from "../../protocol/errors.ts";
import { checkPassword, checkUsername } from "../auth/credentials.ts";
import { hashToken, isTokenExpired } from "../auth/tokens.ts";
import type { UserView } from "../catalog/views.ts";
import type { Broker, Client } from "./broker.ts";

/**
 * The user with that name and password. Who has shown a certificate for the name needs no password:
 * an empty one stands for it.
 *
 * An unknown user costs the same time as a wrong password (VSR.md section 5).
 *
 * @throws {IggyError} 43 and 44 for lengths no user has, 42 for a wrong pair, 47 when inactive.
 */
export async function authenticatePassword(
  broker: Broker,
  username: string,
  password: string,
  certifiedName?: string,
): Promise<UserView> {
  if (password === "" && certifiedName !== undefined && username === certifiedName) {
    return authenticateCertified(broker, certifiedName);
  }
  checkUsername(username);
  checkPassword(password);
  const user = broker.catalog.users.find(username);
  const right = await broker.passwords.verify(password, user?.passwordHash);
  if (user === undefined || !right) throw new IggyError(INVALID_CREDENTIALS);
  return active(user);
}

/**
 * The user whom a certificate names.
 *
 * @throws {IggyError} 42 when there is no such user, 47 when inactive.
 */
export function authenticateCertified(broker: Broker, name: string): UserView {
  const user = broker.catalog.users.find(name);
  if (user === undefined) throw new IggyError(INVALID_CREDENTIALS);
  return active(user);
}

/**
 * The user whose token that is.
 *
 * @throws {IggyError} 20 for an unknown token, 54 for one that expired, 47 when its user is inactive.
 */
export async function authenticateToken(broker: Broker, token: string): Promise<UserView> {
  const found = broker.catalog.tokens.findByHash(await hashToken(token));
  if (found === undefined) throw new IggyError(RESOURCE_NOT_FOUND, "Token does not exist");
  if (isTokenExpired(found.expiryAt, broker.clock.nowMicros())) {
    throw new IggyError(PERSONAL_ACCESS_TOKEN_EXPIRED, `Token "${found.name}" has expired`);
  }
  return active(broker.catalog.users.require(found.userId));
}

/**
 * The user whose token a connection logs in with: a personal access token, or over WebSocket one that
 * was made for it (`WebSocketTokens`).
 *
 * @throws {IggyError} As {@link authenticateToken}.
 */
export async function authenticateConnection(
  broker: Broker,
  { transport }: Client,
  token: string,
): Promise<UserView> {
  const userId = transport === "websocket" ? await broker.webSocketTokens.redeem(token) : undefined;
  const user = userId === undefined ? undefined : broker.catalog.users.find(userId);
  return user === undefined ? await authenticateToken(broker, token) : active(user);
}

function active(user: UserView): UserView {
  if (user.status === "active") return user;
  throw new IggyError(USER_INACTIVE, `User ${user.id} is inactive`);
}
