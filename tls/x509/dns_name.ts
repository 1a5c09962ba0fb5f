/**
 * The syntax of DNS names in certificates (RFC 5280 §4.2.1.6, RFC 1034 §3.5): labels of letters,
 * digits, hyphens, and underscores, which are in use. Internationalised names are A-labels.
 *
 * @module
 */

/** Whether `text` is a host name: no wildcard, no trailing dot. */
export function isDnsName(text: string): boolean {
  return text.length <= NAME_LENGTH_MAX && text.split(".").every((label) => LABEL.test(label)) &&
    !looksLikeIpv4(text);
}

/** Whether `text` is a host name whose left-most label is a lone asterisk (RFC 9525 §6.3). */
export function isWildcard(text: string): boolean {
  return text.startsWith("*.") && isDnsName(text.slice(2));
}

/** A name in lower case without the dot of an absolute one: what is compared. */
export function normalisedDnsName(text: string): string {
  const lower = text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  return lower.endsWith(".") ? lower.slice(0, -1) : lower;
}

/** Whether `name` is `base` or below it; an empty base is above all names. Both normalised. */
export function isWithin(name: string, base: string): boolean {
  return base === "" || name === base || name.endsWith(`.${base}`);
}

/** Four numbers are an address, whatever else they could be. */
function looksLikeIpv4(text: string): boolean {
  return /^\d+\.\d+\.\d+\.\d+$/.test(text);
}

const NAME_LENGTH_MAX = 253;
const LABEL = /^[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?$/;
