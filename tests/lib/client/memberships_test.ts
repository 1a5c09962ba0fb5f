import { assertEquals, assertRejects } from "@std/assert";
import type { Call } from "../../../lib/client/calls.ts";
import { Memberships } from "../../../lib/client/memberships.ts";
import type { Dialect } from "../../../protocol/command.ts";
import type { ConsumerGroupAssignment } from "../../../protocol/consumer_groups.ts";
import { IggyError } from "../../../protocol/errors.ts";
import { WireReader, WireWriter } from "../../../protocol/wire.ts";
import { COMMANDS } from "../../../protocol/commands.ts";

const WORKERS = { streamId: "orders", topicId: "events", groupId: "workers" };

/** Memberships of a client whose node answers a sync with `assignment`. */
function scene(dialect: Dialect = "vsr_0_11") {
  const scene = {
    assignment: undefined as ConsumerGroupAssignment | undefined,
    calls: [] as string[],
  };
  const call = ((name: string) => {
    scene.calls.push(name);
    return Promise.resolve(name === "syncConsumerGroup" ? scene.assignment : undefined);
  }) as unknown as Call;
  return Object.assign(scene, { memberships: new Memberships(dialect, call) });
}

async function take(memberships: Memberships, count: number): Promise<(number | undefined)[]> {
  const taken = [];
  for (let poll = 0; poll < count; poll++) taken.push(await memberships.nextPartition(WORKERS));
  return taken;
}

Deno.test("Memberships.nextPartition() asks once, then takes the partitions in turn", async () => {
  const member = scene();
  member.assignment = { generation: 1, partitions: [0, 2] };
  await member.memberships.join(WORKERS);
  assertEquals(await take(member.memberships, 3), [0, 2, 0]);
  assertEquals(member.calls, ["joinConsumerGroup", "syncConsumerGroup"]);
});

Deno.test("Memberships.nextPartition() starts over when the assignment changes", async () => {
  const member = scene();
  member.assignment = { generation: 1, partitions: [0, 2] };
  await member.memberships.join(WORKERS);
  await take(member.memberships, 3);
  await member.memberships.refresh();
  assertEquals(await take(member.memberships, 1), [2]);
  member.assignment = { generation: 2, partitions: [4, 5] };
  await member.memberships.refresh();
  assertEquals(await take(member.memberships, 2), [4, 5]);
});

Deno.test("Memberships.nextPartition() asks each time while there are no partitions", async () => {
  const member = scene();
  member.assignment = { generation: 1, partitions: [] };
  await member.memberships.join(WORKERS);
  assertEquals(await take(member.memberships, 2), [undefined, undefined]);
  member.assignment = { generation: 2, partitions: [1] };
  assertEquals(await take(member.memberships, 1), [1]);
});

Deno.test("Memberships.nextPartition() refuses who is no member", async () => {
  const { memberships } = scene();
  const error = await assertRejects(() => memberships.nextPartition(WORKERS), IggyError);
  assertEquals(error.code, 5006);
  assertEquals(error.message, "This client is not a member of group workers");
});

Deno.test("Memberships.refresh() asks for each group, with classic framing for none", async () => {
  for (const [dialect, syncs] of [["vsr_0_11", 2], ["classic", 0]] as const) {
    const member = scene(dialect);
    await member.memberships.join(WORKERS);
    await member.memberships.join({ ...WORKERS, groupId: 7 });
    await member.memberships.refresh();
    const count = member.calls.filter((name) => name === "syncConsumerGroup").length;
    assertEquals(count, syncs);
  }
});

Deno.test("Memberships.rejoin() names every group that was joined and not left", async () => {
  for (const dialect of ["classic", "vsr_0_11"] as const) {
    const { memberships } = scene(dialect);
    await memberships.join(WORKERS);
    await memberships.join({ ...WORKERS, groupId: 7 });
    await memberships.leave(WORKERS);
    const requests = [...memberships.rejoin()];
    const writer = new WireWriter();
    requests[0].writeBody(writer);
    const codec = COMMANDS.joinConsumerGroup.request[dialect]!;
    assertEquals(codec.decode(new WireReader(writer.written)), { ...WORKERS, groupId: 7 });
    assertEquals(requests.length, 1);
  }
});

Deno.test("Memberships.rejoin() drops assignments, which ended with the session", async () => {
  const member = scene();
  member.assignment = { generation: 1, partitions: [0] };
  await member.memberships.join(WORKERS);
  await take(member.memberships, 1);
  [...member.memberships.rejoin()];
  member.assignment = { generation: 1, partitions: [3] };
  assertEquals(await take(member.memberships, 1), [3]);
});
