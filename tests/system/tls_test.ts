import { assert, assertEquals, assertRejects } from "@std/assert";
import nodeTls from "node:tls";
import { certificatesPem, readKey } from "../../lib/certificates/credentials.ts";
import { provider } from "../../lib/certificates/provider.ts";
import { ConnectionError, IggyClient, IggyError, type TlsOptions } from "../../mod.ts";
import { connectTcp } from "../../lib/os/net.ts";
import { userUri } from "../../lib/certificates/users.ts";
import { tlsDial } from "../../lib/client/tls.ts";
import { systemClock } from "../../lib/os/clock.ts";
import { systemEntropy } from "../../lib/os/entropy.ts";
import { random as systemRandom, rsaKeyPem, TestAuthority } from "../support/test_authority.ts";
import { eventually } from "../support/eventually.ts";
import { ProcessNode } from "../support/process_node.ts";
import { startNode, type TestNode, type TestNodeOptions } from "../support/node.ts";
import { DIALECTS, dialRoot, Peer } from "../support/raw_peer.ts";
import { SimClock } from "../support/sim_clock.ts";

const HTTP = new TextEncoder().encode("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
const UPGRADE = new TextEncoder().encode(
  "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
);
const CREDENTIALS = { username: "iggy", password: "iggy" };
const REQUIRED = { IGGY_TCP_TLS_ENABLED: "true" };

/** What clients of a node trust. */
function trusted(node: TestNode): string {
  return Deno.readTextFileSync(`${node.directory}/tls/ca.pem`);
}

/** A client of this project, over TLS unless told otherwise. */
function connect(
  node: TestNode,
  options: Partial<Parameters<typeof IggyClient.connect>[0]> = {},
): Promise<IggyClient> {
  return IggyClient.connect({
    address: `localhost:${node.port}`,
    reconnect: false,
    ...CREDENTIALS,
    ...options,
    tls: options.tls ?? { ca: trusted(node) },
  });
}

/** A raw peer inside of TLS. */
async function secured(node: TestNode, dialect: typeof DIALECTS[number]): Promise<Peer> {
  const ports = { clock: systemClock, entropy: systemEntropy };
  const dial = tlsDial(connectTcp, { ca: trusted(node) }, ports);
  return new Peer(await dial({ hostname: "localhost", port: node.port }), dialect);
}

/** Deno's own TLS, which knows nothing of this project. */
function native(node: TestNode): Promise<Deno.TlsConn> {
  return Deno.connectTls({ hostname: "localhost", port: node.port, caCerts: [trusted(node)] });
}

/** A node on files in its data directory, under an authority; `renew` replaces them. */
async function startCertifiedNode(options: TestNodeOptions = {}) {
  const authority = await TestAuthority.make();
  const directory = Deno.makeTempDirSync({ prefix: "whippet-tls-" });
  const renew = async () => {
    const { certificate, key } = await authority.issue();
    Deno.writeTextFileSync(`${directory}/k.pem`, key);
    Deno.writeTextFileSync(`${directory}/c.pem`, certificate);
    return certificate;
  };
  await renew();
  const node = await startNode({
    directory,
    ...options,
    environment: {
      ...REQUIRED,
      IGGY_TCP_TLS_CERT_FILE: `${directory}/c.pem`,
      IGGY_TCP_TLS_KEY_FILE: `${directory}/k.pem`,
      ...options.environment,
    },
  });
  return {
    node,
    authority,
    renew,
    async [Symbol.asyncDispose]() {
      await node.stop();
      Deno.removeSync(directory, { recursive: true });
    },
  };
}

for (const dialect of DIALECTS) {
  Deno.test(`TLS and plain text on one port give the same answers (${dialect})`, async () => {
    await using node = await startNode();
    using inside = await secured(node, dialect);
    await inside.login("iggy", "iggy");
    await inside.ask("createStream", { name: "orders" });
    using outside = await dialRoot(dialect, node.port);
    const [a, b] = [
      await inside.ask("getStreams", undefined as never),
      await outside.ask("getStreams", undefined as never),
    ];
    assertEquals(a, b);
  });
}

Deno.test("Large messages go through TLS both ways, unchanged", async () => {
  await using node = await startNode();
  await using client = await connect(node);
  await client.streams.create("orders");
  await client.topics.create("orders", "events", { partitionsCount: 1 });
  const payloads = Array.from({ length: 40 }, (_, at) => new Uint8Array(100_000 + at).fill(at));
  await client.messages.send("orders", "events", payloads.map((payload) => ({ payload })));
  const polled = await client.messages.poll("orders", "events", { offset: 0, count: 100 });
  assertEquals([...polled].map(({ payload }) => payload), payloads);
});

Deno.test("Deno's own TLS speaks HTTP to the one port, verified by name", async () => {
  await using node = await startNode();
  const conn = await native(node);
  const request = "GET /nowhere HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  await conn.write(new TextEncoder().encode(request));
  const answer = await new Response(conn.readable).text();
  assert(answer.startsWith("HTTP/1.1 404 "), answer);
});

Deno.test("A client of TLS 1.2 is told so by alert, and the log by a line", async () => {
  await using node = await startNode();
  const stream = await connectTcp({ hostname: "127.0.0.1", port: node.port });
  await stream.write(CLIENT_HELLO_OF_TLS_1_2);
  const answer = new Uint8Array(64);
  assertEquals(await stream.read(answer), 7);
  // RFC 8446 §6: alert record, fatal, protocol_version.
  assertEquals([...answer.subarray(0, 7)], [21, 3, 3, 0, 2, 2, 70]);
  assertEquals(await stream.read(answer), null);
  stream.close();
});

for (
  const [what, bytes] of [
    ["HTTP", HTTP],
    ["the classic protocol", Uint8Array.of(4, 0, 0, 0, 1, 0, 0, 0)],
  ] as const
) {
  Deno.test(`Plain text where TLS is required gets an alert and the end: ${what}`, async () => {
    await using node = await startNode({ environment: REQUIRED });
    const stream = await connectTcp({ hostname: "127.0.0.1", port: node.port });
    await stream.write(bytes);
    const answer = new Uint8Array(64);
    assertEquals(await stream.read(answer), 7);
    assertEquals([answer[0], answer[5]], [21, 2]);
    assertEquals(await stream.read(answer), null);
    stream.close();
    await using client = await connect(node);
    await client.ping();
  });
}

Deno.test("The client refuses a node it has no reason to believe, and says what would mend it", async () => {
  await using node = await startNode();
  const foreign = await TestAuthority.make("Foreign");
  const refused = async (options: Partial<Parameters<typeof IggyClient.connect>[0]>) =>
    (await assertRejects(() => connect(node, options), ConnectionError)).message;
  const unknown = await refused({ tls: { ca: foreign.pem } });
  assert(
    /whippet local CA .* neither trusted.* tls\.ca takes its certificate/.test(unknown),
    unknown,
  );
  const other = await refused({ tls: { ca: trusted(node), serverName: "example.com" } });
  assert(/for localhost, .* not for example\.com/.test(other), other);
  await using client = await connect(node);
  await client.ping();
});

Deno.test("A handshake that does not end is cut", async () => {
  const clock = new SimClock();
  clock.micros = Date.now() * 1000;
  await using node = await startNode({ ports: { clock } });
  const stream = await connectTcp({ hostname: "127.0.0.1", port: node.port });
  await stream.write(CLIENT_HELLO_OF_TLS_1_2.subarray(0, 20));
  let cut = false;
  const end = stream.read(new Uint8Array(1)).then((count) => cut = count === null);
  await eventually("the handshake is cut", () => {
    clock.advance(1000);
    return cut;
  });
  await end;
  stream.close();
});

Deno.test("Many handshakes that go on for ever do not keep others out", async () => {
  await using node = await startNode({ environment: { WHIPPET_LIMITS_HANDSHAKES_MAX: "4" } });
  const idle = [];
  for (let at = 0; at < 20; at++) {
    const stream = await connectTcp({ hostname: "127.0.0.1", port: node.port });
    await stream.write(CLIENT_HELLO_OF_TLS_1_2.subarray(0, 20));
    idle.push(stream);
  }
  await using client = await connect(node);
  await client.ping();
  for (const stream of idle) stream.close();
});

Deno.test("A stream that is cut off inside a record ends its session, and nothing else", async () => {
  await using node = await startNode();
  using witness = await dialRoot("classic", node.port);
  const sessions = async () => (await witness.ask("getClients", undefined as never)).length;
  const conn = await native(node);
  await conn.write(Uint8Array.of(4, 0, 0, 0, 1, 0, 0, 0));
  await conn.read(new Uint8Array(8));
  assertEquals(await sessions(), 2);
  conn.close();
  await eventually("the session is gone", async () => await sessions() === 1);
});

Deno.test("A certificate is swapped under load, and no connection is dropped", async () => {
  const clock = new SimClock();
  clock.micros = Date.now() * 1000;
  await using certified = await startCertifiedNode({ ports: { clock } });
  const { node, authority, renew } = certified;
  const tls = { ca: authority.pem };
  await using busy = await connect(node, { tls, heartbeatMs: 0 });
  await busy.streams.create("orders");
  await busy.topics.create("orders", "events", { partitionsCount: 1 });
  let sends = 0;
  let isDone = false;
  const load = (async () => {
    for (; !isDone; sends++) await busy.messages.send("orders", "events", [{ payload: "hello" }]);
  })();
  load.catch(() => isDone = true);
  for (let round = 0; round < 3; round++) {
    const before = sends;
    const certificate = await renew();
    clock.advance(5000);
    assertEquals(await shownBy(node), certificate);
    await using fresh = await connect(node, { tls, heartbeatMs: 0 });
    await fresh.ping();
    await eventually("sends go on", () => sends > before);
  }
  Deno.writeTextFileSync(`${node.directory}/c.pem`, "nothing");
  const kept = await shownBy(node);
  clock.advance(5000);
  assertEquals(await shownBy(node), kept, "a broken file changes nothing");
  isDone = true;
  await load;
});

/** A node that logs in by certificates of `clients`. */
async function startNodeOfCertified(clients: TestAuthority, environment = {}): Promise<TestNode> {
  const caFile = Deno.makeTempFileSync({ suffix: ".pem" });
  Deno.writeTextFileSync(caFile, clients.pem);
  try {
    return await startNode({
      environment: {
        WHIPPET_CLIENT_CERTIFICATES_MODE: "optional",
        WHIPPET_CLIENT_CERTIFICATES_LOGIN: "true",
        WHIPPET_CLIENT_CERTIFICATES_CA_FILE: caFile,
        ...environment,
      },
    });
  } finally {
    Deno.removeSync(caFile);
  }
}

for (const framing of ["classic", "vsr"] as const) {
  Deno.test(`A certificate logs in the user it names, without a password (${framing})`, async () => {
    const clients = await TestAuthority.make("Clients");
    await using node = await startNodeOfCertified(clients);
    const certified = async (name: string) => {
      const uris = [userUri(name)];
      const { certificate, key } = await clients.issue({ purposes: ["clientAuth"], uris });
      return { ca: trusted(node), certificate, key };
    };
    const as = (username: string, tls: TlsOptions) =>
      connect(node, { framing, tls, username, password: undefined });

    await using root = await as("iggy", await certified("iggy"));
    await root.users.create("alice", "secret-of-alice");
    await using alice = await as("alice", await certified("alice"));
    assertEquals((await alice.me()).userId, (await root.users.find("alice"))!.id);

    // Another's name needs another's password; nobody's name is nobody's.
    const codes = [];
    for (const [name, shown] of [["iggy", "alice"], ["nobody", "nobody"]]) {
      const login = as(name, await certified(shown));
      codes.push((await assertRejects(() => login, IggyError)).code);
    }
    assert(codes.every((code) => [42, 44, 53].includes(code)), `${codes}`);
  });
}

Deno.test("A certificate is a classic client's login before its first request", async () => {
  const clients = await TestAuthority.make("Clients");
  await using node = await startNodeOfCertified(clients);
  const uris = [userUri("iggy")];
  const { certificate, key } = await clients.issue({ purposes: ["clientAuth"], uris });
  const ports = { clock: systemClock, entropy: systemEntropy };
  const dial = tlsDial(connectTcp, { ca: trusted(node), certificate, key }, ports);
  using peer = new Peer(await dial({ hostname: "localhost", port: node.port }), "classic");
  assertEquals((await peer.ask("getMe", undefined as never)).userId, 0);
});

Deno.test("A certificate shown below a WebSocket counts inside of it", async () => {
  const clients = await TestAuthority.make("Clients");
  await using node = await startNodeOfCertified(clients);
  const uris = [userUri("iggy")];
  const { certificate, key } = await clients.issue({ purposes: ["clientAuth"], uris });
  const ports = { clock: systemClock, entropy: systemEntropy };
  const dial = tlsDial(connectTcp, { ca: trusted(node), certificate, key }, ports);
  const stream = await dial({ hostname: "localhost", port: node.port });
  await stream.write(UPGRADE);
  const answer = new Uint8Array(4096);
  const head = new TextDecoder().decode(answer.subarray(0, (await stream.read(answer))!));
  assert(head.startsWith("HTTP/1.1 101 "), head);
  // RFC 6455 §5.2: a masked binary message, here of the classic getMe (20), whose mask is zero.
  const getMe = Uint8Array.of(4, 0, 0, 0, 20, 0, 0, 0);
  await stream.write(Uint8Array.of(0x82, 0x80 | getMe.length, 0, 0, 0, 0, ...getMe));
  await stream.read(answer);
  assertEquals([answer[0], answer[2]], [0x82, 0], "a binary message of status 0");
  stream.close();
});

Deno.test("Handshakes wait for a slow key, and others do not", async () => {
  const authority = await TestAuthority.make();
  const key = await rsaKeyPem();
  const { publicKey } = readKey(provider, systemRandom, { origin: "k.pem", text: key });
  const { certificate } = await authority.issue({ publicKey });
  const directory = Deno.makeTempDirSync({ prefix: "whippet-tls-" });
  Deno.writeTextFileSync(`${directory}/c.pem`, certificate);
  Deno.writeTextFileSync(`${directory}/k.pem`, key);
  await using node = await startNode({
    environment: {
      ...REQUIRED,
      WHIPPET_TCP_TLS_REQUIRED: "false",
      IGGY_TCP_TLS_CERT_FILE: `${directory}/c.pem`,
      IGGY_TCP_TLS_KEY_FILE: `${directory}/k.pem`,
    },
  });
  const tls = { ca: authority.pem };
  const clients = await Promise.all([1, 2, 3, 4].map(() => connect(node, { tls })));
  for (const client of clients) {
    await client.ping();
    await client.close();
  }
  Deno.removeSync(directory, { recursive: true });
});

Deno.test("The log has one line for each peer that does not speak TLS 1.3 to a port of TLS only", async () => {
  await using node = await ProcessNode.start(REQUIRED);
  for (const bytes of [CLIENT_HELLO_OF_TLS_1_2, HTTP, Uint8Array.of(4, 0, 0, 0, 1, 0, 0, 0)]) {
    const stream = await connectTcp({ hostname: "127.0.0.1", port: node.port });
    await stream.write(bytes);
    while (await stream.read(new Uint8Array(64)) !== null);
    stream.close();
  }
  await node.stop();
  const lines = [...node.printed.matchAll(/WARN +transport: Closed \S+: (.*)/g)];
  assertEquals(lines.map(([, why]) => why), [
    "TLS handshake fails with protocol_version: Client does not speak TLS 1.3",
    "It speaks plain HTTP, and this port takes TLS only",
    "It speaks the classic protocol in plain text, and this port takes TLS only",
  ]);
});

Deno.test("A certificate of a foreign authority ends the connection, and names the reason to the client", async () => {
  const [clients, foreign] = [
    await TestAuthority.make("Clients"),
    await TestAuthority.make("Other"),
  ];
  await using node = await startNodeOfCertified(clients);
  const { certificate, key } = await foreign.issue({
    purposes: ["clientAuth"],
    uris: [userUri("iggy")],
  });
  const tls = { ca: trusted(node), certificate, key };
  const { message } = await assertRejects(() => connect(node, { tls }), ConnectionError);
  assert(message.includes("unknown_ca"), message);
});

/** The certificate that a new connection is shown, as another implementation sees it. */
function shownBy(node: TestNode): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = nodeTls.connect({
      port: node.port,
      host: "127.0.0.1",
      rejectUnauthorized: false,
    });
    socket.on("error", reject);
    socket.on("secureConnect", () => {
      const { raw } = socket.getPeerCertificate();
      socket.destroy();
      resolve(certificatesPem([Uint8Array.from(raw)]));
    });
  });
}

/** As old clients send it: no supported_versions, which is where TLS 1.3 is offered (RFC 8446 §4.2.1). */
const CLIENT_HELLO_OF_TLS_1_2 = Uint8Array.of(
  ...[0x16, 3, 1, 0, 49, 1, 0, 0, 45, 3, 3],
  ...new Uint8Array(32).fill(7),
  ...[0, 0, 4, 0xc0, 0x2b, 0xc0, 0x2f, 1, 0, 0, 0],
);
