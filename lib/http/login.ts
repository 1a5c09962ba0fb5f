/**
 * Logging in over HTTP, the same for the API and the dashboard: what is wrong is told to nobody, and
 * who guesses is slowed down.
 *
 * @module
 */
import {
  INVALID_CREDENTIALS,
  INVALID_PASSWORD,
  INVALID_PERSONAL_ACCESS_TOKEN,
  INVALID_USERNAME,
  PERSONAL_ACCESS_TOKEN_EXPIRED,
  RESOURCE_NOT_FOUND,
  USER_INACTIVE,
} from "../../protocol/error_codes.ts";
import { IggyError } from "../../protocol/errors.ts";
import { authenticatePassword, authenticateToken } from "../handlers/login.ts";
import type { UserView } from "../catalog/views.ts";
import { Rejection } from "./errors.ts";
import type { HttpServices } from "./services.ts";

/**
 * The user with that name and password.
 *
 * @param hostname Where the attempt comes from.
 * @throws {IggyError} 42 for whatever is wrong with the two.
 * @throws {Rejection} 429 after too many failures, with the time to wait.
 */
export async function logInByPassword(
  { broker, loginThrottle }: HttpServices,
  hostname: string,
  username: string,
  password: string,
): Promise<UserView> {
  const seconds = loginThrottle.waitSeconds(hostname, username);
  if (seconds > 0) throw tooManyFailures(seconds);
  try {
    const user = await authenticatePassword(broker, username, password);
    loginThrottle.succeeded(hostname, username);
    return user;
  } catch (fault) {
    throw asOneFault(fault, INVALID_CREDENTIALS, () => loginThrottle.failed(hostname, username));
  }
}

/** The user whose personal access token that is. Throws an `IggyError` 53 for whatever is wrong with it. */
export async function logInByToken({ broker }: HttpServices, token: string): Promise<UserView> {
  try {
    return await authenticateToken(broker, token);
  } catch (fault) {
    throw asOneFault(fault, INVALID_PERSONAL_ACCESS_TOKEN);
  }
}

/** A fault of the credentials under one code, whichever it is; any other as it is. */
function asOneFault(fault: unknown, code: number, onFailure = () => {}): unknown {
  if (!(fault instanceof IggyError && CREDENTIAL_FAULTS.has(fault.code))) return fault;
  onFailure();
  return new IggyError(code);
}

function tooManyFailures(seconds: number): Rejection {
  return new Rejection(429, `Too many failed logins: try again in ${seconds} s`, {
    "retry-after": String(seconds),
  });
}

const CREDENTIAL_FAULTS: ReadonlySet<number> = new Set([
  RESOURCE_NOT_FOUND,
  INVALID_CREDENTIALS,
  INVALID_USERNAME,
  INVALID_PASSWORD,
  USER_INACTIVE,
  PERSONAL_ACCESS_TOKEN_EXPIRED,
]);
