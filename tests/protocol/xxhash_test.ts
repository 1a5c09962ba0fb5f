import { assertEquals } from "@std/assert";
import { createXXHash3, createXXHash32 } from "hash-wasm";
import { xxh32, xxh3_64 } from "../../protocol/xxhash.ts";

const UTF8 = new TextEncoder();
const NOISE = Uint8Array.from({ length: 2100 }, (_, index) => (index * index * 167 + index) >> 3);

Deno.test("xxh3_64() gives the vectors of CLASSIC.md section 6.1", () => {
  assertEquals(xxh3_64(new Uint8Array(0)), 0x2d06800538d394c2n);
  assertEquals(xxh3_64(UTF8.encode("abc")), 0x78af5f94892f3950n);
});

Deno.test("xxh3_64() agrees with hash-wasm at every length up to two blocks", async () => {
  const oracle = await createXXHash3();
  for (let length = 0; length <= NOISE.length; length++) {
    const input = NOISE.subarray(0, length);
    const expected = BigInt(`0x${oracle.init().update(input).digest()}`);
    assertEquals(xxh3_64(input), expected, `length ${length}`);
  }
});

Deno.test("xxh3_64() hashes the part between start and end", () => {
  for (const length of [0, 2, 5, 12, 100, 200, 1000]) {
    assertEquals(xxh3_64(NOISE, 7, 7 + length), xxh3_64(NOISE.slice(7, 7 + length)));
  }
});

Deno.test("xxh32() gives the vectors of CLASSIC.md sections 1 and 3.5", () => {
  assertEquals(xxh32(UTF8.encode("user-1")), 0xa43fb6ad);
  assertEquals(xxh32(UTF8.encode("hello")), 0xfb0077f9);
  assertEquals(xxh32(Uint8Array.of(0x2a, 0, 0, 0)), 0x454235d1);
  assertEquals(xxh32(UTF8.encode("127.0.0.1:54321")), 2650268133);
});

Deno.test("xxh32() agrees with hash-wasm for every length and some seeds", async () => {
  for (const seed of [0, 1, 0x9e3779b1]) {
    const oracle = await createXXHash32(seed);
    for (let length = 0; length < 300; length++) {
      const input = NOISE.subarray(0, length);
      const expected = parseInt(oracle.init().update(input).digest(), 16);
      assertEquals(xxh32(input, seed), expected, `length ${length}, seed ${seed}`);
    }
  }
});
