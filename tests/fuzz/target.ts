/**
 * What is fuzzed: something that takes bytes from outside.
 *
 * @module
 */
import type { Framing } from "./mutator.ts";

type ErrorClass = abstract new (...args: never[]) => Error;

/** One thing that takes bytes. */
export interface Target {
  readonly name: string;
  readonly framing: Framing;
  /** Inputs to start from: right ones. */
  readonly seeds: readonly Uint8Array[];
  /** How often it is its turn, beside the others. */
  readonly weight: number;
  /** What is thrown for an input that is refused; anything else that is thrown is a finding. */
  readonly refusal: ErrorClass;
  /** Takes an input, which it may overwrite; a word says what it made of one that it took. */
  run(input: Uint8Array): string;
}

/** A rule of the target's own that does not hold. */
export class BrokenInvariant extends Error {
  override readonly name = "BrokenInvariant";
}
