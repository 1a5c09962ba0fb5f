import { assert, assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { IdWindow } from "../../../lib/log/id_window.ts";

/** A window that takes ids as numbers. */
class Ids {
  readonly window: IdWindow;

  constructor(entriesMax: number, micros: number, seed = SEED) {
    this.window = new IdWindow({ entriesMax, micros, seed });
  }

  /** Which of the ids are accepted, in a batch of that time. */
  accept(time: number, ...ids: (number | bigint)[]): boolean[] {
    this.window.begin(time);
    return ids.map((id) => this.window.accept(viewOf(id), 0, time));
  }

  remember(time: number, id: number): void {
    this.window.remember(viewOf(id), 0, time);
  }
}

Deno.test("IdWindow.accept() takes an id once, within a batch and over batches", () => {
  const ids = new Ids(10, 1000);
  assertEquals(ids.accept(0, 1, 2, 1), [true, true, false]);
  assertEquals(ids.accept(1, 2, 3, 3), [false, true, false]);
  assertEquals(ids.window.count, 3);
});

Deno.test("IdWindow.accept() tells ids apart that differ in one bit of any of their words", () => {
  const ids = new Ids(1000, 1000);
  for (let bit = 0n; bit < 128n; bit++) assertEquals(ids.accept(0, 1n << bit), [true], `${bit}`);
  for (let bit = 0n; bit < 128n; bit++) assertEquals(ids.accept(0, 1n << bit), [false], `${bit}`);
});

Deno.test("IdWindow.accept() takes the id 0 any number of times, and keeps it never", () => {
  const ids = new Ids(10, 1000);
  assertEquals(ids.accept(0, 0, 0, 0), [true, true, true]);
  assertEquals(ids.window.count, 0);
});

Deno.test("IdWindow.begin() forgets what is older than the window, to the microsecond", () => {
  const ids = new Ids(10, 1000);
  ids.accept(0, 1);
  ids.accept(1, 2);
  assertEquals(ids.accept(1000, 1, 2), [false, false]);
  assertEquals(ids.accept(1001, 1, 2), [true, false]);
  assertEquals(ids.accept(1_000_000, 3), [true]);
  assertEquals(ids.window.count, 1);
});

Deno.test("IdWindow.accept() counts from the first time that an id came", () => {
  const ids = new Ids(10, 1000);
  ids.accept(0, 1);
  assertEquals(ids.accept(900, 1), [false]);
  assertEquals(ids.accept(1001, 1), [true]);
});

Deno.test("IdWindow.accept() pushes out the oldest id when there are enough", () => {
  const ids = new Ids(3, 1000);
  assertEquals(ids.accept(0, 1, 2, 3, 4), [true, true, true, true]);
  assertEquals(ids.accept(0, 2, 3, 4), [false, false, false]);
  assertEquals(ids.accept(0, 1), [true]);
  assertEquals(ids.accept(0, 2, 3, 4), [true, true, true]);
});

Deno.test("IdWindow.accept() keeps the order by age when the clock goes back", () => {
  const ids = new Ids(10, 1000);
  ids.accept(500, 1);
  ids.accept(100, 2);
  assertEquals(ids.accept(1500, 1, 2), [false, false]);
  assertEquals(ids.accept(1501, 1, 2), [true, true]);
});

Deno.test("IdWindow.takeBack() forgets a batch, and knows again what that pushed out", () => {
  const ids = new Ids(3, 1000);
  ids.accept(0, 1, 2, 3);
  ids.accept(1, 4, 5, 6, 7);
  ids.window.takeBack();
  assertEquals(ids.window.count, 3);
  assertEquals(ids.accept(1, 1, 2, 3), [false, false, false]);
  assertEquals(ids.accept(1, 4), [true]);
});

Deno.test("IdWindow.remember() counts an id anew that is there already", () => {
  const ids = new Ids(3, 1000);
  ids.accept(0, 1, 2);
  ids.remember(500, 1);
  assertEquals(ids.window.count, 3);
  // The first 1 and the 2 are too old by then, and then pushed out.
  assertEquals(ids.accept(1001, 1, 2), [false, true]);
  ids.accept(1001, 3, 4, 5);
  ids.window.takeBack();
  assertEquals(ids.accept(1001, 1, 2), [false, false]);
  ids.remember(1001, 2);
  ids.accept(1001, 6, 7);
  assertEquals(ids.accept(1001, 2), [false]);
  ids.window.takeBack();
  ids.accept(1001, 3, 4, 5);
  ids.window.takeBack();
  assertEquals(ids.accept(1001, 2, 6, 7, 1), [false, false, false, true]);
});

Deno.test("IdWindow.shrink() gives the memory back when nothing is young enough", () => {
  const ids = new Ids(1000, 1000);
  for (let id = 1; id <= 600; id++) ids.accept(id, id);
  ids.window.shrink(1599);
  assertEquals([ids.window.count, ids.window.memoryBytes > 1000], [2, true]);
  ids.window.shrink(1601);
  assertEquals([ids.window.count, ids.window.memoryBytes < 100], [0, true]);
  ids.window.takeBack();
  assertEquals(ids.accept(1602, 1, 1), [true, false]);
});

Deno.test("IdWindow does what a list of ids and times does", () => {
  const batch = fc.record({
    later: fc.oneof(fc.constant(0), fc.nat(30), fc.nat(400)),
    ids: fc.array(fc.nat(60), { maxLength: 12 }),
    fails: fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, fc.constant(true)),
  });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 200 }),
      fc.array(batch, { maxLength: 60 }),
      (entriesMax, micros, batches) => {
        const ids = new Ids(entriesMax, micros);
        let known: { id: number; time: number }[] = [];
        let time = 0;
        for (const { later, ids: sent, fails } of batches) {
          time += later;
          known = known.filter((each) => time - each.time <= micros);
          const before = [...known];
          const expected = sent.map((id) => {
            if (id === 0) return true;
            if (known.some((each) => each.id === id)) return false;
            known.push({ id, time });
            if (known.length > entriesMax) known.shift();
            return true;
          });
          assertEquals(ids.accept(time, ...sent), expected);
          if (fails) {
            ids.window.takeBack();
            known = before;
          }
          assertEquals(ids.window.count, known.length);
        }
      },
    ),
    { numRuns: 1000 },
  );
});

Deno.test("IdWindow takes up to 40 bytes an id, and no more after ten million of them", () => {
  const entriesMax = 10_000;
  const window = new IdWindow({ entriesMax, micros: 1e9, seed: SEED });
  assert(window.memoryBytes < 100);
  const view = new DataView(new ArrayBuffer(16));
  const accept = (from: number, to: number) => {
    let accepted = 0;
    for (let id = from; id < to; id++) {
      if (id % 1000 === 0) window.begin(id);
      view.setUint32(0, id, true);
      view.setUint32(8, Math.imul(id, 0x9e3779b1), true);
      if (window.accept(view, 0, id)) accepted++;
    }
    return accepted;
  };
  assertEquals(accept(1, 20_000), 19_999);
  const { memoryBytes } = window;
  assert(memoryBytes <= 40 * entriesMax + 24 * 1024, `${memoryBytes} bytes`);
  assertEquals(accept(20_000, 10_000_000), 9_980_000);
  assertEquals(accept(9_990_000, 10_000_000), 0);
  assertEquals([window.memoryBytes, window.count], [memoryBytes, entriesMax]);
});

function viewOf(id: number | bigint): DataView {
  const view = new DataView(new ArrayBuffer(16));
  view.setBigUint64(0, BigInt(id) & 0xffffffffffffffffn, true);
  view.setBigUint64(8, BigInt(id) >> 64n, true);
  return view;
}

const SEED = Uint8Array.from({ length: 16 }, (_, index) => index * 37 + 11);
