/** The worked examples of both fact sheets, read and written: one session of each protocol. */
import { assertEquals } from "@std/assert";
import { type Codec, type Dialect } from "../../protocol/command.ts";
import { type CommandName, COMMANDS } from "../../protocol/commands.ts";
import { INVALID_CREDENTIALS, STREAM_NAME_ALREADY_EXISTS } from "../../protocol/error_codes.ts";
import {
  classicReplies,
  type ClassicReply,
  type ClassicRequest,
  classicRequests,
  encodeClassicReplyHead,
  encodeClassicRequestHead,
  type FrameLayout,
  wholeFrame,
} from "../../protocol/framing.ts";
import { NEVER_EXPIRES, UNLIMITED } from "../../protocol/options.ts";
import {
  decodeResult,
  encodeEviction,
  encodeReplyHeader,
  encodeRequestHeader,
  encodeResult,
  EVICTION_REASONS,
  vsrAnswers,
  VsrEviction,
  VsrReply,
  VsrRequest,
  vsrRequests,
} from "../../protocol/vsr.ts";
import { WireReader, WireWriter } from "../../protocol/wire.ts";
import { xxh3_64 } from "../../protocol/xxhash.ts";
import * as classic from "../vectors/classic_frames.ts";
import * as messages from "../vectors/messages.ts";
import * as vsr from "../vectors/vsr_frames.ts";

const CREATED_AT = 1_700_000_000_000_000;
const TOPIC = { streamId: "orders", topicId: "events" };
const CONSUMER = { consumer: { kind: "consumer", id: 1 }, ...TOPIC, partitionId: 1 } as const;
const METADATA = {
  name: "single-node",
  nodes: [{
    name: "iggy-node",
    ip: "127.0.0.1",
    endpoints: { tcp: 8090, quic: 8080, http: 3000, websocket: 8092 },
    role: "leader",
    status: "healthy",
  }],
};
const STREAM = {
  id: 0,
  createdAt: CREATED_AT,
  topicsCount: 0,
  sizeBytes: 0,
  messagesCount: 0,
  name: "orders",
};
const PARTITION = {
  id: 0,
  createdAt: CREATED_AT,
  segmentsCount: 0,
  currentOffset: 0,
  sizeBytes: 0,
  messagesCount: 0,
};
const PARTITIONS = [PARTITION, { ...PARTITION, id: 1 }];
const CREATED_TOPIC = {
  id: 0,
  createdAt: CREATED_AT,
  partitionsCount: 2,
  messageExpiry: NEVER_EXPIRES,
  compressionAlgorithm: "none",
  maxTopicSize: UNLIMITED,
  replicationFactor: 1,
  sizeBytes: 0,
  messagesCount: 0,
  name: "events",
  explicitOptions: {},
  derivedOptions: {},
  partitions: PARTITIONS,
};
const SEND = {
  ...TOPIC,
  partitioning: { kind: "partition_id", partitionId: 1 },
  messagesCount: 2,
} as const;
const POLL = {
  ...CONSUMER,
  strategy: { kind: "offset", value: 0 },
  count: 10,
  autoCommit: true,
};
const GROUP = { id: 0, partitionsCount: 2, membersCount: 0, name: "workers" };
const NO_BYTES = new Uint8Array();

/** Frame, command, value of its body, and what follows that value. */
type Example = readonly [
  frame: Uint8Array,
  command: CommandName,
  value: unknown,
  rest?: Uint8Array,
];

const CLASSIC_REQUESTS: readonly Example[] = [
  [classic.PING_REQUEST, "ping", undefined],
  [classic.LOGIN_REQUEST, "loginUser", {
    username: "iggy",
    password: "iggy",
    version: "0.10.0",
    context: "",
  }],
  [classic.CLUSTER_METADATA_REQUEST, "getClusterMetadata", undefined],
  [classic.CREATE_STREAM_REQUEST, "createStream", { name: "orders" }],
  [classic.CREATE_TOPIC_REQUEST, "createTopic", {
    streamId: "orders",
    partitionsCount: 2,
    name: "events",
    options: {
      compressionAlgorithm: "none",
      messageExpiry: 0n,
      maxTopicSize: 0n,
      replicationFactor: 1,
    },
  }],
  [classic.SEND_REQUEST, "sendMessages", SEND, messages.CLASSIC_SEND],
  [classic.POLL_REQUEST, "pollMessages", POLL],
  [classic.STORE_OFFSET_REQUEST, "storeConsumerOffset", { ...CONSUMER, offset: 1, ack: "quorum" }],
  [classic.GET_OFFSET_REQUEST, "getConsumerOffset", CONSUMER],
  [classic.CREATE_GROUP_REQUEST, "createConsumerGroup", { ...TOPIC, name: "workers" }],
  [classic.JOIN_GROUP_REQUEST, "joinConsumerGroup", { ...TOPIC, groupId: "workers" }],
];

const CLASSIC_REPLIES: readonly Example[] = [
  [classic.PING_REPLY, "ping", undefined],
  [classic.LOGIN_REPLY, "loginUser", { userId: 0 }],
  [classic.CLUSTER_METADATA_REPLY, "getClusterMetadata", METADATA],
  [classic.CREATE_STREAM_REPLY, "createStream", STREAM],
  [classic.CREATE_TOPIC_REPLY, "createTopic", CREATED_TOPIC],
  [classic.SEND_REPLY, "sendMessages", []],
  [
    classic.POLL_REPLY,
    "pollMessages",
    { partitionId: 1, currentOffset: 1, count: 2 },
    messages.CLASSIC_POLL,
  ],
  [classic.EMPTY_POLL_REPLY, "pollMessages", { partitionId: 1, currentOffset: 1, count: 0 }],
  [classic.GET_OFFSET_REPLY, "getConsumerOffset", {
    partitionId: 1,
    currentOffset: 1,
    storedOffset: 1,
  }],
  [classic.CREATE_GROUP_REPLY, "createConsumerGroup", GROUP],
];

const CREATE_TOPIC_OPTIONS = {
  consumerOffsetDurability: "replicated",
  durability: "replicated",
  messageExpiry: 3_600_000_000n,
};

/** As above, with the request number of each. */
const VSR_REQUESTS: readonly (readonly [request: number, ...Example])[] = [
  [0, vsr.LOGIN_REQUEST, "register", {
    protocolVersion: 11264,
    sdkName: "rust-sdk",
    sdkVersion: "0.11.0",
    byPassword: { username: "iggy", password: "iggy", context: "" },
    byToken: undefined,
    exact: true,
  }],
  [1, vsr.PING_REQUEST, "ping", undefined],
  [1, vsr.CLUSTER_METADATA_REQUEST, "getClusterMetadata", undefined],
  [1, vsr.CREATE_STREAM_REQUEST, "createStream", { name: "orders" }],
  [2, vsr.CREATE_TOPIC_REQUEST, "createTopic", {
    streamId: "orders",
    partitionsCount: 2,
    name: "events",
    options: CREATE_TOPIC_OPTIONS,
  }],
  [3, vsr.SEND_REQUEST, "sendMessages", SEND, messages.VSR_SEND],
  [4, vsr.POLL_REQUEST, "pollMessages", POLL],
  [4, vsr.STORE_OFFSET_REQUEST, "storeConsumerOffset", { ...CONSUMER, offset: 1, ack: "quorum" }],
  [5, vsr.CREATE_GROUP_REQUEST, "createConsumerGroup", { ...TOPIC, name: "workers" }],
  [6, vsr.JOIN_GROUP_REQUEST, "joinConsumerGroup", { ...TOPIC, groupId: "workers" }],
  [7, vsr.SYNC_GROUP_REQUEST, "syncConsumerGroup", { ...TOPIC, groupId: "workers" }],
  [7, vsr.LOGOUT_REQUEST, "logoutUser", undefined],
];

/** As above, with the request each answers and its positions in the log. */
const VSR_REPLIES: readonly (readonly [Uint8Array, op: number, commit: number, ...Example])[] = [
  [vsr.LOGIN_REQUEST, 7, 7, vsr.LOGIN_REPLY, "register", {
    userId: 0,
    session: 7,
    serverProtocolVersion: 11264,
    serverVersion: "0.9.0",
  }],
  [vsr.PING_REQUEST, 7, 7, vsr.PING_REPLY, "ping", undefined],
  [
    vsr.CLUSTER_METADATA_REQUEST,
    7,
    7,
    vsr.CLUSTER_METADATA_REPLY,
    "getClusterMetadata",
    METADATA,
  ],
  [vsr.CREATE_STREAM_REQUEST, 8, 8, vsr.CREATE_STREAM_REPLY, "createStream", STREAM],
  [vsr.CREATE_TOPIC_REQUEST, 9, 9, vsr.CREATE_TOPIC_REPLY, "createTopic", {
    ...CREATED_TOPIC,
    messageExpiry: 3_600_000_000n,
    explicitOptions: CREATE_TOPIC_OPTIONS,
  }],
  [vsr.SEND_REQUEST, 1, 1, vsr.SEND_REPLY, "sendMessages", [
    { streamId: 0, topicId: 0, partitionId: 1, baseOffset: 0 },
  ]],
  [
    vsr.POLL_REQUEST,
    7,
    9,
    vsr.POLL_REPLY,
    "pollMessages",
    { partitionId: 1, currentOffset: 1, count: 2 },
    messages.VSR_POLL,
  ],
  [vsr.STORE_OFFSET_REQUEST, 2, 2, vsr.STORE_OFFSET_REPLY, "storeConsumerOffset", undefined],
  [vsr.CREATE_GROUP_REQUEST, 10, 10, vsr.CREATE_GROUP_REPLY, "createConsumerGroup", GROUP],
  [vsr.JOIN_GROUP_REQUEST, 11, 11, vsr.JOIN_GROUP_REPLY, "joinConsumerGroup", undefined],
  [vsr.SYNC_GROUP_REQUEST, 7, 11, vsr.SYNC_GROUP_REPLY, "syncConsumerGroup", {
    generation: 1,
    partitions: [0, 1],
  }],
  [vsr.LOGOUT_REQUEST, 7, 12, vsr.LOGOUT_REPLY, "logoutUser", undefined],
];

const CLIENT = 0x0123456789abcdef0123456789abcdefn;
const REQUEST_LIMITS = { frameBytesMax: 1024, controlBodyBytesMax: 1024 };

for (const [frame, name, value, rest = NO_BYTES] of CLASSIC_REQUESTS) {
  Deno.test(`CLASSIC.md section 14: request ${name} reads and writes as printed`, () => {
    const request = only<ClassicRequest>(classicRequests(REQUEST_LIMITS), frame);
    assertEquals(request.code, COMMANDS[name].code);
    const body = readAndWrite("classic", "request", name, value, rest, request.body);
    const writer = new WireWriter();
    encodeClassicRequestHead(writer, request.code, body.length);
    writer.bytes(body);
    assertEquals(writer.written, frame);
  });
}

for (const [frame, name, value, rest = NO_BYTES] of CLASSIC_REPLIES) {
  Deno.test(`CLASSIC.md section 14: reply to ${name} reads and writes as printed`, () => {
    const reply = only<ClassicReply>(classicReplies(1024), frame);
    assertEquals(reply.status, 0);
    const body = readAndWrite("classic", "response", name, value, rest, reply.body);
    const writer = new WireWriter();
    encodeClassicReplyHead(writer, 0, body.length);
    writer.bytes(body);
    assertEquals(writer.written, frame);
  });
}

Deno.test("CLASSIC.md section 14: a refused login reads and writes as printed", () => {
  const reply = only<ClassicReply>(classicReplies(1024), classic.LOGIN_REFUSAL);
  assertEquals(reply, { status: INVALID_CREDENTIALS, body: NO_BYTES });
  const writer = new WireWriter();
  encodeClassicReplyHead(writer, INVALID_CREDENTIALS, 0);
  assertEquals(writer.written, classic.LOGIN_REFUSAL);
});

for (const [number, frame, name, value, rest = NO_BYTES] of VSR_REQUESTS) {
  Deno.test(`VSR.md section 13: request ${name} reads and writes as printed`, () => {
    const request = only<VsrRequest>(vsrRequests(), frame);
    const { code, operation } = COMMANDS[name];
    assertEquals(request.client, CLIENT);
    assertEquals(request.request, number);
    assertEquals(request.operation, operation);
    assertEquals(request.session, name === "register" ? 0 : 7);
    assertEquals(request.code, operation === 2 ? code : 0);
    const body = readAndWrite("vsr_0_11", "request", name, value, rest, request.body);
    const isStamped = operation !== 2 && operation < 160;
    const writer = new WireWriter();
    encodeRequestHeader(writer, {
      client: CLIENT,
      requestChecksum: isStamped ? xxh3_64(body) : 0n,
      request: number,
      operation,
      session: name === "register" ? 0 : 7,
      code: operation === 2 ? code : 0,
    }, body.length);
    writer.bytes(body);
    assertEquals(writer.written, frame);
  });
}

for (const [request, op, commit, frame, name, value, rest = NO_BYTES] of VSR_REPLIES) {
  Deno.test(`VSR.md section 13: reply to ${name} reads and writes as printed`, () => {
    const reply = only<VsrReply | VsrEviction>(vsrAnswers(), frame) as VsrReply;
    const { operation, resultFramed } = COMMANDS[name];
    assertEquals(
      [reply.client, reply.op, reply.commit, reply.operation, reply.status],
      [CLIENT, op, commit, operation, 0],
    );
    const result = resultFramed ? reply.body.subarray(0, 4) : NO_BYTES;
    assertEquals(resultFramed ? decodeResult(new WireReader(result)) : 0, 0);
    const payload = reply.body.subarray(result.length);
    const body = readAndWrite("vsr_0_11", "response", name, value, rest, payload);
    const writer = new WireWriter();
    encodeReplyHeader(
      writer,
      only<VsrRequest>(vsrRequests(), request),
      { op, commit, status: 0 },
      0,
    );
    if (resultFramed) encodeResult(writer, 0);
    writer.bytes(body);
    writer.patchU32(48, writer.length);
    assertEquals(writer.written, frame);
  });
}

Deno.test("VSR.md section 13: refusals read and write as printed", () => {
  const request = only<VsrRequest>(vsrRequests(), vsr.CREATE_STREAM_REQUEST);
  const result = only(vsrAnswers(), vsr.CREATE_STREAM_DUPLICATE_RESULT_SECTION) as VsrReply;
  assertEquals(decodeResult(new WireReader(result.body)), STREAM_NAME_ALREADY_EXISTS);
  const writer = new WireWriter();
  encodeReplyHeader(writer, request, { op: 8, commit: 8, status: 0 }, 12);
  encodeResult(writer, STREAM_NAME_ALREADY_EXISTS);
  assertEquals(writer.written, vsr.CREATE_STREAM_DUPLICATE_RESULT_SECTION);

  const status = only(vsrAnswers(), vsr.CREATE_STREAM_DUPLICATE_STATUS_CHANNEL) as VsrReply;
  assertEquals(status.status, STREAM_NAME_ALREADY_EXISTS);
  writer.clear();
  encodeReplyHeader(writer, request, {
    op: 0,
    commit: status.commit,
    status: STREAM_NAME_ALREADY_EXISTS,
  }, 0);
  assertEquals(writer.written, vsr.CREATE_STREAM_DUPLICATE_STATUS_CHANNEL);
});

Deno.test("VSR.md section 13: evictions read and write as printed", () => {
  const login = only(vsrAnswers(), vsr.LOGIN_REJECTED) as VsrEviction;
  assertEquals(login.client, CLIENT);
  assertEquals(login.reason, "invalid_credentials");
  assertEquals(EVICTION_REASONS.invalid_credentials.error, INVALID_CREDENTIALS);
  const writer = new WireWriter();
  encodeEviction(writer, CLIENT, "invalid_credentials");
  assertEquals(writer.written, vsr.LOGIN_REJECTED);

  const version = only(vsrAnswers(), vsr.PROTOCOL_REJECTED) as VsrEviction;
  assertEquals(version.reason, "incompatible_protocol");
  assertEquals(version.versions, { min: 11264, max: 11264 });
  writer.clear();
  encodeEviction(writer, CLIENT, "incompatible_protocol", version.versions);
  assertEquals(writer.written, vsr.PROTOCOL_REJECTED);
});

/** The only frame in `bytes`. */
function only<Frame>(layout: FrameLayout<Frame>, bytes: Uint8Array): Frame {
  return wholeFrame(layout, bytes) as Frame;
}

/** Checks that a body reads as `value` and `rest`, and gives what these two are written as. */
function readAndWrite(
  dialect: Dialect,
  side: "request" | "response",
  name: CommandName,
  value: unknown,
  rest: Uint8Array,
  body: Uint8Array,
): Uint8Array {
  const codec = COMMANDS[name][side][dialect] as Codec<unknown>;
  const reader = new WireReader(body);
  assertEquals(codec.decode(reader), value);
  assertEquals(reader.rest(), rest);
  const writer = new WireWriter();
  codec.encode(writer, value);
  writer.bytes(rest);
  return writer.written;
}
