import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { dispatch, renamed, routeByCode } from "../../../lib/session/dispatch.ts";
import type { Dialect } from "../../../protocol/command.ts";
import { type CommandName, COMMANDS } from "../../../protocol/commands.ts";
import { IggyError } from "../../../protocol/errors.ts";
import { type TestBroker, testBroker, type TestClient } from "../../support/broker.ts";
import {
  COMMAND_NAMES,
  SAMPLE_ADDRESS,
  type SampleAddress,
  sampleRequests,
} from "../../support/sample_requests.ts";

const DIALECTS: readonly Dialect[] = ["classic", "vsr_0_11"];

/** What a request comes to: its answer, or the code of its refusal. */
async function outcome(
  broker: TestBroker,
  client: TestClient,
  dialect: Dialect,
  name: CommandName,
  address?: SampleAddress,
): Promise<unknown> {
  const route = routeByCode(COMMANDS[name].code)!;
  try {
    return await dispatch(broker, client, dialect, route, sampleRequests(address)[name]);
  } catch (fault) {
    assert(fault instanceof IggyError, String(fault));
    return fault.code;
  }
}

/** Stream "orders" with topic "events" of one partition, nobody in group "workers". */
async function withBroker(test: (broker: TestBroker) => Promise<void>): Promise<void> {
  await using broker = await testBroker();
  broker.topic();
  broker.catalog.groups.create("orders", "events", "workers");
  await test(broker);
}

Deno.test("routeByCode() knows every code that is on the wire, and no other", () => {
  for (const name of COMMAND_NAMES) {
    const route = routeByCode(COMMANDS[name].code);
    if (name === "register") assertEquals(route, undefined);
    else assertStrictEquals(route?.command, COMMANDS[name]);
  }
  for (const code of [0, 14, 40, 45, 9999]) assertEquals(routeByCode(code), undefined);
});

Deno.test("routeByCode() names a handler for all but what a framing answers itself", () => {
  const without = COMMAND_NAMES.filter((name) =>
    routeByCode(COMMANDS[name].code)?.handler === undefined
  );
  assertEquals(without, ["register", "pollMessages", "sendMessages"]);
});

Deno.test("dispatch() refuses with 40 who has not logged in, whatever it is about", () =>
  withBroker(async (broker) => {
    const nobody = broker.connect(undefined);
    for (const name of COMMAND_NAMES) {
      if (COMMANDS[name].right === "none") continue;
      for (const dialect of DIALECTS) {
        assertEquals(await outcome(broker, nobody, dialect, name, NOWHERE), 40, name);
      }
    }
  }));

Deno.test("dispatch() refuses with 41 who lacks the right, before the handler is asked", () =>
  withBroker(async (broker) => {
    const guest = broker.connectUser("guest");
    const before = broker.catalog.sequence;
    for (const name of COMMAND_NAMES) {
      const { right } = COMMANDS[name];
      if (right === "none" || right === "authenticated") continue;
      assertEquals(await outcome(broker, guest, "classic", name), 41, name);
    }
    assertEquals(broker.catalog.sequence, before);
  }));

Deno.test("dispatch() refuses with 5 what a framing answers itself, once the right is there", () =>
  withBroker(async (broker) => {
    assertEquals(await outcome(broker, broker.connect(), "classic", "pollMessages"), 5);
    assertEquals(await outcome(broker, broker.connectUser("guest"), "classic", "pollMessages"), 41);
  }));

Deno.test("dispatch() rejects or throws what is no IggyError as it is", async () => {
  const bug = new TypeError("Bug");
  const route = routeByCode(COMMANDS.getStream.code)!;
  await using broker = await testBroker();
  for (const handler of [() => Promise.reject(bug), () => throwing(bug)]) {
    const fault = await assertRejects(
      async () => await dispatch(broker, broker.connect(), "classic", { ...route, handler }, {}),
      TypeError,
    );
    assertStrictEquals(fault, bug);
  }
});

const NOWHERE: SampleAddress = {
  streamId: "nowhere",
  topicId: "nowhere",
  partitionId: 99,
  groupId: "nobody",
  userId: "nobody",
};
const NO_TOPIC = { ...SAMPLE_ADDRESS, topicId: 99 };
const NO_PARTITION = { ...SAMPLE_ADDRESS, partitionId: 99 };
const NO_GROUP = { ...SAMPLE_ADDRESS, groupId: 99 };

/** CLASSIC.md section 8, VSR.md section 7.4: what comes where something is not there. */
type Row = readonly [name: CommandName, address: SampleAddress, classic: unknown, vsr: unknown];
const ABSENT: readonly Row[] = [
  ["getStream", NOWHERE, undefined, undefined],
  ["getTopic", NOWHERE, undefined, undefined],
  ["getTopic", NO_TOPIC, undefined, undefined],
  ["getTopics", NOWHERE, [], []],
  ["getUser", NOWHERE, undefined, undefined],
  ["getClient", SAMPLE_ADDRESS, undefined, undefined],
  ["getConsumerGroup", NOWHERE, undefined, 1009],
  ["getConsumerGroup", NO_TOPIC, undefined, 2010],
  ["getConsumerGroup", NO_GROUP, undefined, undefined],
  ["getConsumerGroups", NOWHERE, [], 1009],
  ["getConsumerGroups", NO_TOPIC, [], 2010],
  ["getConsumerOffset", NOWHERE, undefined, 1009],
  ["getConsumerOffset", NO_TOPIC, undefined, 2010],
  ["getConsumerOffset", NO_PARTITION, undefined, 3007],
  ["getConsumerOffset", SAMPLE_ADDRESS, undefined, undefined],
  ["storeConsumerOffset", NOWHERE, 1009, 20],
  ["storeConsumerOffset", NO_TOPIC, 2010, 20],
  ["storeConsumerOffset", NO_PARTITION, 3007, 20],
  ["storeConsumerOffset", SAMPLE_ADDRESS, 4100, 4100],
  ["deleteConsumerOffset", NOWHERE, 1009, 20],
  ["deleteConsumerOffset", NO_TOPIC, 2010, 20],
  ["deleteConsumerOffset", NO_PARTITION, 3007, 20],
  ["deleteConsumerOffset", SAMPLE_ADDRESS, 3021, 3021],
  ["flushUnsavedBuffer", NOWHERE, 1009, 1009],
  ["flushUnsavedBuffer", NO_TOPIC, 2010, 2010],
  ["flushUnsavedBuffer", NO_PARTITION, 3007, 3007],
  ["updateStream", NOWHERE, 1009, 1009],
  ["deleteStream", NOWHERE, 1009, 1009],
  ["purgeStream", NOWHERE, 1009, 1009],
  ["createTopic", NOWHERE, 1009, 1009],
  ["updateTopic", NOWHERE, 1009, 1009],
  ["updateTopic", NO_TOPIC, 2010, 2010],
  ["deleteTopic", NO_TOPIC, 2010, 2010],
  ["purgeTopic", NO_TOPIC, 2010, 2010],
  ["createPartitions", NO_TOPIC, 2010, 2010],
  ["deletePartitions", NO_TOPIC, 2010, 2010],
  ["deleteSegments", NOWHERE, 1009, 1009],
  ["deleteSegments", NO_TOPIC, 2010, 2010],
  ["deleteSegments", NO_PARTITION, 3007, 3007],
  ["createConsumerGroup", NO_TOPIC, 2010, 2010],
  ["deleteConsumerGroup", NO_GROUP, 5000, 5000],
  ["joinConsumerGroup", NO_GROUP, 5000, 5000],
  ["leaveConsumerGroup", NO_GROUP, 5000, 5000],
  ["leaveConsumerGroup", SAMPLE_ADDRESS, 5006, 5006],
  ["syncConsumerGroup", NO_GROUP, 5000, 5000],
  ["syncConsumerGroup", SAMPLE_ADDRESS, undefined, undefined],
  ["getLag", NOWHERE, 1009, 1009],
  ["getLag", NO_TOPIC, 2010, 2010],
  ["updateUser", NOWHERE, 20, 20],
  ["deleteUser", NOWHERE, 20, 20],
  ["updatePermissions", NOWHERE, 20, 20],
  ["changePassword", NOWHERE, 20, 20],
  ["deletePersonalAccessToken", NOWHERE, 20, 20],
  ["loginWithPersonalAccessToken", NOWHERE, 20, 20],
];

Deno.test("dispatch() answers what is not there as the dialect does", () =>
  withBroker(async (broker) => {
    const root = broker.connect();
    for (const [name, address, classic, vsr] of ABSENT) {
      const where = `${name} of ${JSON.stringify(address)}`;
      assertEquals(await outcome(broker, root, "classic", name, address), classic, where);
      assertEquals(await outcome(broker, root, "vsr_0_11", name, address), vsr, where);
    }
  }));

Deno.test("renamed() gives an error the code that the dialect knows it by (VSR.md section 7.4)", () => {
  const rows: [CommandName, code: number, classic: number, vsr: number][] = [
    ["sendMessages", 1009, 1009, 20],
    ["sendMessages", 2010, 2010, 20],
    ["sendMessages", 3007, 3007, 20],
    ["sendMessages", 41, 41, 41],
    ["storeConsumerOffset", 5000, 5000, 20],
    ["storeConsumerOffset", 5006, 5006, 20],
    ["storeConsumerOffset", 3022, 3022, 20],
    ["storeConsumerOffset", 4100, 4100, 4100],
    ["deleteConsumerOffset", 5000, 5000, 5000],
    ["deleteConsumerOffset", 5006, 5006, 20],
    ["deleteConsumerOffset", 3022, 3022, 20],
    ["deleteConsumerOffset", 3021, 3021, 3021],
    ["pollMessages", 3007, 3007, 3007],
  ];
  for (const [name, code, classic, vsr] of rows) {
    const request = { consumer: { kind: "consumer_group", id: 9 } };
    const codes = DIALECTS
      .map((dialect) => renamed(dialect, name, new IggyError(code), request).code);
    assertEquals(codes, [classic, vsr], `${name} ${code}`);
  }
});

Deno.test("renamed() says whether it was a number or a name of a group that a VSR offset was to be deleted of", () => {
  const codes = [9, "nobody"].map((id) => {
    const request = { consumer: { kind: "consumer_group", id } };
    return DIALECTS
      .map((dialect) =>
        renamed(dialect, "deleteConsumerOffset", new IggyError(5000), request).code
      );
  });
  assertEquals(codes, [[5000, 5000], [5000, 5003]]);
});

Deno.test("renamed() keeps the error's words and tells where it came from", () => {
  const fault = new IggyError(1009, "Stream 9 does not exist");
  const told = renamed("vsr_0_11", "sendMessages", fault);
  assertEquals([told.message, told.cause], [fault.message, fault]);
  assertStrictEquals(renamed("classic", "sendMessages", fault), fault);
});

function throwing(fault: unknown): never {
  throw fault;
}
