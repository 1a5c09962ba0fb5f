/**
 * What the tests of the catalog share: a catalog in memory, refusals by code, and a way to tell
 * whether two catalogs hold the same.
 *
 * @module
 */
import { assertEquals, assertThrows } from "@std/assert";
import { Catalog, type CatalogOptions } from "../../../lib/catalog/catalog.ts";
import { IggyError } from "../../../protocol/errors.ts";
import { SimStorage } from "../../support/sim_storage.ts";

export const DIRECTORY = "catalog";

/** A disk with an empty folder for a catalog. */
export async function emptyDisk(): Promise<SimStorage> {
  const storage = new SimStorage();
  storage.makeDirectory(DIRECTORY);
  await storage.syncDirectory("");
  return storage;
}

/** The disk after the process died: nothing is lost that was written. */
export function killed(storage: SimStorage): SimStorage {
  return storage.afterCrash({ files: "written", names: "written" });
}

/** The disk after the system died: nothing is left that was not synced. */
export function powerless(storage: SimStorage): SimStorage {
  return storage.afterCrash({ files: "synced", names: "synced" });
}

/** A time for what is made in tests, in micros. */
export const AT = 1_700_000_000_000_000;

/** A new, empty catalog, or the one on a disk. */
export function openCatalog(
  storage: SimStorage = new SimStorage(),
  options?: CatalogOptions,
): Promise<Catalog> {
  return Catalog.open(storage, DIRECTORY, options);
}

/** A catalog with stream 0 "orders", its topic 0 "events" of three partitions, and group 0 "workers". */
export async function openOrders(options?: CatalogOptions): Promise<Catalog> {
  const catalog = await openCatalog(undefined, options);
  catalog.streams.create("orders", AT);
  catalog.topics.create("orders", { name: "events", partitionsCount: 3, options: {}, at: AT });
  catalog.groups.create("orders", "events", "workers");
  return catalog;
}

/** Everything a disk's catalog holds, as one text. The disk stays as it is. */
export async function contentOf(storage: SimStorage): Promise<string> {
  const copy = killed(storage);
  const catalog = await openCatalog(copy);
  await catalog.snapshot();
  await catalog.close();
  // The check and the mark of what is durable say nothing about the content.
  return catalog.sequence +
    new TextDecoder().decode(copy.readFile(`${DIRECTORY}/snapshot`)!.subarray(24));
}

/** Asserts that `action` is refused with an Iggy code. */
export function assertRefuses(code: number, action: () => unknown): void {
  assertEquals(assertThrows(action, IggyError).code, code);
}
