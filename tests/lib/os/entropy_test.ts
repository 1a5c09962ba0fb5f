import { assert, assertEquals } from "@std/assert";
import { systemEntropy } from "../../../lib/os/entropy.ts";

Deno.test("systemEntropy.fill() fills any length, also beyond what the runtime gives at once", () => {
  for (const length of [0, 1, 65_536, 65_537, 200_000]) {
    const bytes = new Uint8Array(length);
    systemEntropy.fill(bytes);
    // 32 zeros in a row are as good as impossible.
    for (let at = 0; at + 32 <= length; at += 32) {
      assert(bytes.subarray(at, at + 32).some((byte) => byte !== 0), `Byte ${at} of ${length}`);
    }
  }
});

Deno.test("systemEntropy.fill() writes where it is told to, and never twice the same", () => {
  const bytes = new Uint8Array(96);
  systemEntropy.fill(bytes.subarray(32, 64));
  assertEquals(bytes.slice(0, 32), new Uint8Array(32));
  assertEquals(bytes.slice(64), new Uint8Array(32));
  const first = bytes.slice(32, 64);
  systemEntropy.fill(bytes.subarray(32, 64));
  assert(first.some((byte, at) => byte !== bytes[32 + at]));
});
