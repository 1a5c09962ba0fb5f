/**
 * Whole connections as targets: an input is all that a peer sends, in records. Cryptography is that of
 * `transparent_provider.ts`, so that what is changed inside of protected records is understood.
 *
 * @module
 */
import { TlsError } from "../../tls/alert.ts";
import { ClientConnection } from "../../tls/client.ts";
import type { ClientConfig, ExternalPsk, ServerConfig } from "../../tls/config.ts";
import type { TlsConnection, TlsEvent } from "../../tls/connection.ts";
import { encodeEchConfigList } from "../../tls/ech_config.ts";
import { Endpoint } from "../../tls/endpoint.ts";
import { Outgoing } from "../../tls/outgoing.ts";
import { simd } from "../../tls/provider/simd.ts";
import { RecordReader } from "../../tls/record.ts";
import { CertificateType, ContentType, NamedGroup } from "../../tls/registry.ts";
import { ServerConnection } from "../../tls/server.ts";
import { expectType, type State } from "../../tls/state.ts";
import { RotatingTicketer } from "../../tls/ticketer.ts";
import { leaf, root } from "../support/certificates.ts";
import { echKey } from "../support/ech_hellos.ts";
import { credulous, End, exchange, NOW_MS, seededRandom } from "../support/tls_pair.ts";
import { halves, plainRecord, put } from "../support/tls_records.ts";
import { sessionsOf } from "../support/tls_scenes.ts";
import { BrokenInvariant, type Target } from "./target.ts";
import { transparent, transparentKey } from "./transparent_provider.ts";

const { x25519, secp256r1 } = NamedGroup;

const authority = root();
const own = {
  chain: [leaf(authority).certificate.der, authority.certificate.der],
  key: transparentKey,
  ocspResponse: Uint8Array.of(0x30, 0),
  signedCertificateTimestamps: Uint8Array.of(0, 3, 0, 1, 7),
};
const psk: ExternalPsk = {
  externalIdentity: Uint8Array.of(1, 2, 3),
  key: new Uint8Array(32),
  hash: "sha256",
};

/** As good as any: it shows that compression is used. */
const inverting = {
  algorithm: 1,
  compress: (bytes: Uint8Array) => bytes.map((byte) => byte ^ 0x55),
  decompress: (bytes: Uint8Array) => bytes.map((byte) => byte ^ 0x55),
};

const both = {
  provider: transparent,
  now: () => NOW_MS,
  groups: [x25519, secp256r1],
  alpnProtocols: ["h2", "iggy"],
  recordSizeLimit: 1_000,
  certificateBytesMax: 8_000,
  certificateCompression: [inverting],
  acceptedCertificateTypes: [CertificateType.X509, CertificateType.RawPublicKey],
};

const ticketer = new RotatingTicketer({
  suite: transparent.cipherSuites[0],
  random: seededRandom(1),
  now: () => NOW_MS,
});

function serverConfig(fields: Partial<ServerConfig> = {}): ServerConfig {
  return {
    ...both,
    random: seededRandom(2),
    credentials: [own, psk],
    clientAuth: { mode: "optional", verifier: credulous },
    tickets: { ticketer, earlyDataBytesMax: 100, replays: { admit: () => true } },
    ech: [echKey(1)],
    ...fields,
  };
}

function clientConfig(fields: Partial<ClientConfig> = {}): ClientConfig {
  return {
    ...both,
    random: seededRandom(3),
    serverName: "localhost",
    verifier: credulous,
    credentials: [own],
    requestOcsp: true,
    requestTimestamps: true,
    ...fields,
  };
}

/** All that each side sends in one connection, with data, new keys and the end. */
function streams(
  client: ClientConfig,
  server: ServerConfig,
): { client: Uint8Array; server: Uint8Array } {
  const pair = {
    client: new End(new ClientConnection(client), client),
    server: new End(new ServerConnection(server), server),
  };
  const sent = { client: [] as number[], server: [] as number[] };
  const carry = () =>
    exchange(pair, (bytes, from) => {
      sent[from].push(...bytes);
      return bytes;
    });
  for (const { connection, out, events } of [pair.client, pair.server]) {
    connection.start(out, events);
  }
  pair.client.connection.sendEarlyData(new Uint8Array(20), pair.client.out);
  carry();
  for (const { failure } of [pair.client, pair.server]) if (failure !== undefined) throw failure;
  for (const end of [pair.client, pair.server]) {
    end.send("data");
    end.connection.updateKeys(end.out, true);
    end.send("more");
    end.connection.close(end.out);
  }
  carry();
  return { client: Uint8Array.from(sent.client), server: Uint8Array.from(sent.server) };
}

/** A session, so that there is one to resume. */
const session = sessionsOf((() => {
  const [client, server] = [clientConfig({ credentials: [] }), serverConfig()];
  const pair = {
    client: new End(new ClientConnection(client), client),
    server: new End(new ServerConnection(server), server),
  };
  for (const { connection, out, events } of [pair.client, pair.server]) {
    connection.start(out, events);
  }
  exchange(pair);
  return pair.client;
})())[0];

const echConfigList = encodeEchConfigList([echKey(1).config]);
const VARIANTS = {
  plain: clientConfig({ recordSizeLimit: 16_384 }),
  retried: clientConfig({ keyShares: [] }),
  resumed: clientConfig({ session, earlyData: true }),
  hidden: clientConfig({ echConfigList, serverName: "secret.example" }),
  keyed: clientConfig({ credentials: [psk] }),
  odd: clientConfig({ grease: true, permuteExtensions: true, echGrease: true }),
};

/** Hands `input` in, in two parts, and looks at what an end may do before and after it failed. */
function converse(connection: TlsConnection, input: Uint8Array): string {
  const out = new Outgoing(transparent.buffers);
  const events: TlsEvent[] = [];
  connection.start(out, events);
  const half = input.length >> 1;
  try {
    const consumed = connection.receive(input.subarray(0, half), out, events);
    if (consumed > half) throw new BrokenInvariant(`${consumed} of ${half} bytes consumed`);
    connection.receive(input.subarray(consumed), out, events);
    connection.receiveEnd();
  } catch (error) {
    checkFailed(connection, out, events, error);
    throw error;
  }
  checkBounds(out, events, input);
  return events.some(({ type }) => type === "connected") ? "connected" : "closed early";
}

function checkFailed(
  connection: TlsConnection,
  out: Outgoing,
  events: TlsEvent[],
  failure: unknown,
): void {
  if (!(failure instanceof TlsError)) return;
  const [bytes, count] = [out.length, events.length];
  if (connection.maySend) throw new BrokenInvariant("A failed connection may send");
  let taken: unknown;
  try {
    taken = connection.receive(new Uint8Array(10), out, events);
  } catch {
    connection.close(out);
    if (out.length === bytes && events.length === count) return;
    throw new BrokenInvariant("A failed connection says more");
  }
  throw new BrokenInvariant(`A failed connection takes ${taken} bytes`);
}

function checkBounds(out: Outgoing, events: readonly TlsEvent[], input: Uint8Array): void {
  if (out.length > 100_000) throw new BrokenInvariant(`${out.length} bytes in answer`);
  let data = 0;
  for (const event of events) {
    if (event.type === "data" || event.type === "early-data") data += event.bytes.length;
  }
  if (data > input.length) throw new BrokenInvariant(`${data} bytes of data from ${input.length}`);
}

function connectionTarget(
  name: string,
  open: () => TlsConnection,
  seeds: readonly Uint8Array[],
): Target {
  return {
    ...{ name, seeds, framing: "records", refusal: TlsError, weight: 1 },
    run: (input) => converse(open(), input),
  };
}

/** A connection in the middle of its life, without the handshake that came before. */
function openTraffic(): TlsConnection {
  const state: State = {
    name: "Traffic",
    data: (bytes, io) => io.emit({ type: "data", bytes }),
    handle(message, io) {
      io.receiveKeyUpdate(expectType(message, 24, state));
      return state;
    },
  };
  return new Endpoint(trafficConfig, {}, (io) => {
    const secret = new Uint8Array(32);
    io.readWith(transparent.cipherSuites[0], secret, "application");
    io.writeWith(transparent.cipherSuites[0], secret, "application");
    io.acceptChangeCipherSpec(true);
    io.openHalf({ hash: transparent.hashes.sha256, secret });
    return state;
  });
}

const trafficConfig = { ...both, random: () => {} };

/** A protected record of the transparent provider. */
function transparentRecord(type: number, content: Uint8Array): Uint8Array {
  return plainRecord(
    ContentType.application_data,
    new Uint8Array([...content, type, ...new Uint8Array(16)]),
  );
}

const traffic: Target = {
  name: "records of a connection",
  framing: "records",
  refusal: TlsError,
  weight: 12,
  seeds: [
    new Uint8Array([
      ...transparentRecord(23, new Uint8Array(20)),
      ...plainRecord(20, Uint8Array.of(1)),
      ...transparentRecord(22, Uint8Array.of(24, 0, 0, 1, 1)),
      ...transparentRecord(23, new Uint8Array(0)),
      ...transparentRecord(23, new Uint8Array(3)),
      ...transparentRecord(21, Uint8Array.of(1, 90)),
      ...transparentRecord(21, Uint8Array.of(1, 0)),
    ]),
  ],
  run: (input) => converse(openTraffic(), input),
};

/** Records under real keys: whatever is changed has to be found out, and nothing opens by chance. */
function sealedRecords(): Target[] {
  return simd.cipherSuites.map((suite) => {
    const seeds = [0, 1, 15, 16, 17, 64, 300].map((length) =>
      put((out) =>
        halves(suite).writer.write(ContentType.application_data, new Uint8Array(length), out)
      )
    );
    let reader = halves(suite).reader;
    return {
      ...{ name: `records sealed by suite ${suite.id}`, framing: "bytes", refusal: TlsError },
      ...{ weight: 25, seeds },
      run(input: Uint8Array): string {
        const before = input.slice();
        if (reader.read(input, 0) === 0) return "incomplete";
        reader = halves(suite).reader;
        const isSeed = seeds.some((seed) => seed.every((byte, at) => byte === before[at]));
        if (before[0] === 23 && !isSeed) throw new BrokenInvariant("A forged record was opened");
        return "opened";
      },
    } satisfies Target;
  });
}

const firstRecords: Target = {
  name: "first bytes of a connection",
  framing: "bytes",
  refusal: TlsError,
  weight: 8,
  seeds: [
    plainRecord(22, new Uint8Array(40)),
    new TextEncoder().encode("GET / HTTP/1.1\r\n"),
    plainRecord(21, Uint8Array.of(2, 40)),
  ],
  run: (input) => `type ${new RecordReader().read(input, 0) === 0 ? "unknown yet" : "known"}`,
};

const ticket = ((real) => ({ real, sealed: real.seal(new Uint8Array(50)) }))(
  new RotatingTicketer({ suite: simd.cipherSuites[0], random: seededRandom(4), now: () => 0 }),
);

const tickets: Target = {
  name: "tickets under real keys",
  framing: "bytes",
  refusal: TlsError,
  weight: 5,
  seeds: [ticket.sealed],
  run(input) {
    const isSeed = input.length === ticket.sealed.length &&
      input.every((byte, at) => byte === ticket.sealed[at]);
    const opened = ticket.real.open(input);
    if (opened !== undefined && !isSeed) throw new BrokenInvariant("A forged ticket was opened");
    return opened === undefined ? "no ticket" : "opened";
  },
};

const clients = Object.values(VARIANTS);

/** All of them. */
export const connectionTargets: readonly Target[] = [
  traffic,
  firstRecords,
  tickets,
  ...sealedRecords(),
  connectionTarget(
    "client's records at a server",
    () => new ServerConnection(serverConfig()),
    clients.map((client) => streams(client, serverConfig()).client),
  ),
  ...Object.entries(VARIANTS).map(([name, client]) =>
    connectionTarget(
      `server's records at a client, ${name}`,
      () => new ClientConnection({ ...client, random: seededRandom(3) }),
      [streams({ ...client, random: seededRandom(3) }, serverConfig()).server],
    )
  ),
];
