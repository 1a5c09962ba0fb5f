import { assert, assertEquals } from "@std/assert";
import { p256, p384, p521 } from "@noble/curves/nist.js";
import { compileKernel, KERNELS } from "../../../scripts/kernels.ts";

const [OUT, A, B, C] = [0x2000, 0x2100, 0x2200, 0x2300];

for (
  const { name, noble, limbs, limbBits } of [
    { name: "p256", noble: p256, limbs: 9, limbBits: 29 },
    { name: "p384", noble: p384, limbs: 14, limbBits: 28 },
    { name: "p521", noble: p521, limbs: 19, limbBits: 28 },
  ]
) {
  const prime = noble.Point.Fp.ORDER;
  const order = noble.Point.Fn.ORDER;
  const r = 1n << BigInt(limbs * limbBits);
  const field = await compiled<Field>(name, "nist_field.ts");
  const words = new BigInt64Array(field.memory.buffer);

  const write = (at: number, value: readonly bigint[]) => words.set(value, at / 8);
  const read = (at: number): bigint[] => [...words.subarray(at / 8, at / 8 + limbs)];
  const valueOf = (value: readonly bigint[]) =>
    value.reduceRight((sum, limb) => (sum << BigInt(limbBits)) + limb, 0n);
  const limbsOf = (value: bigint) =>
    Array.from({ length: limbs }, (_, i) => {
      const rest = value >> BigInt(i * limbBits);
      return i === limbs - 1 ? rest : BigInt.asUintN(limbBits, rest);
    });
  const modulo = (value: bigint, modulus = prime) => ((value % modulus) + modulus) % modulus;
  const noise = () =>
    crypto.getRandomValues(new Uint8Array(80)).reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);

  /** Limbs as large as a settled number may have them, the top one but for the value's own bound. */
  const full = [
    ...Array.from({ length: limbs - 1 }, () => 1n << BigInt(limbBits)),
    (1n << BigInt(prime.toString(2).length - limbBits * (limbs - 1))) - 1n,
  ];
  const settled = () => [
    ...[0n, 1n, 2n, prime - 1n, prime, prime + 1n, 2n * prime - 1n, -1n, 1n - prime].map(limbsOf),
    full,
    ...Array.from({ length: 20 }, () => limbsOf(noise() % prime)),
  ];
  const twice = (a: bigint[]) => a.map((limb) => 2n * limb);
  const less = (a: bigint[], b: bigint[]) => a.map((limb, i) => limb - b[i]);
  /** Settled numbers, twice such, and differences of two. */
  const factors = () => {
    const some = settled();
    return { once: [...some, ...some.map((a) => less(a, full))], twice: some.map(twice) };
  };
  const assertSettled = (out: bigint[], expected: bigint, what: string) => {
    const value = valueOf(out);
    assertEquals(modulo(value), modulo(expected), what);
    assert(value > -prime && value < 2n * prime, `${what}: ${value}`);
    assert(out.slice(0, -1).every((limb) => limb >= 0n && limb <= 1n << BigInt(limbBits)), what);
  };

  Deno.test(`${name}: multiply() is a * b / R within its bounds`, () => {
    const inverse = noble.Point.Fp.inv(modulo(r));
    const { once, twice } = factors();
    for (const a of [...once, ...twice]) {
      for (const b of once) {
        write(A, a);
        write(B, b);
        field.multiply(OUT, A, B);
        assertSettled(read(OUT), valueOf(a) * valueOf(b) * inverse, `${a} * ${b}`);
        field.multiply(OUT, B, A);
        assertSettled(read(OUT), valueOf(a) * valueOf(b) * inverse, `${b} * ${a}`);
      }
    }
  });

  Deno.test(`${name}: square() is a * a / R within its bounds`, () => {
    const inverse = noble.Point.Fp.inv(modulo(r));
    for (const a of factors().once) {
      write(A, a);
      field.square(A, A);
      assertSettled(read(A), valueOf(a) ** 2n * inverse, `${a}`);
    }
  });

  Deno.test(`${name}: settles sums within its bounds`, () => {
    const { once, twice } = factors();
    for (const a of once) {
      for (const b of [...once.slice(0, 12), ...twice.slice(0, 12)]) {
        const [x, y] = [valueOf(a), valueOf(b)];
        write(A, a);
        write(B, b);
        write(C, full);
        field.difference(OUT, A, B);
        assertSettled(read(OUT), x - y, `${a} - ${b}`);
        field.lessTwice(OUT, A, C, B);
        assertSettled(read(OUT), x - valueOf(full) - 2n * y, `${a} - full - 2 * ${b}`);
        field.lessEightfold(OUT, A, B);
        assertSettled(read(OUT), x - 8n * y, `${a} - 8 * ${b}`);
        field.fourfoldLess(OUT, A, B);
        assertSettled(read(OUT), 4n * x - y, `4 * ${a} - ${b}`);
        field.triple(OUT, A);
        assertSettled(read(OUT), 3n * x, `3 * ${a}`);
        field.add(OUT, A, B);
        assertEquals(valueOf(read(OUT)), x + y);
        field.subtract(OUT, A, B);
        assertEquals(valueOf(read(OUT)), x - y);
      }
    }
  });

  Deno.test(`${name}: choose() takes one or the other`, () => {
    for (const [mask, expected] of [[0n, 1n], [-1n, 2n]]) {
      write(A, limbsOf(1n));
      write(B, limbsOf(2n));
      field.choose(A, B, mask);
      assertEquals(valueOf(read(A)), expected);
    }
  });

  Deno.test(`${name}: scalars are multiplied, added and inverted modulo the order`, async () => {
    const scalars = await compiled<Scalars>(name, "nist_scalars.ts");
    const words = new BigInt64Array(scalars.memory.buffer);
    const apply = (run: (out: number, a: number, b: number) => void, a: bigint, b: bigint) => {
      words.set(limbsOf(a), A / 8);
      words.set(limbsOf(b), B / 8);
      run(OUT, A, B);
      return valueOf([...words.subarray(OUT / 8, OUT / 8 + limbs)]);
    };
    const some = [0n, 1n, 2n, order - 1n, order - 2n, (order - 1n) / 2n, 1n << 255n];
    for (const a of [...some, ...Array.from({ length: 200 }, () => noise() % order)]) {
      const inverse = a === 0n ? 0n : noble.Point.Fn.inv(a);
      assertEquals(apply(scalars.invertScalar, a, 0n), inverse, `1 / ${a}`);
      for (const b of [...some, noise() % order]) {
        assertEquals(apply(scalars.multiplyScalars, a, b), a * b % order, `${a} * ${b}`);
        assertEquals(apply(scalars.addScalars, a, b), (a + b) % order, `${a} + ${b}`);
      }
    }
  });
}

interface Exports {
  readonly memory: WebAssembly.Memory;
}

interface Field extends Exports {
  multiply(out: number, a: number, b: number): void;
  square(out: number, a: number): void;
  add(out: number, a: number, b: number): void;
  subtract(out: number, a: number, b: number): void;
  difference(out: number, a: number, b: number): void;
  lessTwice(out: number, a: number, b: number, c: number): void;
  lessEightfold(out: number, a: number, b: number): void;
  fourfoldLess(out: number, a: number, b: number): void;
  triple(out: number, a: number): void;
  choose(out: number, a: number, mask: bigint): void;
}

interface Scalars extends Exports {
  multiplyScalars(out: number, a: number, b: number): void;
  addScalars(out: number, a: number, b: number): void;
  invertScalar(out: number, a: number): void;
}

/** A file of the kernel on its own, for what the kernel does not show. */
async function compiled<T>(name: string, file: string): Promise<T> {
  const kernel = KERNELS.find(({ entry }) => entry.endsWith(`/${name}.ts`))!;
  const bytes = await compileKernel({ ...kernel, entry: `tls/provider/kernels/${file}` });
  return new WebAssembly.Instance(new WebAssembly.Module(bytes.slice())).exports as unknown as T;
}
