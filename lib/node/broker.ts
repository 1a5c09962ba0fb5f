/**
 * Puts the node's services together for the handlers.
 *
 * @module
 */
import { ERROR } from "../../protocol/error_codes.ts";
import { IggyError } from "../../protocol/errors.ts";
import type { BufferLimits } from "../../protocol/framing.ts";
import { WebSocketTokens } from "../auth/web_socket_tokens.ts";
import type { BoundAddresses, Config } from "../config.ts";
import { describeConfig } from "../config/report.ts";
import { Balancer } from "../handlers/balancer.ts";
import type { Broker, Client } from "../handlers/broker.ts";
import { CommitNumbers } from "../handlers/commit_numbers.ts";
import { Deduplication } from "../handlers/deduplication.ts";
import { batchKernel, xxh3 } from "../log/checksum.ts";
import type { Limits } from "../limits.ts";
import type { NodePorts } from "../ports.ts";
import { Meters } from "../telemetry/meters.ts";
import { Tracing } from "../telemetry/tracing.ts";
import { logs } from "../telemetry.ts";
import type { MemoryBudget } from "../transport/memory_budget.ts";
import { VERSION } from "../version.ts";
import type { Parts } from "./parts.ts";
import { topicDefaults } from "./topic_defaults.ts";

export function composeBroker(
  config: Config,
  { clock, entropy, host }: NodePorts,
  { catalog, groups, partitions, passwords, buffers, receiveBudget, sessions }: Parts,
  bound: BoundAddresses,
): Broker {
  const startedAt = clock.nowMicros();
  const meters = new Meters();
  return {
    catalog,
    groups,
    partitions,
    passwords,
    webSocketTokens: new WebSocketTokens({ clock, entropy }),
    buffers,
    clock,
    entropy,
    host,
    startedAt,
    kernel: batchKernel,
    xxh3,
    limits: config.limits,
    balancer: new Balancer(),
    deduplication: new Deduplication({ partitions, buffers, clock, entropy }),
    commits: new CommitNumbers(startedAt),
    receiveMemory: receiveMemory(config.limits, receiveBudget),
    version: VERSION,
    topicDefaults: topicDefaults(config.topicDefaults),
    meters,
    tracing: Tracing.ofProcess(() => clock.nowMicros()),
    cluster: {
      // The names the reference gives to a node that runs alone (VSR.md section 5.1).
      name: "single-node",
      nodeName: "iggy-node",
      endpoints: {
        tcp: bound.tcp?.port ?? 0,
        quic: 0,
        http: bound.http?.port ?? 0,
        websocket: bound.websocket?.port ?? 0,
      },
    },
    errorCode: (fault, client) => errorCode(fault, client, meters),
    describeConfig: () => describeConfig(config),
    clients: () => sessions.values(),
    newClientId: () => sessions.newId(),
  };
}

function errorCode(fault: unknown, client: Client, meters: Meters): number {
  meters.refused(fault instanceof IggyError ? fault.code : ERROR);
  if (fault instanceof IggyError) {
    logs.session.debug("{address} is refused: {code} {message}", {
      address: client.address,
      code: fault.code,
      message: fault.message,
    });
    return fault.code;
  }
  logs.session.error("Request of {address} fails: {fault}", { address: client.address, fault });
  return ERROR;
}

/** What a connection may keep of its receive buffer: much, as long as the largest frame still fits. */
function receiveMemory(limits: Limits, budget: MemoryBudget): BufferLimits {
  const { receiveBytesTotalMax, frameBytesMax } = limits;
  return {
    initialBytes: INITIAL_BYTES,
    get retainedBytesMax() {
      return budget.used + frameBytesMax <= receiveBytesTotalMax ? RETAINED_BYTES_MAX : 0;
    },
  };
}

const INITIAL_BYTES = 16 * 1024;
const RETAINED_BYTES_MAX = 8 * 1024 * 1024;
