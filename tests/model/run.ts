/**
 * Runs sequences of steps against broker and model, and says in lines what went wrong.
 *
 * @module
 */
import * as fc from "fast-check";
import { sequences, type Step, stepText } from "./steps.ts";
import { World } from "./world.ts";

/** What a run is. */
export interface ModelRun {
  readonly seed: number;
  readonly runs: number;
  /** Of a failure, to take it again. */
  readonly path?: string;
}

/** Runs so many sequences; gives the report of a failure, shrunk, or `undefined`. */
export async function runModel({ seed, runs, path }: ModelRun): Promise<string | undefined> {
  const property = fc.asyncProperty(sequences(STEPS_MAX), takeAll);
  const details = await fc.check(property, {
    seed,
    numRuns: runs,
    path,
    endOnFailure: path !== undefined,
  });
  if (!details.failed) return undefined;
  const [steps] = details.counterexample ?? [[]];
  return [
    `SEED=${details.seed} PATH=${details.counterexamplePath} (${details.numShrinks} shrinks)`,
    ...steps.map((step, at) => `${String(at).padStart(3)} ${stepText(step)}`),
    details.errorInstance instanceof Error
      ? String(details.errorInstance.stack)
      : String(details.errorInstance),
  ].join("\n");
}

async function takeAll(steps: readonly Step[]): Promise<void> {
  await using world = await World.open();
  for (const step of steps) await world.take(step);
}

const STEPS_MAX = 60;
