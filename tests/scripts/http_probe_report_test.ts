import { assertEquals } from "@std/assert";
import { differences, judge, parseProbe } from "../../scripts/http_probe_report.ts";

const PRINTED = `## streams
GET /streams -> 200 {'content-type': 'application/json', 'connection': 'close'}
   [{"id":0,"name":"orders","size":"0 B"}]
   jwt b'{}'
DELETE /streams/0 -> 204 {'iggy-view': '0'}
   
GET /metrics -> 200 {'content-type': 'text/plain'}
   # HELP a b
# TYPE a gauge
snapshot 200 3547 b'PK'
POST /streams -> 422 {}
   Failed to deserialize the JSON body into the target type: missing field
`;

const change = (from: string, to: string) => {
  assertEquals(PRINTED.includes(from), true);
  return differences(parseProbe(PRINTED), parseProbe(PRINTED.replace(from, to)));
};

Deno.test("parseProbe() reads questions, statuses, headers and bodies of several lines", () => {
  const exchanges = parseProbe(PRINTED);
  assertEquals(exchanges.map(({ question, status }) => [question, status]), [
    ["GET /streams", 200],
    ["DELETE /streams/0", 204],
    ["GET /metrics", 200],
    ["POST /streams", 422],
  ]);
  assertEquals([...exchanges[0].headers], [["content-type", "application/json"]]);
  assertEquals(exchanges[1].body, "");
  assertEquals(exchanges[2].body, "# HELP a b\n# TYPE a gauge");
});

Deno.test("differences() finds none in the same answers, nor in what differs in every run", () => {
  assertEquals(differences(parseProbe(PRINTED), parseProbe(PRINTED)), []);
  assertEquals(change("0 B", "1 KiB"), []);
  assertEquals(change("missing field", "expected `name`"), []);
});

Deno.test("differences() names statuses, headers and fields that differ", () => {
  assertEquals(change("-> 204", "-> 200"), ["DELETE /streams/0: status 204 is 200"]);
  assertEquals(change("'iggy-view': '0'", ""), ["DELETE /streams/0: header iggy-view 0 is absent"]);
  assertEquals(change('"id":0', '"id":1'), ["GET /streams: body.0.id 0 is 1"]);
  assertEquals(change('"name"', '"title"'), [
    'GET /streams: body.0.name "orders" is absent',
    'GET /streams: body.0.title absent is "orders"',
  ]);
});

Deno.test("differences() stops where another question was asked", () => {
  assertEquals(change("DELETE /streams/0", "DELETE /streams/1"), [
    "DELETE /streams/0: asked DELETE /streams/1 in its place",
  ]);
});

Deno.test("judge() tells what nobody expects, and what is expected and not there", () => {
  const expected = [
    { pattern: /^GET \/: /, reason: "It is served" },
    { pattern: /^GET \/b: /, reason: "It is not" },
  ];
  assertEquals(judge(["GET /: status 404 is 200", "GET /a: status 200 is 500"], expected), {
    unexpected: ["GET /a: status 200 is 500"],
    unmet: [expected[1]],
  });
});
