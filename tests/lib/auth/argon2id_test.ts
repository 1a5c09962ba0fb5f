import { assertEquals } from "@std/assert";
import { hashPassword } from "../../../lib/auth/argon2id.ts";

Deno.test("hashPassword() gives what the reference implementation does", async () => {
  // printf secret | argon2 somesaltsomesalt -id -k 19456 -t 2 -p 1 -e
  assertEquals(
    await hashPassword("secret", new TextEncoder().encode("somesaltsomesalt")),
    "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$14ukWqiThj4Xz77NYv01V28GbBZHY9AaZwsFswQFO0U",
  );
});
