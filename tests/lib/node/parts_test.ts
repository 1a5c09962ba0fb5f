import { assertEquals, assertRejects } from "@std/assert";
import { closeParts, openParts } from "../../../lib/node/parts.ts";
import { simConfig } from "../../support/sim_node.ts";
import { SimPorts } from "../../support/sim_ports.ts";

Deno.test("openParts() takes its bounds from the configuration", async () => {
  const config = simConfig({
    WHIPPET_LIMITS_REPLY_TOTAL_MAX: "100 MiB",
    IGGY_PERSONAL_ACCESS_TOKEN_MAX_TOKENS_PER_USER: "7",
  });
  const parts = await openParts(config, new SimPorts());
  assertEquals(parts.buffers.room, 100 * 1024 * 1024);
  assertEquals([parts.receiveBudget.used, parts.sessions.count, parts.catalog.sequence], [0, 0, 0]);
  await closeParts(parts);
});

Deno.test("closeParts() makes safe what openParts() finds at the next start", async () => {
  const ports = new SimPorts();
  const first = await openParts(simConfig(), ports);
  first.catalog.streams.create("orders", 1);
  await closeParts(first);
  const again = new SimPorts(ports.storage.afterCrash({ files: "synced", names: "synced" }));
  const second = await openParts(simConfig(), again);
  assertEquals(second.catalog.streams.find("orders")?.id, 0);
  await closeParts(second);
});

Deno.test("closeParts() stops timers and passwords, and closes the catalog though a log cannot be closed", async () => {
  const parts = await openParts(simConfig(), new SimPorts());
  let stopped = 0;
  parts.timers.push(() => stopped++);
  parts.partitions.close = () => Promise.reject(new Error("Disk is gone"));
  await assertRejects(() => closeParts(parts), Error, "Disk is gone");
  assertEquals(stopped, 1);
  await assertRejects(() => parts.passwords.hash("secret"), Error, "closed");
  await assertRejects(() => Promise.try(() => parts.catalog.durable()));
});
