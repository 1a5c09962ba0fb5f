/**
 * Headers that keep a browser from doing with an answer what nobody meant.
 *
 * @module
 */

/** Set on every answer that does not say otherwise. */
export const SECURITY_HEADERS: readonly (readonly [name: string, value: string])[] = [
  ["x-content-type-options", "nosniff"],
  ["x-frame-options", "DENY"],
  ["referrer-policy", "no-referrer"],
  ["cross-origin-opener-policy", "same-origin"],
  // What an API answers is never a page: a page brings a policy of its own.
  ["content-security-policy", "default-src 'none'; frame-ancestors 'none'"],
];
