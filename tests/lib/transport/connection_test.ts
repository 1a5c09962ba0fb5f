import { assert, assertEquals, assertRejects } from "@std/assert";
import { COMMANDS } from "../../../protocol/commands.ts";
import { turns } from "../../support/partition_logs.ts";
import { connected, FAREWELL, FAULT, scripted } from "../../support/scripted_conversation.ts";
import * as classic from "../../vectors/classic_frames.ts";
import * as vsr from "../../vectors/vsr_frames.ts";

// Detection

Deno.test("Connection finds out what it speaks however the first bytes are cut", async () => {
  const firsts: [framing: string, Uint8Array][] = [
    ["classic", classic.LOGIN_REQUEST],
    ["classic", classic.PING_REQUEST],
    ["vsr", vsr.PING_REQUEST],
    ["http", new TextEncoder().encode("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")],
  ];
  for (const [framing, bytes] of firsts) {
    for (let cut = 0; cut < bytes.length; cut++) {
      const { host, client, end } = connected();
      if (cut > 0) await client.write(bytes.subarray(0, cut));
      await turns();
      await client.write(bytes.subarray(cut));
      client.end();
      await end;
      assertEquals(host.framings, [framing], `${framing} cut at ${cut}`);
      if (framing === "http") assertEquals(host.bridged, [bytes]);
    }
  }
});

Deno.test("Connection answers a request whose first bytes it was detected by, however they are cut", async () => {
  const request = scripted("echo", 1, 2, 3);
  for (let cut = 1; cut < request.length; cut++) {
    const { client, conversation: _, ...rest } = connected();
    await client.write(request.subarray(0, cut));
    await turns();
    await client.write(request.subarray(cut));
    assertEquals([...await client.take(3)], [1, 2, 3]);
    client.end();
    await rest.end;
  }
});

Deno.test("Connection closes what speaks TLS or nothing known, with the reason for the log", async () => {
  for (
    const [bytes, why] of [
      [Uint8Array.of(0x16, 3, 1, 2), "TLS, which is off on this port"],
      [new Uint8Array(61), "Bytes of no protocol this node knows"],
    ] as const
  ) {
    const { host, client, end } = connected();
    await client.write(bytes);
    await end;
    assertEquals(host.refusals, [why]);
    assertEquals(await client.message(), null);
  }
});

Deno.test("Connection refuses HTTP inside a WebSocket", async () => {
  const { host, client, end } = connected({ wholeMessages: true });
  await client.write(new TextEncoder().encode("GET / HTTP/1.1\r\n"));
  await end;
  assertEquals(host.refusals, ["HTTP inside a WebSocket"]);
});

Deno.test("Connection that ends before it is known has no session", async () => {
  for (const bytes of [[], [4, 0, 0], [...new Uint8Array(60)]]) {
    const { host, client, server, end } = connected();
    if (bytes.length > 0) await client.write(Uint8Array.from(bytes));
    client.end();
    await end;
    assertEquals([host.conversation, server.closes], [undefined, 1]);
  }
});

// Serving

Deno.test("Connection answers in order, and looks at no request before the one ahead is answered", async () => {
  const connection = connected();
  const { client } = connection;
  await client.write(scripted("later", 1));
  await client.write(scripted("echo", 2));
  await client.write(scripted("later", 3));
  await turns();
  assertEquals(connection.conversation.requests, [1]);
  connection.conversation.pending[0]();
  assertEquals([...await client.take(2)], [1, 2]);
  await turns();
  assertEquals(connection.conversation.requests, [1, 2, 3]);
  connection.conversation.pending[1]();
  assertEquals([...await client.take(1)], [3]);
  client.end();
  await connection.end;
});

Deno.test("Connection does not read while it answers, nor while its answer is not taken", async () => {
  const connection = connected({ capacityBytes: 16 });
  const { client, server } = connection;
  await client.write(scripted("later", 1, ...new Uint8Array(7)));
  await turns();
  const more = client.write(scripted("echo", 2, ...new Uint8Array(99)));
  await turns();
  assertEquals([server.reading, client.writing], [false, true]);
  connection.conversation.pending[0]();
  await more;
  await turns();
  assertEquals([server.writing, server.reading], [true, false]);
  assertEquals((await client.take(108)).length, 108);
  await turns();
  assertEquals(server.reading, true);
  client.end();
  await connection.end;
});

Deno.test("Connection sends answers to pipelined requests together", async () => {
  const { client, end } = connected();
  const requests = [1, 2, 3].flatMap((body) => [...scripted("echo", body)]);
  await client.write(Uint8Array.from(requests));
  assertEquals([...(await client.message())!], [1, 2, 3]);
  client.end();
  await end;
});

Deno.test("Connection over WebSocket sends one message for each answer (CLASSIC.md section 1.5)", async () => {
  const requests = Uint8Array.from([1, 2, 3].flatMap((body) => [...scripted("echo", body, body)]));
  for (const messageBytes of [requests.length, 4, 1]) {
    const { client, end } = connected({ wholeMessages: true });
    for (let at = 0; at < requests.length; at += messageBytes) {
      await client.write(requests.subarray(at, at + messageBytes));
    }
    for (const body of [1, 2, 3]) assertEquals([...(await client.message())!], [body, body]);
    client.end();
    await end;
  }
});

Deno.test("Connection answers what is no frame, and goes on where it can", async () => {
  const connection = connected();
  const { client, host } = connection;
  await client.write(scripted("echo", 1));
  await client.write(Uint8Array.of(3, 0, 0, 0, ...scripted("echo", 2)));
  assertEquals([...await client.take(3)], [1, FAULT, 2]);
  assertEquals(host.refusals, []);
  client.end();
  await connection.end;
  assertEquals(connection.conversation.faults.length, 1);
});

Deno.test("Connection ends after a fault that leaves no next frame to find", async () => {
  const connection = connected({ limits: { frameBytesMax: 1 << 20 } });
  const { client, host } = connection;
  await client.write(scripted("echo", 1));
  await client.write(Uint8Array.of(255, 255, 255, 255, ...scripted("echo", 2)));
  await connection.end;
  assertEquals([...await client.rest()], [1, FAULT]);
  assertEquals(host.refusals, ["Length 4294967299 is more than 1048576"]);
  assertEquals(connection.conversation.requests, [1]);
});

Deno.test("Connection ends after the answer that asks for it, and looks at nothing behind", async () => {
  const connection = connected();
  await connection.client.write(
    Uint8Array.of(...scripted("echo", 1), ...scripted("last", 2), ...scripted("echo", 3)),
  );
  await connection.end;
  assertEquals([...await connection.client.rest()], [1, 2]);
  assertEquals(connection.conversation.requests, [1, 2]);
});

Deno.test("Connection says when its client's last answer was sent", async () => {
  const connection = connected();
  const { client, host } = connection;
  await client.write(scripted("later", 1));
  await turns();
  assertEquals(connection.connection.isBusy, true);
  host.clock.advance(5000);
  connection.conversation.pending[0]();
  await client.take(1);
  await turns();
  assertEquals(connection.connection.isBusy, false);
  assertEquals(connection.conversation.session.lastActiveMs, host.clock.monotonicMs());
  host.clock.advance(5000);
  await client.write(scripted("echo", 2).subarray(0, 5));
  await turns();
  assertEquals(connection.conversation.session.lastActiveMs, host.clock.monotonicMs() - 5000);
  client.end();
  await connection.end;
});

// Ends

Deno.test("Connection tells its conversation once that it is gone, however it goes", async () => {
  const ways: Record<string, (connection: ReturnType<typeof connected>) => unknown> = {
    "end of stream": ({ client }) => client.end(),
    "amid a frame": async ({ client }) => {
      await client.write(scripted("echo", 1).subarray(0, 5));
      client.end();
    },
    "reset": ({ client }) => client.fail(),
    "closed here": ({ connection }) => connection.close(),
    "dismissed": ({ connection }) => connection.dismiss("stale"),
    "drained": ({ connection }) => connection.drain(),
    "while answering": async ({ client }) => {
      await client.write(scripted("later", 1));
      await turns();
      client.fail();
    },
  };
  for (const [way, go] of Object.entries(ways)) {
    const connection = connected();
    await connection.client.write(scripted("echo", 1));
    await connection.client.take(1);
    await go(connection);
    await turns();
    connection.conversation.pending[0]?.();
    await connection.end;
    assertEquals([connection.conversation.ends, connection.server.closes], [1, 1], way);
    assertEquals(connection.host.receiveBudget.used, 0, way);
  }
});

Deno.test("Connection ends with a bug in an answer, and rejects for it", async () => {
  const connection = connected();
  await connection.client.write(scripted("bug", 1));
  await assertRejects(() => connection.end, TypeError, "Bug");
  assertEquals([connection.conversation.ends, connection.server.closes], [1, 1]);
});

Deno.test("Connection carries out nothing more once it is closed", async () => {
  const connection = connected();
  await connection.client.write(Uint8Array.of(...scripted("later", 1), ...scripted("echo", 2)));
  await turns();
  connection.connection.close();
  assertEquals(connection.connection.isClosed, true);
  connection.conversation.pending[0]();
  await connection.end;
  assertEquals(connection.conversation.requests, [1]);
});

// Time

Deno.test("Connection.overdue() when a frame takes too long, from its first byte on", async () => {
  const { client, connection, host, end } = connected({ limits: { frameReceiveTimeMsMax: 1000 } });
  const overdue = () => connection.overdue(host.clock.monotonicMs());
  host.clock.advance(60_000);
  assertEquals(overdue(), undefined);
  for (const byte of scripted("echo", 1).subarray(0, 8)) {
    await client.write(Uint8Array.of(byte));
    await turns();
    host.clock.advance(125);
  }
  assertEquals(overdue(), undefined);
  host.clock.advance(1);
  assertEquals(overdue(), "A frame is not complete after 1000 ms");
  await client.write(Uint8Array.of(1));
  assertEquals([...await client.take(1)], [1]);
  await turns();
  host.clock.advance(60_000);
  assertEquals(overdue(), undefined);
  client.end();
  await end;
});

Deno.test("Connection.overdue() times each frame on its own where they come without a pause", async () => {
  const { client, connection, host, end } = connected({ limits: { frameReceiveTimeMsMax: 1000 } });
  await client.write(scripted("echo", 1).subarray(0, 5));
  for (let turn = 0; turn < 10; turn++) {
    await turns();
    host.clock.advance(500);
    assertEquals(connection.overdue(host.clock.monotonicMs()), undefined);
    const [before, after] = [scripted("echo", 1).subarray(5), scripted("echo", 1).subarray(0, 5)];
    await client.write(Uint8Array.of(...before, ...after));
  }
  client.end();
  await end;
});

Deno.test("Connection.overdue() does not count the time an answer takes", async () => {
  const connection = connected({ limits: { frameReceiveTimeMsMax: 1000 } });
  const { client, host } = connection;
  await client.write(Uint8Array.of(...scripted("later", 1), 5, 0));
  await turns();
  host.clock.advance(60_000);
  assertEquals(connection.connection.overdue(host.clock.monotonicMs()), undefined);
  connection.conversation.pending[0]();
  await turns();
  assertEquals(connection.connection.overdue(host.clock.monotonicMs()), undefined);
  host.clock.advance(1001);
  assert(connection.connection.overdue(host.clock.monotonicMs()) !== undefined);
  client.end();
  await connection.end;
});

Deno.test("Connection.overdue() when an answer is not taken", async () => {
  const connection = connected({ capacityBytes: 64, limits: { writeStallTimeMsMax: 1000 } });
  const { client, host } = connection;
  const overdue = () => connection.connection.overdue(host.clock.monotonicMs());
  await client.write(scripted("echo", ...new Uint8Array(200)));
  await turns();
  host.clock.advance(1000);
  assertEquals(overdue(), undefined);
  host.clock.advance(1);
  assertEquals(overdue(), "Answers are not read for 1000 ms");
  connection.connection.close();
  await connection.end;
});

Deno.test("Connection.overdue() sooner when unsent answers hold nearly all the memory there is", async () => {
  const limits = { writeStallTimeMsMax: 1000, writeStallCrowdedTimeMsMax: 100 };
  const connection = connected({ capacityBytes: 64, limits });
  const { client, host } = connection;
  await client.write(scripted("echo", ...new Uint8Array(200)));
  await turns();
  host.clock.advance(101);
  const overdue = () => connection.connection.overdue(host.clock.monotonicMs());
  assertEquals(overdue(), undefined);
  host.isCrowded = true;
  assertEquals(overdue(), "Answers are not read for 100 ms");
  connection.connection.close();
  await connection.end;
});

// Farewell

Deno.test("Connection.drain() of an idle client says farewell and ends", async () => {
  const connection = connected();
  await connection.client.write(scripted("echo", 1));
  await connection.client.take(1);
  connection.connection.drain();
  assertEquals([...await connection.client.rest()], [FAREWELL.shutdown]);
  await connection.end;
});

Deno.test("Connection.drain() lets the request under way be answered first", async () => {
  const connection = connected();
  await connection.client.write(Uint8Array.of(...scripted("later", 1), ...scripted("echo", 2)));
  await turns();
  connection.connection.drain();
  await turns();
  assertEquals(connection.ended(), false);
  connection.conversation.pending[0]();
  assertEquals([...await connection.client.rest()], [1, 2, FAREWELL.shutdown]);
  await connection.end;
});

Deno.test("Connection.drain() lets an answer be taken that is under way", async () => {
  const connection = connected({ capacityBytes: 4 });
  await connection.client.write(scripted("echo", 1, 2, 3, 4, 5, 6, 7, 8));
  await turns();
  connection.connection.drain();
  assertEquals([...await connection.client.rest()], [1, 2, 3, 4, 5, 6, 7, 8, FAREWELL.shutdown]);
  await connection.end;
});

Deno.test("Connection.drain() amid a frame does not wait for its rest", async () => {
  const connection = connected();
  await connection.client.write(Uint8Array.of(...scripted("echo", 1), 5, 0, 0));
  await connection.client.take(1);
  connection.connection.drain();
  assertEquals([...await connection.client.rest()], [FAREWELL.shutdown]);
  await connection.end;
});

Deno.test("Connection.drain() before anything is known just ends", async () => {
  for (const bytes of [[], [4, 0]]) {
    const { client, connection, end } = connected();
    if (bytes.length > 0) await client.write(Uint8Array.from(bytes));
    await turns();
    connection.drain();
    await end;
    assertEquals(await client.message(), null);
  }
});

Deno.test("Connection.drain() leaves HTTP to the bridge", async () => {
  const { client, connection, host, end, ended } = connected();
  await client.write(new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n"));
  await turns();
  assertEquals(connection.isBridged, true);
  connection.drain();
  await turns();
  assertEquals(ended(), false);
  await client.write(Uint8Array.of(1));
  client.end();
  await end;
  assertEquals(host.bridged[0].length, 19);
});

Deno.test("Connection carries out nothing that crosses the farewell, and ends when that is taken", async () => {
  const connection = connected({ capacityBytes: 1 });
  const { client } = connection;
  await client.write(scripted("echo", 1));
  await turns();
  assertEquals(connection.server.reading, true);
  connection.connection.drain();
  const crossing = client.write(scripted("echo", 2)).catch(() => {});
  await turns();
  assertEquals(connection.conversation.requests, [1]);
  assertEquals([...await client.rest()], [1, FAREWELL.shutdown]);
  await connection.end;
  await crossing;
  assertEquals(connection.conversation.requests, [1]);
});

Deno.test("Connection.dismiss() of a client that is being answered just ends", async () => {
  const connection = connected();
  await connection.client.write(scripted("later", 1));
  await turns();
  await connection.connection.dismiss("stale");
  connection.conversation.pending[0]();
  await connection.end;
  assertEquals([...await connection.client.rest()], []);
});

Deno.test("Connection.dismiss() a second time ends the connection whose client takes no farewell", async () => {
  const connection = connected({ capacityBytes: 1 });
  await connection.client.write(scripted("echo", 1));
  await turns();
  const dismissed = connection.connection.dismiss("stale");
  await turns();
  assertEquals(connection.ended(), false);
  await connection.connection.dismiss("stale");
  await dismissed;
  await connection.end;
});

Deno.test("Connection.dismiss() says nothing where the framing has no farewell", async () => {
  const connection = connected();
  await connection.client.write(scripted("echo", 1));
  await connection.client.take(1);
  connection.conversation.isSilent = true;
  await connection.connection.dismiss("shutdown");
  assertEquals(await connection.client.message(), null);
  await connection.end;
});

// Memory

const MEMORY = { frameBytesMax: 1 << 20, receiveBytesTotalMax: 1 << 20 };

/** The head of a frame that carries `bytes` in its body. */
function announced(bytes: number): Uint8Array {
  const head = new DataView(new ArrayBuffer(8));
  head.setUint32(0, 4 + bytes, true);
  head.setUint32(4, COMMANDS.ping.code, true);
  return new Uint8Array(head.buffer);
}

Deno.test("Connection takes memory for a large frame when it is announced, and gives it back after it", async () => {
  const connection = connected({ limits: MEMORY });
  const { client, host } = connection;
  await client.write(announced(500_000));
  await turns();
  assertEquals(host.receiveBudget.used, 500_008 - 65_536);
  await client.write(new Uint8Array(500_000).fill(7));
  assertEquals((await client.take(500_000)).every((byte) => byte === 7), true);
  await turns();
  assertEquals(host.receiveBudget.used, 0);
  client.end();
  await connection.end;
});

Deno.test("Connection does not read on until there is memory for the frame", async () => {
  const connection = connected({ limits: MEMORY });
  const { client, server, host } = connection;
  const others = host.receiveBudget.grant();
  others.resize(1 << 20);
  await client.write(announced(500_000));
  await turns();
  assertEquals(server.reading, false);
  others.resize(0);
  await turns();
  assertEquals(server.reading, true);
  client.end();
  await connection.end;
  assertEquals(host.receiveBudget.used, 0);
});

Deno.test("Connection.overdue() does not count the time that a frame waits for memory", async () => {
  const connection = connected({ limits: MEMORY });
  const { client, host } = connection;
  const others = host.receiveBudget.grant();
  others.resize(1 << 20);
  await client.write(announced(500_000));
  await turns();
  host.clock.advance(40_000);
  assertEquals(connection.connection.overdue(host.clock.monotonicMs()), undefined);
  others.resize(0);
  await turns();
  host.clock.advance(40_000);
  assert(connection.connection.overdue(host.clock.monotonicMs()) !== undefined);
  client.end();
  await connection.end;
});

Deno.test("Connection takes no memory for a client that has not logged in, and ends", async () => {
  const connection = connected({ limits: MEMORY });
  const { client, host } = connection;
  await client.write(scripted("echo", 1));
  await client.take(1);
  connection.conversation.session.logout();
  await client.write(announced(500_000));
  await connection.end;
  assertEquals(host.receiveBudget.used, 0);
  assertEquals(host.refusals.length, 1);
});

Deno.test("Connection that waits for memory ends when it is closed, and holds none", async () => {
  for (const way of ["close", "drain"] as const) {
    const connection = connected({ limits: MEMORY });
    const { client, host } = connection;
    const others = host.receiveBudget.grant();
    others.resize(1 << 20);
    await client.write(announced(500_000));
    await turns();
    connection.connection[way]();
    await connection.end;
    assertEquals(connection.conversation.ends, 1);
    assert(connection.conversation.decoder.capacity < 500_000);
    others.resize(0);
    assertEquals(host.receiveBudget.used, 0);
  }
});

Deno.test("Connection does not count the time until there is memory against its client", async () => {
  const connection = connected({ limits: { ...MEMORY, frameReceiveTimeMsMax: 1000 } });
  const { client, host } = connection;
  const overdue = () => connection.connection.overdue(host.clock.monotonicMs());
  const others = host.receiveBudget.grant();
  others.resize(1 << 20);
  await client.write(announced(500_000));
  await turns();
  host.clock.advance(60_000);
  assertEquals(overdue(), undefined);
  others.resize(0);
  await turns();
  host.clock.advance(1000);
  assertEquals(overdue(), undefined);
  host.clock.advance(1);
  assert(overdue() !== undefined);
  client.end();
  await connection.end;
});

Deno.test("Connection ends a stranger who announces more than a login takes, and takes no memory for it", async () => {
  const connection = connected({ limits: MEMORY });
  const { client, host } = connection;
  await client.write(scripted("echo", 1));
  await client.take(1);
  connection.conversation.session.logout();
  await client.write(announced(65_528));
  await client.write(new Uint8Array(65_528));
  assertEquals((await client.take(65_528)).length, 65_528);
  await client.write(announced(65_529));
  await connection.end;
  assertEquals(host.refusals, ["It announced 65537 bytes and has not logged in"]);
  assertEquals(host.receiveBudget.used, 0);
});
