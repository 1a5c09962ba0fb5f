/**
 * How a command ends: its exit code, and what an error of the node or of the connection tells to do.
 *
 * @module
 */
import { ConnectionError } from "../client/errors.ts";
import { CredentialError } from "../certificates/credentials.ts";
import * as codes from "../../protocol/error_codes.ts";
import { IggyError } from "../../protocol/errors.ts";
import { TlsError } from "../../tls/alert.ts";
import { CommandError } from "./ports.ts";

/** The exit codes of all commands; docs/cli.md says them to people. */
export const ExitCode = {
  done: 0,
  /** The node refuses, or there is no such file, or something is not believed. */
  failed: 1,
  usage: 2,
  notConnected: 3,
  notLoggedIn: 4,
  notAllowed: 5,
  /** As a shell says it of SIGINT. */
  interrupted: 130,
} as const;

/** What each exit code means, for documents and help. */
export const EXIT_CODE_MEANINGS: readonly (readonly [number, string])[] = [
  [ExitCode.done, "done"],
  [ExitCode.failed, "refused by the node, or failed"],
  [ExitCode.usage, "wrong arguments"],
  [ExitCode.notConnected, "cannot connect, or the connection was lost"],
  [ExitCode.notLoggedIn, "not logged in: no credentials, or wrong ones"],
  [ExitCode.notAllowed, "logged in as somebody who may not do this"],
  [ExitCode.interrupted, "interrupted"],
];

/** Arguments that each parse but cannot be meant together. Exit code 2. */
export class UsageError extends CommandError {
  override readonly name = "UsageError";
}

/** Nobody to log in as. Exit code 4. */
export class NoCredentialsError extends CommandError {
  override readonly name = "NoCredentialsError";
}

/** What became of a command that threw; `undefined` for an error that is a fault of the program. */
export function failureOf(error: unknown): { code: number; message: string } | undefined {
  if (error instanceof UsageError) return { code: ExitCode.usage, message: error.message };
  if (error instanceof NoCredentialsError) {
    return { code: ExitCode.notLoggedIn, message: error.message };
  }
  if (error instanceof ConnectionError) {
    const advice = error.isOutcomeUnknown ? "; whether it took effect is not known" : "";
    return { code: ExitCode.notConnected, message: `${error.message}${advice}${CONNECT_ADVICE}` };
  }
  if (error instanceof IggyError) {
    const advice = ADVICE.get(error.code);
    const message = advice === undefined ? error.message : `${error.message}: ${advice}`;
    return { code: exitCodeOf(error.code), message };
  }
  const isExpected = error instanceof CommandError || error instanceof CredentialError ||
    error instanceof TlsError || error instanceof TypeError;
  return isExpected ? { code: ExitCode.failed, message: error.message } : undefined;
}

function exitCodeOf(code: number): number {
  if (code === codes.UNAUTHORIZED) return ExitCode.notAllowed;
  return LOGIN_CODES.has(code) ? ExitCode.notLoggedIn : ExitCode.failed;
}

const LOGIN_CODES: ReadonlySet<number> = new Set([
  codes.UNAUTHENTICATED,
  codes.INVALID_CREDENTIALS,
  codes.USER_INACTIVE,
  codes.INVALID_PERSONAL_ACCESS_TOKEN,
  codes.PERSONAL_ACCESS_TOKEN_EXPIRED,
]);

const CONNECT_ADVICE =
  "\nSee whether a node runs there with `whippet doctor`; --tcp-server-address names another";

const LOG_IN = "give -u and -p, or IGGY_USERNAME and IGGY_PASSWORD, or run `whippet login`";

/** By Iggy's error code: the next step. */
const ADVICE: ReadonlyMap<number, string> = new Map([
  [codes.UNAUTHENTICATED, LOG_IN],
  [codes.UNAUTHORIZED, "`whippet user permissions` gives rights, as a user who may manage users"],
  [codes.INVALID_CREDENTIALS, LOG_IN],
  [codes.USER_INACTIVE, "`whippet user status USER active` wakes the user up"],
  [codes.INVALID_PERSONAL_ACCESS_TOKEN, "`whippet login` makes one that holds"],
  [codes.PERSONAL_ACCESS_TOKEN_EXPIRED, "`whippet login` makes a new one"],
  [codes.RESOURCE_NOT_FOUND, "a list command shows what there is"],
  [codes.USER_ALREADY_EXISTS, "`whippet user list` shows who there is"],
  [codes.PERSONAL_ACCESS_TOKEN_ALREADY_EXISTS, "`whippet pat list` shows yours"],
  [codes.STREAM_ID_NOT_FOUND, "`whippet stream list` shows which there are"],
  [codes.STREAM_NAME_ALREADY_EXISTS, "`whippet stream list` shows which there are"],
  [codes.TOPIC_ID_NOT_FOUND, "`whippet topic list STREAM` shows which there are"],
  [codes.TOPIC_NAME_ALREADY_EXISTS, "`whippet topic list STREAM` shows which there are"],
  [codes.PARTITION_NOT_FOUND, "`whippet topic get STREAM TOPIC` shows the partitions"],
  [codes.CONSUMER_GROUP_ID_NOT_FOUND, "`whippet consumer-group list STREAM TOPIC` shows them"],
]);
