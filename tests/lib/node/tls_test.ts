import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { CredentialError } from "../../../lib/certificates/credentials.ts";
import { provider } from "../../../lib/certificates/provider.ts";
import type { BoundAddresses } from "../../../lib/config.ts";
import { NodeTls } from "../../../lib/node/tls.ts";
import { LargeBuffers } from "../../../lib/transport/ciphertext_buffer.ts";
import { TlsStream } from "../../../lib/transport/tls.ts";
import {
  ClientConnection,
  type Credential,
  type TlsConnection,
  type TlsError,
} from "../../../tls/mod.ts";
import { parseCertificate } from "../../../tls/x509/certificate.ts";
import { random, TestAuthority } from "../../support/test_authority.ts";
import { pipe } from "../../support/pipe.ts";
import { type Environment, simConfig } from "../../support/sim_node.ts";
import { SimPorts } from "../../support/sim_ports.ts";

const BOUND: BoundAddresses = { tcp: { hostname: "127.0.0.1", port: 8090 } };
const FILES = {
  IGGY_TCP_TLS_ENABLED: "true",
  IGGY_TCP_TLS_CERT_FILE: "c.pem",
  IGGY_TCP_TLS_KEY_FILE: "k.pem",
};

function ports(): SimPorts {
  const ports = new SimPorts();
  // What is certified now is valid now.
  ports.clock.micros = Date.now() * 1000;
  return ports;
}

function put(ports: SimPorts, files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    ports.files.set(path, new TextEncoder().encode(text));
  }
}

function open(ports: SimPorts, environment: Environment = {}, bound = BOUND): Promise<NodeTls> {
  return NodeTls.open(simConfig({ WHIPPET_TLS: "required", ...environment }), ports, bound);
}

/** Shakes hands; gives the chain that the server showed. */
async function shown(tls: NodeTls, ports: SimPorts, credentials: Credential[] = []) {
  const { client, server } = pipe();
  let chain: readonly Uint8Array[] = [];
  const engine = new ClientConnection({
    provider,
    random,
    now: () => ports.clock.micros / 1000,
    serverName: "localhost",
    credentials,
    verifier: {
      verify(peer) {
        chain = peer.chain.map((der) => der.slice());
        return { publicKey: parseCertificate(chain[0]).publicKeyInfo.key!, names: [] };
      },
    },
  });
  const options = { buffers: new LargeBuffers(provider.buffers, 1), clock: ports.clock };
  const stream = (below: typeof client, tls: TlsConnection) => new TlsStream(below, tls, options);
  const inside = stream(server, tls.acceptors.tcp!.open());
  const [accepted] = await Promise.allSettled([
    inside.handshake(),
    stream(client, engine).handshake(),
  ]);
  if (accepted.status === "rejected") throw accepted.reason;
  return { chain, identity: inside.negotiated!.peerIdentity };
}

Deno.test("NodeTls shows the node's own certificate, by an authority of its own, where there are no files", async () => {
  const world = ports();
  const tls = await open(world);
  assertEquals([tls.authorityPath, tls.acceptors.tcp?.isRequired], ["tls/ca.pem", false]);
  const { chain } = await shown(tls, world);
  const names = parseCertificate(chain[0]).extensions.subjectAltName!
    .map((name) => name.kind === "dns" ? name.text : name.kind === "ip" ? `${name.octets}` : "");
  assertEquals(names, ["localhost", "test-host", "127,0,0,1", "0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1"]);
  const again = await shown(await open(world), world);
  assertEquals(again.chain, chain);
});

Deno.test("NodeTls names every address of the machine in its own certificate where it listens on all", async () => {
  const world = ports();
  const tls = await open(world, { IGGY_TCP_ADDRESS: "0.0.0.0:0", ...FILES }, {
    tcp: { hostname: "0.0.0.0", port: 8090 },
  });
  assertEquals(tls.acceptors.tcp?.isRequired, true);
  const { chain } = await shown(tls, world);
  const names = parseCertificate(chain[0]).extensions.subjectAltName!
    .flatMap((name) => name.kind === "ip" ? [`${name.octets}`] : []);
  assert(names.includes("192,0,2,7") && !names.includes("0,0,0,0"), `${names}`);
});

Deno.test("NodeTls speaks no TLS where it is off, and makes no certificate then", async () => {
  const world = ports();
  const tls = await open(world, { WHIPPET_TLS: "off" });
  assertEquals([tls.acceptors, tls.authorityPath], [{}, undefined]);
  assertEquals(world.storage.exists("tls"), false);
});

Deno.test("NodeTls shows the certificate of its files, and the next one once they have changed", async () => {
  const world = ports();
  const authority = await TestAuthority.make();
  const [first, second] = [await authority.issue(), await authority.issue()];
  put(world, { "c.pem": first.certificate, "k.pem": first.key });
  const tls = await open(world, FILES);
  const stop = tls.watch(world.clock);
  assertEquals((await shown(tls, world)).chain, [first.der]);
  assertEquals(tls.authorityPath, undefined);

  put(world, { "c.pem": second.certificate });
  world.clock.advance(5000);
  assertEquals((await shown(tls, world)).chain, [first.der], "half a pair is none");
  put(world, { "k.pem": second.key });
  world.clock.advance(5000);
  assertEquals((await shown(tls, world)).chain, [second.der]);
  stop();
  assertEquals(world.clock.timers, 0);
});

Deno.test("NodeTls shows its own certificate until there are files", async () => {
  const world = ports();
  const tls = await open(world, FILES);
  tls.watch(world.clock);
  assertEquals(tls.authorityPath, "tls/ca.pem");
  const { certificate, key, der } = await (await TestAuthority.make()).issue();
  put(world, { "c.pem": certificate, "k.pem": key });
  world.clock.advance(5000);
  assertEquals((await shown(tls, world)).chain, [der]);
});

Deno.test("NodeTls refuses to open without the files when it may not make a certificate", async () => {
  await assertRejects(
    () => open(ports(), { ...FILES, IGGY_TCP_TLS_SELF_SIGNED: "false" }),
    CredentialError,
    "There is no file c.pem",
  );
});

Deno.test("NodeTls renews its own certificate while the node runs", async () => {
  const world = ports();
  const tls = await open(world);
  tls.watch(world.clock);
  const first = (await shown(tls, world)).chain[0];
  world.clock.advance(61 * 86_400_000);
  await Promise.resolve();
  let next = first;
  for (let turn = 0; turn < 20 && next === first; turn++) next = (await shown(tls, world)).chain[0];
  assertNotEquals(next, first);
});

Deno.test("NodeTls asks clients for certificates, of its own authority or of those in a file", async () => {
  const world = ports();
  const authority = await TestAuthority.make();
  put(world, { "ca.pem": authority.pem });
  const uris = ["whippet:user:alice"];
  const leaf = await authority.issue({ purposes: ["clientAuth"], uris });
  const certified = [leaf.credential];
  const environment = {
    ...FILES,
    WHIPPET_CLIENT_CERTIFICATES_MODE: "required",
    WHIPPET_CLIENT_CERTIFICATES_CA_FILE: "ca.pem",
  };
  const tls = await open(world, environment);
  const { identity } = await shown(tls, world, certified);
  assertEquals(identity?.names, [{ kind: "uri", value: "whippet:user:alice" }]);
  const refused = async (tls: NodeTls, credentials: Credential[]) =>
    ((await assertRejects(() => shown(tls, world, credentials))) as TlsError).alert;
  assertEquals(await refused(tls, []), "certificate_required");
  const own = await open(world, { ...environment, WHIPPET_CLIENT_CERTIFICATES_CA_FILE: "" });
  assertEquals(await refused(own, certified), "unknown_ca");
  await assertRejects(
    () => open(world, { ...environment, WHIPPET_CLIENT_CERTIFICATES_CA_FILE: "other.pem" }),
    CredentialError,
    "There is no file other.pem",
  );

  tls.watch(world.clock);
  put(world, { "ca.pem": (await TestAuthority.make("Other")).pem });
  world.clock.advance(5000);
  assertEquals(await refused(tls, certified), "unknown_ca");
});
