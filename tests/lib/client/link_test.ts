import { assert, assertEquals, assertRejects } from "@std/assert";
import { type CallName, type RequestOf, requestOf } from "../../../lib/client/calls.ts";
import { ConnectionError, TimeoutError } from "../../../lib/client/errors.ts";
import type { Request } from "../../../lib/client/exchange.ts";
import { Link } from "../../../lib/client/link.ts";
import { type ConnectOptions, settingsFrom } from "../../../lib/client/options.ts";
import { IggyError } from "../../../protocol/errors.ts";
import { xxh3_64 } from "../../../protocol/xxhash.ts";
import { forEachFraming, settled } from "../../support/scripted_client.ts";
import { Eviction, FRAMINGS, ScriptedNode } from "../../support/scripted_node.ts";
import { SimClock } from "../../support/sim_clock.ts";

type Framing = (typeof FRAMINGS)[number];

const ROOT = { username: "iggy", password: "iggy" };
const STREAM = {
  id: 5,
  createdAt: 0,
  topicsCount: 0,
  sizeBytes: 0,
  messagesCount: 0,
  name: "orders",
};

/** A link to a scripted node, whose time stands still and whose chance is always the same. */
class Scene implements AsyncDisposable {
  readonly node: ScriptedNode;
  readonly clock = new SimClock();
  readonly link: Link;
  /** What a fresh session asks for. */
  restored: Request<void>[] = [];

  constructor(readonly framing: Framing, options: Partial<ConnectOptions> = {}) {
    this.node = new ScriptedNode(framing);
    this.node.on("getStreams", () => []).on("deleteStream", () => undefined)
      .on("createStream", () => STREAM);
    const settings = settingsFrom({ address: "127.0.0.1:8090", framing, ...ROOT, ...options });
    const { node: { dial }, clock } = this;
    // Nothing is taken off the delays when the random number is 0.
    const entropy = { fill: (into: Uint8Array) => void into.fill(0) };
    this.link = new Link(settings, { dial, clock, entropy, xxh3: xxh3_64 }, () => this.restored);
  }

  static async connected(framing: Framing, options: Partial<ConnectOptions> = {}): Promise<Scene> {
    const scene = new Scene(framing, options);
    await scene.link.connect();
    return scene;
  }

  request<Name extends CallName>(name: Name, request: RequestOf<Name>) {
    return requestOf(this.link.dialect, name, request);
  }

  call<Name extends CallName>(name: Name, request: RequestOf<Name>) {
    return this.link.run(this.request(name, request));
  }

  /** The connection breaks; the client sees it when it comes to its turn. */
  lose(): void {
    this.node.connections.at(-1)!.fail();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.link.close();
  }
}

function loginName(framing: Framing) {
  return framing === "classic" ? "loginUser" : "register";
}

forEachFraming("Link.connect() logs in before anything is asked", async (framing) => {
  await using scene = await Scene.connected(framing);
  await scene.call("getStreams", undefined);
  assertEquals(scene.node.asked.map(({ name }) => name), [loginName(framing), "getStreams"]);
});

forEachFraming("Link.connect() logs nobody in without credentials", async (framing) => {
  await using scene = new Scene(framing, { username: undefined, password: undefined });
  await scene.link.connect();
  assertEquals(scene.node.asked, []);
});

Deno.test("Link.connect() says where nobody listens, after one try", async () => {
  await using scene = new Scene("vsr");
  scene.node.refusals = 1;
  const error = await assertRejects(() => scene.link.connect(), ConnectionError);
  assertEquals(error.message, "Cannot connect to 127.0.0.1:8090: Connection refused");
  assertEquals(scene.node.dials, 1);
  assertEquals(scene.clock.timers, 0);
});

Deno.test("Link.connect() gives up when dialling takes too long", async () => {
  const { promise: dialled, resolve } = Promise.withResolvers<never>();
  const clock = new SimClock();
  const ports = { dial: () => dialled, clock, entropy: { fill() {} }, xxh3: xxh3_64 };
  const link = new Link(settingsFrom({ address: "10.0.0.1", timeoutMs: 700 }), ports, () => []);
  const connecting = link.connect();
  clock.advance(700);
  const error = await assertRejects(() => connecting, TimeoutError);
  assertEquals(error.message, "Cannot connect to 10.0.0.1:8090 within 700 ms");
  let closes = 0;
  resolve({ close: () => closes++ } as never);
  await settled();
  assertEquals(closes, 1);
});

forEachFraming(
  "Link.connect() rejects with the node's error when the login is refused",
  async (framing) => {
    await using scene = new Scene(framing);
    scene.node.on("loginUser", () => {
      throw new IggyError(42);
    }).on("register", () => {
      throw new Eviction("invalid_credentials");
    });
    const error = await assertRejects(() => scene.link.connect(), IggyError);
    assertEquals(error.code, 42);
    assertEquals(await scene.node.connections[0].message(), null);
  },
);

forEachFraming(
  "Link.run() asks again over the next connection what only reads",
  async (framing) => {
    await using scene = await Scene.connected(framing);
    scene.node.hold();
    const streams = scene.call("getStreams", undefined);
    await scene.node.next("getStreams");
    scene.lose();
    await scene.node.release();
    assertEquals(await streams, []);
    const { names } = scene.node;
    assertEquals(names, ["getStreams", "getStreams"]);
    assertEquals(scene.node.asked.at(-1)!.connection, 1);
  },
);

forEachFraming(
  "Link.run() never asks twice for a change, and says that its outcome is unknown",
  async (framing) => {
    await using scene = await Scene.connected(framing);
    scene.node.hold();
    const change = scene.call("deleteStream", { streamId: 1 });
    await scene.node.next("deleteStream");
    scene.lose();
    const error = await assertRejects(() => change, ConnectionError);
    assertEquals(error.isOutcomeUnknown, true);
    assertEquals(
      error.message,
      "Connection was closed by the node; delete_stream may have been carried out",
    );
    await scene.node.release();
    await scene.call("getStreams", undefined);
    assertEquals(scene.node.names, ["deleteStream", "getStreams"]);
  },
);

forEachFraming("Link.run() sends later what was not sent yet, in order", async (framing) => {
  await using scene = await Scene.connected(framing, { requestsInFlightMax: 2 });
  scene.node.hold();
  const first = scene.call("deleteStream", { streamId: 1 });
  const rest = [
    scene.call("getStreams", undefined),
    scene.call("deleteStream", { streamId: 2 }),
    scene.call("deleteStream", { streamId: 3 }),
  ];
  await scene.node.next("getStreams");
  scene.lose();
  await assertRejects(() => first, ConnectionError);
  await scene.node.release();
  await Promise.all(rest);
  const again = scene.node.asked.filter(({ connection }) => connection === 1);
  assertEquals(again.slice(1).map(({ name, request }) => [name, request]), [
    ["getStreams", undefined],
    ["deleteStream", { streamId: 2 }],
    ["deleteStream", { streamId: 3 }],
  ]);
});

Deno.test("Link dials again at once, then ever slower up to a limit", async () => {
  await using scene = await Scene.connected("vsr", {
    reconnect: { delayMs: 100, delayMsMax: 300 },
    timeoutMs: 10_000,
  });
  scene.node.refusals = 4;
  scene.lose();
  await settled();
  const streams = scene.call("getStreams", undefined);
  await settled();
  for (const [pauseMs, dials] of [[100, 2], [200, 3], [300, 4], [300, 5]]) {
    assertEquals(scene.node.dials, dials);
    scene.clock.advance(pauseMs - 1);
    await settled();
    assertEquals(scene.node.dials, dials);
    scene.clock.advance(1);
    await settled();
  }
  assertEquals(await streams, []);
});

Deno.test("Link fails what waits once it is out of tries, and tries anew for the next call", async () => {
  await using scene = await Scene.connected("vsr", { reconnect: { attemptsMax: 2, delayMs: 10 } });
  scene.node.refusals = 2;
  scene.lose();
  await settled();
  const streams = scene.call("getStreams", undefined);
  await settled();
  scene.clock.advance(10);
  const error = await assertRejects(() => streams, ConnectionError);
  assertEquals(error.message, "Cannot connect to 127.0.0.1:8090: Connection refused");
  assertEquals(error.isOutcomeUnknown, false);
  assertEquals(await scene.call("getStreams", undefined), []);
});

forEachFraming("Link fails what waits when the node refuses to log in again", async (framing) => {
  await using scene = await Scene.connected(framing);
  const refuse = () => {
    throw framing === "classic" ? new IggyError(42) : new Eviction("invalid_credentials");
  };
  scene.node.on("loginUser", refuse).on("register", refuse);
  scene.lose();
  const error = await assertRejects(() => scene.call("getStreams", undefined), IggyError);
  assertEquals(error.code, 42);
});

forEachFraming("Link logs in again and restores before it goes on", async (framing) => {
  await using scene = await Scene.connected(framing);
  const group = { streamId: 1, topicId: 1, groupId: "workers" };
  scene.restored = [
    scene.request("joinConsumerGroup", group),
    scene.request("joinConsumerGroup", { ...group, groupId: "gone" }),
  ];
  scene.node.on("joinConsumerGroup", ({ groupId }) => {
    if (groupId === "gone") throw new IggyError(5000);
  });
  scene.lose();
  await scene.call("getStreams", undefined);
  const again = scene.node.asked.filter(({ connection }) => connection === 1);
  assertEquals(
    again.map(({ name }) => name),
    [loginName(framing), "joinConsumerGroup", "joinConsumerGroup", "getStreams"],
  );
});

forEachFraming(
  "Link.run() rejects an answer that is late, and the connection goes with it",
  async (framing) => {
    await using scene = await Scene.connected(framing, { timeoutMs: 1000 });
    scene.node.hold();
    const change = scene.call("deleteStream", { streamId: 1 });
    await scene.node.next("deleteStream");
    scene.clock.advance(400);
    const streams = scene.call("getStreams", undefined);
    await scene.node.next("getStreams");
    scene.clock.advance(600);
    const error = await assertRejects(() => change, TimeoutError);
    assertEquals(error.isOutcomeUnknown, true);
    assertEquals(
      error.message,
      "No answer to delete_stream within 1000 ms; delete_stream may have been carried out",
    );
    await scene.node.release();
    assertEquals(await streams, []);
    assertEquals(scene.node.connections.length, 2);
  },
);

forEachFraming("Link.connect() gives up when the login is not answered", async (framing) => {
  await using scene = new Scene(framing, { timeoutMs: 1000 });
  scene.node.hold();
  const connecting = scene.link.connect();
  await scene.node.next(loginName(framing));
  scene.clock.advance(1000);
  const error = await assertRejects(() => connecting, TimeoutError);
  assert(error.message.endsWith("within 1000 ms"));
  assertEquals(error.isOutcomeUnknown, false);
});

forEachFraming("Link.run() gives the node as much longer as it may wait", async (framing) => {
  await using scene = await Scene.connected(framing, { timeoutMs: 1000, reconnect: false });
  scene.node.hold();
  const waiting = scene.link.run({ ...scene.request("getStreams", undefined), waitMs: 500 });
  await scene.node.next("getStreams");
  scene.clock.advance(1499);
  await scene.node.release();
  assertEquals(await waiting, []);
  scene.node.hold();
  const late = scene.link.run({ ...scene.request("getStreams", undefined), waitMs: 500 });
  late.catch(() => {});
  // What goes out behind it is late at its own time.
  const behind = scene.call("getStreams", undefined);
  behind.catch(() => {});
  await settled();
  scene.clock.advance(1000);
  assert((await assertRejects(() => behind, TimeoutError)).message.endsWith("within 1000 ms"));
  await assertRejects(() => late, ConnectionError, "an answer is late");
  assertEquals(scene.clock.timers, 0);
});

Deno.test("Link.run() rejects what could not be sent in time", async () => {
  await using scene = await Scene.connected("vsr", { timeoutMs: 1000 });
  scene.node.refusals = 1000;
  scene.lose();
  await settled();
  const streams = scene.call("getStreams", undefined);
  scene.clock.advance(1000);
  const error = await assertRejects(() => streams, TimeoutError);
  assertEquals(error.message, "get_streams could not be sent within 1000 ms");
  assertEquals(error.isOutcomeUnknown, false);
});

Deno.test("Link.run() tries again what the node has not committed, under its number", async () => {
  await using scene = await Scene.connected("vsr");
  let refusals = 2;
  scene.node.on("deleteStream", () => {
    if (refusals-- > 0) throw new IggyError(57);
  });
  const change = scene.call("deleteStream", { streamId: 1 });
  for (let attempt = 0; attempt < 2; attempt++) {
    await scene.node.next("deleteStream");
    await settled();
    scene.clock.advance(50);
  }
  await change;
  const numbers = scene.node.asked.filter(({ name }) => name === "deleteStream")
    .map(({ header }) => header!.request);
  assertEquals(numbers, [1, 1, 1]);
});

Deno.test("Link.run() tries again what the node has not accepted, under a new number", async () => {
  await using scene = await Scene.connected("vsr");
  let refusals = 1;
  scene.node.on("deleteStream", () => {
    if (refusals-- > 0) throw new IggyError(58);
  });
  const change = scene.call("deleteStream", { streamId: 1 });
  await scene.node.next("deleteStream");
  await settled();
  scene.clock.advance(50);
  await change;
  const numbers = scene.node.asked.filter(({ name }) => name === "deleteStream")
    .map(({ header }) => header!.request);
  assertEquals(numbers, [1, 2]);
});

Deno.test("Link.run() passes a refusal on that stays for as long as an answer may take", async () => {
  await using scene = await Scene.connected("vsr", { timeoutMs: 120 });
  scene.node.on("getStreams", () => {
    throw new IggyError(58);
  });
  const streams = scene.call("getStreams", undefined);
  const rejected = assertRejects(() => streams, IggyError);
  for (let attempt = 0; attempt < 3; attempt++) {
    await settled();
    scene.clock.advance(50);
  }
  assertEquals((await rejected).code, 58);
  assertEquals(scene.node.names, ["getStreams", "getStreams", "getStreams"]);
});

forEachFraming("Link.login() is remembered for the next connection", async (framing) => {
  await using scene = new Scene(framing, { username: undefined, password: undefined });
  await scene.link.connect();
  scene.node.on("loginUser", () => ({ userId: 3 })).on("loginWithPersonalAccessToken", () => ({
    userId: 3,
  })).on("register", () => ({
    userId: 3,
    session: 9,
    serverProtocolVersion: 0x2c00,
    serverVersion: "0.1.0",
  }));
  assertEquals(await scene.link.login({ personalAccessToken: "t" }), 3);
  scene.lose();
  await scene.call("getStreams", undefined);
  const login = framing === "classic" ? "loginWithPersonalAccessToken" : "register";
  assertEquals(scene.node.asked.map(({ name }) => name), [login, login, "getStreams"]);
});

forEachFraming("Link.login() logs out of the login before", async (framing) => {
  await using scene = await Scene.connected(framing);
  await scene.link.login({ username: "anna", password: "secret" });
  const login = loginName(framing);
  assertEquals(scene.node.asked.map(({ name }) => name), [login, "logoutUser", login]);
});

forEachFraming("Link.logout() is not logged in again after a lost connection", async (framing) => {
  await using scene = await Scene.connected(framing);
  await scene.link.logout();
  scene.lose();
  await scene.call("getStreams", undefined);
  assertEquals(
    scene.node.asked.map(({ name }) => name),
    [loginName(framing), "logoutUser", "getStreams"],
  );
});

forEachFraming("Link.logout() succeeds when the connection is lost meanwhile", async (framing) => {
  await using scene = await Scene.connected(framing);
  scene.node.hold();
  const logout = scene.link.logout();
  await scene.node.next("logoutUser");
  scene.lose();
  await logout;
});

forEachFraming(
  "Link.close() fails what waits, ends all timers, and nothing works any more",
  async (framing) => {
    await using scene = await Scene.connected(framing);
    scene.node.hold();
    const change = scene.call("deleteStream", { streamId: 1 });
    await scene.node.next("deleteStream");
    await scene.link.close();
    const error = await assertRejects(() => change, ConnectionError);
    assertEquals(error.message, "Client is closed; delete_stream may have been carried out");
    await assertRejects(
      () => scene.call("getStreams", undefined),
      ConnectionError,
      "Client is closed",
    );
    assertEquals(scene.clock.timers, 0);
    assertEquals(await scene.node.connections[0].message(), null);
  },
);

Deno.test("Link.close() ends a reconnect that pauses", async () => {
  await using scene = await Scene.connected("vsr");
  scene.node.refusals = 1000;
  scene.lose();
  await settled();
  const streams = scene.call("getStreams", undefined);
  await settled();
  await scene.link.close();
  await assertRejects(() => streams, ConnectionError, "Client is closed");
  assertEquals(scene.clock.timers, 0);
  assertEquals(scene.node.dials, 2);
});

Deno.test("Link without reconnect fails everything once the connection is lost", async () => {
  await using scene = await Scene.connected("vsr", { reconnect: false });
  scene.node.hold();
  const streams = scene.call("getStreams", undefined);
  await scene.node.next("getStreams");
  scene.lose();
  const error = await assertRejects(() => streams, ConnectionError);
  assertEquals(error.message, "Connection was closed by the node");
  assertEquals(error.isOutcomeUnknown, false);
  await assertRejects(() => scene.call("getStreams", undefined), ConnectionError, "was closed");
  assertEquals(scene.node.dials, 1);
});

Deno.test("Link makes a new session of a new client after a lost connection", async () => {
  await using scene = await Scene.connected("vsr");
  await scene.call("deleteStream", { streamId: 1 });
  scene.lose();
  await settled();
  await scene.call("deleteStream", { streamId: 2 });
  const [first, second] = scene.node.asked.filter(({ name }) => name === "deleteStream")
    .map(({ header }) => header!);
  assertEquals([first.session, first.request], [1, 1]);
  assertEquals([second.session, second.request], [2, 1]);
});

forEachFraming("Link comes back when the node ends the session", async (framing) => {
  await using scene = await Scene.connected(framing);
  scene.node.on("deleteStream", () => {
    throw framing === "classic" ? new IggyError(30) : new Eviction("stale_client");
  });
  const change = scene.call("deleteStream", { streamId: 1 });
  const error = await assertRejects(() => change, ConnectionError);
  assert(error.message.startsWith("Node ends the session: StaleClient"));
  assertEquals(await scene.call("getStreams", undefined), []);
  assertEquals(scene.node.connections.length, 2);
});
