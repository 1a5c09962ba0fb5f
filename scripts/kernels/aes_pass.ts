/**
 * Writes the body of `tls/provider/kernels/aes_pass.ts`: AES on eight blocks at once, bitsliced.
 * Eight vectors stay in locals: vector i holds bit i of every byte, byte p of a vector belongs to
 * byte p of the state, and bit k of that byte to block k (Käsper and Schwabe, CHES 2009).
 *
 * @module
 */

/** The AssemblyScript source. */
export function aesPass(): string {
  return `
import { AES_KEYS_AT } from "./aead_memory.ts";

export function aesPass(from: usize, to: usize, counter: usize, rounds: u32): void {
  const block = v128.load(counter);
  const shiftRows = v128.load(SHIFT_ROWS);
  const shiftRowsUp = v128.load(SHIFT_ROWS_UP);
  const twoUp = v128.load(TWO_UP);
  let key: usize = AES_KEYS_AT;
  ${lines(BITS, (bit) => `let b${bit} = v128.xor(${spreadBit("block", bit)}, ${keyBits(bit)});`)}
  for (; rounds > 1; rounds--) {
    key += 128;
    ${subBytes()}
    ${mixColumns()}
  }
  key += 128;
  ${subBytes()}
  ${lines(BITS, (bit) => `b${bit} = v128.xor(${shuffled(bit, "shiftRows")}, ${keyBits(bit)});`)}
  ${transpose()}
  ${lines(BITS, xorBlock)}
}

export function subBytes(bytes: v128): v128 {
  ${lines(BITS, (bit) => `let b${bit} = ${spreadBit("bytes", bit)};`)}
  ${subBytes()}
  let all = ${splat(0x63)};
  ${lines(BITS, (bit) => `all = v128.xor(all, v128.and(b${bit}, ${splat(1 << bit)}));`)}
  return all;
}

const SHIFT_ROWS = memory.data<u8>([${SHIFT_ROWS}]);
const SHIFT_ROWS_UP = memory.data<u8>([${PLACES.map((place) => SHIFT_ROWS[up(place, 1)])}]);
const TWO_UP = memory.data<u8>([${PLACES.map((place) => up(place, 2))}]);
`;
}

const BITS = [0, 1, 2, 3, 4, 5, 6, 7];

/** Places of the state, column by column. */
const PLACES = Array.from({ length: 16 }, (_, place) => place);

/** FIPS 197 §5.1.2: which place each place's byte comes from. */
const SHIFT_ROWS = PLACES.map((place) => (place + 4 * (place & 3)) & 15);

/** The place `rows` further in the same column. */
function up(place: number, rows: number): number {
  return (place & 12) | ((place + rows) & 3);
}

/** All ones or all zeros for each byte: the bit as eight equal blocks have it. */
function spreadBit(vector: string, bit: number): string {
  const mask = splat(1 << bit);
  return `i8x16.eq(v128.and(${vector}, ${mask}), ${mask})`;
}

function keyBits(bit: number): string {
  return `v128.load(key, ${16 * bit})`;
}

function shuffled(bit: number, by: string): string {
  return `i8x16.relaxed_swizzle(b${bit}, ${by})`;
}

/**
 * The S-box by Boyar and Peralta ("A new combinational logic minimization technique", SEA 2010),
 * without the complements at its end: the constant 63 is in the round keys, which it reaches
 * unchanged through ShiftRows and MixColumns. The gates are in an order that a search found to need
 * few vectors at a time.
 */
function subBytes(): string {
  const gates = CIRCUIT.trim().split(/\s*;\s*/).filter((gate) => gate !== "").map((gate) => {
    const [, to, a, operator, b] = /^(\w+) = (\w+) ([&^]) (\w+)$/.exec(gate)!;
    return `const ${to} = v128.${operator === "&" ? "and" : "xor"}(${a}, ${b});`;
  });
  // The circuit counts bits from the most significant one.
  return `{
    ${lines(BITS, (bit) => `const x${bit} = b${7 - bit};`)}
    ${gates.join("\n")}
    ${lines(BITS, (bit) => `b${7 - bit} = s${bit};`)}
  }`;
}

const CIRCUIT = `
  t0 = x1 ^ x2; y13 = x0 ^ x6; y14 = x3 ^ x5; y12 = y13 ^ y14; t1 = x4 ^ y12; y9 = x0 ^ x3;
  y15 = t1 ^ x5; y6 = y15 ^ x7; y20 = t1 ^ x1; y10 = y15 ^ t0; y1 = t0 ^ x7; t2 = y12 & y15;
  y2 = y1 ^ x0; y11 = y20 ^ y9; y5 = y1 ^ x6; t12 = y9 & y11; y8 = x0 ^ x5; y4 = y1 ^ x3;
  y16 = t0 ^ y11; t15 = y8 & y10; t16 = t15 ^ t12; t5 = y4 & x7; t6 = t5 ^ t2; t18 = t6 ^ t16;
  y19 = y10 ^ y8; t22 = t18 ^ y19; y7 = x7 ^ y11; y17 = y10 ^ y11; y3 = y5 ^ y8; t13 = y14 & y17;
  t14 = t13 ^ t12; t3 = y3 & y6; t4 = t3 ^ t2; t17 = t4 ^ t14; t21 = t17 ^ y20; t7 = y13 & y16;
  t8 = y5 & y1; t9 = t8 ^ t7; t19 = t9 ^ t14; y21 = y13 ^ y16; t23 = t19 ^ y21; t10 = y2 & y7;
  t11 = t10 ^ t7; t20 = t11 ^ t16; y18 = x0 ^ y16; t24 = t20 ^ y18; t25 = t21 ^ t22;
  t26 = t21 & t23; t31 = t22 ^ t26; t30 = t23 ^ t24; t32 = t31 & t30; t33 = t32 ^ t24;
  t27 = t24 ^ t26; t28 = t25 & t27; t29 = t28 ^ t22; t35 = t27 ^ t33; t36 = t24 & t35;
  z5 = t29 & y7; t38 = t27 ^ t36; t39 = t29 & t38; t40 = t25 ^ t39; t43 = t29 ^ t40;
  t34 = t23 ^ t33; t37 = t36 ^ t34; z13 = t40 & y5; t48 = z5 ^ z13; z4 = t40 & y1; z3 = t43 & y16;
  z10 = t37 & y3; t42 = t29 ^ t33; t41 = t40 ^ t37; t45 = t42 ^ t41; z7 = t45 & y17;
  z16 = t45 & y14; z12 = t43 & y13; z15 = t42 & y9; t46 = z15 ^ z16; t58 = z4 ^ t46;
  z8 = t41 & y10; t52 = z7 ^ z8; t62 = t52 ^ t58; z6 = t42 & y11; t54 = z6 ^ z7; t59 = z3 ^ t54;
  t44 = t33 ^ t37; z0 = t44 & y15; t53 = z0 ^ z3; z9 = t44 & y12; t49 = z9 ^ z10; t63 = t49 ^ t58;
  t64 = z4 ^ t59; z2 = t33 & x7; z1 = t37 & y6; t66 = z1 ^ t63; t51 = z2 ^ z5; s4 = t51 ^ t66;
  s0 = t59 ^ t63; t50 = z2 ^ z12; t57 = t50 ^ t53; s3 = t53 ^ t66; z14 = t29 & y2;
  t61 = z14 ^ t57; t65 = t61 ^ t62; z11 = t33 & y4; t47 = z10 ^ z11; s5 = t47 ^ t65;
  t56 = z12 ^ t48; s6 = t56 ^ t62; t60 = t46 ^ t57; s7 = t48 ^ t60; s1 = t64 ^ s3; z17 = t41 & y8;
  t55 = z16 ^ z17; t67 = t64 ^ t65; s2 = t55 ^ t67;
`;

/**
 * ShiftRows, MixColumns and AddRoundKey (FIPS 197 §5.1). With a' the byte one row further and u the
 * sum of both, a column becomes 2u + a' + (u two rows further); doubling moves each bit up by one
 * and bit 7 into bits 0, 1, 3 and 4.
 */
function mixColumns(): string {
  return `{
    ${lines(BITS, (bit) => `const n${bit} = ${shuffled(bit, "shiftRowsUp")};`)}
    ${lines(BITS, (bit) => `b${bit} = v128.xor(${shuffled(bit, "shiftRows")}, n${bit});`)}
    ${
    lines(BITS, (bit) => {
      const rest = `v128.xor(v128.xor(n${bit}, ${keyBits(bit)}), ${shuffled(bit, "twoUp")})`;
      const doubled = bit === 0 ? "b7" : `b${bit - 1}`;
      const folded = [1, 3, 4].includes(bit) ? `v128.xor(${doubled}, b7)` : doubled;
      return `const m${bit} = v128.xor(${rest}, ${folded});`;
    })
  }
    ${lines(BITS, (bit) => `b${bit} = m${bit};`)}
  }`;
}

/** From a vector a bit to a vector a block: the 8×8 bits at each place are transposed. */
function transpose(): string {
  const swaps = [[1, 0x55], [2, 0x33], [4, 0x0f]].flatMap(([by, mask]) =>
    BITS.filter((bit) => (bit & by) === 0).map((bit) => swap(bit, bit + by, by, mask))
  );
  return `let t: v128;\n${swaps.join("\n")}`;
}

function swap(low: number, high: number, by: number, mask: number): string {
  return `
    t = v128.and(v128.xor(i64x2.shr_u(b${low}, ${by}), b${high}), ${splat(mask)});
    b${high} = v128.xor(b${high}, t);
    b${low} = v128.xor(b${low}, i64x2.shl(t, ${by}));`;
}

function xorBlock(block: number): string {
  const offset = 16 * block;
  return `v128.store(to, v128.xor(v128.load(from, ${offset}), b${block}), ${offset});`;
}

function splat(byte: number): string {
  return `i8x16.splat(${byte << 24 >> 24})`;
}

function lines<T>(of: readonly T[], write: (each: T) => string): string {
  return of.map(write).join("\n");
}
