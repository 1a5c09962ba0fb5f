import { assertEquals } from "@std/assert";
import { GroupCoordinator, type GroupKey } from "../../../lib/catalog/consumer_groups.ts";
import { assertRefuses } from "./fixtures.ts";

const GROUP: GroupKey = { streamId: 1, topicId: 2, id: 3 };
const OTHER: GroupKey = { streamId: 1, topicId: 5, id: 3 };

function coordinatorWith(stored = new Map<number, number>()): GroupCoordinator {
  return new GroupCoordinator({ storedOffset: (_group, partitionId) => stored.get(partitionId) });
}

Deno.test("GroupCoordinator.join() twice changes nothing", () => {
  const groups = coordinatorWith();
  groups.join(GROUP, 7, 3, 0);
  const before = groups.sync(GROUP, 7);
  groups.join(GROUP, 7, 3, 0);
  assertEquals(groups.sync(GROUP, 7), before);
  assertEquals(groups.membersCount(GROUP), 1);
});

Deno.test("GroupCoordinator.join() follows the topic's number of partitions", () => {
  const groups = coordinatorWith();
  groups.join(GROUP, 7, 3, 0);
  groups.leave(GROUP, 7, 0);
  groups.join(GROUP, 7, 5, 0);
  assertEquals(groups.sync(GROUP, 7)?.partitions, [0, 1, 2, 3, 4]);
});

Deno.test("GroupCoordinator refuses sessions that are no members with 5006", () => {
  const groups = coordinatorWith();
  groups.join(GROUP, 7, 3, 0);
  for (const key of [GROUP, OTHER]) {
    assertRefuses(5006, () => groups.leave(key, 8, 0));
    assertRefuses(5006, () => groups.nextPartition(key, 8));
    assertRefuses(5006, () => groups.currentPartition(key, 8));
    assertRefuses(5006, () => groups.owns(key, 8, 0));
  }
});

Deno.test("GroupCoordinator.sync() gives a non-member nothing and a surplus member no partitions", () => {
  const groups = coordinatorWith();
  groups.join(GROUP, 7, 1, 0);
  groups.join(GROUP, 8, 1, 0);
  assertEquals(groups.sync(GROUP, 8)?.partitions, []);
  assertEquals(groups.sync(GROUP, 9), undefined);
  assertEquals(groups.sync(OTHER, 7), undefined);
});

Deno.test("GroupCoordinator gives a classic member its partitions in turns, and a surplus one none", () => {
  const groups = coordinatorWith();
  groups.join(GROUP, 7, 2, 0);
  assertEquals([1, 2, 3].map(() => groups.nextPartition(GROUP, 7)), [0, 1, 0]);
  assertEquals(groups.currentPartition(GROUP, 7), 0);
  groups.join(GROUP, 8, 2, 0);
  groups.join(GROUP, 9, 2, 0);
  assertEquals(groups.nextPartition(GROUP, 9), undefined);
});

Deno.test("GroupCoordinator.waiters() wakes when partitions may have changed hands", () => {
  const stored = new Map<number, number>();
  const groups = coordinatorWith(stored);
  assertEquals(groups.waiters(GROUP), undefined);
  groups.join(GROUP, 7, 2, 0);
  const woken: string[] = [];
  const after = (what: string, change: () => void) => {
    const waiter = { wake: () => woken.push(what) };
    const waiters = groups.waiters(GROUP)!;
    waiters.add(waiter);
    change();
    waiters.delete(waiter);
  };
  after("polled", () => groups.polled(GROUP, 1, 5));
  after("stored", () => groups.stored(GROUP, 1));
  after("joined again", () => groups.join(GROUP, 7, 2, 0));
  after("other group", () => groups.join(OTHER, 7, 2, 0));
  after("joined", () => groups.join(GROUP, 8, 2, 0));
  stored.set(1, 5);
  after("handed over", () => groups.stored(GROUP, 1));
  after("resized", () => groups.resized(GROUP, 3, 0));
  after("purged", () => groups.purged({ streamId: 1 }));
  after("left", () => groups.leave(GROUP, 8, 0));
  groups.join(GROUP, 9, 3, 0);
  after("disconnected", () => groups.disconnect(9, 0));
  groups.polled(GROUP, 2, 1);
  groups.join(GROUP, 8, 3, 0);
  after("expired", () => groups.expire(30_000));
  after("deleted", () => groups.deleted({ streamId: 1 }));
  const changes = "joined, handed over, resized, purged, left, disconnected, expired, deleted";
  assertEquals(woken.join(", "), changes);
});

Deno.test("GroupCoordinator.disconnect() takes a session out of all its groups", () => {
  const groups = coordinatorWith();
  groups.join(GROUP, 7, 2, 0);
  groups.join(OTHER, 7, 2, 0);
  groups.join(GROUP, 8, 2, 0);
  groups.disconnect(7, 0);
  assertEquals(groups.groupsOf(7), []);
  assertEquals(groups.members(GROUP), [{ id: 1, partitions: [0, 1] }]);
  assertEquals(groups.members(OTHER), []);
  groups.disconnect(7, 0);
});

Deno.test("GroupCoordinator.groupsOf() lists the groups of a session as it joined them", () => {
  const groups = coordinatorWith();
  groups.join(OTHER, 7, 2, 0);
  groups.join(GROUP, 7, 2, 0);
  assertEquals(groups.groupsOf(7), [OTHER, GROUP]);
  groups.leave(OTHER, 7, 0);
  assertEquals(groups.groupsOf(7), [GROUP]);
});

Deno.test("GroupCoordinator hands over when the last polled offset is stored", () => {
  const stored = new Map<number, number>();
  const groups = coordinatorWith(stored);
  groups.join(GROUP, 7, 2, 0);
  groups.polled(GROUP, 1, 5);
  groups.join(GROUP, 8, 2, 0);
  assertEquals([groups.owns(GROUP, 7, 1), groups.owns(GROUP, 8, 1)], [true, false]);
  stored.set(1, 5);
  groups.stored(GROUP, 1);
  assertEquals([groups.owns(GROUP, 7, 1), groups.owns(GROUP, 8, 1)], [false, true]);
});

Deno.test("GroupCoordinator.expire() hands over after 30 s", () => {
  const groups = coordinatorWith();
  groups.join(GROUP, 7, 2, 0);
  groups.polled(GROUP, 1, 5);
  groups.join(GROUP, 8, 2, 1000);
  groups.expire(30_999);
  assertEquals(groups.sync(GROUP, 8)?.partitions, []);
  groups.expire(31_000);
  assertEquals(groups.sync(GROUP, 8)?.partitions, [1]);
});

Deno.test("GroupCoordinator.resized() rebalances all groups of the topic and no other", () => {
  const groups = coordinatorWith();
  groups.join(GROUP, 7, 2, 0);
  groups.join({ ...GROUP, id: 4 }, 7, 2, 0);
  groups.join(OTHER, 7, 2, 0);
  groups.resized(GROUP, 3, 0);
  assertEquals(groups.sync(GROUP, 7)?.partitions, [0, 1, 2]);
  assertEquals(groups.sync({ ...GROUP, id: 4 }, 7)?.partitions, [0, 1, 2]);
  assertEquals(groups.sync(OTHER, 7)?.partitions, [0, 1]);
});

Deno.test("GroupCoordinator.purged() forgets what was polled, in a topic or a whole stream", () => {
  for (const scope of [{ streamId: 1, topicId: 2 }, { streamId: 1 }]) {
    const groups = coordinatorWith();
    groups.join(GROUP, 7, 2, 0);
    groups.polled(GROUP, 1, 5);
    groups.purged(scope);
    groups.join(GROUP, 8, 2, 0);
    assertEquals(groups.sync(GROUP, 8)?.partitions, [1]);
  }
});

Deno.test("GroupCoordinator.deleted() forgets a group, those of a topic, or those of a stream", () => {
  const sibling = { ...GROUP, id: 4 };
  const scopes = [
    { scope: { streamId: 1, topicId: 2 }, groupId: 3, left: [sibling, OTHER] },
    { scope: { streamId: 1, topicId: 2 }, groupId: undefined, left: [OTHER] },
    { scope: { streamId: 1 }, groupId: undefined, left: [] },
  ];
  for (const { scope, groupId, left } of scopes) {
    const groups = coordinatorWith();
    for (const key of [GROUP, sibling, OTHER]) groups.join(key, 7, 2, 0);
    groups.deleted(scope, groupId);
    assertEquals(groups.groupsOf(7), left);
    assertEquals(groups.members(GROUP), []);
  }
});
