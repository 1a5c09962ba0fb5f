/**
 * The one error a client can be told: a number of Iggy's shared list (`error_codes.ts`) with a
 * message for the log.
 *
 * @module
 */
import { errorName } from "./error_codes.ts";

/** A refusal with its Iggy error code; the code is what the client sees, the message is for people. */
export class IggyError extends Error {
  override readonly name: string = "IggyError";

  constructor(readonly code: number, message?: string, options?: ErrorOptions) {
    super(message ?? errorName(code), options);
  }
}

/** Bytes that do not decode (CLASSIC.md section 1.3 says which code answers which fault). */
export class WireError extends IggyError {
  override readonly name = "WireError";
}
