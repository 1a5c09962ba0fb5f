import { assertEquals, assertThrows } from "@std/assert";
import { Buffer } from "node:buffer";
import { hkdfSync } from "node:crypto";
import {
  EncryptionError,
  keyOf,
  readKey,
  readKeyFile,
  toHex,
} from "../../../lib/encryption/keys.ts";
import { base64Of, testKey } from "../../support/sealing.ts";

Deno.test("keyOf() derives id and check value as HKDF-SHA256 of the key", () => {
  const secret = Uint8Array.from({ length: 32 }, (_, at) => 3 * at);
  const derived = (label: string, bytes: number) =>
    Buffer.from(hkdfSync("sha256", secret, "", label, bytes)).toString("hex");
  const { id, check } = keyOf(secret);
  assertEquals(id, derived("whippet key id", 8));
  assertEquals(check, derived("whippet check", 16));
});

Deno.test("readKey() takes 32 bytes in base64, and shows nothing of what it refuses", () => {
  assertEquals(readKey(` ${base64Of(testKey(9))}\n`, "It"), testKey(9));
  for (const text of ["", "secret!", btoa("too short"), btoa("x".repeat(33))]) {
    const error = assertThrows(() => readKey(text, '"system.encryption.key"'), EncryptionError);
    assertEquals(
      error.message,
      '"system.encryption.key" is not a key: put 32 random bytes in base64 there, as ' +
        '"head -c32 /dev/urandom | base64" gives them',
    );
  }
});

Deno.test("readKeyFile() reads keys in their order, past comments", () => {
  const text = `# new\r\n${base64Of(testKey(2))}\r\n\n  # old\n${base64Of(testKey(1))}`;
  assertEquals(readKeyFile(text, "keys"), [testKey(2), testKey(1)]);
});

Deno.test("readKeyFile() names the line that is no key, and a file without any", () => {
  const text = `${base64Of(testKey(2))}\nsecret\n`;
  assertThrows(() => readKeyFile(text, "/k"), EncryptionError, "Line 2 of the key file /k is not");
  assertThrows(() => readKeyFile("# none\n", "/k"), EncryptionError, "/k holds no key");
});

Deno.test("toHex() writes two digits a byte", () => {
  assertEquals(toHex(Uint8Array.of(0, 10, 255)), "000aff");
});
