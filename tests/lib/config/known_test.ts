import { assert, assertEquals } from "@std/assert";
import {
  environmentName,
  formOf,
  isKeyPath,
  KNOWN_PATHS,
  KNOWN_TABLES,
  tableOf,
  typeAt,
} from "../../../lib/config/known.ts";

Deno.test("environmentName() follows Iggy's rule", () => {
  const names = {
    "tcp.address": "IGGY_TCP_ADDRESS",
    "http.cors.allowed_methods": "IGGY_HTTP_CORS_ALLOWED_METHODS",
    "cluster.nodes[0].ports.tcp": "IGGY_CLUSTER_NODES_0_PORTS_TCP",
    "http.jwt.trusted_issuers[12].issuer": "IGGY_HTTP_JWT_TRUSTED_ISSUERS_12_ISSUER",
    "tls": "WHIPPET_TLS",
    "limits.connections_max": "WHIPPET_LIMITS_CONNECTIONS_MAX",
  };
  assertEquals(Object.keys(names).map(environmentName), Object.values(names));
});

Deno.test("environmentName() gives no two keys one name", () => {
  assertEquals(new Set(KNOWN_PATHS.map(environmentName)).size, KNOWN_PATHS.length);
});

Deno.test("KNOWN_TABLES has every table above a key", () => {
  for (const table of ["tcp", "tcp.tls", "system", "cluster.nodes[]", "cluster.nodes[].ports"]) {
    assert(KNOWN_TABLES.has(table), table);
  }
  assert(!KNOWN_TABLES.has(""));
});

Deno.test("typeAt() finds keys of both tables, entries of arrays by their form", () => {
  assert(typeAt("tcp.address") !== undefined);
  assert(typeAt("quic.address") !== undefined);
  assert(typeAt("cluster.nodes[3].name") === typeAt("cluster.nodes[].name"));
  assertEquals(typeAt("tcp.adress"), undefined);
  assertEquals(typeAt("toString"), undefined);
});

Deno.test("formOf(), tableOf() and isKeyPath() take paths apart", () => {
  assertEquals(formOf("a[10].b[0].c"), "a[].b[].c");
  assertEquals([tableOf("a.b.c"), tableOf("a")], ["a.b", ""]);
  assertEquals([isKeyPath("tcp.address"), isKeyPath("quic.address")], [true, false]);
});
