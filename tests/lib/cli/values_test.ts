import { assertEquals, assertThrows } from "@std/assert";
import * as values from "../../../lib/cli/values.ts";
import { NEVER_EXPIRES, UNLIMITED } from "../../../protocol/options.ts";

Deno.test("identifier() takes what is all digits for a number", () => {
  assertEquals(["7", "007x", "x"].map(values.identifier), [7, "007x", "x"]);
  for (const wrong of ["", "4294967296"]) assertThrows(() => values.identifier(wrong));
});

Deno.test("wholeNumber() keeps its bounds", () => {
  const percent = values.wholeNumber(100, 1);
  assertEquals(percent("100"), 100);
  for (const wrong of ["0", "101", "1.5", "-1", ""]) assertThrows(() => percent(wrong));
  assertThrows(() => values.count("0"));
  assertEquals([values.partitionId("0"), values.offset("9")], [0, 9]);
});

Deno.test("expiry() takes durations in several words, and Iggy's words", () => {
  assertEquals(values.expiry(["1day", "2h"]), 93_600_000_000n);
  assertEquals(values.expiry(["unlimited"]), NEVER_EXPIRES);
  assertEquals([[], ["server_default"]].map(values.expiry), [undefined, undefined]);
  assertThrows(() => values.expiry(["soon"]));
});

Deno.test("topicSize(), byteCount() and durationMs() take units", () => {
  const sizes = ["10GB", "unlimited", "server_default"].map(values.topicSize);
  assertEquals(sizes, [10_000_000_000n, UNLIMITED, 0n]);
  assertEquals([values.byteCount("1KiB"), values.durationMs("1m 30s")], [1024, 90_000]);
  for (const parse of [values.topicSize, values.byteCount, values.durationMs]) {
    assertThrows(() => parse("much"));
  }
});

Deno.test("headers() reads kinds, and takes text where none is said", () => {
  assertEquals(values.headers("a:int32:-7,b:string:x:y,c:uint64:9,d:bool:true,e:plain"), {
    a: { kind: "int32", value: -7 },
    b: { kind: "string", value: "x:y" },
    c: { kind: "uint64", value: 9n },
    d: { kind: "bool", value: true },
    e: { kind: "string", value: "plain" },
  });
  for (const wrong of ["a", ":b", "a:int32:x", "a:colour:red"]) {
    assertThrows(() => values.headers(wrong));
  }
});

Deno.test("headerField() makes bytes of raw", () => {
  assertEquals(values.headerField("raw", "A"), { kind: "raw", value: new Uint8Array([65]) });
});
