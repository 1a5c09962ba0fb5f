import { assert, assertEquals } from "@std/assert";
import type { Client } from "../../../lib/handlers/broker.ts";
import { composeBroker } from "../../../lib/node/broker.ts";
import type { Parts } from "../../../lib/node/parts.ts";
import { topicDefaults } from "../../../lib/node/topic_defaults.ts";
import { VERSION } from "../../../lib/version.ts";
import { IggyError } from "../../../protocol/errors.ts";
import { simConfig } from "../../support/sim_node.ts";
import { SimPorts } from "../../support/sim_ports.ts";

const CLIENT = { address: "127.0.0.1:5000" } as Client;
const MIB = 1024 * 1024;

function composed(
  environment: Readonly<Record<string, string>> = {},
  receiveBudget: { used: number } = { used: 0 },
) {
  const ports = new SimPorts();
  const config = simConfig(environment);
  const bound = {
    tcp: { hostname: "127.0.0.1", port: 8090 },
    http: { hostname: "::1", port: 3000 },
  };
  const broker = composeBroker(config, ports, { receiveBudget } as unknown as Parts, bound);
  return { broker, ports, config };
}

Deno.test("composeBroker() tells of one node with its bound ports, 0 where nothing listens", () => {
  assertEquals(composed().broker.cluster, {
    name: "single-node",
    nodeName: "iggy-node",
    endpoints: { tcp: 8090, quic: 0, http: 3000, websocket: 0 },
  });
});

Deno.test("composeBroker() takes version, limits and defaults from where they are decided", () => {
  const { broker, config, ports } = composed({ IGGY_SYSTEM_SEGMENT_SIZE: "512 MiB" });
  assertEquals(broker.version, VERSION);
  assertEquals(broker.limits, config.limits);
  assertEquals(broker.topicDefaults, topicDefaults(config.topicDefaults));
  assertEquals(broker.startedAt, ports.clock.nowMicros());
});

Deno.test("composeBroker() numbers commits from the time of the start on, so that they rise over restarts", () => {
  const { broker, ports } = composed();
  assertEquals(broker.commits.next(), ports.clock.nowMicros() + 1);
});

Deno.test("composeBroker() tells a client the code of an IggyError, and 1 for all else", () => {
  const { broker } = composed();
  assertEquals(broker.errorCode(new IggyError(1009), CLIENT), 1009);
  for (const bug of [new TypeError("Bug"), "text", undefined]) {
    assertEquals(broker.errorCode(bug, CLIENT), 1);
  }
});

Deno.test("composeBroker() lets connections keep their buffers while the largest frame still fits", () => {
  const budget = { used: 0 };
  const environment = { WHIPPET_LIMITS_RECEIVE_TOTAL_MAX: "128 MiB" };
  const { receiveMemory } = composed(environment, budget).broker;
  const kept = [0, 64 * MIB, 64 * MIB + 1, 128 * MIB].map((used) => {
    budget.used = used;
    return receiveMemory.retainedBytesMax;
  });
  assertEquals(kept, [8 * MIB, 8 * MIB, 0, 0]);
  assert(receiveMemory.initialBytes < 64 * 1024);
});
