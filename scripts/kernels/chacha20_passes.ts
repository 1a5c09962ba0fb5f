/**
 * Writes the body of `tls/provider/kernels/chacha20_passes.ts`: ChaCha20 on four blocks at once with
 * Poly1305 on other bytes in between. Sixteen vectors stay in locals and quarter rounds alternate
 * with pieces of Poly1305, which no function of AssemblyScript can be asked to inline.
 *
 * @module
 */

/** The AssemblyScript source. */
export function chacha20Passes(): string {
  const words = range(16);
  return `
import { CHACHA_STATE_AT, POLY_AT } from "./aead_memory.ts";

export function chacha20Passes(
  from: usize, to: usize, hashed: usize, count: u32, blocks: u32
): void {
  const rotate16 = v128.load(ROTATE_16);
  const rotate8 = v128.load(ROTATE_8);
  ${POLY_LOAD}
  let d0: u64, d1: u64, d2: u64, d3: u64;
  for (; count > 0; count--) {
    ${lines(words, (at) => `let x${at} = v128.load(CHACHA_STATE_AT, ${16 * at});`)}
    let plain: u32 = 10 - (blocks >> 1);
    for (let round = blocks >> 1; round > 0; round--) {
      ${weave(DOUBLE_ROUND, [...polyBlock(0), ...polyBlock(16)])}
      hashed += 32;
    }
    for (; plain > 0; plain--) {
      ${DOUBLE_ROUND.map(quarterRound).join("\n")}
    }
    ${lines(words, (at) => `x${at} = i32x4.add(x${at}, v128.load(CHACHA_STATE_AT, ${16 * at}));`)}
    ${lines(range(4), transposeAndXor)}
    v128.store(
      CHACHA_STATE_AT,
      i32x4.add(v128.load(CHACHA_STATE_AT, ${16 * COUNTER}), i32x4.splat(4)),
      ${16 * COUNTER}
    );
    from += 256;
    to += 256;
    blocks = 16;
  }
  ${lines(range(4), (at) => `store<u64>(POLY_AT, h${at}, ${POLY_H + 8 * at});`)}
}

const ROTATE_16 = memory.data<u8>([${rotation(2)}]);
const ROTATE_8 = memory.data<u8>([${rotation(3)}]);
`;
}

type Quarter = readonly [a: number, b: number, c: number, d: number];

/** RFC 8439 §2.3: four columns, four diagonals. */
const DOUBLE_ROUND: readonly Quarter[] = [
  [0, 4, 8, 12],
  [1, 5, 9, 13],
  [2, 6, 10, 14],
  [3, 7, 11, 15],
  [0, 5, 10, 15],
  [1, 6, 11, 12],
  [2, 7, 8, 13],
  [3, 4, 9, 14],
];
const COUNTER = 12;

/** RFC 8439 §2.1. Rotations by whole bytes are a swizzle. */
function quarterRound([a, b, c, d]: Quarter): string {
  const add = (x: number, y: number) => `x${x} = i32x4.add(x${x}, x${y});`;
  const xor = (x: number, y: number) => `x${x} = v128.xor(x${x}, x${y});`;
  const swizzle = (x: number, by: string) => `x${x} = i8x16.relaxed_swizzle(x${x}, ${by});`;
  const shift = (x: number, by: number) =>
    `x${x} = v128.or(i32x4.shl(x${x}, ${by}), i32x4.shr_u(x${x}, ${32 - by}));`;
  return [
    ...[add(a, b), xor(d, a), swizzle(d, "rotate16")],
    ...[add(c, d), xor(b, c), shift(b, 12)],
    ...[add(a, b), xor(d, a), swizzle(d, "rotate8")],
    ...[add(c, d), xor(b, c), shift(b, 7)],
  ].join("\n");
}

/** One piece after each quarter round. */
function weave(quarters: readonly Quarter[], pieces: readonly string[]): string {
  return quarters.map((each, at) => `${quarterRound(each)}\n${pieces[at]}`).join("\n");
}

/** Where poly1305.ts keeps the limbs: r0 to r3, 5/4 of r1 to r3, the accumulator. */
const POLY_FOLDED = 48;
const POLY_H = 72;

const POLY_LOAD = [
  ...range(4).map((at) => `const r${at} = load<u64>(POLY_AT, ${8 * at});`),
  ...range(3).map((at) => `const s${at + 1} = load<u64>(POLY_AT, ${POLY_FOLDED + 8 * at});`),
  ...range(4).map((at) => `let h${at} = load<u64>(POLY_AT, ${POLY_H + 8 * at});`),
].join("\n");

/** What `polyBlocks` of poly1305.ts does with the block `offset` bytes behind `hashed`, in pieces. */
function polyBlock(offset: number): string[] {
  const word = (at: number) => `load<u32>(hashed, ${offset + 4 * at})`;
  return [
    `h0 += ${word(0)}; h1 += ${word(1)}; h2 += ${word(2)}; h3 += ${word(3)} + 0x100000000;
     d0 = h0 * r0 + h1 * s3 + h2 * s2 + h3 * s1;`,
    `d1 = h0 * r1 + h1 * r0 + h2 * s3 + h3 * s2;
     d2 = h0 * r2 + h1 * r1 + h2 * r0 + h3 * s3;`,
    `d3 = h0 * r3 + h1 * r2 + h2 * r1 + h3 * r0;
     d1 += d0 >> 32; d2 += d1 >> 32;`,
    `d3 += d2 >> 32;
     h0 = (d0 & 0xffffffff) + (d3 >> 34) * 5;
     h1 = (d1 & 0xffffffff) + (h0 >> 32);
     h0 &= 0xffffffff; h2 = d2 & 0xffffffff; h3 = d3 & 0x3ffffffff;`,
  ];
}

/** Words 4·`row`… of four blocks become 16 bytes of each block, which meet the message. */
function transposeAndXor(row: number): string {
  const [a, b, c, d] = range(4).map((at) => `x${4 * row + at}`);
  const block = (at: number, low: string, high: string, lanes: string) => {
    const offset = 64 * at + 16 * row;
    const key = `i64x2.shuffle(${low}, ${high}, ${lanes})`;
    return `v128.store(to, v128.xor(v128.load(from, ${offset}), ${key}), ${offset});`;
  };
  const name = (part: string) => `${part}${row}`;
  return [
    `const ${name("ab")} = i32x4.shuffle(${a}, ${b}, 0, 4, 1, 5);`,
    `const ${name("cd")} = i32x4.shuffle(${c}, ${d}, 0, 4, 1, 5);`,
    `const ${name("AB")} = i32x4.shuffle(${a}, ${b}, 2, 6, 3, 7);`,
    `const ${name("CD")} = i32x4.shuffle(${c}, ${d}, 2, 6, 3, 7);`,
    block(0, name("ab"), name("cd"), "0, 2"),
    block(1, name("ab"), name("cd"), "1, 3"),
    block(2, name("AB"), name("CD"), "0, 2"),
    block(3, name("AB"), name("CD"), "1, 3"),
  ].join("\n");
}

/** The swizzle that moves each byte of a word `by` places down: a rotation left by 32 - 8·`by`. */
function rotation(by: number): string {
  return range(16).map((at) => (at & ~3) | ((at + by) & 3)).join(", ");
}

function lines<T>(of: readonly T[], write: (each: T) => string): string {
  return of.map(write).join("\n");
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, at) => at);
}
