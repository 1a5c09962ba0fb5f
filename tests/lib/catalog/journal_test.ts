import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { FrameWriter } from "../../../lib/catalog/frame.ts";
import { Journal, type JournalOptions, type TornTail } from "../../../lib/catalog/journal.ts";
import { IggyError } from "../../../protocol/errors.ts";
import { SimStorage } from "../../support/sim_storage.ts";
import { assertRefuses, DIRECTORY, emptyDisk, killed, powerless } from "./fixtures.ts";

const FIRST_FILE = `${DIRECTORY}/journal-0000000000000000`;
const SECOND_FILE = `${DIRECTORY}/journal-0000000000000002`;

interface Opened {
  readonly journal: Journal;
  /** `number:payload` of what was replayed. */
  readonly replayed: string[];
  readonly torn: TornTail[];
}

async function open(storage: SimStorage, snapshotSequence = 0): Promise<Opened> {
  const replayed: string[] = [];
  const torn: TornTail[] = [];
  const options: JournalOptions = {
    snapshotSequence,
    replay: (payload, sequence) =>
      replayed.push(`${sequence}:${new TextDecoder().decode(payload)}`),
    onTornTail: (tail) => torn.push(tail),
  };
  return { journal: await Journal.open(storage, DIRECTORY, options), replayed, torn };
}

function append(journal: Journal, text: string): number {
  return journal.append(new TextEncoder().encode(text));
}

Deno.test("Journal.open() replays what was appended, in order and numbered from 1", async () => {
  const storage = await emptyDisk();
  const { journal } = await open(storage);
  assertEquals(append(journal, "a"), 1);
  assertEquals(append(journal, "b"), 2);
  const again = await open(killed(storage));
  assertEquals(again.replayed, ["1:a", "2:b"]);
  assertEquals(append(again.journal, "c"), 3);
});

Deno.test("Journal.open() replays only what the snapshot does not hold", async () => {
  const storage = await emptyDisk();
  const { journal } = await open(storage);
  for (const text of ["a", "b", "c"]) append(journal, text);
  assertEquals((await open(killed(storage), 2)).replayed, ["3:c"]);
});

Deno.test("Journal.open() goes on after the snapshot when the journal ends before it", async () => {
  const storage = await emptyDisk();
  const { journal } = await open(storage);
  append(journal, "a");
  const again = await open(killed(storage), 5);
  assertEquals(append(again.journal, "g"), 6);
});

Deno.test("Journal.open() refuses a journal that starts after the snapshot", async () => {
  const storage = await emptyDisk();
  const { journal } = await open(storage, 7);
  append(journal, "h");
  await assertRejects(() => open(killed(storage), 3), Error, "starts after entry 7");
});

Deno.test("Journal.open() refuses a format it does not know", async () => {
  const storage = await emptyDisk();
  const { journal } = await open(storage);
  await journal.close();
  storage.writeFile(FIRST_FILE, new FrameWriter().frame(0, 0, Uint8Array.of(0, 2)).slice());
  await assertRejects(() => open(storage), Error, "format 2, this version reads 1");
});

Deno.test("Journal.open() cuts off a torn tail at every byte and tells of it once", async () => {
  const storage = await emptyDisk();
  const { journal } = await open(storage);
  append(journal, "a");
  const whole = storage.readFile(FIRST_FILE)!.length;
  append(journal, "bb");
  const size = storage.readFile(FIRST_FILE)!.length;
  for (let cut = whole + 1; cut < size; cut++) {
    const crashed = storage.afterCrash({ files: () => ({ size: cut }), names: "written" });
    const { journal, replayed, torn } = await open(crashed);
    assertEquals(replayed, ["1:a"]);
    assertEquals(torn, [{ file: FIRST_FILE, bytes: cut - whole, sequence: 1 }]);
    append(journal, "c");
    assertEquals((await open(killed(crashed))).replayed, ["1:a", "2:c"]);
  }
});

Deno.test("Journal.open() takes zeros that a crash left for a torn tail", async () => {
  const storage = await emptyDisk();
  const { journal } = await open(storage);
  append(journal, "a");
  const zeros = storage.afterCrash({
    files: ({ writtenBytes }) => ({ size: writtenBytes, zeros: 100 }),
    names: "written",
  });
  const { replayed, torn } = await open(zeros);
  assertEquals([replayed, torn.length], [["1:a"], 1]);
});

Deno.test("Journal.open() refuses damage at every byte that an fsync covered", async () => {
  const storage = await emptyDisk();
  const { journal } = await open(storage);
  append(journal, "a");
  append(journal, "b");
  await journal.durable();
  const covered = storage.readFile(FIRST_FILE)!.length;
  append(journal, "c");
  for (let at = 0; at < covered; at++) {
    const damaged = killed(storage);
    damaged.corrupt(FIRST_FILE, (bytes) => bytes[at] ^= 0x10);
    await assertRejects(() => open(damaged), Error, "is damaged");
  }
});

Deno.test("Journal.open() changes nothing on a disk that it refuses", async () => {
  const storage = await emptyDisk();
  const { journal } = await open(storage);
  append(journal, "a");
  await journal.durable();
  append(journal, "b");
  const damaged = killed(storage);
  damaged.corrupt(FIRST_FILE, (bytes) => bytes[40] ^= 1);
  const before = damaged.readFile(FIRST_FILE);
  await assertRejects(() => open(damaged));
  assertEquals(damaged.readFile(FIRST_FILE), before);
});

Deno.test("Journal.durable() shares one fsync among all who wait", async () => {
  const storage = await emptyDisk();
  const { journal } = await open(storage);
  const before = storage.done.syncs;
  append(journal, "first");
  const waits = [journal.durable()];
  for (let count = 0; count < 100; count++) {
    append(journal, `${count}`);
    waits.push(journal.durable());
  }
  await Promise.all(waits);
  assertEquals(storage.done.syncs - before, 2);
  assertEquals((await open(powerless(storage))).replayed.length, 101);
});

Deno.test("Journal.durable() asks the disk for nothing when all is safe", async () => {
  const storage = await emptyDisk();
  const { journal } = await open(storage);
  append(journal, "a");
  await journal.durable();
  const before = storage.done.syncs;
  await journal.durable();
  assertEquals(storage.done.syncs, before);
});

Deno.test("Journal.append() leaves everything as before when the disk is full", async () => {
  const storage = await emptyDisk();
  const { journal } = await open(storage);
  append(journal, "a");
  const size = journal.bytes;
  for (let room = 0; room < 30; room++) {
    storage.capacityBytes = size + room;
    assertRefuses(13000, () => append(journal, "too much"));
    assertEquals([journal.sequence, journal.bytes], [1, size]);
  }
  storage.capacityBytes = Infinity;
  append(journal, "b");
  await journal.durable();
  assertEquals((await open(killed(storage))).replayed, ["1:a", "2:b"]);
});

Deno.test("Journal refuses everything once an entry cannot be cut off again", async () => {
  const storage = await emptyDisk();
  const { journal } = await open(storage);
  storage.fail({ operation: "append", bytesWritten: 9 });
  storage.fail({ operation: "truncate" });
  assertRefuses(13000, () => append(journal, "a"));
  assertRefuses(13000, () => append(journal, "b"));
  await assertRejects(() => journal.durable(), IggyError, "cannot be cut back");
  const { replayed, torn } = await open(killed(storage));
  assertEquals([replayed.length, torn[0].bytes], [0, 9]);
});

Deno.test("Journal refuses everything once an fsync has failed", async () => {
  const storage = await emptyDisk();
  const { journal } = await open(storage);
  storage.fail({ operation: "sync" });
  append(journal, "a");
  const error = await assertRejects(() => journal.durable(), IggyError);
  assertEquals(error.code, 13000);
  assertStringIncludes(error.message, "cannot be synced: Input/output error");
  assertRefuses(13000, () => append(journal, "b"));
  await assertRejects(() => journal.durable(), IggyError, "cannot be synced");
});

Deno.test("Journal.rotate() sends later entries to a new file, without a gap", async () => {
  const storage = await emptyDisk();
  const { journal } = await open(storage);
  append(journal, "a");
  append(journal, "b");
  journal.rotate();
  append(journal, "c");
  assertEquals(storage.paths(), [FIRST_FILE, SECOND_FILE]);
  assertEquals((await open(killed(storage))).replayed, ["1:a", "2:b", "3:c"]);
  assertEquals((await open(killed(storage), 2)).replayed, ["3:c"]);
});

Deno.test("Journal.durable() covers the file before a rotation, and the new file's name", async () => {
  const storage = await emptyDisk();
  const { journal } = await open(storage);
  append(journal, "a");
  append(journal, "b");
  journal.rotate();
  append(journal, "c");
  await journal.durable();
  assertEquals((await open(powerless(storage))).replayed, ["1:a", "2:b", "3:c"]);
});

Deno.test("Journal.open() drops a file that lost what came before it, if nobody was told", async () => {
  const storage = await emptyDisk();
  const { journal } = await open(storage);
  append(journal, "a");
  await journal.durable();
  append(journal, "b");
  journal.rotate();
  append(journal, "c");
  const crashed = storage.afterCrash({
    files: ({ path, syncedBytes, writtenBytes }) => ({
      size: path === FIRST_FILE ? syncedBytes : writtenBytes,
    }),
    names: "written",
  });
  const { journal: after, replayed, torn } = await open(crashed);
  assertEquals([replayed, torn.length], [["1:a"], 1]);
  assertEquals(crashed.paths(), [FIRST_FILE]);
  append(after, "B");
  append(after, "C");
  await after.durable();
  assertEquals((await open(powerless(crashed))).replayed, ["1:a", "2:B", "3:C"]);
});

Deno.test("Journal.rotate() changes nothing when the new file cannot be made", async () => {
  for (const operation of ["open", "append"] as const) {
    const storage = await emptyDisk();
    const { journal } = await open(storage);
    append(journal, "a");
    append(journal, "b");
    storage.fail({ operation, pathEnd: "2" });
    assertThrows(() => journal.rotate());
    append(journal, "c");
    await journal.durable();
    assertEquals((await open(powerless(storage))).replayed, ["1:a", "2:b", "3:c"]);
  }
});

Deno.test("Journal.open() passes over the file of a rotation that failed half way", async () => {
  const storage = await emptyDisk();
  const { journal } = await open(storage);
  append(journal, "a");
  append(journal, "b");
  storage.fail({ operation: "append", pathEnd: "2", bytesWritten: 3 });
  storage.fail({ operation: "remove" });
  assertThrows(() => journal.rotate());
  append(journal, "c");
  journal.rotate();
  append(journal, "d");
  const { replayed } = await open(killed(storage));
  assertEquals(replayed, ["1:a", "2:b", "3:c", "4:d"]);
});

Deno.test("Journal.dropRotated() leaves the last file only, also with a sync under way", async () => {
  const storage = await emptyDisk();
  const { journal } = await open(storage);
  append(journal, "a");
  append(journal, "b");
  const release = storage.holdSyncs();
  const earlier = journal.durable();
  journal.rotate();
  const dropped = journal.dropRotated();
  append(journal, "c");
  release();
  await Promise.all([earlier, dropped, journal.durable()]);
  assertEquals(storage.paths(), [SECOND_FILE]);
  assertEquals(storage.handles.open, 1);
  assertEquals((await open(powerless(storage), 2)).replayed, ["3:c"]);
});

Deno.test("Journal.close() makes all entries safe and leaves no file open", async () => {
  const storage = await emptyDisk();
  const { journal } = await open(storage);
  append(journal, "a");
  await journal.close();
  assertEquals(storage.handles.open, 0);
  assertEquals((await open(powerless(storage))).replayed, ["1:a"]);
  assertRefuses(13000, () => append(journal, "b"));
});
