import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { fileStorage, isOpenToOthers, readAnyFile } from "../../../lib/os/storage.ts";
import type { Storage } from "../../../lib/ports.ts";

function withStorage(run: (storage: Storage, root: string) => Promise<void> | void) {
  return async () => {
    const root = await Deno.makeTempDir({ prefix: "whippet-storage-" });
    try {
      await run(fileStorage(root), root);
    } finally {
      await Deno.remove(root, { recursive: true });
    }
  };
}

const bytes = (...values: number[]) => new Uint8Array(values);

Deno.test(
  "Storage.open() makes a secret file for this user only",
  withStorage((storage, root) => {
    storage.open("secret", { create: true, secret: true }).close();
    storage.open("usual", { create: true }).close();
    if (Deno.build.os === "windows") return;
    const mode = (name: string) => Deno.statSync(`${root}/${name}`).mode! & 0o777;
    assertEquals([mode("secret"), mode("usual") & 0o600], [0o600, 0o600]);
  }),
);

Deno.test(
  "readAnyFile() reads a file of any folder, and gives nothing where there is none",
  withStorage((storage, root) => {
    const file = storage.open("a", { create: true });
    file.append(bytes(1, 2));
    file.close();
    assertEquals(readAnyFile(`${root}/a`), bytes(1, 2));
    assertEquals(readAnyFile(`${root}/b`), undefined);
    assertThrows(() => readAnyFile(root));
  }),
);

Deno.test(
  "StorageFile.append() writes at the end wherever was read before",
  withStorage((storage) => {
    const file = storage.open("a", { create: true });
    file.append(bytes(1, 2, 3));
    assertEquals(file.readAt(new Uint8Array(1), 0), 1);
    file.append(bytes(4, 5));
    const into = new Uint8Array(8);
    assertEquals(file.readAt(into, 1), 4);
    assertEquals(into.subarray(0, 4), bytes(2, 3, 4, 5));
    assertEquals(file.size, 5);
    file.close();
  }),
);

Deno.test(
  "StorageFile.readAt() gives fewer bytes only at the end of the file",
  withStorage((storage) => {
    const file = storage.open("a", { create: true });
    file.append(bytes(1, 2, 3));
    assertEquals(file.readAt(new Uint8Array(3), 0), 3);
    assertEquals(file.readAt(new Uint8Array(3), 2), 1);
    assertEquals(file.readAt(new Uint8Array(3), 3), 0);
    assertEquals(file.readAt(new Uint8Array(3), 9), 0);
    assertEquals(file.readAt(new Uint8Array(0), 0), 0);
    file.close();
  }),
);

Deno.test(
  "StorageFile.truncate() makes the next append follow the cut",
  withStorage((storage, root) => {
    const file = storage.open("a", { create: true });
    file.append(bytes(1, 2, 3, 4));
    file.truncate(2);
    file.append(bytes(9));
    assertEquals(file.size, 3);
    assertEquals(Deno.readFileSync(`${root}/a`), bytes(1, 2, 9));
    file.close();
  }),
);

Deno.test(
  "StorageFile.sync() resolves, and its file keeps its size when opened again",
  withStorage(async (storage) => {
    storage.makeDirectory("x/y");
    const file = storage.open("x/y/a", { create: true });
    file.append(bytes(1, 2));
    await file.sync();
    await storage.syncDirectory("x/y");
    await storage.syncDirectory("");
    file.close();
    const again = storage.open("x/y/a");
    assertEquals(again.size, 2);
    again.close();
  }),
);

Deno.test(
  "StorageFile.append() throws with the system's words when the disk is full",
  { ignore: Deno.build.os !== "linux" },
  async () => {
    // Devices take all permissions, which tests do not have: another process asks.
    const storage = new URL("../../../lib/os/storage.ts", import.meta.url);
    const program = `import { fileStorage } from "${storage}";
      fileStorage("/dev").open("full").append(new Uint8Array(1));`;
    const { stderr } = await new Deno.Command(Deno.execPath(), { args: ["eval", program] })
      .output();
    assertStringIncludes(new TextDecoder().decode(stderr), "No space left on device");
  },
);

Deno.test(
  "Storage.open() throws for a missing file, and makes it when asked to",
  withStorage((storage) => {
    assertThrows(() => storage.open("a"), Deno.errors.NotFound);
    storage.open("a", { create: true }).close();
    storage.open("a").close();
  }),
);

Deno.test(
  "Storage.list() gives sorted names, none for a folder that is not there",
  withStorage((storage) => {
    assertEquals(storage.list("x"), []);
    storage.makeDirectory("x/c");
    for (const name of ["b", "a"]) storage.open(`x/${name}`, { create: true }).close();
    assertEquals(storage.list("x"), ["a", "b", "c"]);
    assertEquals(storage.list(""), ["x"]);
  }),
);

Deno.test(
  "Storage.rename() replaces the target, remove() takes a folder with all in it and forgives absence",
  withStorage((storage) => {
    storage.makeDirectory("x");
    const file = storage.open("x/new", { create: true });
    file.append(bytes(7));
    file.close();
    storage.open("x/old", { create: true }).close();
    storage.rename("x/new", "x/old");
    assertEquals(storage.readFile("x/old"), bytes(7));
    assertEquals(storage.readFile("x/new"), undefined);
    assert(storage.exists("x"));
    storage.remove("x");
    storage.remove("x");
    assert(!storage.exists("x"));
  }),
);

Deno.test(
  "Storage.readFile() gives a whole file, and undefined where exists() says there is none",
  withStorage((storage) => {
    storage.makeDirectory("a/b");
    const file = storage.open("a/b/c", { create: true });
    file.append(bytes(1, 2, 3));
    file.close();
    assertEquals(storage.readFile("a/b/c"), bytes(1, 2, 3));
    assertEquals(storage.readFile("a/b/d"), undefined);
    const found = ["", "a", "a/b/c", "a/b/d", "x/y"].filter((path) => storage.exists(path));
    assertEquals(found, ["", "a", "a/b/c"]);
  }),
);

Deno.test(
  "Storage.syncDirectory() resolves for every folder there is, the root's, too",
  withStorage(async (storage) => {
    storage.makeDirectory("a/b");
    for (const path of ["", "a", "a/b"]) await storage.syncDirectory(path);
  }),
);

Deno.test({
  name: "isOpenToOthers() goes by the mode of a file",
  ignore: Deno.build.os === "windows",
  fn: () => {
    const path = Deno.makeTempFileSync();
    for (const [mode, expected] of [[0o600, false], [0o640, true], [0o604, true]] as const) {
      Deno.chmodSync(path, mode);
      assertEquals(isOpenToOthers(path), expected);
    }
    Deno.removeSync(path);
    assertEquals(isOpenToOthers(path), false);
  },
});
