import { assertEquals, assertThrows } from "@std/assert";
import { type CallName, type RequestOf, requestOf } from "../../../lib/client/calls.ts";
import { ConnectionError } from "../../../lib/client/errors.ts";
import { Exchange, type Request } from "../../../lib/client/exchange.ts";
import { loginRequest, logoutRequest } from "../../../lib/client/logins.ts";
import { PreparedBatch } from "../../../lib/client/prepared_batch.ts";
import { VsrFraming } from "../../../lib/client/vsr.ts";
import { systemEntropy } from "../../../lib/os/entropy.ts";
import { COMMANDS } from "../../../protocol/commands.ts";
import { IggyError } from "../../../protocol/errors.ts";
import {
  encodeEviction,
  encodeReplyHeader,
  type EvictionReason,
  VsrRequest,
  vsrRequests,
} from "../../../protocol/vsr.ts";
import { WireWriter } from "../../../protocol/wire.ts";
import { xxh3_64 } from "../../../protocol/xxhash.ts";
import { hex } from "../../support/codec_laws.ts";
import { someMessages } from "../../support/messages.ts";

/** A framing, and the requests and answers that go through it. */
class Conversation {
  readonly framing = new VsrFraming(systemEntropy, xxh3_64);

  exchange<Response>(request: Request<Response>): Exchange {
    return new Exchange<unknown>(request as Request<unknown>, 0);
  }

  call<Name extends CallName>(name: Name, request: RequestOf<Name>): Exchange {
    return this.exchange(requestOf("vsr_0_11", name, request));
  }

  /** The request as the node sees it. */
  sent(exchange: Exchange): VsrRequest {
    const writer = new WireWriter();
    this.framing.encode(writer, exchange);
    const frame = writer.written;
    const request = vsrRequests().view(frame, 0, frame.length);
    if ("fault" in request) throw new Error(request.fault);
    return request;
  }

  /** What `open` makes of a reply to `request`. */
  opened(
    request: VsrRequest,
    exchange: Exchange | undefined,
    { status = 0, body = "", operation = request.operation } = {},
  ): Uint8Array {
    const writer = new WireWriter();
    encodeReplyHeader(writer, request, { op: 0, commit: 0, status }, hex(body).length);
    writer.bytes(hex(body));
    writer.written[208] = operation;
    return this.#open(writer.written, exchange);
  }

  evicted(reason: EvictionReason, exchange: Exchange | undefined, versions?: [number, number]) {
    const writer = new WireWriter();
    const [min, max] = versions ?? [0, 0];
    encodeEviction(writer, 1n, reason, { min, max });
    return this.#open(writer.written, exchange);
  }

  login(): VsrRequest {
    const exchange = this.exchange(loginRequest("vsr_0_11", CREDENTIALS));
    const request = this.sent(exchange);
    this.opened(request, exchange, { body: LOGGED_IN });
    return request;
  }

  #open(bytes: Uint8Array, exchange: Exchange | undefined): Uint8Array {
    const answer = this.framing.layout.view(bytes, 0, bytes.length);
    if ("fault" in answer) throw new Error(answer.fault);
    return this.framing.open(answer, exchange).rest();
  }
}

const CREDENTIALS = { username: "iggy", password: "iggy" };
const TOPIC = { streamId: 1, topicId: 1 };

/** Result section, user 0, session 7, protocol 0.11.0, server "0.9.0". */
const LOGGED_IN = "00000000 00000000 0700000000000000 002c0000 05 302e392e30";

Deno.test("VsrFraming.encode() numbers requests as the published SDK does", () => {
  const conversation = new Conversation();
  const numberOf = (exchange: Exchange) => conversation.sent(exchange).request;
  assertEquals(numberOf(conversation.call("ping", undefined)), 1);
  assertEquals(conversation.login().request, 0);
  // VSR.md section 6: what changes something uses a number up, what reads names the next.
  assertEquals(numberOf(conversation.call("createStream", { name: "orders" })), 1);
  assertEquals(numberOf(conversation.call("getStreams", undefined)), 2);
  assertEquals(numberOf(conversation.call("getStats", undefined)), 2);
  const consumer = { kind: "consumer", id: 1 } as const;
  const offset = { ...TOPIC, consumer, offset: 1, ack: "quorum" } as const;
  assertEquals(numberOf(conversation.call("storeConsumerOffset", offset)), 2);
  assertEquals(numberOf(conversation.call("deleteStream", { streamId: 1 })), 3);
  conversation.login();
  assertEquals(numberOf(conversation.call("deleteStream", { streamId: 1 })), 1);
});

Deno.test("VsrFraming.encode() sends an exchange again under its number", () => {
  const conversation = new Conversation();
  const create = conversation.call("createStream", { name: "orders" });
  assertEquals(conversation.sent(create).request, 1);
  conversation.sent(conversation.call("deleteStream", { streamId: 1 }));
  assertEquals(conversation.sent(create).request, 1);
});

Deno.test("VsrFraming.encode() puts operation and code where they belong", () => {
  const conversation = new Conversation();
  const read = conversation.sent(conversation.call("getTopic", TOPIC));
  assertEquals([read.operation, read.code], [2, 300]);
  const write = conversation.sent(conversation.call("purgeTopic", TOPIC));
  assertEquals([write.operation, write.code], [135, 0]);
});

Deno.test("VsrFraming.encode() stamps logins and changes of metadata, nothing else", () => {
  const conversation = new Conversation();
  const login = conversation.login();
  assertEquals(login.requestChecksum, xxh3_64(login.body));
  const create = conversation.sent(conversation.call("createStream", { name: "orders" }));
  assertEquals(create.requestChecksum, xxh3_64(create.body));
  const logout = conversation.sent(conversation.exchange(logoutRequest()));
  assertEquals(logout.requestChecksum, 0x2d06800538d394c2n);
  assertEquals(conversation.sent(conversation.call("getTopic", TOPIC)).requestChecksum, 0n);
  const consumer = { kind: "consumer", id: 1 } as const;
  const forget = conversation.call("deleteConsumerOffset", { ...TOPIC, consumer, ack: "quorum" });
  assertEquals(conversation.sent(forget).requestChecksum, 0n);
});

Deno.test("VsrFraming.encode() counts the batch that follows, and refuses one beyond a frame", () => {
  const conversation = new Conversation();
  const send = (batch: PreparedBatch) =>
    conversation.exchange({
      command: COMMANDS.sendMessages,
      batch,
      writeBody: (writer) => writer.u8(7),
      readBody() {},
    });
  const batch = new PreparedBatch("vsr_0_11", someMessages(3, 100), xxh3_64);
  const writer = new WireWriter();
  conversation.framing.encode(writer, send(batch));
  const size = new DataView(writer.written.slice().buffer).getUint32(48, true);
  assertEquals(size, 256 + 1 + batch.byteLength);
  const huge = { byteLength: 64 * 1024 * 1024 } as PreparedBatch;
  assertThrows(() => conversation.sent(send(huge)), IggyError, "does not fit a frame");
});

Deno.test("VsrFraming has a session from login to logout, each of another client", () => {
  const conversation = new Conversation();
  const ping = () => conversation.sent(conversation.call("ping", undefined));
  const before = ping();
  assertEquals(before.session, 0);
  const login = conversation.login();
  const during = ping();
  assertEquals([during.session, during.client], [7, login.client]);
  const exchange = conversation.exchange(logoutRequest());
  const logout = conversation.sent(exchange);
  assertEquals(logout.session, 7);
  conversation.opened(logout, exchange);
  const after = ping();
  assertEquals(after.session, 0);
  const clients = new Set([before.client, login.client, after.client]);
  assertEquals(clients.size, 3);
});

Deno.test("VsrFraming.open() gives the body behind the result section", () => {
  const conversation = new Conversation();
  const create = conversation.call("createStream", { name: "orders" });
  const request = conversation.sent(create);
  assertEquals(conversation.opened(request, create, { body: "00000000 aabb" }), hex("aabb"));
  const read = conversation.call("getStreams", undefined);
  assertEquals(
    conversation.opened(conversation.sent(read), read, { body: "00000000 aabb" }),
    hex("00000000 aabb"),
  );
});

Deno.test("VsrFraming.open() throws the error of the status and of the result section", () => {
  const conversation = new Conversation();
  const create = conversation.call("createStream", { name: "orders" });
  const request = conversation.sent(create);
  for (
    const refusal of [{ status: 1012 }, { body: "01000000 00000000 f4030000" }]
  ) {
    const error = assertThrows(() => conversation.opened(request, create, refusal), IggyError);
    assertEquals(error.code, 1012);
  }
});

Deno.test("VsrFraming.open() takes the operations that the reference answers with", () => {
  const conversation = new Conversation();
  const trim = conversation.call("deleteSegments", { ...TOPIC, partitionId: 0, segmentsCount: 1 });
  const request = conversation.sent(trim);
  assertEquals(conversation.opened(request, trim), hex(""));
  // VSR.md section 4: the reference answers it as TruncatePartition, which is result-framed.
  const truncated = { operation: 68, body: "00000000" };
  assertEquals(conversation.opened(request, trim, truncated), hex(""));
});

Deno.test("VsrFraming.open() ends the connection when the answer is another request's", () => {
  const conversation = new Conversation();
  const first = conversation.sent(conversation.call("createStream", { name: "a" }));
  const second = conversation.call("createStream", { name: "b" });
  conversation.sent(second);
  for (const exchange of [second, undefined]) {
    assertThrows(
      () => conversation.opened(first, exchange),
      ConnectionError,
      "Node answers request 1, which nobody made",
    );
  }
});

Deno.test("VsrFraming.open() refuses a login with the error of the eviction", () => {
  const conversation = new Conversation();
  const login = conversation.exchange(loginRequest("vsr_0_11", CREDENTIALS));
  conversation.sent(login);
  const wrong = assertThrows(() => conversation.evicted("invalid_credentials", login), IggyError);
  assertEquals(wrong.code, 42);
  const version: [number, number] = [0x2c00, 0x3002];
  const old = assertThrows(
    () => conversation.evicted("incompatible_protocol", login, version),
    IggyError,
  );
  assertEquals(old.code, 14003);
  assertEquals(
    old.message,
    "Node speaks protocol 0.11.0 to 0.12.2, this client speaks 0.11.0",
  );
});

Deno.test("VsrFraming.open() refuses a request without a session, and keeps the connection", () => {
  const conversation = new Conversation();
  const create = conversation.call("createStream", { name: "orders" });
  conversation.sent(create);
  const error = assertThrows(() => conversation.evicted("no_session", create), IggyError);
  assertEquals(error.code, 40);
});

Deno.test("VsrFraming.open() ends the connection when the session is evicted", () => {
  const conversation = new Conversation();
  conversation.login();
  assertThrows(
    () => conversation.evicted("stale_client", undefined),
    ConnectionError,
    "Node ends the session: StaleClient (stale_client)",
  );
});
