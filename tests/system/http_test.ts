import { assert, assertEquals } from "@std/assert";
import http2 from "node:http2";
import { startNode, type TestNode } from "../support/node.ts";

const UTF8 = new TextEncoder();

/** Deno's own TLS, which knows nothing of this project. */
function secure(node: TestNode, alpnProtocols?: string[]): Promise<Deno.TlsConn> {
  const caCerts = [Deno.readTextFileSync(`${node.directory}/tls/ca.pem`)];
  return Deno.connectTls({ hostname: "localhost", port: node.port, caCerts, alpnProtocols });
}

/** All that comes back for bytes, until the node closes; they say that it may. */
async function exchange(node: TestNode, bytes: string): Promise<string> {
  const conn = await secure(node);
  await conn.write(UTF8.encode(bytes));
  return await new Response(conn.readable).text();
}

function statuses(answer: string): number[] {
  return [...answer.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
}

const CLOSE = "Host: localhost\r\nConnection: close\r\n";

Deno.test("A request that two parsers could take for two gets one answer through TLS, or none of its own", async () => {
  await using node = await startNode();
  const inner = `GET /ping HTTP/1.1\r\n${CLOSE}\r\n`;
  const post = "POST /users/login HTTP/1.1\r\nHost: localhost\r\n";
  const refused = [
    `${post}Content-Length: 1\r\nContent-Length: ${inner.length}\r\n\r\n${inner}`,
    `${post}Content-Length: +5\r\n\r\nabcde${inner}`,
    `${post}Content-Length: 5, 5x\r\n\r\nabcde${inner}`,
    `${post}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${inner}`,
    `${post}Content-Length : 5\r\n\r\nabcde${inner}`,
    `GET /ping HTTP/1.1\r\nHost: localhost\r\nX: a\0b\r\n\r\n${inner}`,
    `GET /ping HTTP/9.9\r\n${CLOSE}\r\n${inner}`,
  ];
  for (const bytes of refused) {
    const [first, ...others] = statuses(await exchange(node, bytes));
    assert(first >= 400 && first < 500, `${JSON.stringify(bytes)}: ${first}`);
    assertEquals(others, [], bytes);
  }
  // RFC 9112 section 6.1: chunks win over a length, and what follows is not read as a request.
  const both = `${post}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${inner}`;
  assert(statuses(await exchange(node, both)).every((status) => status >= 400 || status === 200));
  assertEquals(statuses(await exchange(node, inner)), [200]);
});

Deno.test("A head without end and a target without end are refused, and the node goes on", async () => {
  await using node = await startNode();
  const long = "a".repeat(1_000_000);
  for (
    const head of [`GET /${long} HTTP/1.1\r\n${CLOSE}\r\n`, `GET /ping HTTP/1.1\r\nX: ${long}\r\n`]
  ) {
    const [status] = statuses(await exchange(node, head).catch(() => ""));
    assert(status === undefined || status >= 400 && status < 500, String(status));
  }
  assertEquals(statuses(await exchange(node, `GET /ping HTTP/1.1\r\n${CLOSE}\r\n`)), [200]);
});

Deno.test("HTTP/2 is spoken over TLS to whoever offers it, HTTP/1.1 to all others", async () => {
  await using node = await startNode();
  const ca = Deno.readTextFileSync(`${node.directory}/tls/ca.pem`);
  const session = http2.connect(`https://localhost:${node.port}`, { ca });
  let body = "";
  for await (const chunk of session.request({ ":path": "/ping" })) body += chunk;
  session.close();
  assertEquals(body, "pong");
  for (
    const [offered, chosen] of [[["http/1.1"], "http/1.1"], [["h2", "http/1.1"], "h2"]] as const
  ) {
    const conn = await secure(node, [...offered]);
    assertEquals((await conn.handshake()).alpnProtocol, chosen);
    conn.close();
  }
});

Deno.test("Paths that try to climb or to hide name nothing", async () => {
  await using node = await startNode();
  for (
    const path of [
      "/streams/../users",
      "/streams/..%2fusers",
      "/streams/%2e%2e/users",
      "//streams",
      "/streams/",
      "/streams%00",
      "/%",
      "/streams/0/topics/%ff",
      "/STREAMS",
    ]
  ) {
    const request = `GET ${path} HTTP/1.1\r\n${CLOSE}\r\n`;
    const [status] = statuses(await exchange(node, request));
    assert(status >= 400 && status < 500, `${path}: ${status}`);
  }
});

Deno.test("A thousand requests on one connection are answered in order, each by its own", async () => {
  await using node = await startNode();
  const conn = await secure(node);
  const count = 1000;
  const requests = Array.from({ length: count }, (_, at) => {
    const last = at === count - 1 ? "Connection: close\r\n" : "";
    const path = at % 2 === 0 ? "/ping" : "/streams";
    return `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${last}\r\n`;
  });
  const writing = conn.write(UTF8.encode(requests.join("")));
  const answer = await new Response(conn.readable).text();
  await writing;
  assertEquals(statuses(answer), requests.map((_, at) => at % 2 === 0 ? 200 : 401));
});
