import { assertEquals, assertRejects } from "@std/assert";
import { claimDataDirectory } from "../../../lib/log/format.ts";
import { INVALID_VERSION } from "../../../protocol/error_codes.ts";
import { IggyError } from "../../../protocol/errors.ts";
import { SimStorage } from "../../support/sim_storage.ts";

const text = (value: string) => new TextEncoder().encode(value);

Deno.test("claimDataDirectory() writes the format of a fresh directory, safe from a power cut", async () => {
  const storage = new SimStorage();
  storage.makeDirectory("runtime");
  await claimDataDirectory(storage);
  const found = storage.afterCrash({ files: "synced", names: "synced" });
  assertEquals(found.readFile("format"), text("whippet-log 1\n"));
  await claimDataDirectory(found);
});

Deno.test("claimDataDirectory() refuses a format it does not know and says what to do", async () => {
  const storage = new SimStorage();
  for (const format of ["whippet-log 2\n", "", "whippet-log 1", "x".repeat(1_000_000)]) {
    storage.writeFile("format", text(format));
    const error = await assertRejects(() => claimDataDirectory(storage), IggyError);
    assertEquals(error.code, INVALID_VERSION);
    assertEquals(error.message.length < 300, true);
  }
  storage.writeFile("format", text("whippet-log 2\n"));
  await assertRejects(
    () => claimDataDirectory(storage),
    IggyError,
    'Data directory has the format "whippet-log 2", this version of whippet reads "whippet-log 1" only: ' +
      "start the version that wrote it, or name another directory in system.path",
  );
});

Deno.test("claimDataDirectory() refuses the data of an Iggy server", async () => {
  for (const folder of ["streams", "state", "metadata"]) {
    const storage = new SimStorage();
    storage.makeDirectory(folder);
    await assertRejects(
      () => claimDataDirectory(storage),
      IggyError,
      `Data directory has a folder "${folder}" but no file "format"`,
    );
    assertEquals(storage.paths(), []);
  }
});

Deno.test("claimDataDirectory() leaves a directory fresh or claimed, wherever the power went", async () => {
  for (let bytes = 0; bytes < 14; bytes++) {
    const storage = new SimStorage();
    storage.bytesUntilPowerLoss = bytes;
    await assertRejects(() => claimDataDirectory(storage));
    const found = storage.afterCrash({ files: "written", names: "written" });
    await claimDataDirectory(found);
    assertEquals(found.paths(), ["format"]);
  }
});
