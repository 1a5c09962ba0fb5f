/**
 * The requests that begin and end a session, in every dialect.
 *
 * @module
 */
import type { Dialect } from "../../protocol/command.ts";
import { COMMANDS } from "../../protocol/commands.ts";
import { PROTOCOL_VERSION, type RegisterRequest } from "../../protocol/register.ts";
import type { Request } from "./exchange.ts";
import type { Credentials } from "./options.ts";

/** What a login is made of: for a token that has to be asked for, the token. */
export type LoginFacts =
  | { readonly username: string; readonly password: string }
  | { readonly personalAccessToken: string };

/** Asks for the token where it has to be asked for; rejects as the one who is asked does. */
export function loginFacts(credentials: Credentials): LoginFacts | Promise<LoginFacts> {
  if ("username" in credentials) return credentials;
  const { personalAccessToken } = credentials;
  if (typeof personalAccessToken === "string") return { personalAccessToken };
  return askedFor(personalAccessToken);
}

async function askedFor(token: () => string | Promise<string>): Promise<LoginFacts> {
  return { personalAccessToken: await token() };
}

/** Logs in; the answer is the id of the user. */
export function loginRequest(dialect: Dialect, credentials: LoginFacts): Request<number> {
  if (dialect === "vsr_0_11") return register(credentials);
  return "username" in credentials
    ? loginUser(credentials.username, credentials.password)
    : loginWithToken(credentials.personalAccessToken);
}

/** Logs out; the body is empty in every dialect. */
export function logoutRequest(): Request<void> {
  return { command: COMMANDS.logoutUser, isExclusive: true, writeBody() {}, readBody() {} };
}

function register(credentials: LoginFacts): Request<number> {
  const { request, response } = COMMANDS.register;
  const registration: RegisterRequest = {
    protocolVersion: PROTOCOL_VERSION,
    sdkName: SDK_NAME,
    sdkVersion: SDK_VERSION,
    ...("username" in credentials
      ? { byPassword: { ...credentials, context: "" } }
      : { byToken: { token: credentials.personalAccessToken, context: "" } }),
    exact: true,
  };
  return {
    command: COMMANDS.register,
    isExclusive: true,
    writeBody: (writer) => request.vsr_0_11!.encode(writer, registration),
    readBody: (reader) => response.vsr_0_11!.decode(reader).userId,
  };
}

function loginUser(username: string, password: string): Request<number> {
  const { request, response } = COMMANDS.loginUser;
  const login = { username, password, version: SDK_VERSION, context: SDK_NAME };
  return {
    command: COMMANDS.loginUser,
    isExclusive: true,
    writeBody: (writer) => request.classic!.encode(writer, login),
    readBody: (reader) => response.classic!.decode(reader).userId,
  };
}

function loginWithToken(token: string): Request<number> {
  const { request, response } = COMMANDS.loginWithPersonalAccessToken;
  return {
    command: COMMANDS.loginWithPersonalAccessToken,
    isExclusive: true,
    writeBody: (writer) => request.classic!.encode(writer, { token }),
    readBody: (reader) => response.classic!.decode(reader).userId,
  };
}

const SDK_NAME = "whippet";
const SDK_VERSION = "0.1.0";
