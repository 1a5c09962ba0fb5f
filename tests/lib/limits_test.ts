import { assert, assertEquals } from "@std/assert";
import { brokenRelations, limits, limitsWith } from "../../lib/limits.ts";

Deno.test("limits cannot be changed by whoever imports them", () => {
  assert(Object.isFrozen(limits));
  assert(Object.isFrozen(limitsWith({ connectionsMax: 1 })));
});

Deno.test("limitsWith() keeps the defaults of what is not changed", () => {
  assertEquals(limitsWith({}), limits);
  assertEquals(limitsWith({ connectionsMax: 7 }), { ...limits, connectionsMax: 7 });
});

Deno.test("limitsWith() takes control bodies down with a smaller frame", () => {
  const small = limitsWith({ frameBytesMax: 1024 * 1024 });
  assertEquals(small.classicControlBytesMax, 1024 * 1024);
  assertEquals(brokenRelations(small), []);
});

Deno.test("limitsWith() leaves files to open beside those being synced", () => {
  assertEquals(limitsWith({ openFilesMax: 16 }).syncsInFlightMax, 8);
  assertEquals(limitsWith({ openFilesMax: 4096 }).syncsInFlightMax, limits.syncsInFlightMax);
});

Deno.test("brokenRelations() finds nothing in the defaults", () => {
  assertEquals(brokenRelations(limits), []);
});

Deno.test("brokenRelations() names both sides of what no longer fits", () => {
  const broken = brokenRelations({ ...limits, receiveBytesTotalMax: limits.frameBytesMax - 1 });
  assertEquals(broken, [{ lower: "frameBytesMax", upper: "receiveBytesTotalMax" }]);
});
