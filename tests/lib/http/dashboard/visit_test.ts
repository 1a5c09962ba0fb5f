import { assert, assertEquals, assertFalse } from "@std/assert";
import { testBroker } from "../../../support/broker.ts";
import { NO_RIGHTS, visitOf } from "../../../support/dashboard.ts";

Deno.test("Visit.may() asks for the rights of the command, in what it names", async () => {
  await using broker = await testBroker();
  broker.topic(1);
  const address = { streamId: 0, topicId: 0 };
  assert(visitOf(broker).may("purgeTopic", address));
  const readTopics = { ...NO_RIGHTS, global: { ...NO_RIGHTS.global, readTopics: true } };
  const visit = visitOf(broker, { permissions: readTopics });
  assert(visit.may("getTopic", address));
  assertFalse(visit.may("purgeTopic", address));
});

Deno.test("Visit.link() changes the query and keeps the rest of it", async () => {
  await using broker = await testBroker();
  const visit = visitOf(broker, { path: "/ui/streams?a=1&b=2" });
  assertEquals(visit.link({ a: "x y", b: undefined }), "/ui/streams?a=x+y");
  assertEquals(visit.link({ a: "", b: "" }), "/ui/streams");
  assertEquals(visit.origin, "http://localhost");
});
