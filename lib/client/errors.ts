/**
 * What goes wrong between client and node. What the node itself refuses is an `IggyError`.
 *
 * @module
 */
import { errorName } from "../../protocol/error_codes.ts";
import { IggyError } from "../../protocol/errors.ts";

/** Facts about a {@link ConnectionError}. */
export interface ConnectionErrorOptions extends ErrorOptions {
  readonly isOutcomeUnknown?: boolean;
}

/** There is no answer: the connection could not be made, was lost, or is closed. */
export class ConnectionError extends Error {
  override readonly name: string = "ConnectionError";

  /**
   * Whether the node may have carried out what was asked: it was sent, it changes something, and no
   * answer came. Otherwise it was not carried out, or it changes nothing.
   */
  readonly isOutcomeUnknown: boolean;

  constructor(
    message: string,
    { isOutcomeUnknown = false, ...options }: ConnectionErrorOptions = {},
  ) {
    super(message, options);
    this.isOutcomeUnknown = isOutcomeUnknown;
  }
}

/** The answer did not come in time. What was sent took the connection with it, for answers come in order. */
export class TimeoutError extends ConnectionError {
  override readonly name = "TimeoutError";
}

/** The error of a command that the node refused. */
export function refusal(command: string, code: number): IggyError {
  return new IggyError(code, `Node refuses ${command}: ${errorName(code)} (${code})`);
}
