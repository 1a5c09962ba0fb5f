import { assertEquals, assertThrows } from "@std/assert";
import { checkPassword, checkUsername } from "../../../lib/auth/credentials.ts";
import { IggyError } from "../../../protocol/errors.ts";

function codeOf(action: () => void): number {
  return assertThrows(action, IggyError).code;
}

Deno.test("checkUsername() takes 3 to 50 bytes of UTF-8 and refuses others with 43", () => {
  for (const name of ["abc", "a".repeat(50), "ü".repeat(25)]) checkUsername(name);
  for (const name of ["", "ab", "a".repeat(51), "ü".repeat(26)]) {
    assertEquals(codeOf(() => checkUsername(name)), 43);
  }
});

Deno.test("checkPassword() takes 3 to 100 bytes of UTF-8 and refuses others with 44", () => {
  for (const password of ["abc", "a".repeat(100), "ü".repeat(50)]) checkPassword(password);
  for (const password of ["", "ab", "a".repeat(101), "ü".repeat(51)]) {
    assertEquals(codeOf(() => checkPassword(password)), 44);
  }
});
