import { assert, assertEquals, equal } from "@std/assert";
import fc from "fast-check";
import { GroupMembership } from "../../../lib/catalog/group_membership.ts";

/** A group whose stored offsets are in `stored`, by partition. */
function groupOf(partitionsCount: number, stored = new Map<number, number>()): GroupMembership {
  const group = new GroupMembership((partitionId) => stored.get(partitionId));
  group.resize(partitionsCount, 0);
  return group;
}

function partitionsOf(group: GroupMembership): (readonly number[])[] {
  return group.members().map(({ partitions }) => partitions);
}

function generationOf(group: GroupMembership, session: number): number | undefined {
  return group.assignment(session)?.generation;
}

Deno.test("GroupMembership.join() gives the first member everything", () => {
  const group = groupOf(3);
  group.join(7, 0);
  assertEquals(group.members(), [{ id: 0, partitions: [0, 1, 2] }]);
  assertEquals(group.assignment(7), { generation: 1, partitions: [0, 1, 2] });
});

Deno.test("GroupMembership.join() splits 3 partitions 2 + 1 at once when nothing was polled", () => {
  const group = groupOf(3);
  group.join(7, 0);
  group.join(8, 0);
  assertEquals(partitionsOf(group), [[0, 1], [2]]);
});

Deno.test("GroupMembership.join() takes the last partitions of those above their fair share", () => {
  const group = groupOf(7);
  for (const session of [1, 2, 3]) group.join(session, 0);
  assertEquals(partitionsOf(group), [[0, 1, 2], [4, 5], [3, 6]]);
});

Deno.test("GroupMembership.join() leaves surplus members without partitions, and others alone", () => {
  const group = groupOf(2);
  for (const session of [1, 2]) group.join(session, 0);
  const generation = generationOf(group, 1);
  group.join(3, 0);
  assertEquals(partitionsOf(group), [[0], [1], []]);
  assertEquals(group.assignment(3), { generation: generation!, partitions: [] });
});

Deno.test("GroupMembership numbers members from 0, each one above the highest", () => {
  const group = groupOf(1);
  for (const session of [1, 2, 3]) group.join(session, 0);
  group.leave(2, 0);
  group.join(4, 0);
  group.leave(4, 0);
  group.join(5, 0);
  assertEquals(group.members().map(({ id }) => id), [0, 2, 3]);
});

Deno.test("GroupMembership.join() waits for a partition whose messages are at work", () => {
  const group = groupOf(2);
  group.join(1, 0);
  group.polled(1, 9);
  group.join(2, 0);
  assertEquals(partitionsOf(group), [[0, 1], []]);
  assertEquals(group.assignment(1)?.partitions, [0]);
  assertEquals([group.owns(1, 1), group.owns(2, 1)], [true, false]);
  assert(group.handsOver);
});

Deno.test("GroupMembership.join() counts a hand-over that begins as a change for the one who gives", () => {
  const group = groupOf(2);
  group.join(1, 0);
  group.polled(1, 9);
  const before = generationOf(group, 1)!;
  group.join(2, 0);
  assertEquals(group.assignment(1), { generation: before + 1, partitions: [0] });
});

Deno.test("GroupMembership.stored() hands over once the last polled offset is stored", () => {
  const stored = new Map([[1, 3]]);
  const group = groupOf(2, stored);
  group.join(1, 0);
  group.polled(1, 9);
  group.join(2, 0);
  const before = generationOf(group, 1)!;
  stored.set(1, 8);
  group.stored(1);
  assertEquals(group.owns(1, 1), true);
  stored.set(1, 9);
  group.stored(1);
  assertEquals([group.owns(1, 1), group.owns(2, 1)], [false, true]);
  assertEquals(generationOf(group, 2), before + 1);
  assertEquals(group.handsOver, false);
});

Deno.test("GroupMembership.join() hands over at once what was stored up to the last poll", () => {
  const group = groupOf(2, new Map([[1, 9]]));
  group.join(1, 0);
  group.polled(1, 9);
  group.join(2, 0);
  assertEquals(partitionsOf(group), [[0], [1]]);
});

Deno.test("GroupMembership.expire() ends hand-overs that began early enough", () => {
  const group = groupOf(2);
  group.join(1, 0);
  group.polled(1, 9);
  group.join(2, 100);
  group.expire(99);
  assertEquals(group.owns(2, 1), false);
  group.expire(100);
  assertEquals(group.owns(2, 1), true);
});

Deno.test("GroupMembership.join() does not start the time of a hand-over anew", () => {
  const group = groupOf(4);
  group.join(1, 0);
  for (const id of [0, 1, 2, 3]) group.polled(id, 5);
  group.join(2, 100);
  group.join(3, 200);
  group.expire(100);
  assertEquals(partitionsOf(group), [[0, 1], [2], [3]]);
});

Deno.test("GroupMembership.leave() gives what was the member's to others, and leaves theirs alone", () => {
  const group = groupOf(6);
  for (const session of [1, 2, 3]) group.join(session, 0);
  for (const id of [0, 1, 2, 3, 4, 5]) group.polled(id, 5);
  assertEquals(partitionsOf(group), [[0, 1], [3, 4], [2, 5]]);
  group.leave(2, 0);
  assertEquals(partitionsOf(group), [[0, 1, 3], [2, 4, 5]]);
  assertEquals(group.handsOver, false);
});

Deno.test("GroupMembership.leave() plans hand-overs anew: from the member, to it, and past it", () => {
  const group = groupOf(4);
  for (const session of [1, 2]) group.join(session, 0);
  for (const id of [0, 1, 2, 3]) group.polled(id, 5);
  group.join(3, 0);
  assertEquals(group.assignment(1)!.partitions, [0, 1]);
  assertEquals(group.assignment(2)!.partitions, [2]);
  group.leave(3, 0);
  assertEquals([group.handsOver, partitionsOf(group)], [false, [[0, 1], [2, 3]]]);
  group.join(3, 0);
  group.leave(2, 0);
  assertEquals([group.handsOver, partitionsOf(group)], [false, [[0, 1], [2, 3]]]);
});

Deno.test("GroupMembership.resize() deals new partitions without moving the others", () => {
  const group = groupOf(2);
  for (const session of [1, 2]) group.join(session, 0);
  for (const id of [0, 1]) group.polled(id, 5);
  group.resize(5, 0);
  assertEquals(partitionsOf(group), [[0, 2, 4], [1, 3]]);
});

Deno.test("GroupMembership.resize() spreads what is left when partitions go", () => {
  const group = groupOf(4);
  for (const session of [1, 2]) group.join(session, 0);
  group.resize(2, 0);
  assertEquals(partitionsOf(group), [[0], [1]]);
  group.resize(0, 0);
  assertEquals(partitionsOf(group), [[], []]);
});

Deno.test("GroupMembership.purge() ends hand-overs: there is nothing left to work on", () => {
  const group = groupOf(2);
  group.join(1, 0);
  group.polled(1, 9);
  group.join(2, 0);
  group.purge();
  assertEquals(partitionsOf(group), [[0], [1]]);
});

Deno.test("GroupMembership.nextPartition() goes round, past what is handed over", () => {
  const group = groupOf(3);
  group.join(1, 0);
  assertEquals([1, 2, 3, 4].map(() => group.nextPartition(1)), [0, 1, 2, 0]);
  group.polled(2, 5);
  group.join(2, 0);
  assertEquals([1, 2, 3].map(() => group.nextPartition(1)), [1, 0, 1]);
  assertEquals(group.nextPartition(2), undefined);
});

Deno.test("GroupMembership.currentPartition() is that of the last pick, without going on", () => {
  const group = groupOf(3);
  group.join(1, 0);
  assertEquals(group.currentPartition(1), 0);
  group.nextPartition(1);
  group.nextPartition(1);
  assertEquals([group.currentPartition(1), group.currentPartition(1)], [1, 1]);
  assertEquals(group.nextPartition(1), 2);
});

Deno.test("GroupMembership.currentPartition() stays while handed over, and goes with the partition", () => {
  const stored = new Map<number, number>();
  const group = groupOf(2, stored);
  group.join(1, 0);
  group.nextPartition(1);
  group.nextPartition(1);
  group.polled(1, 5);
  group.join(2, 0);
  assertEquals(group.currentPartition(1), 1);
  stored.set(1, 5);
  group.stored(1);
  assertEquals(group.currentPartition(1), 0);
});

type Step =
  | { do: "join" | "leave"; session: number }
  | { do: "poll" | "store"; partition: number; offset: number }
  | { do: "resize"; count: number }
  | { do: "expire" | "purge" };

const SESSION = fc.integer({ min: 1, max: 5 });
const STEP: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constantFrom("join", "join", "leave"), session: SESSION }),
  fc.record({
    do: fc.constantFrom("poll", "store"),
    partition: fc.integer({ min: 0, max: 7 }),
    offset: fc.integer({ min: 0, max: 3 }),
  }),
  fc.record({ do: fc.constant("resize"), count: fc.integer({ min: 0, max: 8 }) }),
  fc.record({ do: fc.constantFrom("expire", "purge") }),
) as fc.Arbitrary<Step>;

/** Does a step, if it is possible; the group then has as many partitions as it gives back. */
function perform(
  group: GroupMembership,
  step: Step,
  partitionsCount: number,
  { stored, nowMs }: { stored: Map<number, number>; nowMs: number },
): number {
  switch (step.do) {
    case "join":
      if (!group.has(step.session)) group.join(step.session, nowMs);
      break;
    case "leave":
      if (group.has(step.session)) group.leave(step.session, nowMs);
      break;
    case "poll":
      group.polled(step.partition, step.offset);
      break;
    case "store":
      stored.set(step.partition, step.offset);
      group.stored(step.partition);
      break;
    case "resize":
      group.resize(step.count, nowMs);
      return step.count;
    case "expire":
      group.expire(nowMs);
      break;
    case "purge":
      group.purge();
      break;
  }
  return partitionsCount;
}

/** What each session sees of its assignment; one that is gone, or has nothing, sees nothing. */
function seen(group: GroupMembership): Map<number, string> {
  const members = group.members();
  const views = group.sessions().map((session, slot): [number, string] => {
    const { partitions } = group.assignment(session)!;
    return [session, `${partitions} of ${members[slot].partitions}`];
  });
  return new Map(views.filter(([, view]) => view !== " of "));
}

/** Asserts the invariants that anybody can see. */
function assertSound(group: GroupMembership, partitionsCount: number): void {
  const owned = group.members().flatMap(({ partitions }) => partitions);
  const all = Array.from({ length: group.size > 0 ? partitionsCount : 0 }, (_, id) => id);
  assertEquals(owned.toSorted((a, b) => a - b), all, "every partition has one owner");
  for (const [slot, session] of group.sessions().entries()) {
    const { partitions } = group.members()[slot];
    const pollable = group.assignment(session)!.partitions;
    assert(pollable.every((id) => partitions.includes(id)), "pollable partitions are owned");
    assert(partitions.every((id) => group.owns(session, id)), "owners own");
    assertEquals(pollable.length === partitions.length || group.handsOver, true);
  }
}

/** Asserts fair shares, which hold as soon as no hand-over is open. */
function assertFair(group: GroupMembership): void {
  if (group.handsOver || group.size === 0) return;
  const counts = group.members().map(({ partitions }) => partitions.length);
  assert(Math.max(...counts) - Math.min(...counts) <= 1, `shares are ${counts}`);
}

Deno.test("GroupMembership keeps one owner for each partition, whatever happens in whatever order", () => {
  const property = (start: number, steps: Step[]) => {
    const stored = new Map<number, number>();
    const group = groupOf(start, stored);
    let [partitionsCount, nowMs] = [start, 0];
    for (const step of steps) {
      const [before, generation] = [seen(group), generationOf(group, group.sessions()[0])];
      partitionsCount = perform(group, step, partitionsCount, { stored, nowMs: ++nowMs });
      assertSound(group, partitionsCount);
      assertFair(group);
      const next = generationOf(group, group.sessions()[0]);
      if (generation === undefined || next === undefined) continue;
      assertEquals(next !== generation, !equal(seen(group), before), JSON.stringify(step));
    }
    group.expire(nowMs + 1);
    assertEquals(group.handsOver, false);
    assertFair(group);
  };
  const start = fc.integer({ min: 0, max: 8 });
  const steps = fc.array(STEP, { maxLength: 60, size: "max" });
  fc.assert(fc.property(start, steps, property), { numRuns: 300 });
});

Deno.test("GroupMembership never lets a member poll what another has at work, before the timeout", () => {
  fc.assert(
    fc.property(fc.array(STEP, { maxLength: 60, size: "max" }), (steps) => {
      const stored = new Map<number, number>();
      const atWork = new Map<number, { session: number; offset: number }>();
      const group = groupOf(4, stored);
      for (const step of steps) {
        if (step.do === "join" && !group.has(step.session)) group.join(step.session, 0);
        if (step.do === "leave" && group.has(step.session)) {
          group.leave(step.session, 0);
          // Who leaves is at work no more.
          for (const [partition, { session }] of atWork) {
            if (session === step.session) atWork.delete(partition);
          }
        }
        if (step.do === "poll") {
          const owner = group.sessions().find((session) => group.owns(session, step.partition));
          if (owner === undefined) continue;
          group.polled(step.partition, step.offset);
          atWork.set(step.partition, { session: owner, offset: step.offset });
        }
        if (step.do === "store") {
          stored.set(step.partition, step.offset);
          group.stored(step.partition);
        }
        for (const [partition, { session, offset }] of atWork) {
          if ((stored.get(partition) ?? -1) >= offset) atWork.delete(partition);
          else assert(group.owns(session, partition), `partition ${partition} has changed hands`);
        }
      }
    }),
    { numRuns: 500 },
  );
});
