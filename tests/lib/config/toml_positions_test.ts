import { assertEquals } from "@std/assert";
import { parse } from "@std/toml";
import { joinPath, keyPositions } from "../../../lib/config/toml_positions.ts";

function at(toml: string): Record<string, string> {
  return Object.fromEntries(
    [...keyPositions(toml)].map(([path, { line, column }]) => [path, `${line}:${column}`]),
  );
}

Deno.test("keyPositions() finds keys at top level, below headers and in dotted form", () => {
  const toml = 'a = 1\n\n[tcp]\n  address = "x"\ntls.enabled = true # b = 2\n[ tcp . socket ]\nz=1';
  assertEquals(at(toml), {
    "a": "1:1",
    "tcp": "3:1",
    "tcp.address": "4:3",
    "tcp.tls": "5:1",
    "tcp.tls.enabled": "5:1",
    "tcp.socket": "6:1",
    "tcp.socket.z": "7:1",
  });
});

Deno.test("keyPositions() counts the entries of arrays of tables", () => {
  const toml = `
[[cluster.nodes]]
name = "one"
[cluster.nodes.ports]
tcp = 1
[[cluster.nodes]]
name = "two"
ports = { tcp = 2, http = 3 }
[[cluster.nodes.addresses]]
cidr = "a"
[[cluster.nodes.addresses]]
cidr = "b"`;
  const found = at(toml);
  assertEquals(found["cluster.nodes[0].name"], "3:1");
  assertEquals(found["cluster.nodes[0].ports.tcp"], "5:1");
  assertEquals(found["cluster.nodes[1]"], "6:1");
  assertEquals(found["cluster.nodes[1].name"], "7:1");
  assertEquals(found["cluster.nodes[1].ports.tcp"], "8:11");
  assertEquals(found["cluster.nodes[1].ports.http"], "8:20");
  assertEquals(found["cluster.nodes[1].addresses[0].cidr"], "10:1");
  assertEquals(found["cluster.nodes[1].addresses[1].cidr"], "12:1");
});

Deno.test("keyPositions() finds keys in arrays of inline tables", () => {
  const toml =
    'nodes = [\n  { name = "a" }, # first\n  { name = "b", ports = { tcp = [1, [2]] } },\n]';
  assertEquals(at(toml), {
    "nodes": "1:1",
    "nodes[0].name": "2:5",
    "nodes[1].name": "3:5",
    "nodes[1].ports": "3:17",
    "nodes[1].ports.tcp": "3:27",
  });
});

Deno.test("keyPositions() steps over strings that look like keys", () => {
  const toml = [
    'a = "b = 1 # \\" [c]"',
    "d = 'e = \\'",
    'f = """',
    "g = 1",
    '[h] ""x"" \\"""',
    'still""""" # i = 2',
    "j = '''",
    "k = 1",
    "'''",
    "l = [\"m = 1\", '[n]']",
    "o = 1979-05-27T07:32:00Z",
    "p = 2",
  ].join("\n");
  parse(toml);
  assertEquals(at(toml), {
    a: "1:1",
    d: "2:1",
    f: "3:1",
    j: "7:1",
    l: "10:1",
    o: "11:1",
    p: "12:1",
  });
});

Deno.test("keyPositions() keeps quoted names apart from dotted ones", () => {
  const toml = '"a.b" = 1\n\'c d\'.e = 2\n"\\u0061" = 3\n';
  assertEquals(at(toml), { '"a.b"': "1:1", '"c d"': "2:1", '"c d".e': "2:1", "a": "3:1" });
});

Deno.test("keyPositions() counts lines that end in carriage return and newline", () => {
  assertEquals(at("a = 1\r\n\r\n[b]\r\nc = 2\r\n"), { "a": "1:1", "b": "3:1", "b.c": "4:1" });
});

Deno.test("joinPath() quotes what TOML would have to quote", () => {
  assertEquals(joinPath("", "tcp"), "tcp");
  assertEquals(joinPath("tcp", "address"), "tcp.address");
  assertEquals(joinPath("tcp", "a.b"), 'tcp."a.b"');
});
