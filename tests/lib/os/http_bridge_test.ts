import { assert, assertEquals, assertMatch } from "@std/assert";
import http2 from "node:http2";
import { Backlog, bridgeFolder, openHttpBridge } from "../../../lib/os/http_bridge.ts";
import { listenTcp } from "../../../lib/os/net.ts";
import type { Address, HttpHandlers } from "../../../lib/ports.ts";
import { pair, readToEnd, readUntil } from "../../support/loopback.ts";
import { turns } from "../../support/partition_logs.ts";

const UTF8 = new TextEncoder();
const NOTHING = new Uint8Array();

/** A bridge whose handlers tell what they were asked, and who asked. */
function openBridge(
  handlers: Partial<HttpHandlers> = {},
  { headTimeMsMax = 60_000, under = "" } = {},
) {
  const root = Deno.makeTempDirSync({ prefix: "whippet-bridge-" });
  const directory = root + under;
  Deno.mkdirSync(directory, { recursive: true });
  const bridge = openHttpBridge(bridgeFolder(directory), {
    admitsOrigin: () => true,
    onWebSocket: () => {},
    onRequest: async (request, { peer }) => {
      const { pathname } = new URL(request.url);
      return new Response(`${request.method} ${pathname} ${text(peer)} ${await request.text()}.`);
    },
    ...handlers,
  }, { requestHeadTimeMsMax: headTimeMsMax });
  return {
    ...bridge,
    directory,
    async [Symbol.asyncDispose]() {
      await bridge.close();
      Deno.removeSync(root, { recursive: true });
    },
  };
}

function text({ hostname, port }: Address): string {
  return `${hostname}:${port}`;
}

/** The body that a request over HTTP/2 gets. */
async function bodyOfHttp2(session: http2.ClientHttp2Session, path: string): Promise<string> {
  let body = "";
  for await (const chunk of session.request({ ":path": path })) body += chunk;
  return body;
}

/** The body of the answer; requests end in ".", so bodies do. */
function bodyOf(answer: string): string {
  return answer.slice(answer.indexOf("\r\n\r\n") + 4);
}

Deno.test("HttpBridge.serve() passes requests on, with the client's own address", async () => {
  await using bridge = openBridge();
  using ends = await pair();
  const served = bridge.serve(ends.near, UTF8.encode("GET /a HTTP/1.1\r\nHost: x\r\n\r\n"));
  const answer = await readUntil(ends.far, ".");
  assertMatch(answer, /^HTTP\/1\.1 200 OK\r\n/);
  assertEquals(bodyOf(answer), `GET /a ${text(ends.far.local)} .`);
  ends.far.close();
  await served;
});

Deno.test("HttpBridge.serve() takes over at any byte of the request", async () => {
  await using bridge = openBridge();
  const request = UTF8.encode("PUT /where HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc");
  for (let length = 0; length <= request.length; length++) {
    using ends = await pair();
    const served = bridge.serve(ends.near, request.slice(0, length));
    await ends.far.write(request.subarray(length));
    assertEquals(bodyOf(await readUntil(ends.far, ".")), `PUT /where ${text(ends.far.local)} abc.`);
    ends.far.close();
    await served;
  }
});

Deno.test("HttpBridge.serve() goes on with the next requests of the same stream", async () => {
  await using bridge = openBridge();
  using ends = await pair();
  const request = (path: string) => UTF8.encode(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
  const served = bridge.serve(ends.near, request("/1"));
  assertMatch(bodyOf(await readUntil(ends.far, ".")), /^GET \/1 /);
  await ends.far.write(request("/2"));
  assertMatch(bodyOf(await readUntil(ends.far, ".")), /^GET \/2 /);
  ends.far.close();
  await served;
});

Deno.test("HttpBridge.serve() carries bodies larger than every buffer, both ways", async () => {
  await using bridge = openBridge({
    onRequest: async (request) => new Response(await request.bytes()),
  });
  using ends = await pair();
  const body = Uint8Array.from({ length: 3_000_000 }, (_, at) => at * 31);
  const head = "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" +
    `Content-Length: ${body.length}\r\n\r\n`;
  const served = bridge.serve(ends.near, UTF8.encode(head));
  const sent = ends.far.write(body);
  assertEquals((await readToEnd(ends.far)).slice(-body.length), body);
  await sent;
  await served;
});

Deno.test("HttpBridge.serve() refuses a head without end, and ends with a stream that is cut off", async () => {
  await using bridge = openBridge();
  using endless = await pair();
  const served = bridge.serve(endless.near, UTF8.encode("GET /"));
  const writing = endless.far.write(UTF8.encode("a".repeat(2_000_000))).catch(() => {});
  await readToEnd(endless.far);
  await served;
  await writing;
  using cut = await pair();
  cut.far.close();
  await bridge.serve(cut.near, UTF8.encode("GET /"));
});

Deno.test("HttpBridge.serve() knows every request of a stream by the stream it came from", async () => {
  await using bridge = openBridge();
  using ends = await pair();
  const request = UTF8.encode("GET /a HTTP/1.1\r\nHost: x\r\nForwarded: for=1.2.3.4\r\n\r\n");
  const served = bridge.serve(ends.near, request);
  for (let round = 0; round < 3; round++) {
    assertEquals(bodyOf(await readUntil(ends.far, ".")), `GET /a ${text(ends.far.local)} .`);
    await ends.far.write(request);
  }
  ends.far.close();
  await served;
});

Deno.test("HttpBridge.serve() says whether the stream was sealed", async () => {
  await using bridge = openBridge({ onRequest: (_, { isTls }) => new Response(`${isTls}.`) });
  for (const isTls of [true, false]) {
    using ends = await pair();
    const served = bridge.serve(ends.near, UTF8.encode("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), isTls);
    assertEquals(bodyOf(await readUntil(ends.far, ".")), `${isTls}.`);
    ends.far.close();
    await served;
  }
});

Deno.test("HttpBridge.serve() closes a stream whose head does not come to its end in time", async () => {
  await using bridge = openBridge({}, { headTimeMsMax: 20 });
  using ends = await pair();
  const served = bridge.serve(ends.near, UTF8.encode("GET / HTTP/1.1\r\nHo"));
  assertEquals((await readToEnd(ends.far)).length, 0);
  await served;
});

Deno.test("HttpBridge.serve() waits for the next request of a stream as long as it takes to begin", async () => {
  await using bridge = openBridge({}, { headTimeMsMax: 20 });
  using ends = await pair();
  const request = UTF8.encode("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  const served = bridge.serve(ends.near, request);
  await readUntil(ends.far, ".");
  // Longer than a head may take; nothing has begun.
  await new Promise((resolve) => setTimeout(resolve, 60));
  await ends.far.write(request);
  await readUntil(ends.far, ".");
  await ends.far.write(request.subarray(0, 20));
  await readToEnd(ends.far);
  await served;
});

Deno.test("HttpBridge.serve() lets an answer take longer than a head", async () => {
  const late = Promise.withResolvers<void>();
  await using bridge = openBridge({
    onRequest: async () => {
      await late.promise;
      return new Response("late.");
    },
  }, { headTimeMsMax: 20 });
  using ends = await pair();
  const served = bridge.serve(ends.near, UTF8.encode("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
  setTimeout(late.resolve, 60);
  assertEquals(bodyOf(await readUntil(ends.far, "late.")), "late.");
  ends.far.close();
  await served;
});

Deno.test("HttpBridge.serve() speaks HTTP/2 with prior knowledge, and knows its requests, too", async () => {
  await using bridge = openBridge();
  const listener = listenTcp({ hostname: "127.0.0.1", port: 0 });
  const served = listener.accept().then((stream) => bridge.serve(stream!, NOTHING));
  const session = http2.connect(`http://127.0.0.1:${listener.address.port}`);
  const bodies = await Promise.all(["/a", "/b"].map((path) => bodyOfHttp2(session, path)));
  assertEquals(bodies.map((body) => body.slice(0, 17)), ["GET /a 127.0.0.1:", "GET /b 127.0.0.1:"]);
  assertEquals(bodies[0].slice(7), bodies[1].slice(7));
  session.close();
  await served;
  listener.close();
});

Deno.test("HttpBridge refuses a WebSocket to a page that may open none", async () => {
  await using bridge = openBridge({ admitsOrigin: (origin, host) => origin === `https://${host}` });
  const statusOf = async (origin: string) => {
    using ends = await pair();
    const head = "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
      `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n${origin}\r\n`;
    const served = bridge.serve(ends.near, UTF8.encode(head));
    const answer = await readUntil(ends.far, "\n");
    ends.far.close();
    await served;
    return answer.slice(9, 12);
  };
  assertEquals(await statusOf(""), "101");
  assertEquals(await statusOf("Origin: https://x\r\n"), "101");
  assertEquals(await statusOf("Origin: https://evil.example\r\n"), "403");
});

Deno.test("HttpBridge.serve() answers what is no HTTP with 400 and ends the stream", async () => {
  await using bridge = openBridge();
  using ends = await pair();
  const served = bridge.serve(ends.near, UTF8.encode("GET\r\n\r\n"));
  assertMatch(await readUntil(ends.far, "\r\n\r\n"), /^HTTP\/1\.1 400 /);
  await served;
});

Deno.test("HttpBridge.serve() answers a WebSocket handshake without its headers with 400", async () => {
  await using bridge = openBridge();
  using ends = await pair();
  const head = "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";
  const served = bridge.serve(ends.near, UTF8.encode(head));
  assertMatch(await readUntil(ends.far, "\n"), /^HTTP\/1\.1 400 /);
  ends.far.close();
  await served;
});

Deno.test("HttpBridge.serve() ends when either end closes", async () => {
  await using bridge = openBridge();
  using left = await pair();
  const first = bridge.serve(left.near, UTF8.encode("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
  await readUntil(left.far, ".");
  left.near.close();
  await first;
  await readToEnd(left.far);
  using right = await pair();
  const closing = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
  const second = bridge.serve(right.near, UTF8.encode(closing));
  await readUntil(right.far, ".");
  await readToEnd(right.far);
  await second;
});

Deno.test("openHttpBridge() makes a folder of this user's, which goes with the bridge", async () => {
  const bridge = openBridge();
  const folder = `${bridge.directory}/http`;
  if (Deno.build.os !== "windows") {
    assertEquals(Deno.statSync(folder).mode! & 0o777, 0o700);
  }
  await bridge.close();
  assertEquals([...Deno.readDirSync(bridge.directory)].length, 0);
  Deno.removeSync(bridge.directory, { recursive: true });
});

Deno.test("openHttpBridge() takes over a folder that a killed process left", async () => {
  const root = Deno.makeTempDirSync({ prefix: "whippet-bridge-" });
  Deno.mkdirSync(`${root}/http`);
  Deno.writeTextFileSync(`${root}/http/s`, "left over");
  const bridge = openHttpBridge(bridgeFolder(root), {
    admitsOrigin: () => true,
    onWebSocket: () => {},
    onRequest: () => new Response("here."),
  }, { requestHeadTimeMsMax: 60_000 });
  using ends = await pair();
  const served = bridge.serve(ends.near, UTF8.encode("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
  await readUntil(ends.far, "here.");
  ends.far.close();
  await served;
  await bridge.close();
  Deno.removeSync(root, { recursive: true });
});

Deno.test("bridgeFolder() is elsewhere for a data directory below a path longer than the name of a socket may be", async () => {
  await using bridge = openBridge({}, { under: `/${"long".repeat(30)}` });
  using ends = await pair();
  const served = bridge.serve(ends.near, UTF8.encode("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
  assertMatch(bodyOf(await readUntil(ends.far, ".")), /^GET \//);
  ends.far.close();
  await served;
  assertEquals([...Deno.readDirSync(bridge.directory)].length, 0);
});

Deno.test("HttpBridge.serve() hands over any number of streams at once at its one socket", async () => {
  await using bridge = openBridge();
  await Promise.all(Array.from({ length: 50 }, async (_, number) => {
    using ends = await pair();
    const request = UTF8.encode(`GET /${number} HTTP/1.1\r\nHost: x\r\n\r\n`);
    const served = bridge.serve(ends.near, request);
    const answer = bodyOf(await readUntil(ends.far, "."));
    assertEquals(answer, `GET /${number} ${text(ends.far.local)} .`);
    ends.far.close();
    await served;
  }));
});

Deno.test("HttpBridge.serve() of an empty head reads the request from the stream", async () => {
  await using bridge = openBridge();
  using ends = await pair();
  const served = bridge.serve(ends.near, NOTHING);
  await ends.far.write(UTF8.encode("GET /late HTTP/1.1\r\nHost: x\r\n\r\n"));
  assertMatch(bodyOf(await readUntil(ends.far, ".")), /^GET \/late /);
  ends.far.close();
  await served;
});

Deno.test("Backlog.room() is there up to 1 MiB, and again once enough was consumed", async () => {
  const backlog = new Backlog();
  backlog.add(1 << 20);
  assertEquals(backlog.room(), undefined);
  backlog.add(1);
  let roomy = false;
  const room = backlog.room()!.then(() => roomy = true);
  await turns();
  assert(!roomy);
  backlog.remove(1);
  await room;
  assertEquals(backlog.room(), undefined);
});

Deno.test("Backlog.end() gives room to who waits and to all that come, whatever was counted", async () => {
  const backlog = new Backlog();
  backlog.add(1 << 21);
  const room = backlog.room();
  backlog.end();
  await room;
  assertEquals(backlog.room(), undefined);
});
