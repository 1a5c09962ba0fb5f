import { assertEquals } from "@std/assert";
import { mergeVariables, readEnvironment } from "../../../lib/config/environment.ts";

function read(environment: Record<string, string>) {
  return readEnvironment(mergeVariables(environment).variables);
}

/** Text of a variable and what it may stand for, by Iggy's value rule. */
const VALUES: readonly (readonly [text: string, candidates: readonly unknown[]])[] = [
  ["true", [true, "true"]],
  ["TRUE", [true, "TRUE"]],
  ["False", [false, "False"]],
  ["42", [42, "42"]],
  ["-1", [-1, "-1"]],
  ["1.5", [1.5, "1.5"]],
  ["0.0.0.0:8090", ["0.0.0.0:8090"]],
  ["30 s", ["30 s"]],
  ['[a, "b"]', [["a", "b"], '[a, "b"]']],
  ['["a, b", c]', [["a, b", "c"], '["a, b", c]']],
  ["[]", [[], "[]"]],
  ['[""]', [[""], '[""]']],
];

for (const [text, candidates] of VALUES) {
  Deno.test(`readEnvironment() takes ${text} for ${JSON.stringify(candidates[0])}`, () => {
    assertEquals(read({ IGGY_SYSTEM_PATH: text }).readings[0].candidates, candidates);
  });
}

Deno.test("readEnvironment() finds keys of both generations, of arrays and whippet's own", () => {
  const { readings, warnings } = read({
    IGGY_TCP_ADDRESS: "a",
    IGGY_SYSTEM_SEGMENT_SIZE: "b",
    IGGY_METADATA_JOURNAL_SLOTS: "c",
    IGGY_CLUSTER_NODES_1_PORTS_TCP: "d",
    IGGY_CLUSTER_NODES_0_ADVERTISED_ADDRESSES_2_CLIENT_CIDR: "e",
    WHIPPET_TLS: "f",
    WHIPPET_LIMITS_OPEN_FILES_MAX: "g",
  });
  assertEquals(readings.map(({ path }) => path), [
    "tcp.address",
    "system.segment.size",
    "metadata.journal_slots",
    "cluster.nodes[1].ports.tcp",
    "cluster.nodes[0].advertised_addresses[2].client_cidr",
    "tls",
    "limits.open_files_max",
  ]);
  assertEquals(warnings, []);
});

Deno.test("readEnvironment() takes an empty variable for none, as Iggy does", () => {
  assertEquals(read({ IGGY_TCP_ADDRESS: "" }).readings, []);
});

Deno.test("readEnvironment() warns of an unknown name and suggests similar ones", () => {
  assertEquals(read({ IGGY_TCP_ADRESS: "x", WHIPPET_TSL: "off", IGGY_QWERTYUIOP: "1" }).warnings, [
    "Environment variable IGGY_TCP_ADRESS is unknown and ignored; similar names: " +
    "IGGY_TCP_ADDRESS, IGGY_HTTP_ADDRESS, IGGY_QUIC_ADDRESS",
    "Environment variable WHIPPET_TSL is unknown and ignored; similar names: WHIPPET_TLS",
    "Environment variable IGGY_QWERTYUIOP is unknown and ignored",
  ]);
});

Deno.test("readEnvironment() says nothing of names that are read elsewhere or are not Iggy's", () => {
  const { readings, warnings } = read({
    IGGY_CONFIG_PATH: "x",
    IGGY_ROOT_PASSWORD: "x",
    IGGY_CONNECTORS_SINK_A_ENABLED: "true",
    IGGY_TEST_VERBOSE: "1",
    PATH: "/bin",
  });
  assertEquals([readings, warnings], [[], []]);
});

Deno.test("readEnvironment() lets RUST_LOG win over the level", () => {
  const { readings } = read({ RUST_LOG: "warn,iggy=debug", IGGY_SYSTEM_LOGGING_LEVEL: "trace" });
  assertEquals(readings.at(-1), {
    path: "system.logging.level",
    candidates: ["warn,iggy=debug"],
    origin: { kind: "environment", name: "RUST_LOG" },
  });
});

Deno.test("readEnvironment() warns of a RUST_LOG that holds no level", () => {
  const { readings, warnings } = read({ RUST_LOG: "my_crate" });
  assertEquals(readings, []);
  assertEquals(warnings, [
    "Environment variable RUST_LOG is ignored, because it holds no level: my_crate",
  ]);
});

Deno.test("mergeVariables() lets what is really set win over the .env file", () => {
  const { variables, warnings } = mergeVariables(
    { IGGY_A: "real" },
    { name: "my.env", text: "IGGY_A=file\nIGGY_B=file\nnonsense" },
  );
  assertEquals(Object.fromEntries(variables), {
    IGGY_A: { value: "real" },
    IGGY_B: { value: "file", file: "my.env" },
  });
  assertEquals(warnings, ["my.env:3: This line is ignored, because it is not NAME=value"]);
});
