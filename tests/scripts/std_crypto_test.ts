import { assertEquals } from "@std/assert";
import { timingSafeEqual } from "@std/crypto/timing-safe-equal";

Deno.test("timingSafeEqual() compares content and length", () => {
  const bytes = (...values: number[]) => new Uint8Array(values);
  assertEquals(timingSafeEqual(bytes(), bytes()), true);
  assertEquals(timingSafeEqual(bytes(1, 2), bytes(1, 2)), true);
  assertEquals(timingSafeEqual(bytes(1, 2), bytes(1, 3)), false);
  assertEquals(timingSafeEqual(bytes(1, 2), bytes(9, 2)), false);
  assertEquals(timingSafeEqual(bytes(1, 2), bytes(1)), false);
});
