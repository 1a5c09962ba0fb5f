/**
 * IP addresses as text and as the octets that certificates hold.
 *
 * @module
 */

/** 4 or 16 octets of an address in text, without brackets or a zone; `undefined` for other text. */
export function parseIpAddress(text: string): Uint8Array | undefined {
  return text.includes(":") ? parseIpv6(text) : parseIpv4(text);
}

/** RFC 5952 text of 4 or 16 octets. */
export function ipAddressText(octets: Uint8Array): string {
  if (octets.length === 4) return octets.join(".");
  const groups = Array.from(
    { length: 8 },
    (_, index) => (octets[2 * index] << 8 | octets[2 * index + 1]).toString(16),
  );
  const text = groups.join(":");
  // RFC 5952 §4.2: the longest run of at least two zero groups, the first of those, is shortened.
  const runs = [...text.matchAll(/\b0(?::0)+\b/g)].sort((a, b) => b[0].length - a[0].length);
  if (runs.length === 0) return text;
  const { index, 0: run } = runs[0];
  return text.slice(0, index).replace(/:$/, "") + "::" +
    text.slice(index + run.length).replace(/^:/, "");
}

/** RFC 3986 §3.2.2: four decimal octets without leading zeros. */
function parseIpv4(text: string): Uint8Array | undefined {
  const parts = text.split(".");
  const valid = parts.length === 4 &&
    parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255);
  return valid ? Uint8Array.from(parts, Number) : undefined;
}

/** RFC 4291 §2.2: eight groups, one run of zeros as `::`, the last two as an IPv4 address. */
function parseIpv6(text: string): Uint8Array | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const [left, right] = halves.map((half, index) =>
    half === "" ? [] : groupsOf(half, index === halves.length - 1)
  );
  if (left === undefined || (halves.length === 2 && right === undefined)) return undefined;
  const missing = 16 - left.length - (right?.length ?? 0);
  if (halves.length === 1 ? missing !== 0 : missing < 2) return undefined;
  return Uint8Array.of(...left, ...new Uint8Array(missing), ...(right ?? []));
}

function groupsOf(half: string, mayEndInIpv4: boolean): number[] | undefined {
  const groups = half.split(":");
  const octets: number[] = [];
  for (const [index, group] of groups.entries()) {
    const last = mayEndInIpv4 && index === groups.length - 1;
    const ipv4 = last && group.includes(".") ? parseIpv4(group) : undefined;
    if (ipv4 !== undefined) octets.push(...ipv4);
    else if (/^[0-9a-fA-F]{1,4}$/.test(group)) {
      octets.push(parseInt(group, 16) >> 8, parseInt(group, 16) & 0xff);
    } else return undefined;
  }
  return octets;
}
