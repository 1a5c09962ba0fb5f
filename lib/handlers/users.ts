/**
 * Users and their logins: what their commands mean.
 *
 * @module
 */
import { INVALID_CREDENTIALS, UNAUTHORIZED } from "../../protocol/error_codes.ts";
import { IggyError } from "../../protocol/errors.ts";
import type {
  ChangePasswordRequest,
  CreateUserRequest,
  IdentityInfo,
  LoginUserRequest,
  UpdatePermissionsRequest,
  UpdateUserRequest,
  User,
  UserAddress,
  UserDetails,
} from "../../protocol/users.ts";
import { checkPassword, checkUsername } from "../auth/credentials.ts";
import { allows } from "../catalog/permissions.ts";
import type { UserView } from "../catalog/views.ts";
import type { Broker, Client } from "./broker.ts";
import { authenticatePassword } from "./login.ts";
import { userOf } from "./rights.ts";

export async function loginUser(
  broker: Broker,
  client: Client,
  { username, password }: LoginUserRequest,
): Promise<IdentityInfo> {
  const { id } = await authenticatePassword(broker, username, password, client.certifiedName);
  client.login(id);
  return { userId: id };
}

/** Memberships of consumer groups are the framing's business: classic keeps them, VSR does not. */
export function logoutUser(_broker: Broker, client: Client): void {
  client.logout();
}

export function getUser(broker: Broker, _client: Client, { userId }: UserAddress): UserDetails {
  return describeUser(broker.catalog.users.require(userId));
}

export function getUsers(broker: Broker): User[] {
  return [...broker.catalog.users.values()].map((user) => describeUser(user));
}

export async function createUser(
  broker: Broker,
  _client: Client,
  { username, password, status, permissions }: CreateUserRequest,
): Promise<UserDetails> {
  checkUsername(username);
  checkPassword(password);
  const passwordHash = await broker.passwords.hash(password);
  const at = broker.clock.nowMicros();
  const user = broker.catalog.users
    .create({ name: username, passwordHash, status, permissions, at });
  await broker.catalog.durable();
  return describeUser(user);
}

export async function updateUser(
  broker: Broker,
  _client: Client,
  { userId, username, status }: UpdateUserRequest,
): Promise<void> {
  if (username !== undefined) checkUsername(username);
  broker.catalog.users.update(userId, { name: username, status });
  await broker.catalog.durable();
}

export async function deleteUser(
  broker: Broker,
  _client: Client,
  { userId }: UserAddress,
): Promise<void> {
  broker.catalog.users.delete(userId);
  await broker.catalog.durable();
}

export async function updatePermissions(
  broker: Broker,
  _client: Client,
  { userId, permissions }: UpdatePermissionsRequest,
): Promise<void> {
  broker.catalog.users.changePermissions(userId, permissions);
  await broker.catalog.durable();
}

/** Everybody may change the own password; others' takes the right to manage users (CLASSIC.md section 4). */
export async function changePassword(
  broker: Broker,
  client: Client,
  { userId, currentPassword, newPassword }: ChangePasswordRequest,
): Promise<void> {
  const caller = userOf(broker, client);
  const user = broker.catalog.users.require(userId);
  if (user !== caller && !allows(caller.permissions, "manage_users")) {
    throw new IggyError(UNAUTHORIZED, `User ${caller.id} lacks the right manage_users`);
  }
  checkPassword(newPassword);
  if (!await broker.passwords.verify(currentPassword, user.passwordHash)) {
    throw new IggyError(INVALID_CREDENTIALS, "Current password is wrong");
  }
  const passwordHash = await broker.passwords.hash(newPassword);
  broker.catalog.users.changePassword(user.id, passwordHash);
  await broker.catalog.durable();
}

function describeUser(user: UserView): UserDetails {
  return {
    id: user.id,
    createdAt: user.createdAt,
    status: user.status,
    username: user.name,
    permissions: user.permissions,
  };
}
