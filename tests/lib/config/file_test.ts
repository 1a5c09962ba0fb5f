import { assert, assertEquals, assertMatch } from "@std/assert";
import { readFileText } from "../../../lib/config/file.ts";

function problem(toml: string): string {
  const { problems } = readFileText("a.toml", toml);
  assertEquals(problems.length, 1);
  return problems[0];
}

Deno.test("readFileText() gives each value with its place", () => {
  const { readings, problems } = readFileText("a.toml", '[tcp]\naddress = "x:1"\ntls.enabled = 1');
  assertEquals(problems, []);
  assertEquals(readings, [
    {
      path: "tcp.address",
      candidates: ["x:1"],
      origin: { kind: "file", path: "a.toml", line: 2, column: 1 },
    },
    {
      path: "tcp.tls.enabled",
      candidates: [1],
      origin: { kind: "file", path: "a.toml", line: 3, column: 1 },
    },
  ]);
});

Deno.test("readFileText() follows arrays of tables", () => {
  const toml = '[[cluster.nodes]]\nname = "a"\n[[cluster.nodes]]\nports = { tcp = 1 }';
  const { readings } = readFileText("a.toml", toml);
  assertEquals(readings.map(({ path }) => path), [
    "cluster.nodes[0].name",
    "cluster.nodes[1].ports.tcp",
  ]);
});

Deno.test("readFileText() refuses a key nobody knows with line, nearest name and form", () => {
  assertEquals(
    problem('\n[tcp]\n  adress = "x"'),
    'a.toml:3:3: Key "tcp.adress" is unknown; did you mean "tcp.address", ' +
      'which takes HOST:PORT, for example "127.0.0.1:8090" or "[::1]:8090"?',
  );
  assertEquals(
    problem("[[cluster.nodes]]\nreplica = 1"),
    'a.toml:2:1: Key "cluster.nodes[0].replica" is unknown; ' +
      'did you mean "cluster.nodes[].replica_id", which takes a whole number from 0 to 255?',
  );
});

Deno.test("readFileText() tells what a table takes when no name is near", () => {
  assertEquals(
    problem("[heartbeat]\nfrequency = 1"),
    'a.toml:2:1: Key "heartbeat.frequency" is unknown; [heartbeat] takes enabled, interval',
  );
  assertEquals(
    problem("frequency = 1"),
    'a.toml:1:1: Key "frequency" is unknown; the top level takes tls',
  );
});

Deno.test("readFileText() refuses a table nobody knows once, whatever is in it", () => {
  assertEquals(
    problem('[tpc]\naddress = "x"\n[tpc.tls]\nenabled = true'),
    "a.toml:1:1: Table [tpc] is unknown; did you mean [tcp]?",
  );
  assertEquals(problem("[kafka]\nport = 9092"), "a.toml:1:1: Table [kafka] is unknown");
});

Deno.test("readFileText() takes a quoted name with a dot for what it is", () => {
  assertMatch(problem('"tcp.address" = "x"'), /^a\.toml:1:1: Key ""tcp.address"" is unknown/);
});

Deno.test("readFileText() refuses a value where a table belongs", () => {
  assertEquals(
    problem("tcp = true"),
    'a.toml:1:1: "tcp" is a table: write [tcp] and its keys below',
  );
  assertEquals(
    problem('[cluster]\nnodes = ["a"]'),
    'a.toml:2:1: "cluster.nodes" is an array of tables: write [[cluster.nodes]] for each entry',
  );
});

Deno.test("readFileText() tells all problems of a file", () => {
  const { problems } = readFileText("a.toml", "a = 1\n[tcp]\nb = 2\n[c]\nd = 3");
  assertEquals(problems.map((each) => each.split(": ")[0]), [
    "a.toml:1:1",
    "a.toml:3:1",
    "a.toml:4:1",
  ]);
});

Deno.test("readFileText() refuses what is no TOML, naming line and column", () => {
  assertMatch(problem("[tcp\naddress = 1"), /^a\.toml: .* line 1/);
});

for (const name of ["iggy_0_8.toml", "iggy_0_9.toml"]) {
  Deno.test(`readFileText() finds the place of every key of ${name}`, () => {
    const url = new URL(`../../vectors/config/${name}`, import.meta.url);
    const toml = Deno.readTextFileSync(url);
    const lines = toml.split("\n");
    const { readings, problems } = readFileText(name, toml);
    assertEquals(problems, []);
    for (const { path, origin } of readings) {
      assert(origin.kind === "file");
      const place = lines[origin.line - 1].slice(origin.column - 1);
      const key = /^[a-z0-9_.]+(?= =)/.exec(place)?.[0];
      assert(key !== undefined && path.endsWith(key), `${path} at ${origin.line}: ${place}`);
    }
  });
}
