/**
 * Writes the body of `tls/provider/kernels/nist_field.ts`: arithmetic modulo a curve's prime, unrolled
 * limb by limb, which no compiler would do from loops.
 *
 * The primes are -1 modulo 2^limbBits, so that the multiple of the prime that clears a limb is the
 * limb itself, and adding it is a few shifts and no multiplication.
 *
 * @module
 */
import { type NistCurve, pow2 } from "./nist_curves.ts";

/** The AssemblyScript source. */
export function nistField(curve: NistCurve): string {
  return [multiplication(curve), squaring(curve), combinations(curve)].join("\n");
}

function multiplication(curve: NistCurve): string {
  const { limbs } = curve;
  const products = (column: number) =>
    range(Math.max(0, column - limbs + 1), Math.min(column, limbs - 1))
      .map((i) => `a${i} * b${column - i}`);
  return `export function multiply(out: usize, a: usize, b: usize): void {
${loads(curve, "a")}
${loads(curve, "b")}
${columns(curve, products)}
}
`;
}

function squaring(curve: NistCurve): string {
  const { limbs } = curve;
  const products = (column: number) =>
    range(Math.max(0, column - limbs + 1), Math.floor(column / 2))
      .map((i) => i * 2 === column ? `a${i} * a${i}` : `d${i} * a${column - i}`);
  return `export function square(out: usize, a: usize): void {
${loads(curve, "a")}
${range(0, limbs - 2).map((i) => `  const d${i} = a${i} + a${i};`).join("\n")}
${columns(curve, products)}
}
`;
}

/** Column by column: the products, what earlier columns' multiples of the prime add, the carry. */
function columns(curve: NistCurve, products: (column: number) => string[]): string {
  const { limbs, limbBits } = curve;
  const lines = ["  let t: i64 = 0;"];
  for (let column = 0; column <= 2 * limbs - 2; column++) {
    lines.push(`  t += ${[...products(column), ...clearing(curve, column)].join(" + ")};`);
    if (column < limbs) lines.push(`  const m${column} = t & ${mask(limbBits)};`);
    else lines.push(`  store<i64>(out, t & ${mask(limbBits)}, ${8 * (column - limbs)});`);
    lines.push(`  t >>= ${limbBits};`);
  }
  lines.push(`  store<i64>(out, t, ${8 * (limbs - 1)});`);
  return lines.join("\n");
}

/** What the multiples of the prime that clear the lower limbs add to this one. */
function clearing({ limbs, limbBits, terms }: NistCurve, column: number): string[] {
  return terms.flatMap(({ exponent, sign }) => {
    const from = column - Math.floor(exponent / limbBits);
    if (from < 0 || from >= limbs) return [];
    return [`${sign > 0 ? "" : "-"}(m${from} << ${exponent % limbBits})`];
  });
}

function combinations(curve: NistCurve): string {
  const at = range(0, curve.limbs - 1).map((i) => 8 * i);
  const term = (name: string, at: number) => `load<i64>(${name}, ${at})`;
  const lines = (line: (at: number) => string) => at.map((at) => `  ${line(at)}`).join("\n");
  return `export function add(out: usize, a: usize, b: usize): void {
${lines((at) => `store<i64>(out, ${term("a", at)} + ${term("b", at)}, ${at});`)}
}

export function subtract(out: usize, a: usize, b: usize): void {
${lines((at) => `store<i64>(out, ${term("a", at)} - ${term("b", at)}, ${at});`)}
}

export function difference(out: usize, a: usize, b: usize): void {
${settled(curve, (at) => `${term("a", at)} - ${term("b", at)}`)}
}

export function lessTwice(out: usize, a: usize, b: usize, c: usize): void {
${settled(curve, (at) => `${term("a", at)} - ${term("b", at)} - (${term("c", at)} << 1)`)}
}

export function lessEightfold(out: usize, a: usize, b: usize): void {
${settled(curve, (at) => `${term("a", at)} - (${term("b", at)} << 3)`)}
}

export function fourfoldLess(out: usize, a: usize, b: usize): void {
${settled(curve, (at) => `(${term("a", at)} << 2) - ${term("b", at)}`)}
}

export function triple(out: usize, a: usize): void {
${settled(curve, (at) => `3 * ${term("a", at)}`)}
}

export function choose(out: usize, a: usize, mask: i64): void {
${lines((at) => `store<i64>(out, ${term("out", at)} ^ (${differing(at)} & mask), ${at});`)}
}
`;
}

function differing(at: number): string {
  return `(load<i64>(out, ${at}) ^ load<i64>(a, ${at}))`;
}

/** What is above the prime's top bit is taken off as a multiple of the prime; then one chain of carries. */
function settled({ limbs, limbBits, terms }: NistCurve, limb: (at: number) => string): string {
  const top = limbs - 1;
  const lines = range(0, top).map((i) => `let t${i} = ${limb(8 * i)};`);
  lines.push(`const over = t${top} >> ${terms[0].exponent - top * limbBits};`, "t0 += over;");
  for (const { exponent, sign } of terms) {
    const [limb, shift] = [Math.floor(exponent / limbBits), exponent % limbBits];
    lines.push(`t${limb} ${sign > 0 ? "-=" : "+="} over << ${shift};`);
  }
  for (const i of range(0, top - 1)) {
    lines.push(`t${i + 1} += t${i} >> ${limbBits};`);
    lines.push(`store<i64>(out, t${i} & ${mask(limbBits)}, ${8 * i});`);
  }
  lines.push(`store<i64>(out, t${top}, ${8 * top});`);
  return lines.map((line) => `  ${line}`).join("\n");
}

function loads({ limbs }: NistCurve, name: string): string {
  return range(0, limbs - 1)
    .map((i) => `  const ${name}${i} = load<i64>(${name}, ${8 * i});`).join("\n");
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i);
}

function mask(bits: number): string {
  return String(pow2(bits) - 1n);
}
