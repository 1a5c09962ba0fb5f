/**
 * One setting: what it holds, what it is when nobody sets it, what it does.
 *
 * @module
 */
import type { ValueType } from "./values.ts";

/** One setting. */
export interface Key<T> {
  readonly type: ValueType<T>;
  /** The value when nobody sets one. */
  readonly initial: T;
  /** What it does, in a sentence. */
  readonly meaning: string;
  /** whippet's own: its environment name begins with `WHIPPET_`. */
  readonly own: boolean;
}

/** A key that Iggy has, too. */
export function iggy<T>(type: ValueType<T>, initial: NoInfer<T>, meaning: string): Key<T> {
  return Object.freeze({ type, initial, meaning, own: false });
}

/** A key that only whippet has. */
export function own<T>(type: ValueType<T>, initial: NoInfer<T>, meaning: string): Key<T> {
  return Object.freeze({ type, initial, meaning, own: true });
}

/** The keys of a table under their whole paths. */
export function keysBelow<const Table extends string, Keys extends Record<string, unknown>>(
  table: Table,
  keys: Keys,
) {
  return Object.fromEntries(
    Object.entries(keys).map(([name, key]) => [`${table}.${name}`, key]),
  ) as { readonly [Name in keyof Keys & string as `${Table}.${Name}`]: Keys[Name] };
}
