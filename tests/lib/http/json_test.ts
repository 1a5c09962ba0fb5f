import { assertEquals, assertThrows } from "@std/assert";
import { jsonResponse, parseJson, stringifyJson } from "../../../lib/http/json.ts";

Deno.test("parseJson() keeps every digit of an integer beyond 2^53", () => {
  assertEquals(parseJson('{"a":18446744073709551615,"b":[-9007199254740993]}'), {
    a: 18446744073709551615n,
    b: [-9007199254740993n],
  });
});

Deno.test("parseJson() gives other numbers and texts as JSON does", () => {
  const text = '{"a":9007199254740991,"b":1.5,"c":"18446744073709551615","d":1e300,"e":null}';
  assertEquals(parseJson(text), JSON.parse(text));
});

Deno.test("parseJson() refuses what is no JSON", () => {
  for (const text of ["", "{", '{"a":18446744073709551615', "nul"]) {
    assertThrows(() => parseJson(text), SyntaxError);
  }
});

Deno.test("stringifyJson() writes a bigint as a bare integer", () => {
  assertEquals(
    stringifyJson({ a: 2n ** 128n - 1n, b: [1n], c: "1" }),
    `{"a":${2n ** 128n - 1n},"b":[1],"c":"1"}`,
  );
});

Deno.test("jsonResponse() says that it is JSON", async () => {
  const response = jsonResponse(201, { a: 1n }, { "iggy-view": "0" });
  assertEquals(response.status, 201);
  assertEquals(response.headers.get("content-type"), "application/json");
  assertEquals(response.headers.get("iggy-view"), "0");
  assertEquals(await response.text(), '{"a":1}');
});
