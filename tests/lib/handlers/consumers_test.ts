import { assertEquals } from "@std/assert";
import { consumerNumber } from "../../../lib/handlers/consumers.ts";
import { xxh32 } from "../../../protocol/xxhash.ts";

Deno.test("consumerNumber() is the number itself, or the hash of a name", () => {
  assertEquals(consumerNumber({ kind: "consumer", id: 77 }), 77);
  // CLASSIC.md section 3.5 has the check vector.
  assertEquals(consumerNumber({ kind: "consumer", id: "user-1" }), 0xa43fb6ad);
});

Deno.test("consumerNumber() hashes the UTF-8 bytes of a name, digits or not", () => {
  assertEquals(
    consumerNumber({ kind: "consumer", id: "Zoë" }),
    xxh32(new Uint8Array([0x5a, 0x6f, 0xc3, 0xab])),
  );
  assertEquals(
    consumerNumber({ kind: "consumer", id: "77" }),
    xxh32(new TextEncoder().encode("77")),
  );
});
