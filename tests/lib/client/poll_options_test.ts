import { assertEquals, assertThrows } from "@std/assert";
import { consumerOf, strategyOf } from "../../../lib/client/poll_options.ts";

Deno.test("consumerOf() is consumer 0 when nobody is named", () => {
  assertEquals(consumerOf({}), { kind: "consumer", id: 0 });
});

Deno.test("consumerOf() is a consumer or a group, by number or name", () => {
  assertEquals(consumerOf({ consumer: "biller" }), { kind: "consumer", id: "biller" });
  assertEquals(consumerOf({ group: 0 }), { kind: "consumer_group", id: 0 });
});

Deno.test("consumerOf() refuses two", () => {
  assertThrows(() => consumerOf({ consumer: 1, group: "workers" }), TypeError, "not both");
});

Deno.test("strategyOf() goes on from the stored offset when no start is named", () => {
  assertEquals(strategyOf({}), { kind: "next", value: 0 });
});

Deno.test("strategyOf() starts where it is told", () => {
  assertEquals(strategyOf({ offset: 0 }), { kind: "offset", value: 0 });
  assertEquals(strategyOf({ timestamp: 5 }), { kind: "timestamp", value: 5 });
  assertEquals(strategyOf({ from: "last" }), { kind: "last", value: 0 });
});

Deno.test("strategyOf() refuses two starts", () => {
  assertThrows(() => strategyOf({ offset: 1, from: "first" }), TypeError, "one start");
});
