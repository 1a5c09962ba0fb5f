/**
 * The rules a username and a password have to meet (CLASSIC.md section 12), at login as at creation.
 *
 * @module
 */
import { INVALID_PASSWORD, INVALID_USERNAME } from "../../protocol/error_codes.ts";
import { IggyError } from "../../protocol/errors.ts";

/** @throws {IggyError} 43 when the name is not 3 to 50 bytes. */
export function checkUsername(username: string): void {
  const length = byteLength(username);
  if (length < 3 || length > 50) {
    throw new IggyError(INVALID_USERNAME, `Username of ${length} bytes is not 3 to 50 bytes`);
  }
}

/** @throws {IggyError} 44 when the password is not 3 to 100 bytes. */
export function checkPassword(password: string): void {
  const length = byteLength(password);
  if (length < 3 || length > 100) {
    throw new IggyError(INVALID_PASSWORD, `Password of ${length} bytes is not 3 to 100 bytes`);
  }
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
