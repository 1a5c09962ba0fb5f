/**
 * What holds for every parser of bytes from outside: cut off or damaged anywhere, they are refused
 * with the one kind of error that the parser promises, or understood; nothing else happens.
 *
 * @module
 */

/** A class of errors. */
type ErrorClass = abstract new (...args: never[]) => Error;

/** Both laws below. */
export function assertSurvivesDamage(
  bytes: Uint8Array,
  parse: (bytes: Uint8Array) => unknown,
  refusal: ErrorClass,
): void {
  assertSurvivesTruncation(bytes, parse, refusal);
  assertSurvivesBitFlips(bytes, parse, refusal);
}

/** Cut off at any byte. */
export function assertSurvivesTruncation(
  bytes: Uint8Array,
  parse: (bytes: Uint8Array) => unknown,
  refusal: ErrorClass,
): void {
  for (let end = 0; end < bytes.length; end++) attempt(bytes.slice(0, end), parse, refusal);
}

/** With any one bit flipped. */
export function assertSurvivesBitFlips(
  bytes: Uint8Array,
  parse: (bytes: Uint8Array) => unknown,
  refusal: ErrorClass,
): void {
  for (let bit = 0; bit < 8 * bytes.length; bit++) {
    const flipped = bytes.slice();
    flipped[bit >> 3] ^= 1 << (bit & 7);
    attempt(flipped, parse, refusal);
  }
}

function attempt(
  bytes: Uint8Array,
  parse: (bytes: Uint8Array) => unknown,
  refusal: ErrorClass,
): void {
  try {
    parse(bytes);
  } catch (error) {
    if (!(error instanceof refusal)) throw error;
  }
}
