/**
 * Bytes for tests: from hex, from text, from the system's entropy.
 *
 * @module
 */

/** Bytes of hex digits; white space between them is passed over. */
export function fromHex(hex: string): Uint8Array<ArrayBuffer> {
  const digits = hex.replace(/\s/g, "");
  return Uint8Array.from(
    { length: digits.length / 2 },
    (_, i) => parseInt(digits.slice(2 * i, 2 * i + 2), 16),
  );
}

/** Lower-case hex digits. */
export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

/** A `Random` of tls/provider that is the system's. */
export function systemRandom(into: Uint8Array): void {
  // A view of WebAssembly memory would be refused, so the bytes come by way of a copy.
  into.set(crypto.getRandomValues(new Uint8Array(into.length)));
}

/** A `Random` that hands out these bytes, one array a call, and then fails. */
export function scriptedRandom(...draws: readonly Uint8Array[]): (into: Uint8Array) => void {
  let at = 0;
  return (into) => {
    const draw = draws[at++];
    if (draw?.length !== into.length) {
      throw new Error(`Draw ${at} is of ${into.length} bytes, not ${draw?.length}`);
    }
    into.set(draw);
  };
}
