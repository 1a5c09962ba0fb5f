import { assertEquals } from "@std/assert";
import { fromJson, toJson } from "../../../lib/catalog/json.ts";

Deno.test("fromJson() gives back bigints and maps, nested ones too", () => {
  const value = {
    never: 0xffff_ffff_ffff_ffffn,
    streams: new Map([[7, { topics: new Map([[1, { readTopic: true }]]) }]]),
    name: '{"$bigint":"5"}',
    list: [1, "1", null],
  };
  assertEquals(fromJson(toJson(value)), value);
});
