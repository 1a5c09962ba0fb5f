import { assertEquals } from "@std/assert";
import { createHash, createHmac } from "node:crypto";
import { hashes } from "../../../tls/provider/hashes.ts";
import { systemRandom, toHex, utf8 } from "../../support/bytes.ts";

Deno.test("sha256.digest() gives the hash of FIPS 180-4's example", () => {
  assertEquals(
    toHex(hashes.sha256.digest(utf8("a"), utf8("bc"))),
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  );
});

for (const hash of Object.values(hashes)) {
  const { name } = hash;

  Deno.test(`${name} agrees with node:crypto over every length up to three blocks`, () => {
    const bytes = new Uint8Array(3 * hash.blockBytes + 1);
    systemRandom(bytes);
    for (let length = 0; length <= bytes.length; length++) {
      const part = bytes.subarray(0, length);
      const [key, rest] = [part.subarray(0, length >> 1), part.subarray(length >> 1)];
      const expected = createHash(name).update(part).digest("hex");
      assertEquals(toHex(hash.digest(part)), expected);
      assertEquals(toHex(hash.digest(key, rest)), expected);
      const mac = createHmac(name, key).update(key).update(rest).digest("hex");
      assertEquals(toHex(hash.hmac(key, key, rest)), mac);
    }
  });

  Deno.test(`${name}.start() can be read, copied and fed on`, () => {
    const running = hash.start();
    running.update(utf8("one"));
    const copy = running.clone();
    assertEquals(running.digest(), hash.digest(utf8("one")));
    running.update(utf8(" two"));
    copy.update(utf8(" three"));
    assertEquals(running.digest(), hash.digest(utf8("one two")));
    assertEquals(running.digest(), hash.digest(utf8("one two")));
    assertEquals(copy.digest(), hash.digest(utf8("one three")));
    assertEquals(running.digest().length, hash.outputBytes);
  });
}
