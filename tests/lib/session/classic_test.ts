import { assertEquals, assertRejects } from "@std/assert";
import { COMMANDS } from "../../../protocol/commands.ts";
import { IggyError } from "../../../protocol/errors.ts";
import { WireWriter } from "../../../protocol/wire.ts";
import { Harness, type HarnessOptions, type Line } from "../../support/harness.ts";
import { someMessages } from "../../support/messages.ts";
import { Peer } from "../../support/raw_peer.ts";
import { COMMAND_NAMES, sampleBody } from "../../support/sample_requests.ts";
import { turns } from "../../support/partition_logs.ts";
import * as frames from "../../vectors/classic_frames.ts";

const EMPTY = new Uint8Array();
const PARTITION = { streamId: "orders", topicId: "events", partitionId: 0 };

async function withHarness(
  test: (harness: Harness) => unknown,
  options?: HarnessOptions,
): Promise<void> {
  await using harness = await Harness.open(options);
  await test(harness);
}

/** Somebody who has said nothing yet. */
function withLine(
  test: (line: Line, harness: Harness) => unknown,
  options?: HarnessOptions,
): Promise<void> {
  return withHarness((harness) => test(harness.line("classic"), harness), options);
}

/** Somebody who is logged in as root, on a node with topic "events" in stream "orders". */
function withRoot(
  test: (root: Peer, harness: Harness) => unknown,
  options?: HarnessOptions,
): Promise<void> {
  return withHarness(async (harness) => {
    harness.broker.topic(2);
    await test(await harness.root("classic"), harness);
  }, options);
}

/** The bytes of a request. */
function request(code: number, body: Uint8Array = EMPTY): Uint8Array {
  const writer = new WireWriter();
  writer.u32(4 + body.length);
  writer.u32(code);
  writer.bytes(body);
  return writer.written.slice();
}

/** Status and length of the body of each reply in `bytes`. */
function replies(bytes: Uint8Array): [status: number, length: number][] {
  const view = new DataView(bytes.buffer);
  const found: [number, number][] = [];
  for (let at = 0; at < bytes.length; at += 8 + found.at(-1)![1]) {
    found.push([view.getUint32(at, true), view.getUint32(at + 4, true)]);
  }
  return found;
}

/** The status of the one reply, which has no body. */
function statusOf(bytes: Uint8Array): number {
  const all = replies(bytes);
  assertEquals(all.map(([, length]) => length), [0]);
  return all[0][0];
}

Deno.test("ClassicConversation answers the worked examples of CLASSIC.md section 14 to the byte", () =>
  withLine(async (line, { broker }) => {
    const say = async (asked: Uint8Array, answered: Uint8Array) =>
      assertEquals(await line.say(asked), answered);
    await say(frames.PING_REQUEST, frames.PING_REPLY);
    await say(frames.LOGIN_REQUEST, frames.LOGIN_REPLY);
    await say(frames.CLUSTER_METADATA_REQUEST, frames.CLUSTER_METADATA_REPLY);
    await say(frames.CREATE_STREAM_REQUEST, frames.CREATE_STREAM_REPLY);
    await say(frames.CREATE_TOPIC_REQUEST, frames.CREATE_TOPIC_REPLY);
    broker.clock.advance(5000);
    await say(frames.SEND_REQUEST, frames.SEND_REPLY);
    await say(frames.POLL_REQUEST, frames.POLL_REPLY);
    await say(frames.STORE_OFFSET_REQUEST, frames.SEND_REPLY);
    await say(frames.GET_OFFSET_REQUEST, frames.GET_OFFSET_REPLY);
    await say(frames.CREATE_GROUP_REQUEST, frames.CREATE_GROUP_REPLY);
    await say(frames.JOIN_GROUP_REQUEST, frames.SEND_REPLY);
  }, { services: { cluster: EXAMPLE_CLUSTER } }));

Deno.test("ClassicConversation refuses a wrong password as CLASSIC.md section 14 shows", () =>
  withLine(async (line, { broker }) => {
    broker.catalog.users.changePassword(0, "plain:other");
    assertEquals(await line.say(frames.LOGIN_REQUEST), frames.LOGIN_REFUSAL);
  }));

Deno.test("ClassicConversation answers pipelined requests in order, each once", () =>
  withLine(async (line) => {
    const requests = [
      frames.PING_REQUEST,
      request(COMMANDS.getStreams.code),
      frames.LOGIN_REQUEST,
      frames.CREATE_STREAM_REQUEST,
      request(9999),
      frames.PING_REQUEST,
    ];
    const answers = await line.say(Uint8Array.from(requests.flatMap((each) => [...each])));
    assertEquals(
      replies(answers),
      [[0, 0], [40, 0], [0, 4], [0, 39], [3, 0], [0, 0]],
    );
  }));

Deno.test("ClassicConversation serves ping and logins before login, and answers 40 to all else", () =>
  withLine(async (line) => {
    const expected = { ping: 0, loginUser: 42, loginWithPersonalAccessToken: 20 };
    const wrong = request(COMMANDS.loginUser.code, new TextEncoder().encode("\x04iggy\x05wrong"));
    for (const name of COMMAND_NAMES) {
      const body = sampleBody(name, "classic");
      if (body === undefined) continue;
      const asked = name === "loginUser" ? wrong : request(COMMANDS[name].code, body);
      const status = expected[name as keyof typeof expected] ?? 40;
      assertEquals(statusOf(await line.say(asked)), status, name);
    }
  }));

Deno.test("ClassicConversation decodes before it asks who it is: a malformed body is 3 or 4, not 40", () =>
  withLine(async (line) => {
    const { getStream, createStream, pollMessages } = COMMANDS;
    const malformed: [code: number, body: number[], status: number][] = [
      [getStream.code, [], 3],
      [getStream.code, [1, 3, 0, 0, 0], 4],
      [getStream.code, [9, 4, 0, 0, 0, 0], 3],
      [createStream.code, [0], 4],
      [createStream.code, [2, 0xff, 0xff], 3],
      [pollMessages.code, [1, 1, 4], 3],
    ];
    for (const [code, body, status] of malformed) {
      const answer = await line.say(request(code, Uint8Array.from(body)));
      assertEquals(statusOf(answer), status, `${code}: ${body}`);
    }
  }));

Deno.test("ClassicConversation asks who it is before it decodes a send", () =>
  withLine(async (line) => {
    const send = request(COMMANDS.sendMessages.code, Uint8Array.of(1, 2, 3));
    assertEquals(statusOf(await line.say(send)), 40);
    await line.say(frames.LOGIN_REQUEST);
    assertEquals(statusOf(await line.say(send)), 3);
  }));

Deno.test("ClassicConversation overlooks what follows a body that decodes", () =>
  withLine(async (line) => {
    assertEquals(statusOf(await line.say(request(COMMANDS.ping.code, Uint8Array.of(1, 2)))), 0);
  }));

Deno.test("ClassicConversation answers 3 to codes that do not exist or are of the other framing", () =>
  withLine(async (line) => {
    await line.say(frames.LOGIN_REQUEST);
    for (const code of [0, 2, 14, 40, 103, 104, 123, 606, 0xffffffff]) {
      assertEquals(statusOf(await line.say(request(code))), 3, `${code}`);
    }
  }));

Deno.test("ClassicConversation answers 3 to a length that leaves no room for a code, and goes on", () =>
  withLine(async (line) => {
    assertEquals(statusOf(await line.say(Uint8Array.of(3, 0, 0, 0))), 3);
    assertEquals(await line.say(frames.PING_REQUEST), frames.PING_REPLY);
  }));

Deno.test("ClassicConversation answers 3 to a body that is too long, and nothing after it", () =>
  withLine(async (line) => {
    const long = request(COMMANDS.createStream.code, new Uint8Array(1001));
    assertEquals(statusOf(await line.say(long.subarray(0, 8))), 3);
    assertEquals(await line.say(frames.PING_REQUEST), EMPTY);
  }, { limits: { classicControlBytesMax: 1000 } }));

Deno.test("ClassicConversation answers 41 to a user who lacks the right", () =>
  withRoot(async (root) => {
    await root.ask("createUser", { username: "guest", password: "guest", status: "active" });
    await root.login("guest", "guest");
    for (const name of ["getStats", "createStream", "getUsers", "pollMessages"] as const) {
      assertEquals(await root.status(name, sampleBody(name, "classic")!), 41, name);
    }
    assertEquals((await root.ask("getMe", undefined)).userId, 1);
  }));

Deno.test("ClassicConversation answers nothing, and no error, where something is not there", () =>
  withRoot(async (root) => {
    for (const name of ["getStream", "getTopic", "getTopics", "getConsumerGroup"] as const) {
      const nowhere = { streamId: 9, topicId: 9, partitionId: 9, groupId: 9, userId: 9 };
      await root.write(request(COMMANDS[name].code, sampleBody(name, "classic", nowhere)));
      assertEquals(await root.answer(), { status: 0, body: EMPTY }, name);
    }
  }));

Deno.test("ClassicConversation answers a send with nothing, a poll with head and messages in one reply", () =>
  withRoot(async (root, { broker }) => {
    assertEquals(await root.send(PARTITION, someMessages(3)), undefined);
    const { messages, ...head } = await root.poll(PARTITION);
    assertEquals(head, { partitionId: 0, currentOffset: 2, count: 3 });
    assertEquals(messages.map(({ offset, id }) => [offset, id]), [[0, 1n], [1, 2n], [2, 3n]]);
    assertEquals(broker.buffers.out, 0);
  }));

Deno.test("ClassicConversation answers a poll that finds nothing with its 16 bytes", () =>
  withRoot(async (root) => {
    await root.write(root.pollFrame(PARTITION));
    assertEquals((await root.answer())!.body, new Uint8Array(16));
  }));

Deno.test("ClassicConversation answers a send to a persisted topic once it is on stable storage", () =>
  withHarness(async (harness) => {
    const { broker } = harness;
    broker.topic(1, { durability: "persisted" });
    await broker.catalog.durable();
    const root = await harness.root("classic");
    const release = broker.storage.holdSyncs();
    let sent = false;
    const done = root.send(PARTITION, someMessages(1)).then(() => sent = true);
    await turns();
    assertEquals(sent, false);
    release();
    await done;
  }));

Deno.test("ClassicConversation answers an error that comes late with its status alone", () =>
  withRoot(async (root, { broker }) => {
    broker.storage.fail({ operation: "sync" });
    const fault = await assertRejects(
      () => root.ask("createStream", { name: "more" }),
      IggyError,
    );
    assertEquals(fault.code, 13000);
  }));

Deno.test("ClassicConversation answers a fault of its own with 1, and goes on", () =>
  withRoot(async (root) => {
    assertEquals(await root.status("getStats", EMPTY), 1);
    assertEquals(await root.status("ping", EMPTY), 0);
  }, { services: { host: undefined } }));

Deno.test("ClassicConversation leaves nothing of an answer that could not be written", () =>
  withRoot(async (root) => {
    assertEquals(await root.status("getClusterMetadata", EMPTY), 1);
    assertEquals(await root.status("ping", EMPTY), 0);
  }, { services: { cluster: { ...EXAMPLE_CLUSTER, endpoints: undefined as never } } }));

Deno.test("ClassicConversation ends the connection after 30 and 100, as CLASSIC.md section 1.3 says", async () => {
  for (const [code, ends] of [[40, false], [30, true], [100, true]] as const) {
    await withLine(async (line) => {
      assertEquals(statusOf(await line.say(request(9999))), code);
      assertEquals(line.outbox.ending, ends);
    }, { services: { errorCode: () => code } });
  }
});

Deno.test("ClassicConversation.farewell() is a reply that nobody asked for: 8 at shutdown, 30 when stale", () =>
  withLine(({ conversation }) => {
    assertEquals(replies(conversation.farewell("shutdown")!), [[8, 0]]);
    assertEquals(replies(conversation.farewell("stale")!), [[30, 0]]);
  }));

Deno.test("ClassicConversation keeps memberships over a logout and ends them with the connection", () =>
  withRoot(async (root, { broker, sessions }) => {
    const group = broker.catalog.groups.create("orders", "events", "workers");
    await root.ask("joinConsumerGroup", { ...PARTITION, groupId: "workers" });
    await root.ask("logoutUser", undefined);
    assertEquals(broker.groups.membersCount(group), 1);
    assertEquals(await root.status("getMe", EMPTY), 40);
    root.close();
    assertEquals(broker.groups.membersCount(group), 0);
    assertEquals(sessions.count, 0);
  }));

Deno.test("ClassicConversation lets a second login replace the first, also a failed one leaves it", () =>
  withRoot(async (root) => {
    await root.ask("createUser", { username: "guest", password: "guest", status: "active" });
    await assertRejects(() => root.login("guest", "wrong"), IggyError);
    assertEquals((await root.ask("getMe", undefined)).userId, 0);
    await root.login("guest", "guest");
    assertEquals((await root.ask("getMe", undefined)).userId, 1);
  }));

Deno.test("ClassicConversation takes a ping for a heartbeat", () =>
  withLine(async (line) => {
    assertEquals(line.session.heartbeats, false);
    await line.say(frames.PING_REQUEST);
    assertEquals(line.session.heartbeats, true);
  }));

const EXAMPLE_CLUSTER = {
  name: "single-node",
  nodeName: "iggy-node",
  endpoints: { tcp: 8090, quic: 8080, http: 3000, websocket: 8092 },
};
