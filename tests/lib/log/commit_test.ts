import { assert, assertEquals, assertRejects } from "@std/assert";
import { GroupCommit } from "../../../lib/log/commit.ts";
import { turns } from "../../support/partition_logs.ts";

/** Commits that end when they are told to. */
function harness() {
  const started: { reached: number; resolve: () => void; reject: (error: Error) => void }[] = [];
  const state = { end: 0 };
  const commits = new GroupCommit(() => state.end, () => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    started.push({ reached: state.end, resolve, reject });
    return promise;
  });
  return { commits, started, state };
}

Deno.test("GroupCommit.reach() shares a commit that began late enough", () => {
  const { commits, started, state } = harness();
  state.end = 5;
  const first = commits.reach(5);
  assert(commits.reach(3) === first);
  assert(commits.reach(5) === first);
  assertEquals(started.length, 1);
});

Deno.test("GroupCommit.reach() runs one more for all who came too late for the first", async () => {
  const { commits, started, state } = harness();
  state.end = 5;
  const first = commits.reach(5);
  state.end = 6;
  const second = commits.reach(6);
  state.end = 7;
  assert(commits.reach(7) === second);
  assert(second !== first);
  assertEquals(started.length, 1);
  started[0].resolve();
  await first;
  await turns();
  assertEquals(started.map((each) => each.reached), [5, 7]);
  started[1].resolve();
  await second;
});

Deno.test("GroupCommit.reach() rejects for those whose commit failed, and goes on", async () => {
  const { commits, started, state } = harness();
  state.end = 1;
  const first = commits.reach(1);
  state.end = 2;
  const second = commits.reach(2);
  started[0].reject(new Error("Disk is gone"));
  await assertRejects(() => first, Error, "Disk is gone");
  await turns();
  started[1].resolve();
  await second;
});

Deno.test("GroupCommit.settled() resolves when nothing runs or waits any more", async () => {
  const { commits, started, state } = harness();
  await commits.settled();
  commits.reach(1);
  state.end = 2;
  commits.reach(2);
  let isSettled = false;
  const settled = commits.settled().then(() => isSettled = true);
  started[0].reject(new Error("Disk is gone"));
  await turns();
  assert(!isSettled);
  started[1].resolve();
  await settled;
});
