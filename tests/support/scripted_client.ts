/**
 * Clients of a {@link ScriptedNode}, whose time stands still, and a way to specify their calls.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { Client } from "../../lib/client/client.ts";
import type { ConnectOptions } from "../../lib/client/options.ts";
import { systemEntropy } from "../../lib/os/entropy.ts";
import type { CommandName } from "../../protocol/commands.ts";
import { xxh3_64 } from "../../protocol/xxhash.ts";
import type { PipeOptions } from "./pipe.ts";
import { FRAMINGS, type RequestOf, type ResponseOf, ScriptedNode } from "./scripted_node.ts";
import { SimClock } from "./sim_clock.ts";

/** A client, its node and its time. */
export interface ScriptedClient extends AsyncDisposable {
  readonly client: Client;
  readonly node: ScriptedNode;
  readonly clock: SimClock;
}

/** What is particular to a test's client. */
export type ScriptedOptions = Partial<ConnectOptions> & {
  readonly pipe?: PipeOptions;
  /** Prepares the node before the client connects. */
  readonly script?: (node: ScriptedNode) => void;
};

/** The outside world of a client of `node`. */
export function portsTo(node: ScriptedNode, clock: SimClock) {
  return { dial: node.dial, clock, entropy: systemEntropy, xxh3: xxh3_64 };
}

/** A client that is logged in as root and sends no heartbeats. */
export async function connectScripted(
  framing: (typeof FRAMINGS)[number],
  { pipe, script, ...options }: ScriptedOptions = {},
): Promise<ScriptedClient> {
  const node = new ScriptedNode(framing, pipe);
  const clock = new SimClock();
  script?.(node);
  const client = await Client.connect({
    address: "127.0.0.1:8090",
    framing,
    username: "iggy",
    password: "iggy",
    heartbeatMs: 0,
    ...options,
  }, portsTo(node, clock));
  return { client, node, clock, [Symbol.asyncDispose]: () => client.close() };
}

/** Lets everything happen that waits for nothing but its turn. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

/** Registers a test for each framing. */
export function forEachFraming(
  name: string,
  test: (framing: (typeof FRAMINGS)[number]) => Promise<void>,
): void {
  for (const framing of FRAMINGS) Deno.test(`${name} (${framing})`, () => test(framing));
}

/** A method of a noun: what it asks, and what it gives for which answer. */
export interface CallSpecification<Name extends CommandName> {
  readonly call: (client: Client) => Promise<unknown>;
  readonly asks: Name;
  readonly with: RequestOf<Name>;
  readonly answered: ResponseOf<Name>;
  /** What comes out; the answer unless given. */
  readonly gives?: unknown;
}

/** Registers the test of one method, for each framing. */
export function specifyCall<Name extends CommandName>(
  name: string,
  specification: CallSpecification<Name>,
): void {
  forEachFraming(name, async (framing) => {
    await using scripted = await connectScripted(framing);
    const { client, node } = scripted;
    node.on(specification.asks, () => specification.answered);
    const given = await specification.call(client);
    const { gives = specification.answered } = specification;
    assertEquals(given, gives);
    const [asked] = node.asked.filter(({ name }) => name === specification.asks);
    assertEquals(asked.request, specification.with);
  });
}
