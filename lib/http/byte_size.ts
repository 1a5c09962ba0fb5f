/**
 * Sizes as Iggy's HTTP writes them (HTTP.md section 1.2): `"1.5 KiB"`.
 *
 * @module
 */

/**
 * A whole number of bytes in the largest unit that says it exactly with at most three decimals, binary
 * units before decimal ones of the same rank: 0 is `"0 B"`, 1536 `"1.5 KiB"`, 1000 `"1 KB"`.
 */
export function formatByteSize(bytes: number): string {
  for (const [unit, size] of UNITS) {
    if (bytes < size) continue;
    const thousandths = BigInt(bytes) * 1000n;
    const divisor = BigInt(size);
    if (thousandths % divisor === 0n) return `${decimal(thousandths / divisor)} ${unit}`;
  }
  return `${bytes} B`;
}

/** Thousandths as a decimal fraction, without zeros at its end. */
function decimal(thousandths: bigint): string {
  const fraction = String(thousandths % 1000n).padStart(3, "0").replace(/0+$/, "");
  return `${thousandths / 1000n}${fraction === "" ? "" : "."}${fraction}`;
}

const UNITS: readonly (readonly [unit: string, size: number])[] = [
  ["EiB", 2 ** 60],
  ["EB", 1e18],
  ["PiB", 2 ** 50],
  ["PB", 1e15],
  ["TiB", 2 ** 40],
  ["TB", 1e12],
  ["GiB", 2 ** 30],
  ["GB", 1e9],
  ["MiB", 2 ** 20],
  ["MB", 1e6],
  ["KiB", 2 ** 10],
  ["KB", 1e3],
];
