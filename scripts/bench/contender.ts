/**
 * What takes part in a benchmark.
 *
 * @module
 */
import { cpuBetween, cpuOf, type CpuSeconds } from "./cpu.ts";
import type { Timing } from "./load.ts";

/** One that takes its turn in every round: it is sent the bytes, then they are polled from it. */
export interface Contender {
  readonly name: string;
  /** Whether it is a measure of the machine and not of a node. */
  readonly isFloor: boolean;
  /** The process that does the work of a server. */
  readonly pid: number;
  /** Makes a place for one turn of `requests` requests on each connection, `window` of them under way. */
  begin(requests: number, window: number): Promise<Turn>;
}

/** One turn: each of the three once, in this order. */
export interface Turn {
  send(): Promise<Timing>;
  poll(): Promise<Timing>;
  end(): Promise<void>;
}

/** One of the two directions of a turn. */
export const PHASES = ["send", "poll"] as const;
export type Phase = (typeof PHASES)[number];

/** What was measured in one direction of one turn. */
export interface Sample extends Timing {
  /** Of the contender's process meanwhile, where the system tells. */
  readonly cpu: CpuSeconds | undefined;
}

/** Gives a contender its turn. */
export async function takeTurn(
  contender: Contender,
  requests: number,
  window: number,
): Promise<Record<Phase, Sample>> {
  const turn = await contender.begin(requests, window);
  try {
    return {
      send: await sample(contender.pid, () => turn.send()),
      poll: await sample(contender.pid, () => turn.poll()),
    };
  } finally {
    await turn.end();
  }
}

async function sample(pid: number, run: () => Promise<Timing>): Promise<Sample> {
  const before = cpuOf(pid);
  const timing = await run();
  return { ...timing, cpu: cpuBetween(before, cpuOf(pid)) };
}
