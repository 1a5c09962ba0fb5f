import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Folders, Gate, OpenFiles } from "../../../lib/log/files.ts";
import { turns } from "../../support/partition_logs.ts";
import { SimStorage } from "../../support/sim_storage.ts";

const CREATE = { create: true };

Deno.test("OpenFiles.use() opens a file once and closes the one not used for longest", () => {
  const storage = new SimStorage();
  const files = new OpenFiles(storage, new Gate(1), 2);
  const a = files.use("a", CREATE);
  assert(files.use("a") === a);
  files.use("b", CREATE);
  files.use("a");
  files.use("c", CREATE);
  assertEquals(storage.handles, { open: 2, openMax: 2 });
  assert(files.use("a") === a);
  assertEquals(storage.done.opens, 3);
  files.use("b").append(new Uint8Array(1));
  assertEquals(storage.done.opens, 4);
  assertThrows(() => files.use("d"), Error, "No such file");
});

Deno.test("OpenFiles.sync() keeps its file open until it has ended", async () => {
  const storage = new SimStorage();
  const files = new OpenFiles(storage, new Gate(1), 2);
  files.use("a", CREATE).append(new Uint8Array(3));
  const release = storage.holdSyncs();
  const synced = files.sync("a");
  await turns();
  for (const path of ["b", "c", "d"]) files.use(path, CREATE);
  files.close("a");
  assertEquals(storage.handles.openMax, 2);
  release();
  await synced;
  assertEquals(files.count, 1);
  files.close("d");
  files.close("d");
  assertEquals(storage.handles.open, 0);
});

Deno.test("OpenFiles.use() takes back a file that was to be closed after its sync", async () => {
  const storage = new SimStorage();
  const files = new OpenFiles(storage, new Gate(1), 2);
  files.use("a", CREATE);
  const release = storage.holdSyncs();
  const synced = files.sync("a");
  await turns();
  files.close("a");
  const file = files.use("a");
  release();
  await synced;
  file.append(new Uint8Array(1));
});

Deno.test("Gate.pass() lets so many through at once, in the order they came, also after a failure", async () => {
  const gate = new Gate(2);
  const order: number[] = [];
  let running = 0;
  const pass = (id: number) =>
    gate.pass(async () => {
      order.push(id);
      assert(++running <= 2);
      await turns();
      running--;
      if (id === 1) throw new Error("Task 1 failed");
      return id;
    });
  const passed = [0, 1, 2, 3, 4].map(pass);
  await assertRejects(() => passed[1], Error, "Task 1 failed");
  assertEquals(await passed[4], 4);
  assertEquals(order, [0, 1, 2, 3, 4]);
});

Deno.test("Folders.sync() makes a new folder safe with all above it, and each only when it changed", async () => {
  const storage = new SimStorage();
  const folders = new Folders(storage, new Gate(4));
  const safe = () => storage.afterCrash({ files: "synced", names: "synced" }).list("x").join();
  folders.make("x/a");
  await folders.sync("x/a");
  assertEquals(safe(), "a");
  folders.make("x/b");
  await folders.sync("x/a");
  assertEquals(safe(), "a,b");

  storage.fail({ operation: "sync_directory" });
  await folders.sync("x/a");
  folders.changed("x/b");
  await assertRejects(() => folders.sync("x/b"), Error, "Input/output error");
  await folders.sync("x/b");
});

Deno.test("Folders.sync() syncs again what changed while it did", async () => {
  const storage = new SimStorage();
  const folders = new Folders(storage, new Gate(4));
  folders.make("x");
  const release = storage.holdSyncs();
  const first = folders.sync("x");
  storage.open("x/a", CREATE).close();
  folders.changed("x");
  release();
  await first;
  await folders.sync("x");
  assertEquals(storage.afterCrash({ files: "synced", names: "synced" }).list("x"), ["a"]);
});

Deno.test("Folders.forget() makes a folder of the same name count as new", async () => {
  const storage = new SimStorage();
  const folders = new Folders(storage, new Gate(4));
  folders.make("x");
  await folders.sync("x");
  storage.remove("x");
  folders.forget("x");
  folders.make("x");
  await folders.sync("x");
  assert(storage.afterCrash({ files: "synced", names: "synced" }).exists("x"));
});
