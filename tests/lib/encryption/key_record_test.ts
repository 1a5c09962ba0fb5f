import { assertEquals, assertThrows } from "@std/assert";
import { KeyRecord } from "../../../lib/encryption/key_record.ts";
import { EncryptionError } from "../../../lib/encryption/keys.ts";
import { testKey } from "../../support/sealing.ts";
import { SimStorage } from "../../support/sim_storage.ts";

Deno.test("KeyRecord.missing() names keys that were used and are not given", async () => {
  const storage = new SimStorage();
  const record = new KeyRecord(storage);
  assertEquals(record.missing([]), []);
  for (const byte of [1, 2, 1]) await record.add(testKey(byte));
  const again = new KeyRecord(storage.afterCrash({ files: "synced", names: "synced" }));
  assertEquals(again.missing([testKey(1), testKey(2)]), []);
  assertEquals(again.missing([testKey(2), testKey(3)]), [testKey(1).id]);
  const impostor = { ...testKey(1), check: testKey(3).check };
  assertEquals(again.missing([impostor]), [testKey(1).id, testKey(2).id]);
});

Deno.test("KeyRecord.add() leaves the file as it was when it cannot be written", async () => {
  const storage = new SimStorage();
  await new KeyRecord(storage).add(testKey(1));
  storage.fail({ operation: "append", bytesWritten: 30 });
  await new KeyRecord(storage).add(testKey(2)).catch(() => {});
  assertEquals(new KeyRecord(storage).missing([]), [testKey(1).id]);
});

Deno.test("KeyRecord holds nothing of a key", async () => {
  const storage = new SimStorage();
  await new KeyRecord(storage).add(testKey(0x61));
  const text = new TextDecoder().decode(storage.readFile("encryption"));
  assertEquals(text, `whippet-encryption 1\n${testKey(0x61).id} ${testKey(0x61).check}\n`);
});

Deno.test("KeyRecord refuses a file that is something else", () => {
  for (const text of ["", "whippet-encryption 2\n", "whippet-encryption 1\nkey\n"]) {
    const storage = new SimStorage();
    storage.writeFile("encryption", new TextEncoder().encode(text));
    assertThrows(() => new KeyRecord(storage), EncryptionError, 'File "encryption"');
  }
});
