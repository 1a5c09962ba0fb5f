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

/** Logs in; the answer is the id of the user. */
export function loginRequest(dialect: Dialect, credentials: Credentials): Request<number> {
  if (dialect === "vsr_0_11") return register(credentials);
  return "username" in credentials
    ? loginUser(credentials.username, credentials.password)
    : loginWithToken(credentials.personalAccessToken);
}

/** Logs out; the body is empty in every dialect. */
export function logoutRequest(): Request<void> {
  return { command: COMMANDS.logoutUser, isExclusive: true, writeBody() {}, readBody() {} };
}

function register(credentials: Credentials): Request<number> {
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
