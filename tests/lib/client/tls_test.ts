import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { provider } from "../../../lib/certificates/provider.ts";
import { CredentialError } from "../../../lib/certificates/credentials.ts";
import { tlsDial, type TlsOptions } from "../../../lib/client/tls.ts";
import { LargeBuffers } from "../../../lib/transport/ciphertext_buffer.ts";
import { TlsStream } from "../../../lib/transport/tls.ts";
import { RotatingTicketer, type ServerConfig, ServerConnection } from "../../../tls/mod.ts";
import { TrustAnchors } from "../../../tls/x509/trust.ts";
import { clientCertificateVerifier } from "../../../tls/x509/verifier.ts";
import { random, TestAuthority } from "../../support/test_authority.ts";
import { turns } from "../../support/partition_logs.ts";
import { pipe, type PipeEnd } from "../../support/pipe.ts";
import { CountingEntropy } from "../../support/sim_ports.ts";
import { SimClock } from "../../support/sim_clock.ts";

const authority = await TestAuthority.make();
const server = await authority.issue();
const localhost = { hostname: "localhost", port: 8090 };

/** A node that only shakes hands, and a client's ports to it. */
class Ends {
  readonly clock = new SimClock();
  /** Of each connection, the server's inside. */
  readonly insides: TlsStream[] = [];
  readonly belows: PipeEnd[] = [];
  readonly #config: ServerConfig;

  constructor(config: Partial<ServerConfig> = {}) {
    this.clock.micros = Date.now() * 1000;
    const now = () => this.clock.micros / 1000;
    const [suite] = provider.cipherSuites;
    this.#config = {
      provider,
      random,
      now,
      credentials: [server.credential],
      tickets: { ticketer: new RotatingTicketer({ suite, random, now }) },
      ...config,
    };
  }

  /** What the server does with the stream, in place of a handshake. */
  answer: (below: PipeEnd) => Promise<void> = async (below) => {
    const buffers = new LargeBuffers(provider.buffers, 1);
    const engine = new ServerConnection(this.#config);
    const inside = new TlsStream(below, engine, { buffers, clock: this.clock });
    this.insides.push(inside);
    await inside.handshake();
    await inside.write(Uint8Array.of(1));
  };

  dial(options: TlsOptions = { ca: authority.pem }, systemAuthorities?: () => string | undefined) {
    const dialPlain = () => {
      const { client, server } = pipe();
      this.belows.push(client);
      this.answer(server).catch(() => server.close());
      return Promise.resolve(client);
    };
    const { clock } = this;
    return tlsDial(dialPlain, options, {
      clock,
      entropy: new CountingEntropy(),
      systemAuthorities,
    });
  }
}

/** What a client is told that dials localhost. */
async function refusal(ends: Ends, options?: TlsOptions): Promise<string> {
  const { message } = await assertRejects(() => ends.dial(options)(localhost), Error);
  assert(ends.belows.every((below) => below.closed));
  return message;
}

Deno.test("tlsDial() gives the inside of a connection to a node that is verified", async () => {
  const stream = await new Ends().dial()(localhost);
  const into = new Uint8Array(8);
  assertEquals([await stream.read(into), into[0]], [1, 1]);
});

Deno.test("tlsDial() verifies the name that is dialled, or the one that is given", async () => {
  const other = { hostname: "192.0.2.1", port: 1 };
  await new Ends().dial({ ca: authority.pem, serverName: "localhost" })(other);
  const { message } = await assertRejects(() => new Ends().dial()(other), Error);
  assert(message.includes("192.0.2.1"), message);
  assert(message.endsWith("tls.serverName takes the name to verify in place of the dialled one"));
});

Deno.test("tlsDial() trusts the system's authorities when none is given", async () => {
  await new Ends().dial({}, () => authority.pem)(localhost);
  assertThrows(() => new Ends().dial({}, () => undefined), TypeError, "tls.ca");
  assertThrows(() => new Ends().dial({}), TypeError, "tls.ca");
});

Deno.test("tlsDial() refuses a node of a foreign authority, and says which option would mend it", async () => {
  const foreign = await TestAuthority.make("Foreign");
  const message = await refusal(new Ends(), { ca: foreign.pem });
  assert(message.includes("tls.ca takes its certificate"), message);
});

Deno.test("tlsDial() refuses a certificate that has expired", async () => {
  const { credential } = await authority.issue({}, Date.now() - 31 * 86_400_000);
  const message = await refusal(new Ends({ credentials: [credential] }));
  assert(message.includes("expired"), message);
});

Deno.test("tlsDial() shows the client's certificate, and says what to give where it has none", async () => {
  const verifier = clientCertificateVerifier({
    verify: provider.verify,
    anchors: new TrustAnchors([authority.der]),
  });
  const demanding = () => new Ends({ clientAuth: { mode: "required", verifier } });
  const own = await authority.issue({ purposes: ["clientAuth"], uris: ["whippet:user:alice"] });
  const ends = demanding();
  const { certificate, key } = own;
  const stream = await ends.dial({ ca: authority.pem, certificate, key })(localhost);
  await stream.read(new Uint8Array(1));
  assertEquals(ends.insides[0].negotiated?.peerIdentity?.names[0].value, "whippet:user:alice");

  const without = await demanding().dial()(localhost);
  const { message } = await assertRejects(() => without.read(new Uint8Array(1)), Error);
  const advice = "the node demands a certificate: give tls.certificate and tls.key";
  assert(message.endsWith(advice), message);
});

Deno.test("tlsDial() resumes the session of the connection before", async () => {
  const ends = new Ends();
  const dial = ends.dial();
  for (let at = 0; at < 3; at++) {
    const stream = await dial(localhost);
    await stream.read(new Uint8Array(1));
    stream.close();
  }
  assertEquals(ends.insides.map(({ negotiated }) => negotiated?.resumed), [false, true, true]);
});

Deno.test("tlsDial() tells the secrets to who asks for them", async () => {
  const lines: string[] = [];
  await new Ends().dial({ ca: authority.pem, keyLog: (line) => lines.push(line) })(localhost);
  assert(lines.some((line) => /^CLIENT_TRAFFIC_SECRET_0 [0-9a-f]{64} [0-9a-f]{64,96}$/.test(line)));
});

Deno.test("tlsDial() takes no certificate without its key, and no text that is none", () => {
  const { certificate, key } = server;
  const dial = (options: TlsOptions) => () => new Ends().dial({ ca: authority.pem, ...options });
  assertThrows(dial({ certificate }), TypeError, "the key is missing");
  assertThrows(dial({ key }), TypeError, "the certificate is missing");
  assertThrows(dial({ certificate: key, key }), CredentialError, "tls.certificate holds no cert");
  assertThrows(dial({ ca: key }), CredentialError, "tls.ca holds no certificate, but PRIVATE KEY");
});

Deno.test("tlsDial() says that a port does not seem to speak TLS", async () => {
  const ends = new Ends();
  ends.answer = async (below) => {
    await below.read(new Uint8Array(1));
    below.close();
  };
  const message = await refusal(ends);
  assert(message.endsWith("see whether this port speaks TLS, and what the node's log says"));
});

Deno.test("tlsDial() gives up on a handshake that does not end", async () => {
  const ends = new Ends();
  ends.answer = () => new Promise(() => {});
  const dialling = refusal(ends);
  await turns();
  ends.clock.advance(10_000);
  assertEquals(await dialling, "TLS handshake is not complete after 10000 ms");
});
