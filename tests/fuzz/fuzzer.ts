/**
 * Hands changed inputs to targets, one after another, and notes what comes of them. The same seed
 * gives the same inputs.
 *
 * @module
 */
import { Random } from "../support/random.ts";
import { INPUT_BYTES_MAX, mutated } from "./mutator.ts";
import { BrokenInvariant, type Target } from "./target.ts";

/** An input that did what none may do. */
export interface Finding {
  readonly target: string;
  /** Number of the execution, from 0 on. */
  readonly execution: number;
  readonly input: Uint8Array;
  readonly error: string;
}

/** What came of it so far. */
export interface Tally {
  readonly executions: number;
  /** By target. */
  readonly executed: Readonly<Record<string, number>>;
  /** How many inputs were taken, not refused. */
  readonly accepted: number;
  /** Reasons of refusals, with how often each came. */
  readonly reasons: Readonly<Record<string, number>>;
  /** Words for what was refused, numbers left out: how much of the engine the inputs reach. */
  readonly refusals: number;
  readonly findings: readonly Finding[];
}

/** One run. */
export class Fuzzer {
  readonly #random: Random;
  /** Targets, each as often as it has weight. */
  readonly #turns: readonly Course[];
  readonly #reasons = new Map<string, number>();
  readonly #refusals = new Set<string>();
  readonly #findings: Finding[] = [];
  readonly #watch: (target: Target, input: Uint8Array) => void;
  #executions = 0;
  #accepted = 0;

  /** @param watch is told of an input before it is handed over, so that one that hangs is known */
  constructor(
    targets: readonly Target[],
    seed: number,
    watch: (target: Target, input: Uint8Array) => void = () => {},
  ) {
    this.#random = new Random(seed);
    this.#watch = watch;
    const courses = targets.map((target) => ({ target, pool: [...target.seeds], executed: 0 }));
    this.#turns = courses.flatMap((course) => Array<Course>(course.target.weight).fill(course));
  }

  /** So many more inputs. */
  run(executions: number): void {
    for (let count = 0; count < executions; count++) this.#runOne();
  }

  tally(): Tally {
    const courses = new Set(this.#turns);
    return {
      executions: this.#executions,
      executed: Object.fromEntries(
        [...courses].map(({ target, executed }) => [target.name, executed]),
      ),
      accepted: this.#accepted,
      reasons: Object.fromEntries([...this.#reasons].toSorted(([, a], [, b]) => b - a)),
      refusals: this.#refusals.size,
      findings: this.#findings,
    };
  }

  /** Inputs that were worth changing further, the short ones first, so many for each target. */
  additions(perTarget: number): Readonly<Record<string, readonly Uint8Array[]>> {
    const courses = new Set(this.#turns);
    return Object.fromEntries([...courses].map(({ target, pool }) => [
      target.name,
      pool.slice(target.seeds.length).filter(({ length }) => length <= KEPT_BYTES_MAX)
        .toSorted((a, b) => a.length - b.length).slice(0, perTarget),
    ]));
  }

  #runOne(): void {
    const random = this.#random;
    const course = random.pick(this.#turns);
    const { target, pool } = course;
    // What was refused is seldom taken once more is changed: half of all inputs begin with right ones.
    const base = random.pick(random.below(2) === 0 ? target.seeds : pool);
    const input = mutated(base, random.pick(pool), target.framing, random);
    this.#watch(target, input);
    course.executed++;
    const said = attempt(target, input);
    if (said instanceof Error) this.#note(target, input, said);
    else if (said.isRefusal) this.#count(said.text, target, input, pool);
    else this.#accepted++;
    this.#executions++;
  }

  /** An input that is refused for words of its own is worth changing further. */
  #count(text: string, { name }: Target, input: Uint8Array, pool: Uint8Array[]): void {
    const [reason] = text.split(": ", 1);
    this.#reasons.set(reason, (this.#reasons.get(reason) ?? 0) + 1);
    const words = `${name}: ${text}`;
    if (this.#refusals.has(words) || this.#refusals.size >= REFUSALS_MAX) return;
    this.#refusals.add(words);
    if (pool.length < POOL_MAX && input.length <= INPUT_BYTES_MAX / 8) pool.push(input.slice());
  }

  #note(target: Target, input: Uint8Array, error: Error): void {
    if (this.#findings.length >= FINDINGS_MAX) return;
    this.#findings.push({
      target: target.name,
      execution: this.#executions,
      input: input.slice(),
      error: `${error.name}: ${error.message}\n${error.stack ?? ""}`,
    });
  }
}

/** A target with the inputs it is given, changed. */
interface Course {
  readonly target: Target;
  readonly pool: Uint8Array[];
  executed: number;
}

/** What a target says to `input`; an `Error` that is no refusal is a finding. */
export function attempt(
  target: Target,
  input: Uint8Array,
): { readonly isRefusal: boolean; readonly text: string } | Error {
  try {
    return { isRefusal: false, text: target.run(input.slice()) };
  } catch (error) {
    if (error instanceof target.refusal && !(error instanceof BrokenInvariant)) {
      return { isRefusal: true, text: wordsOf(error) };
    }
    return error instanceof Error ? error : new Error(`Not even an error: ${error}`);
  }
}

/** Reason and message without what differs from input to input. */
function wordsOf(error: Error & { reason?: string }): string {
  const end = error.message.search(/[\d"'<]/);
  const fixed = end === -1 ? error.message : error.message.slice(0, end);
  return `${error.reason ?? error.name}: ${fixed.slice(0, 60)}`;
}

/** A corpus is read by people, too. */
const KEPT_BYTES_MAX = 600;
const POOL_MAX = 200;
const REFUSALS_MAX = 2_000;
const FINDINGS_MAX = 10;
