/**
 * Names that the binary protocols cannot say and HTTP can.
 *
 * @module
 */
import { IggyError } from "../../protocol/errors.ts";

/**
 * Passes a name of 1 to 255 bytes.
 *
 * @throws {IggyError} `code` for any other.
 */
export function checkName(name: string, code: number): void {
  const length = UTF8.encode(name).length;
  if (length === 0 || length > NAME_BYTES_MAX) {
    throw new IggyError(code, `Name of ${length} bytes is not 1 to ${NAME_BYTES_MAX} bytes`);
  }
}

const UTF8 = new TextEncoder();

/** CLASSIC.md section 3.1. */
const NAME_BYTES_MAX = 255;
