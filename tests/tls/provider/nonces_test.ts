import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { kernelHashes } from "../../../tls/provider/hash_kernel.ts";
import { leftmostBits, nonces } from "../../../tls/provider/nonces.ts";
import { fromHex, toHex, utf8 } from "../../support/bytes.ts";

const { sha256, sha512 } = kernelHashes;
const SECRET = fromHex("C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721");
const DIGEST = sha256.digest(utf8("sample"));

/** The first so many candidates. */
function taken(count: number, ...of: Parameters<typeof nonces>): string[] {
  return nonces(...of).take(count).map(toHex).toArray();
}

Deno.test("nonces() begins with the k of RFC 6979 §A.2.5", () => {
  assertEquals(taken(1, sha256, 256, SECRET, DIGEST), [
    "a6e3c57dd01abe90086538398355dd4c3b17aa873382b0f24d6129493d8aad60",
  ]);
});

Deno.test("nonces() cuts a hash that is longer than the key, as RFC 6979 §A.2.5 has it", () => {
  const digest = sha512.digest(utf8("sample")).subarray(0, 32);
  assertEquals(taken(1, sha512, 256, SECRET, digest), [
    "5fa81c63109badb88c1f367b47da606da28cad69aa22c4fe6ad7df73a7173aa5",
  ]);
});

Deno.test("nonces() goes on with other candidates, the same each time", () => {
  const candidates = taken(5, sha256, 256, SECRET, DIGEST);
  assertEquals(new Set(candidates).size, 5);
  assertEquals(taken(5, sha256, 256, SECRET, DIGEST), candidates);
});

Deno.test("nonces() depends on the key, the digest, and the extra bytes", () => {
  const [plain] = taken(1, sha256, 256, SECRET, DIGEST);
  assertNotEquals(taken(1, sha256, 256, SECRET.with(0, 1), DIGEST)[0], plain);
  assertNotEquals(taken(1, sha256, 256, SECRET, DIGEST.with(0, 1))[0], plain);
  assertNotEquals(taken(1, sha256, 256, SECRET, DIGEST, new Uint8Array(32))[0], plain);
});

Deno.test("nonces() joins hashes for a key that is longer than one", () => {
  const secret = new Uint8Array(66).fill(1);
  const [candidate] = taken(1, sha256, 521, secret, secret);
  assertEquals(candidate.length, 132);
  assertNotEquals(candidate.slice(0, 64), candidate.slice(64, 128));
  assert(candidate.startsWith("00") || candidate.startsWith("01"));
});

Deno.test("leftmostBits() cuts off what is too much on the right, and puts zeros on the left", () => {
  const bytes = fromHex("80ff01");
  assertEquals(toHex(leftmostBits(bytes, 24)), "80ff01");
  assertEquals(toHex(leftmostBits(bytes, 40)), "000080ff01");
  assertEquals(toHex(leftmostBits(bytes, 16)), "80ff");
  assertEquals(toHex(leftmostBits(bytes, 17)), "0101fe");
  assertEquals(toHex(leftmostBits(bytes, 12)), "080f");
  assertEquals(toHex(leftmostBits(bytes, 9)), "0101");
  assertEquals(toHex(leftmostBits(new Uint8Array(0), 9)), "0000");
});

Deno.test("nonces() overwrites what it has hashed when no more are taken", () => {
  const results: Uint8Array[] = [];
  const watched = {
    ...sha256,
    hmac(key: Uint8Array, ...parts: readonly Uint8Array[]) {
      results.push(sha256.hmac(key, ...parts));
      return results[results.length - 1];
    },
  };
  assertEquals(taken(1, watched, 256, SECRET, DIGEST), taken(1, sha256, 256, SECRET, DIGEST));
  const [key, value] = [results[2], results[results.length - 1]];
  assertEquals([toHex(key), toHex(value)], ["00".repeat(32), "00".repeat(32)]);
});
