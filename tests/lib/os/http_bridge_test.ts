import { assert, assertEquals, assertMatch } from "@std/assert";
import { Backlog, openHttpBridge } from "../../../lib/os/http_bridge.ts";
import type { Address, HttpHandlers } from "../../../lib/ports.ts";
import { pair, readToEnd, readUntil } from "../../support/loopback.ts";
import { turns } from "../../support/partition_logs.ts";

const UTF8 = new TextEncoder();
const NOTHING = new Uint8Array();

/** A bridge whose handlers tell what they were asked, and who asked. */
function openBridge(handlers: Partial<HttpHandlers> = {}, under = "") {
  const root = Deno.makeTempDirSync({ prefix: "whippet-bridge-" });
  const directory = root + under;
  Deno.mkdirSync(directory, { recursive: true });
  const bridge = openHttpBridge(directory, {
    onWebSocket: () => {},
    onRequest: async (request, peer) => {
      const { pathname } = new URL(request.url);
      return new Response(`${request.method} ${pathname} ${text(peer)} ${await request.text()}.`);
    },
    ...handlers,
  });
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

Deno.test("HttpBridge.serve() does not believe a client that brings a ticket of its own", async () => {
  await using bridge = openBridge();
  using ends = await pair();
  const spoof = "GET /a HTTP/1.1\r\nHost: x\r\nWhippet-Ticket: 0\r\nwhippet-ticket: 1,2\r\n\r\n";
  const served = bridge.serve(ends.near, UTF8.encode(spoof));
  assertEquals(bodyOf(await readUntil(ends.far, ".")), `GET /a ${text(ends.far.local)} .`);
  await ends.far.write(UTF8.encode(spoof));
  assertEquals(bodyOf(await readUntil(ends.far, ".")), "GET /a unknown:0 .");
  ends.far.close();
  await served;
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

Deno.test("HttpBridge.serve() ends a stream whose request line is too long, or cut off", async () => {
  await using bridge = openBridge();
  using endless = await pair();
  const served = bridge.serve(endless.near, UTF8.encode("GET /"));
  const writing = endless.far.write(UTF8.encode("a".repeat(20_000))).catch(() => {});
  await readToEnd(endless.far);
  await served;
  await writing;
  using cut = await pair();
  cut.far.close();
  await bridge.serve(cut.near, UTF8.encode("GET /"));
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

Deno.test("openHttpBridge() keeps its socket in a folder of this user's, and removes it", async () => {
  const bridge = openBridge();
  const folder = `${bridge.directory}/http`;
  if (Deno.build.os !== "windows") {
    assertEquals(Deno.statSync(folder).mode! & 0o777, 0o700);
  }
  await bridge.close();
  assertEquals([...Deno.readDirSync(bridge.directory)].length, 0);
  Deno.removeSync(bridge.directory, { recursive: true });
});

Deno.test("openHttpBridge() takes the place of a folder that a killed process left", async () => {
  const root = Deno.makeTempDirSync({ prefix: "whippet-bridge-" });
  Deno.mkdirSync(`${root}/http`);
  Deno.writeTextFileSync(`${root}/http/s`, "left over");
  const bridge = openHttpBridge(root, {
    onWebSocket: () => {},
    onRequest: () => new Response("here."),
  });
  using ends = await pair();
  const served = bridge.serve(ends.near, UTF8.encode("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
  await readUntil(ends.far, "here.");
  ends.far.close();
  await served;
  await bridge.close();
  Deno.removeSync(root, { recursive: true });
});

Deno.test("openHttpBridge() works below a path longer than the name of a socket may be", async () => {
  await using bridge = openBridge({}, `/${"long".repeat(30)}`);
  using ends = await pair();
  const served = bridge.serve(ends.near, UTF8.encode("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
  assertMatch(bodyOf(await readUntil(ends.far, ".")), /^GET \//);
  ends.far.close();
  await served;
  assertEquals([...Deno.readDirSync(bridge.directory)].length, 0);
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
