import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { PowerLoss, SimStorage } from "./sim_storage.ts";

const bytes = (...values: number[]) => new Uint8Array(values);

Deno.test("SimStorage.afterCrash() keeps what was synced and as much of the rest as is said", async () => {
  const storage = new SimStorage();
  const file = storage.open("a", { create: true });
  await storage.syncDirectory("");
  file.append(bytes(1, 2));
  await file.sync();
  file.append(bytes(3, 4, 5));

  const crash = (files: Parameters<SimStorage["afterCrash"]>[0]["files"]) =>
    storage.afterCrash({ files, names: "synced" }).readFile("a");
  assertEquals(crash("synced"), bytes(1, 2));
  assertEquals(crash("written"), bytes(1, 2, 3, 4, 5));
  assertEquals(crash((a) => ({ size: a.syncedBytes + 1, zeros: 2 })), bytes(1, 2, 3, 0, 0));
});

Deno.test("SimStorage.afterCrash() brings back synced bytes that an unsynced truncate cut", async () => {
  const storage = new SimStorage();
  storage.writeFile("a", bytes(1, 2, 3, 4));
  const file = storage.open("a");
  file.truncate(1);
  file.append(bytes(9, 9));
  assertEquals(
    storage.afterCrash({ files: "synced", names: "synced" }).readFile("a"),
    bytes(1, 2, 3, 4),
  );
  await file.sync();
  assertEquals(
    storage.afterCrash({ files: "synced", names: "synced" }).readFile("a"),
    bytes(1, 9, 9),
  );
});

Deno.test("SimStorage.afterCrash() loses names whose folder was not synced", async () => {
  const storage = new SimStorage();
  storage.makeDirectory("x/y");
  const file = storage.open("x/y/a", { create: true });
  file.append(bytes(1));
  await file.sync();
  const paths = () => storage.afterCrash({ files: "synced", names: "synced" }).paths();
  await storage.syncDirectory("x/y");
  await storage.syncDirectory("");
  assertEquals(paths(), []);
  await storage.syncDirectory("x");
  assertEquals(paths(), ["x/y/a"]);
  storage.rename("x/y/a", "x/y/b");
  assertEquals(paths(), ["x/y/a"]);
  storage.remove("x/y/b");
  assertEquals(storage.paths(), []);
});

Deno.test("SimStorage.fail() makes the chosen calls fail and the others not", async () => {
  const storage = new SimStorage();
  storage.fail({ operation: "append", pathEnd: ".log", after: 1, bytesWritten: 1 });
  storage.fail({ operation: "sync" });
  const file = storage.open("a.log", { create: true });
  file.append(bytes(1));
  assertThrows(() => file.append(bytes(2, 3)), Error, "Input/output error: a.log");
  assertEquals(file.size, 2);
  file.append(bytes(4));
  await assertRejects(() => file.sync(), Error, "Input/output error");
  await file.sync();
});

Deno.test("SimStorage writes what fits when the disk is full", () => {
  const storage = new SimStorage();
  storage.capacityBytes = 3;
  const file = storage.open("a", { create: true });
  file.append(bytes(1, 2));
  assertThrows(() => file.append(bytes(3, 4)), Error, "No space left on device");
  assertEquals(storage.readFile("a"), bytes(1, 2, 3));
});

Deno.test("SimStorage refuses every call once the power is gone", () => {
  const storage = new SimStorage();
  const file = storage.open("a", { create: true });
  storage.bytesUntilPowerLoss = 2;
  assertThrows(() => file.append(bytes(1, 2, 3)), PowerLoss);
  assertThrows(() => storage.open("a"), PowerLoss);
  assertThrows(() => file.append(bytes(1)), PowerLoss);
  assertEquals(
    storage.afterCrash({ files: "written", names: "written" }).readFile("a"),
    bytes(1, 2),
  );
});

Deno.test("SimStorage counts down the calls until the power goes", () => {
  const storage = new SimStorage();
  storage.callsUntilPowerLoss = 2;
  const file = storage.open("a", { create: true });
  assertEquals(storage.exists("a"), true);
  assertThrows(() => storage.exists("a"), PowerLoss);
  assertThrows(() => file.append(bytes(1)), PowerLoss);
});

Deno.test("SimStorage.afterCrash() undoes changes of names from the last one on", () => {
  const storage = new SimStorage();
  for (const path of ["a", "b"]) storage.open(path, { create: true }).close();
  storage.remove("a");
  assertEquals(storage.unsyncedNames, 3);
  const found = [0, 1, 2, 3].map((written) =>
    storage.afterCrash({ files: "written", names: { written } }).paths()
  );
  assertEquals(found, [[], ["a"], ["a", "b"], ["b"]]);
});

Deno.test("SimStorage.holdSyncs() keeps a sync pending; it covers what was appended before it", async () => {
  const storage = new SimStorage();
  storage.writeFile("a", bytes());
  const file = storage.open("a");
  file.append(bytes(1));
  const release = storage.holdSyncs();
  const sync = file.sync();
  file.append(bytes(2));
  assertEquals(
    storage.afterCrash({ files: "synced", names: "synced" }).readFile("a"),
    bytes(),
  );
  release();
  await sync;
  assertEquals(
    storage.afterCrash({ files: "synced", names: "synced" }).readFile("a"),
    bytes(1),
  );
});

Deno.test("SimStorage counts open handles and bytes read", () => {
  const storage = new SimStorage();
  storage.writeFile("a", bytes(1, 2, 3));
  const first = storage.open("a");
  const second = storage.open("a");
  first.readAt(new Uint8Array(2), 0);
  first.close();
  second.close();
  second.close();
  assertEquals(storage.handles, { open: 0, openMax: 2 });
  assertEquals(storage.done.bytesRead, 2);
  assert(storage.exists("a"));
});
