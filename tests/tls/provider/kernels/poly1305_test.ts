import { assertEquals } from "@std/assert";
import { compileKernel } from "../../../../scripts/kernels.ts";
import { chacha20Passes } from "../../../../scripts/kernels/chacha20_passes.ts";
import { AEAD_MEMORY_BYTES, POLY_AT } from "../../../../tls/provider/kernels/aead_memory.ts";
import { Random } from "../../../support/random.ts";

/** No message of an AEAD brings limbs to their limits on purpose; here the key is chosen. */
const poly = await instance("tls/provider/kernels/poly1305.ts");
const fused = await instance("tls/provider/kernels/chacha20_passes.ts");

const DATA_AT = 0x20000;
const KEY_AT = 0x30000;
const TAG_AT = 0x31000;
const POLY_BYTES = 104;
const P = (1n << 130n) - 5n;

interface Instance {
  readonly memory: Uint8Array;
  readonly calls: Record<string, (...numbers: number[]) => number>;
}

async function instance(entry: string): Promise<Instance> {
  const written = { "tls/provider/kernels/chacha20_passes.ts": chacha20Passes };
  const code = await compileKernel({ entry, memoryBytes: AEAD_MEMORY_BYTES, written });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(code.slice()));
  const memory = new Uint8Array((exports.memory as WebAssembly.Memory).buffer);
  return { memory, calls: exports as Instance["calls"] };
}

/** RFC 8439 §2.5.1, with the last block of §2.8. */
function slowTag(key: Uint8Array, data: Uint8Array, aadLength: number, length: number): bigint {
  const r = number(key.subarray(0, 16)) & 0x0ffffffc0ffffffc0ffffffc0fffffffn;
  const lengths = BigInt(aadLength) | BigInt(length) << 64n;
  const blocks = Array.from(
    { length: data.length / 16 },
    (_, at) => number(data.subarray(16 * at, 16 * at + 16)),
  );
  const sum = [...blocks, lengths].reduce((h, block) => (h + block + (1n << 128n)) * r % P, 0n);
  return BigInt.asUintN(128, sum + number(key.subarray(16)));
}

function number(littleEndian: Uint8Array): bigint {
  return littleEndian.reduceRight((all, byte) => all << 8n | BigInt(byte), 0n);
}

/** The tag by poly1305.ts alone, or with all blocks taken by the fused pass. */
function tag(key: Uint8Array, data: Uint8Array, lengths: [number, number], inPass: boolean) {
  poly.memory.set(key, KEY_AT);
  poly.calls.polyStart(KEY_AT);
  if (inPass) {
    fused.memory.set(data, DATA_AT);
    fused.memory.set(poly.memory.subarray(POLY_AT, POLY_AT + POLY_BYTES), POLY_AT);
    fused.calls.chacha20Passes(KEY_AT, KEY_AT, DATA_AT, 1, data.length / 16);
    poly.memory.set(fused.memory.subarray(POLY_AT, POLY_AT + POLY_BYTES), POLY_AT);
  } else {
    poly.memory.set(data, DATA_AT);
    poly.calls.polyPadded(DATA_AT, data.length);
  }
  poly.calls.polyFinish(...lengths, TAG_AT);
  return number(poly.memory.subarray(TAG_AT, TAG_AT + 16));
}

/** Bytes that are mostly 0 or 255, so that sums and carries come to their limits. */
function extreme(random: Random, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at++) {
    bytes[at] = random.pick([0, 0xff, 0xff, 0xff, random.below(256)]);
  }
  return bytes;
}

for (const inPass of [false, true]) {
  const form = inPass ? "in a pass of ChaCha20" : "alone";
  Deno.test(`Poly1305 ${form} is right at the limits of its limbs`, () => {
    const random = new Random(5);
    for (let trial = 0; trial < 2000; trial++) {
      const key = extreme(random, 32);
      const data = extreme(random, 32 * random.below(9));
      const lengths: [number, number] = [random.pick([0, 5, 0xffffffff]), 0xffffffff];
      const expected = slowTag(key, data, ...lengths);
      assertEquals(tag(key, data, lengths, inPass), expected, `trial ${trial}`);
    }
  });
}

Deno.test("Poly1305 reduces a sum from 2¹³⁰ - 5 on", () => {
  // With r = 1 the sum is that of the three blocks, each with 2¹²⁸.
  const key = new Uint8Array(32);
  key[0] = 1;
  for (let above = -8n; above < 16n; above++) {
    const data = new Uint8Array(32);
    write(data.subarray(0, 16), 1n << 127n);
    write(data.subarray(16), (1n << 127n) - 5n + above);
    assertEquals(tag(key, data, [0, 0], false), slowTag(key, data, 0, 0), `${above}`);
  }
});

function write(into: Uint8Array, value: bigint): void {
  for (let at = 0; at < into.length; at++) into[at] = Number(value >> BigInt(8 * at) & 0xffn);
}
