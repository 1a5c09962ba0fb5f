import { assertEquals, assertRejects } from "@std/assert";
import { CredentialError } from "../../../lib/certificates/credentials.ts";
import { provider } from "../../../lib/certificates/provider.ts";
import { CommandError } from "../../../lib/cli/ports.ts";
import { shownChain } from "../../../lib/cli/shown_chain.ts";
import { LargeBuffers } from "../../../lib/transport/ciphertext_buffer.ts";
import { TlsStream } from "../../../lib/transport/tls.ts";
import { ServerConnection } from "../../../tls/mod.ts";
import { CliWorld } from "../../support/cli_world.ts";
import { random, TestAuthority } from "../../support/test_authority.ts";
import { turns } from "../../support/partition_logs.ts";
import { pipe } from "../../support/pipe.ts";

const authority = await TestAuthority.make();
const issued = await authority.issue();

/** A world where a server answers at every address, and notes the names it is asked for. */
function withServer(): { world: CliWorld; names: (string | undefined)[] } {
  const world = new CliWorld();
  const names: (string | undefined)[] = [];
  const { clock } = world;
  world.answer = () => {
    const { client, server } = pipe();
    const engine = new ServerConnection({
      provider,
      random,
      now: () => clock.micros / 1000,
      credentials: {
        resolve({ serverName }) {
          names.push(serverName);
          return [issued.credential];
        },
      },
    });
    const buffers = new LargeBuffers(provider.buffers, 1);
    void new TlsStream(server, engine, { buffers, clock }).handshake();
    return Promise.resolve(client);
  };
  return { world, names };
}

Deno.test("shownChain() reads a file", async () => {
  const world = new CliWorld();
  world.files.set("c.pem", issued.certificate + authority.pem);
  const { chain, live } = await shownChain("c.pem", undefined, world);
  assertEquals([chain.map(({ der }) => der), live], [[issued.der, authority.der], undefined]);
  world.files.set("k.pem", issued.key);
  await assertRejects(() => shownChain("k.pem", undefined, world), CredentialError);
});

Deno.test("shownChain() asks a host, whatever its certificate is worth", async () => {
  const { world, names } = withServer();
  const { chain, live } = await shownChain("example.com:8090", undefined, world);
  assertEquals(chain.map(({ der }) => der), [issued.der]);
  assertEquals([live?.hostname, names], ["example.com", ["example.com"]]);
  await shownChain("[::1]:8090", "localhost", world);
  assertEquals(names.at(-1), "localhost");
});

Deno.test("shownChain() says what is wrong with a target", async () => {
  const world = new CliWorld();
  const message = async (target: string) =>
    (await assertRejects(() => shownChain(target, undefined, world), CommandError)).message;
  assertEquals(
    await message("nothing"),
    "There is no file nothing; a host is written with its port, as in localhost:8090",
  );
  assertEquals(await message("h:1"), "Cannot connect to h:1: Refused");
  world.answer = () => {
    const { client, server } = pipe();
    void server.write(new TextEncoder().encode("HTTP/1.1 400 Bad Request\r\n"));
    return Promise.resolve(client);
  };
  const refused = await message("h:1");
  assertEquals(refused.startsWith("h:1 does not shake hands in TLS 1.3: "), true, refused);
});

Deno.test("shownChain() gives up on a host that says nothing", async () => {
  const world = new CliWorld();
  world.answer = () => Promise.resolve(pipe().client);
  const asking = assertRejects(() => shownChain("h:1", undefined, world), CommandError);
  await turns();
  world.clock.advance(10_000);
  await asking;
});
