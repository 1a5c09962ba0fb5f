import { assert, assertEquals, assertRejects } from "@std/assert";
import { Catalog, type CatalogEvent } from "../../../lib/catalog/catalog.ts";
import { IggyError } from "../../../protocol/errors.ts";
import { SimStorage } from "../../support/sim_storage.ts";
import {
  assertRefuses,
  AT,
  contentOf,
  DIRECTORY,
  killed,
  openCatalog,
  powerless,
} from "./fixtures.ts";
import { WORKLOAD } from "./workload.ts";

Deno.test("Catalog.open() gives back everything that was done, from the journal", async () => {
  const storage = new SimStorage();
  const catalog = await openCatalog(storage);
  for (const command of WORKLOAD) command(catalog);
  const again = await openCatalog(killed(storage));
  assertEquals(again.sequence, catalog.sequence);
  assertEquals(again.sequence, WORKLOAD.length);
  const topic = again.topics.require("sales", "facts");
  assertEquals(topic.settings, catalog.topics.require("sales", "facts").settings);
  assertEquals(topic.partitions.map(({ incarnation }) => incarnation), [6, 6, 6]);
  assertEquals(again.users.require("anna").permissions, undefined);
});

Deno.test("Catalog.open() gives back the same from a snapshot as from the journal", async () => {
  const plain = new SimStorage();
  const snapshots = new SimStorage();
  const [one, other] = [await openCatalog(plain), await openCatalog(snapshots)];
  for (const command of WORKLOAD) {
    command(one);
    command(other);
    await other.snapshot();
    assertEquals(await contentOf(snapshots), await contentOf(plain));
  }
});

Deno.test("Catalog.open() makes the same of the same entries, numbers that were freed included", async () => {
  const storage = new SimStorage();
  const catalog = await openCatalog(storage);
  for (const command of WORKLOAD) command(catalog);
  const again = await openCatalog(killed(storage));
  for (const each of [catalog, again]) {
    each.streams.delete("sales");
    assertEquals(each.streams.create("new", AT).id, 2);
  }
});

Deno.test("Catalog.durable() resolves when what was done survives the system", async () => {
  const storage = new SimStorage();
  const catalog = await openCatalog(storage);
  catalog.streams.create("orders", AT);
  assertEquals((await openCatalog(powerless(storage))).streams.size, 0);
  await catalog.durable();
  assertEquals((await openCatalog(powerless(storage))).streams.size, 1);
});

Deno.test("Catalog keeps everything as before when the disk is full", async () => {
  const storage = new SimStorage();
  const catalog = await openCatalog(storage);
  catalog.streams.create("orders", AT);
  const before = await contentOf(storage);
  storage.capacityBytes = 0;
  assertRefuses(13000, () => catalog.streams.create("sales", AT));
  assertEquals([catalog.streams.size, catalog.sequence], [1, 1]);
  storage.capacityBytes = Infinity;
  assertEquals(await contentOf(storage), before);
  assertEquals(catalog.streams.create("sales", AT).id, 1);
});

Deno.test("Catalog refuses all changes with 13000 once an fsync has failed", async () => {
  const storage = new SimStorage();
  const catalog = await openCatalog(storage);
  catalog.streams.create("orders", AT);
  storage.fail({ operation: "sync" });
  await assertRejects(() => catalog.durable(), IggyError, "cannot be synced");
  assertRefuses(13000, () => catalog.streams.delete("orders"));
  assertEquals(catalog.streams.find("orders")?.id, 0);
});

Deno.test("Catalog takes a snapshot by itself when the journal has grown", async () => {
  const storage = new SimStorage();
  const events: CatalogEvent[] = [];
  const options = { journalBytesMax: 2000, onEvent: (event: CatalogEvent) => events.push(event) };
  const catalog = await openCatalog(storage, options);
  for (let count = 0; count < 100; count++) {
    catalog.streams.create(`s${count}`, AT);
    await catalog.durable();
  }
  await catalog.close();
  assert(events.length > 1);
  assert(events.every(({ kind }) => kind === "snapshot_written"));
  assertEquals(storage.paths().length, 2);
  assertEquals((await openCatalog(powerless(storage))).streams.size, 100);
});

Deno.test("Catalog goes on when a snapshot fails, and takes one later", async () => {
  const storage = new SimStorage();
  const events: CatalogEvent[] = [];
  const options = { journalBytesMax: 1000, onEvent: (event: CatalogEvent) => events.push(event) };
  const catalog = await openCatalog(storage, options);
  storage.fail({ operation: "append", pathEnd: "snapshot.new" });
  storage.fail({ operation: "rename" });
  for (let count = 0; count < 100; count++) {
    catalog.streams.create(`s${count}`, AT);
    await catalog.durable();
  }
  await catalog.close();
  const kinds = events.map(({ kind }) => kind);
  assertEquals(kinds.slice(0, 3), ["snapshot_failed", "snapshot_failed", "snapshot_written"]);
  assertEquals((await openCatalog(powerless(storage))).streams.size, 100);
});

Deno.test("Catalog.snapshot() loses nothing that comes while it is written", async () => {
  const storage = new SimStorage();
  const catalog = await openCatalog(storage);
  catalog.streams.create("before", AT);
  const release = storage.holdSyncs();
  const snapshot = catalog.snapshot();
  catalog.streams.create("meanwhile", AT);
  const durable = catalog.durable();
  assertEquals((await openCatalog(killed(storage))).streams.size, 2);
  release();
  await Promise.all([snapshot, durable]);
  assertEquals((await openCatalog(powerless(storage))).streams.size, 2);
});

Deno.test("Catalog.open() tells of a torn tail and takes the same place for what comes next", async () => {
  const storage = new SimStorage();
  const catalog = await openCatalog(storage);
  catalog.streams.create("orders", AT);
  catalog.streams.create("sales", AT);
  const crashed = storage.afterCrash({
    files: ({ writtenBytes }) => ({ size: writtenBytes - 1 }),
    names: "written",
  });
  const events: CatalogEvent[] = [];
  const again = await openCatalog(crashed, { onEvent: (event) => events.push(event) });
  assertEquals(events.map(({ kind }) => kind), ["torn_tail"]);
  assertEquals([again.sequence, again.streams.create("new", AT).id], [1, 1]);
});

Deno.test("Catalog.open() refuses a damaged snapshot", async () => {
  const storage = new SimStorage();
  const catalog = await openCatalog(storage);
  catalog.streams.create("orders", AT);
  await catalog.snapshot();
  storage.corrupt(`${DIRECTORY}/snapshot`, (bytes) => bytes[30] ^= 1);
  await assertRejects(() => openCatalog(storage), Error, "is damaged");
});

Deno.test("Catalog.open() keeps a directory of any depth, and is safe at once", async () => {
  const storage = new SimStorage();
  storage.makeDirectory("data");
  await storage.syncDirectory("");
  const catalog = await Catalog.open(storage, "data/catalog");
  catalog.streams.create("orders", AT);
  await catalog.durable();
  assertEquals((await Catalog.open(powerless(storage), "data/catalog")).streams.size, 1);
});
