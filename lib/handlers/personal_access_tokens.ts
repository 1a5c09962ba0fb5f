/**
 * Personal access tokens: what their commands mean.
 *
 * @module
 */
import type {
  CreatePersonalAccessTokenRequest,
  DeletePersonalAccessTokenRequest,
  LoginWithPersonalAccessTokenRequest,
  PersonalAccessTokenInfo,
  RawPersonalAccessToken,
} from "../../protocol/personal_access_tokens.ts";
import type { IdentityInfo } from "../../protocol/users.ts";
import type { Broker, Client } from "./broker.ts";
import { authenticateConnection } from "./login.ts";
import { userOf } from "./rights.ts";
import { newTokenSecret, tokenExpiryAt } from "../auth/tokens.ts";

export function getPersonalAccessTokens(
  broker: Broker,
  client: Client,
): PersonalAccessTokenInfo[] {
  return [...userOf(broker, client).tokens.values()]
    .map(({ name, expiryAt }) => ({ name, expiryAt }));
}

export async function createPersonalAccessToken(
  broker: Broker,
  client: Client,
  { name, expiry }: CreatePersonalAccessTokenRequest,
): Promise<RawPersonalAccessToken> {
  const { id } = userOf(broker, client);
  const { raw, hash } = await newTokenSecret(broker.entropy);
  const expiryAt = tokenExpiryAt(expiry, broker.clock.nowMicros());
  broker.catalog.tokens.create(id, { name, hash, expiryAt });
  await broker.catalog.durable();
  return { token: raw };
}

export async function deletePersonalAccessToken(
  broker: Broker,
  client: Client,
  { name }: DeletePersonalAccessTokenRequest,
): Promise<void> {
  broker.catalog.tokens.delete(userOf(broker, client).id, name);
  await broker.catalog.durable();
}

export async function loginWithPersonalAccessToken(
  broker: Broker,
  client: Client,
  { token }: LoginWithPersonalAccessTokenRequest,
): Promise<IdentityInfo> {
  const { id } = await authenticateConnection(broker, client, token);
  client.login(id);
  return { userId: id };
}
