import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Catalog, type CatalogOptions } from "../../../lib/catalog/catalog.ts";
import type { Storage } from "../../../lib/ports.ts";
import { SimStorage, type Survival } from "../../support/sim_storage.ts";
import { contentOf, DIRECTORY, killed } from "./fixtures.ts";
import { WORKLOAD } from "./workload.ts";

/** Small enough that snapshots are taken all along the workload. */
const SMALL: CatalogOptions = { journalBytesMax: 600 };

/** What a disk holds after each number of commands. */
async function contents(): Promise<string[]> {
  const storage = new SimStorage();
  const catalog = await Catalog.open(storage, DIRECTORY);
  const found = [await contentOf(storage)];
  for (const command of WORKLOAD) {
    command(catalog);
    found.push(await contentOf(storage));
  }
  return found;
}

/** Runs the workload until it is done or the disk gives up; tells how far it got. */
async function run(
  storage: Storage,
  options: CatalogOptions,
): Promise<{ tried: number; acknowledged: number }> {
  const progress = { tried: 0, acknowledged: 0 };
  try {
    const catalog = await Catalog.open(storage, DIRECTORY, options);
    for (const command of WORKLOAD) {
      progress.tried++;
      command(catalog);
      await catalog.durable();
      progress.acknowledged++;
    }
    await catalog.close();
  } catch {
    // The disk gave up.
  }
  return progress;
}

/** Asserts that a disk holds all that was acknowledged and nothing that was not tried. */
async function assertBetween(
  found: SimStorage,
  expected: readonly string[],
  { tried, acknowledged }: { tried: number; acknowledged: number },
  where: string,
): Promise<void> {
  const commands = expected.indexOf(await contentOf(found));
  assert(
    commands >= acknowledged && commands <= tried,
    `${where}: found ${commands} commands, ${acknowledged} were acknowledged, ${tried} tried`,
  );
}

Deno.test("Catalog is as before or as after when the process dies at any byte it writes", async () => {
  const expected = await contents();
  const whole = new SimStorage();
  await run(whole, SMALL);
  assertEquals(await contentOf(whole), expected[WORKLOAD.length]);
  assert(whole.exists(`${DIRECTORY}/snapshot`));
  for (let bytes = 1; bytes <= whole.done.bytesWritten; bytes++) {
    const storage = new SimStorage();
    storage.bytesUntilPowerLoss = bytes;
    const progress = await run(storage, SMALL);
    await assertBetween(killed(storage), expected, progress, `byte ${bytes}`);
  }
});

Deno.test("Catalog is as before or as after when the system dies at any step on the disk", async () => {
  const expected = await contents();
  const survivals: Survival[] = [
    { files: "written", names: "written" },
    { files: "written", names: "synced" },
    { files: "synced", names: "written" },
    { files: "synced", names: "synced" },
  ];
  for (let steps = 1, done = false; !done; steps++) {
    const storage = new SimStorage();
    const stopping = new StoppingStorage(storage, steps);
    const progress = await run(stopping, SMALL);
    done = !stopping.stopped;
    for (const survival of survivals) {
      const where = `step ${steps}, files ${survival.files}, names ${survival.names}`;
      await assertBetween(storage.afterCrash(survival), expected, progress, where);
    }
  }
});

Deno.test("Catalog holds what was done through any mix of syncs, snapshots and restarts", async () => {
  const expected = await contents();
  const step = fc.constantFrom("command", "command", "durable", "snapshot", "kill", "turn");
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 80 }), async (steps) => {
      let storage = new SimStorage();
      let catalog = await Catalog.open(storage, DIRECTORY, SMALL);
      let commands = 0;
      const running: Promise<void>[] = [];
      for (const each of steps) {
        if (each === "command" && commands < WORKLOAD.length) WORKLOAD[commands++](catalog);
        if (each === "durable") running.push(catalog.durable());
        if (each === "snapshot") running.push(catalog.snapshot());
        if (each === "turn") await Promise.resolve();
        if (each === "kill") {
          storage = killed(storage);
          catalog = await Catalog.open(storage, DIRECTORY, SMALL);
        }
        assertEquals(catalog.sequence, commands);
      }
      await Promise.all(running);
      assertEquals(await contentOf(storage), expected[commands]);
    }),
    { numRuns: 100 },
  );
});

/** Does so many changes on a disk and then throws at each. */
class StoppingStorage implements Storage {
  stopped = false;
  readonly #storage: Storage;
  #steps: number;

  constructor(storage: Storage, steps: number) {
    this.#storage = storage;
    this.#steps = steps;
  }

  open(path: string, options?: { create?: boolean }) {
    if (options?.create) this.#step();
    const file = this.#storage.open(path, options);
    return {
      get size() {
        return file.size;
      },
      readAt: (into: Uint8Array, position: number) => file.readAt(into, position),
      append: (bytes: Uint8Array) => (this.#step(), file.append(bytes)),
      truncate: (size: number) => (this.#step(), file.truncate(size)),
      sync: () => (this.#step(), file.sync()),
      close: () => file.close(),
    };
  }

  exists(path: string) {
    return this.#storage.exists(path);
  }

  list(path: string) {
    return this.#storage.list(path);
  }

  readFile(path: string) {
    return this.#storage.readFile(path);
  }

  makeDirectory(path: string) {
    this.#step();
    this.#storage.makeDirectory(path);
  }

  rename(from: string, to: string) {
    this.#step();
    this.#storage.rename(from, to);
  }

  remove(path: string) {
    this.#step();
    this.#storage.remove(path);
  }

  syncDirectory(path: string) {
    this.#step();
    return this.#storage.syncDirectory(path);
  }

  #step() {
    if (this.#steps-- > 0) return;
    this.stopped = true;
    throw new Error("The disk gives up");
  }
}
