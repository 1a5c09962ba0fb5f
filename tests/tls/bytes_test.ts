import { assert } from "@std/assert";
import { equal, equalInConstantTime } from "../../tls/bytes.ts";

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
