import { assert, assertEquals } from "@std/assert";
import { concat, equal, equalInConstantTime } from "../../tls/bytes.ts";

for (const compare of [equal, equalInConstantTime]) {
  Deno.test(`${compare.name}() is true of the same bytes in other memory`, () => {
    assert(compare(Uint8Array.of(1, 2, 3), Uint8Array.of(1, 2, 3)));
    assert(compare(new Uint8Array(), new Uint8Array()));
  });

  Deno.test(`${compare.name}() is false when any one byte differs`, () => {
    const bytes = Uint8Array.of(1, 2, 3, 4, 5);
    for (let at = 0; at < bytes.length; at++) {
      const other = bytes.slice();
      other[at] ^= 0x80;
      assert(!compare(bytes, other));
    }
  });

  Deno.test(`${compare.name}() is false when one is the beginning of the other`, () => {
    assert(!compare(Uint8Array.of(1, 2), Uint8Array.of(1, 2, 3)));
    assert(!compare(Uint8Array.of(1, 2, 3), Uint8Array.of(1, 2)));
  });
}

Deno.test("concat() copies parts one after another", () => {
  const part = Uint8Array.of(1, 2);
  const whole = concat(part, Uint8Array.of(), Uint8Array.of(3));
  part.fill(9);
  assertEquals(whole, Uint8Array.of(1, 2, 3));
});
