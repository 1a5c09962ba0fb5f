import { assert, assertEquals } from "@std/assert";
import type { EchRejected } from "../../tls/alert.ts";
import type { ServerConfig } from "../../tls/config.ts";
import { encodeEchConfigList } from "../../tls/ech_config.ts";
import { NamedGroup } from "../../tls/registry.ts";
import { echKey } from "../support/ech_hellos.ts";
import { exchange, joinedPair, pairConfigs } from "../support/tls_pair.ts";

async function pairWithEch(server: Partial<ServerConfig>) {
  const echConfigList = encodeEchConfigList([echKey(1).config]);
  const configs = await pairConfigs({ echConfigList, serverName: "secret.example" }, server);
  return joinedPair(configs);
}

Deno.test("Client hides the name of the server from whoever listens", async () => {
  const pair = await pairWithEch({ ech: [echKey(1)] });
  const sent = String.fromCharCode(...pair.client.out.bytes);
  assert(sent.includes("public.example") && !sent.includes("secret.example"));
  exchange(pair);
  assertEquals([pair.client.failure, pair.server.failure], [undefined, undefined]);
  assertEquals(pair.server.connection.negotiated?.serverName, "secret.example");
  for (const { connection } of [pair.client, pair.server]) {
    assertEquals(connection.negotiated?.echAccepted, true);
  }
});

Deno.test("Client hides the name in a second hello, too", async () => {
  const pair = await pairWithEch({ ech: [echKey(1)], groups: [NamedGroup.secp384r1] });
  exchange(pair);
  assertEquals([pair.client.failure, pair.server.failure], [undefined, undefined]);
  const { negotiated } = pair.server.connection;
  assertEquals([negotiated?.echAccepted, negotiated?.helloRetried], [true, true]);
});

for (const groups of [undefined, [NamedGroup.secp384r1]]) {
  const when = groups === undefined ? "" : " after a HelloRetryRequest";
  Deno.test(`Client learns how to try again from a server with another key${when}`, async () => {
    const key = echKey(2);
    const pair = await pairWithEch({ ech: [key], ...(groups === undefined ? {} : { groups }) });
    exchange(pair);
    const failure = pair.client.failure as EchRejected;
    assertEquals([failure.reason, failure.alert], ["echRejected", "ech_required"]);
    assertEquals(failure.retryConfigs, encodeEchConfigList([key.config]));
    assertEquals(pair.client.connection.negotiated, undefined);
  });
}

Deno.test("Client ends a connection to a server that knows nothing of ECH", async () => {
  const pair = await pairWithEch({});
  exchange(pair);
  assertEquals((pair.client.failure as EchRejected).retryConfigs, undefined);
});

Deno.test("Client sends what looks like ECH when it has no configuration", async () => {
  const pair = joinedPair(await pairConfigs({ echGrease: true }, { ech: [echKey(3)] }));
  exchange(pair);
  assertEquals([pair.client.failure, pair.server.failure], [undefined, undefined]);
});
