/**
 * Commands as typed calls: what each takes and gives, read off the one command table.
 *
 * @module
 */
import type { Codec, Dialect } from "../../protocol/command.ts";
import { type CommandName, COMMANDS } from "../../protocol/commands.ts";
import { FEATURE_UNAVAILABLE } from "../../protocol/error_codes.ts";
import { IggyError } from "../../protocol/errors.ts";
import type { Request } from "./exchange.ts";

/**
 * Commands that are a request and an answer and nothing more. The others carry messages
 * (`client.messages`) or change the session (`client.login`, `client.logout`).
 */
export type CallName = Exclude<
  CommandName,
  | "sendMessages"
  | "pollMessages"
  | "register"
  | "loginUser"
  | "loginWithPersonalAccessToken"
  | "logoutUser"
>;

/** What a command takes. */
export type RequestOf<Name extends CallName> = Value<(typeof COMMANDS)[Name]["request"]>;

/** What a command gives. */
export type ResponseOf<Name extends CallName> = Value<(typeof COMMANDS)[Name]["response"]>;

/** The arguments behind the name: none for a command that takes nothing. */
export type ArgumentsOf<Name extends CallName> = RequestOf<Name> extends void ? []
  : [request: RequestOf<Name>];

/** Makes a call of any command. */
export type Call = <Name extends CallName>(
  name: Name,
  ...request: ArgumentsOf<Name>
) => Promise<ResponseOf<Name>>;

/** What `name` asks in `dialect`. Throws `IggyError` 5 when that dialect lacks the command. */
export function requestOf<Name extends CallName>(
  dialect: Dialect,
  name: Name,
  request: RequestOf<Name>,
): Request<ResponseOf<Name>> {
  const command = COMMANDS[name];
  const encoder = command.request[dialect] as Codec<RequestOf<Name>> | undefined;
  const decoder = command.response[dialect] as Codec<ResponseOf<Name>> | undefined;
  if (encoder === undefined || decoder === undefined) {
    throw new IggyError(FEATURE_UNAVAILABLE, `Command ${command.name} is not in ${dialect}`);
  }
  return {
    command,
    writeBody: (writer) => encoder.encode(writer, request),
    readBody: (reader) => decoder.decode(reader),
  };
}

type Value<Codecs> = Codecs extends Record<Dialect, Codec<infer T> | undefined> ? T : never;
