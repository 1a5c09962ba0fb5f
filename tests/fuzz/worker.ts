/**
 * Runs a fuzzer in a thread of its own, so that an input that never ends is seen from outside. The
 * input at work is in shared memory.
 *
 * @module
 */
import { Fuzzer, type Tally } from "./fuzzer.ts";
import { INPUT_BYTES_MAX } from "./mutator.ts";
import type { Target } from "./target.ts";
import { CANARY, TARGETS } from "./targets.ts";

/** What a run is told. */
export interface Assignment {
  readonly names: readonly string[];
  readonly seed: number;
  readonly executionsMax: number;
  readonly withCanary: boolean;
  /** Inputs to keep of each target; 0 for none. */
  readonly keep: number;
  readonly memory: SharedArrayBuffer;
}

/** What it tells, every second and at the end. */
export interface Report {
  readonly tally: Tally;
  /** When garbage was collected the last time, every ten reports; 0 before. */
  readonly heapBytes: number;
  readonly isOver: boolean;
  /** Target to inputs in hexadecimal. */
  readonly kept: Readonly<Record<string, readonly string[]>>;
}

/** The memory shared with the thread: a few numbers, then the input. */
export class SharedInput {
  readonly #numbers: Int32Array;
  readonly #bytes: Uint8Array;

  constructor(memory: SharedArrayBuffer) {
    this.#numbers = new Int32Array(memory, 0, NUMBERS);
    this.#bytes = new Uint8Array(memory, 4 * NUMBERS);
  }

  static allocate(): SharedArrayBuffer {
    return new SharedArrayBuffer(4 * NUMBERS + INPUT_BYTES_MAX);
  }

  /** How many inputs were begun. */
  get begun(): number {
    return Atomics.load(this.#numbers, 0);
  }

  /** Whether the run is to end. */
  get isStopped(): boolean {
    return Atomics.load(this.#numbers, 3) === 1;
  }

  stop(): void {
    Atomics.store(this.#numbers, 3, 1);
  }

  begin(target: number, input: Uint8Array): void {
    this.#bytes.set(input);
    this.#numbers[1] = target;
    this.#numbers[2] = input.length;
    Atomics.add(this.#numbers, 0, 1);
  }

  /** The input at work, and the number of its target. */
  current(): { target: number; input: Uint8Array } {
    return { target: this.#numbers[1], input: this.#bytes.slice(0, this.#numbers[2]) };
  }
}

/** Targets of a run, in the order that numbers mean. */
export function targetsOf(names: readonly string[], withCanary: boolean): readonly Target[] {
  return [...names.flatMap((name) => TARGETS[name]), ...(withCanary ? [CANARY] : [])];
}

function work(assignment: Assignment): void {
  // Refusals are by the million, and nobody reads their stacks.
  Error.stackTraceLimit = 0;
  const shared = new SharedInput(assignment.memory);
  const targets = targetsOf(assignment.names, assignment.withCanary);
  const numbers = new Map(targets.map((target, index) => [target, index]));
  const fuzzer = new Fuzzer(
    targets,
    assignment.seed,
    (target, input) => shared.begin(numbers.get(target)!, input),
  );
  let [reports, heapBytes] = [0, 0];
  const step = () => {
    const until = performance.now() + REPORT_MS;
    let left = assignment.executionsMax - fuzzer.tally().executions;
    while (left > 0 && !shared.isStopped && performance.now() < until) {
      const count = Math.min(left, BATCH);
      fuzzer.run(count);
      left -= count;
    }
    const isOver = left <= 0 || shared.isStopped;
    // Collecting all garbage takes long, and how much is left changes slowly.
    if (isOver || reports++ % 10 === 9) {
      (globalThis as { gc?: () => void }).gc?.();
      heapBytes = Deno.memoryUsage().heapUsed;
    }
    post(fuzzer, heapBytes, isOver, assignment.keep);
    if (isOver) self.close();
    else setTimeout(step, 0);
  };
  step();
}

function post(fuzzer: Fuzzer, heapBytes: number, isOver: boolean, keep: number): void {
  const additions = isOver ? Object.entries(fuzzer.additions(keep)) : [];
  const report: Report = {
    tally: fuzzer.tally(),
    heapBytes,
    isOver,
    kept: Object.fromEntries(
      additions.map(([name, inputs]) => [name, inputs.map((input) => input.toHex())]),
    ),
  };
  self.postMessage(report);
}

// The module is also imported for its types and for SharedInput, by the thread that watches.
declare const self: {
  onmessage?: ((event: MessageEvent<Assignment>) => void) | null;
  postMessage(message: unknown): void;
  close(): void;
};
if ("WorkerGlobalScope" in globalThis) self.onmessage = ({ data }) => work(data);

const NUMBERS = 4;
const BATCH = 200;
const REPORT_MS = 1_000;
