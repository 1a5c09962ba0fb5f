import { assert, assertEquals } from "@std/assert";
import { CommitNumbers } from "../../../lib/handlers/commit_numbers.ts";
import { xxh3 } from "../../../lib/log/checksum.ts";
import { COMMANDS } from "../../../protocol/commands.ts";
import { wholeFrame } from "../../../protocol/framing.ts";
import { type RequestFields, vsrAnswers, VsrEviction } from "../../../protocol/vsr.ts";
import { u128At, WireReader } from "../../../protocol/wire.ts";
import { Harness } from "../../support/harness.ts";
import { someMessages } from "../../support/messages.ts";
import { turns } from "../../support/partition_logs.ts";
import { type Peer, VsrPeerFraming } from "../../support/raw_peer.ts";
import { COMMAND_NAMES, sampleBody } from "../../support/sample_requests.ts";
import {
  CREATE_STREAM,
  createStreamBody,
  type VsrClient,
  withVsrClient,
  withVsrSession,
} from "../../support/vsr_client.ts";
import * as frames from "../../vectors/vsr_frames.ts";

const EMPTY = new Uint8Array();
const PARTITION = { streamId: "orders", topicId: "events", partitionId: 0 };
const NON_REPLICATED = 2;
const CLASSIC_LOGINS = [COMMANDS.loginUser.code, COMMANDS.loginWithPersonalAccessToken.code];

/** Somebody who is logged in as root, on a node with topic "events" in stream "orders". */
async function withRoot(test: (root: Peer, harness: Harness) => unknown): Promise<void> {
  await using harness = await Harness.open();
  harness.broker.topic(2);
  await test(await harness.root(new VsrPeerFraming()), harness);
}

Deno.test("VsrConversation answers the session of VSR.md section 13 to the byte", () =>
  withVsrClient(async ({ line }, { broker }) => {
    const say = async (asked: Uint8Array, answered: Uint8Array) =>
      assertEquals(await line.say(asked), answered);
    await say(frames.LOGIN_REQUEST, frames.LOGIN_REPLY);
    await say(frames.PING_REQUEST, frames.PING_REPLY);
    await say(frames.CLUSTER_METADATA_REQUEST, frames.CLUSTER_METADATA_REPLY);
    await say(frames.CREATE_STREAM_REQUEST, frames.CREATE_STREAM_REPLY);
    // The node tells more options than the example.
    await line.say(frames.CREATE_TOPIC_REQUEST);
    broker.clock.advance(5000);
    const sent = await line.say(frames.SEND_REQUEST);
    assertEquals(withoutPosition(sent), withoutPosition(frames.SEND_REPLY));
    await say(frames.POLL_REQUEST, frames.POLL_REPLY);
    const stored = await line.say(frames.STORE_OFFSET_REQUEST);
    assertEquals(withoutPosition(stored), withoutPosition(frames.STORE_OFFSET_REPLY));
    await say(frames.CREATE_GROUP_REQUEST, frames.CREATE_GROUP_REPLY);
    await say(frames.JOIN_GROUP_REQUEST, frames.JOIN_GROUP_REPLY);
    await say(frames.SYNC_GROUP_REQUEST, frames.SYNC_GROUP_REPLY);
    await say(frames.LOGOUT_REQUEST, frames.LOGOUT_REPLY);
  }, {
    services: {
      version: "0.9.0",
      commits: new CommitNumbers(6),
      cluster: {
        name: "single-node",
        nodeName: "iggy-node",
        endpoints: { tcp: 8090, quic: 8080, http: 3000, websocket: 8092 },
      },
    },
  }));

/** A reply without op and commit, which in partition operations are the server's to choose. */
function withoutPosition(bytes: Uint8Array): Uint8Array {
  return bytes.slice().fill(0, 176, 192);
}

// NonReplicated requests (VSR.md sections 4 and 4.1)

Deno.test("VsrConversation serves ping before login, and answers 40 to every other code", () =>
  withVsrClient(async (client) => {
    for (const name of COMMAND_NAMES) {
      const { code } = COMMANDS[name];
      if (CLASSIC_LOGINS.includes(code)) continue;
      const { status } = await client.reply({ code }, sampleBody(name, "vsr_0_11"));
      assertEquals(status, name === "ping" ? 0 : 40, name);
    }
    for (const code of [0, 14, 103, 104, 123, 9999]) {
      assertEquals((await client.reply({ code })).status, 40, `${code}`);
    }
  }));

Deno.test("VsrConversation evicts who sends a classic login, with or without a session", () =>
  withVsrClient(async (client) => {
    for (let turn = 0; turn < 2; turn++) {
      for (const code of CLASSIC_LOGINS) {
        assertEquals(await client.eviction({ code }), "malformed_login");
      }
      await client.login();
    }
  }));

Deno.test("VsrConversation answers 3 to codes that do not exist", () =>
  withVsrSession(async (client) => {
    for (const code of [0, 14, 40, 45, 103, 104, 123, 9999, 0xffffffff]) {
      assertEquals((await client.reply({ code })).status, 3, `${code}`);
    }
  }));

Deno.test("VsrConversation answers 5 to the code of a command that has an operation of its own", () =>
  withVsrSession(async (client) => {
    for (const name of COMMAND_NAMES) {
      const { code, operation } = COMMANDS[name];
      if (operation === NON_REPLICATED || name === "register") continue;
      const { status } = await client.reply({ code }, sampleBody(name, "vsr_0_11"));
      assertEquals(status, 5, name);
    }
  }));

Deno.test("VsrConversation answers a malformed body with the code that says what is wrong with it", () =>
  withVsrSession(async (client) => {
    const { code } = COMMANDS.getStream;
    assertEquals((await client.reply({ code })).status, 3);
    assertEquals((await client.reply({ code }, Uint8Array.of(1, 3, 0, 0, 0))).status, 4);
    assertEquals((await client.reply(CREATE_STREAM, Uint8Array.of(0))).status, 4);
  }));

Deno.test("VsrConversation answers NonReplicated requests whatever session and number they carry", () =>
  withVsrSession(async (client) => {
    for (const fields of [{ session: 0 }, { session: 2 ** 52 }, { request: 0 }, { client: 5n }]) {
      assertEquals((await client.ask("getMe", fields)).status, 0);
    }
  }));

// What every reply carries (VSR.md sections 3.3 and 4.2)

Deno.test("VsrConversation echoes what identifies the request, in errors too", () =>
  withVsrSession(async (client) => {
    const requests: [status: number, RequestFields][] = [
      [0, { ...UNUSUAL, operation: 2, code: COMMANDS.ping.code, client: 1n << 127n }],
      [3, { ...UNUSUAL, operation: 2, code: 9999 }],
      [4, { ...UNUSUAL, operation: 128, session: client.session, client: client.client }],
      [3, { ...UNUSUAL, operation: 250 }],
    ];
    for (const [expected, fields] of requests) {
      const { status, operation, request, client: sender, header } = await client.reply(fields);
      const echoed = { operation, request, client: sender, requestChecksum: u128At(header, 128) };
      const { session: _, code: __, ...identity } = fields;
      assertEquals([status, echoed], [expected, identity]);
    }
  }));

const UNUSUAL: RequestFields = {
  client: 77n,
  request: 78,
  requestChecksum: 79n,
  session: 80,
  operation: 0,
  code: 0,
};

Deno.test("VsrConversation puts a result section in front of what has one", () =>
  withVsrSession(async (client, { broker }) => {
    broker.topic();
    const size = async (name: Parameters<VsrClient["ask"]>[0], request = 1) =>
      (await client.ask(name, { request })).body;
    assertEquals(await size("ping"), EMPTY);
    assertEquals(await size("deleteSegments"), EMPTY);
    assertEquals(await size("purgeTopic", 2), new Uint8Array(4));
    const created = new WireReader(await size("createStream", 3));
    assertEquals(created.u32(), 0);
    assertEquals(COMMANDS.createStream.response.vsr_0_11!.decode(created).name, "stream");
  }));

Deno.test("VsrConversation counts commits upwards, and tells the last one in what changes nothing", () =>
  withVsrSession(async (client) => {
    const created = await client.createStream(1);
    assert(created.commit > client.session);
    assertEquals(created.op, created.commit);
    const read = await client.ask("getStreams");
    assertEquals([read.commit, read.op], [created.commit, client.session]);
    const refused = await client.createStream(2, "stream-1");
    assertEquals(refused.status, 1012);
    assert((await client.createStream(3)).commit > refused.commit);
  }));

// Replicated requests: session, number, stamp (VSR.md section 6)

Deno.test("VsrConversation evicts a replicated request without a session", () =>
  withVsrClient(async (client) => {
    for (const operation of [128, 149, 160, 161, 162]) {
      assertEquals(await client.eviction({ operation, session: 5 }), "no_session", `${operation}`);
    }
  }));

Deno.test("VsrConversation evicts a client id that did not log in on the connection", () =>
  withVsrSession(async (client) => {
    assertEquals(await client.eviction({ operation: 128, client: 5n }), "no_session");
    assertEquals((await client.createStream(1)).status, 0);
  }));

Deno.test("VsrConversation evicts a session that is over, and answers 40 to one to come", () =>
  withVsrSession(async (client) => {
    const { session } = client;
    const body = createStreamBody("orders");
    assertEquals(
      await client.eviction({ operation: 128, session: session - 1 }, body),
      "session_too_low",
    );
    assertEquals(await client.eviction({ operation: 128, session: 0 }, body), "session_too_low");
    assertEquals((await client.reply({ operation: 128, session: session + 1 }, body)).status, 40);
    assertEquals((await client.createStream(1)).status, 0);
  }));

Deno.test("VsrConversation answers 3 to operations that do not exist or are of servers", () =>
  withVsrSession(async (client) => {
    for (const operation of [0, 4, 64, 65, 66, 67, 68, 127, 150, 163, 255]) {
      assertEquals((await client.reply({ operation })).status, 3, `${operation}`);
    }
  }));

Deno.test("VsrConversation refuses a stamp that is not the body's hash with 4, and does nothing", () =>
  withVsrSession(async (client, { broker }) => {
    const stamp = xxh3(createStreamBody("orders"));
    const reply = (requestChecksum: bigint) =>
      client.createStream(1, "orders", { requestChecksum });
    assertEquals((await reply(stamp + 1n)).status, 4);
    assertEquals((await reply(stamp + (1n << 64n))).status, 4);
    assertEquals(broker.catalog.streams.size, 0);
    assertEquals((await reply(stamp)).status, 0);
  }));

Deno.test("VsrConversation carries out a metadata request once for each number, and repeats its reply", () =>
  withVsrSession(async (client, { broker }) => {
    const first = await client.createStream(1, "orders");
    const again = await client.createStream(1, "orders");
    assertEquals([again.header, again.body], [first.header, first.body]);
    assertEquals(broker.catalog.streams.size, 1);
  }));

Deno.test("VsrConversation repeats replies that took time as those that did not", () =>
  withVsrSession(async (client, { broker }) => {
    broker.topic();
    broker.catalog.groups.create("orders", "events", "workers");
    for (const [request, name] of [[1, "joinConsumerGroup"], [2, "purgeTopic"]] as const) {
      const first = await client.ask(name, { request });
      assertEquals(first.status, 0);
      const again = await client.ask(name, { request });
      assertEquals([again.header, again.body], [first.header, first.body]);
    }
  }));

Deno.test("VsrConversation takes gaps between request numbers, and looks at no more than the number", () =>
  withVsrSession(async (client, { broker }) => {
    for (const request of [1, 5, 1000]) {
      assertEquals((await client.createStream(request)).status, 0);
    }
    assertEquals((await client.createStream(1000, "another")).status, 0);
    assertEquals(broker.catalog.streams.size, 3);
  }));

Deno.test("VsrConversation answers 3 when another request has the number, if both are stamped", () =>
  withVsrSession(async (client) => {
    const stamped = (name: string) =>
      client.createStream(1, name, { requestChecksum: xxh3(createStreamBody(name)) });
    assertEquals((await stamped("orders")).status, 0);
    assertEquals((await stamped("orders")).status, 0);
    assertEquals((await stamped("others")).status, 3);
  }));

Deno.test("VsrConversation answers 59 to a number whose reply is gone", () =>
  withVsrSession(async (client, { broker }) => {
    for (const request of [1, 2, 3, 4, 5, 7]) await client.createStream(request);
    assertEquals((await client.createStream(1)).status, 59);
    assertEquals((await client.createStream(6)).status, 59);
    assertEquals((await client.createStream(2)).status, 0);
    assertEquals(broker.catalog.streams.size, 6);
  }));

Deno.test("VsrConversation answers 3 to a metadata request with the number 0", () =>
  withVsrSession(async (client, { broker }) => {
    assertEquals((await client.createStream(0)).status, 3);
    assertEquals(broker.catalog.streams.size, 0);
  }));

Deno.test("VsrConversation does not remember what was refused: its number may be tried again", () =>
  withVsrSession(async (client, { broker }) => {
    broker.catalog.streams.create("orders", 1);
    assertEquals((await client.createStream(1, "orders")).status, 1012);
    broker.catalog.streams.delete("orders");
    assertEquals((await client.createStream(1, "orders")).status, 0);
  }));

Deno.test("VsrConversation tells a token's secret once", () =>
  withVsrSession(async (client) => {
    const { status, body } = await client.ask("createPersonalAccessToken");
    assertEquals([status, body.length], [0, 4 + 1 + 68]);
    assertEquals((await client.ask("createPersonalAccessToken")).status, 59);
  }));

Deno.test("VsrConversation forgets numbers and replies with the session", () =>
  withVsrSession(async (client, { broker }) => {
    await client.createStream(9, "orders");
    await client.login();
    assertEquals((await client.createStream(1)).status, 0);
    assertEquals((await client.createStream(9, "others")).status, 0);
    assertEquals(broker.catalog.streams.size, 3);
  }));

Deno.test("VsrConversation carries out a partition operation however often its number comes", () =>
  withVsrSession(async (client, { broker }) => {
    broker.topic();
    const store = { operation: COMMANDS.storeConsumerOffset.operation };
    for (const request of [7, 7, 1]) {
      const { status } = await client.reply(
        { ...store, request },
        sampleBody("storeConsumerOffset", "vsr_0_11"),
      );
      assertEquals(status, 4100);
    }
    assertEquals((await client.createStream(1)).status, 0);
  }));

// Messages

Deno.test("VsrConversation tells where a send went, and polls it back in one reply", () =>
  withRoot(async (root, { broker }) => {
    await root.send(PARTITION, someMessages(2));
    const confirmation = await root.send(PARTITION, someMessages(3));
    assertEquals(confirmation, { streamId: 0, topicId: 0, partitionId: 0, baseOffset: 2 });
    const { messages, ...head } = await root.poll({ ...PARTITION, strategy: "offset", value: 1 });
    assertEquals(head, { partitionId: 0, currentOffset: 4, count: 4 });
    assertEquals(messages.map(({ offset }) => offset), [1, 2, 3, 4]);
    assertEquals(broker.buffers.out, 0);
  }));

Deno.test("VsrConversation confirms a send of duplicates only without a place (VSR.md section 8.3)", () =>
  withRoot(async (root, { broker }) => {
    broker.catalog.topics.update("orders", "events", "events", { deduplicationWindow: 1e9 });
    await root.send(PARTITION, someMessages(2));
    assertEquals(await root.send(PARTITION, someMessages(2)), undefined);
    const { baseOffset } = (await root.send(PARTITION, someMessages(3)))!;
    assertEquals(baseOffset, 2);
  }));

Deno.test("VsrConversation answers a poll that finds nothing with its 16 bytes", () =>
  withRoot(async (root) => {
    await root.write(root.pollFrame(PARTITION));
    assertEquals((await root.answer())!.body, new Uint8Array(16));
  }));

Deno.test("VsrConversation answers a send to what does not exist with 20, a poll with the code of it", () =>
  withVsrSession(async (client, { broker }) => {
    assertEquals((await client.ask("sendMessages")).status, 20);
    assertEquals((await client.ask("pollMessages")).status, 1009);
    broker.topic(0);
    assertEquals((await client.ask("sendMessages")).status, 20);
    assertEquals((await client.ask("pollMessages")).status, 3007);
  }));

Deno.test("VsrConversation answers a send to a persisted topic once it is on stable storage", async () => {
  await using harness = await Harness.open();
  const { broker } = harness;
  broker.topic(1, { durability: "persisted" });
  await broker.catalog.durable();
  const root = await harness.root("vsr_0_11");
  const release = broker.storage.holdSyncs();
  let sent = false;
  const done = root.send(PARTITION, someMessages(1)).then(() => sent = true);
  await turns();
  assertEquals(sent, false);
  release();
  await done;
});

Deno.test("VsrConversation answers with the code of a sync that fails, and with 1 to a bug", () =>
  withVsrSession(async (client, { broker }) => {
    assertEquals((await client.ask("getStats")).status, 1);
    broker.storage.fail({ operation: "sync" });
    assertEquals((await client.createStream(1)).status, 13000);
    assertEquals((await client.ask("ping")).status, 0);
  }, { services: { host: undefined } }));

Deno.test("VsrConversation leaves nothing of an answer that could not be written", () =>
  withVsrSession(async (client) => {
    assertEquals((await client.ask("getClusterMetadata")).status, 1);
    assertEquals((await client.ask("ping")).status, 0);
  }, { services: { cluster: { name: "name", nodeName: "node", endpoints: undefined as never } } }));

// What comes out of the blue

Deno.test("VsrConversation answers nothing to what is no request (VSR.md section 1)", () =>
  withVsrClient(async ({ line }) => {
    const nobody = frames.PING_REQUEST.slice().fill(0, 128, 144);
    assertEquals(await line.say(nobody), EMPTY);
  }));

Deno.test("VsrConversation.farewell() evicts a stale client by the id it used last, and says nothing at shutdown", () =>
  withVsrClient(async ({ line }) => {
    const evicted = () => {
      const answer = wholeFrame(vsrAnswers(), line.conversation.farewell("stale")!) as VsrEviction;
      return [answer.reason, answer.client];
    };
    assertEquals(evicted(), ["stale_client", 1n]);
    await line.say(frames.PING_REQUEST);
    assertEquals(evicted(), ["stale_client", 0x0123456789abcdef0123456789abcdefn]);
    assertEquals(line.conversation.farewell("shutdown"), undefined);
  }));
