/**
 * Things with a number and a unique name: the table behind streams, topics, groups and users.
 *
 * @module
 */
import type { Identifier } from "../../protocol/primitives.ts";

/** What anybody may do with a table of things. Both lookups are O(1). */
export interface NamedView<T> {
  readonly size: number;
  /** The id the next thing will get: ids are never given twice. */
  readonly nextId: number;
  /** A number is an id, a string an exact name even if it holds digits (CLASSIC.md section 3.1). */
  find(identifier: Identifier): T | undefined;
  /** By ascending id. */
  values(): IterableIterator<T>;
}

/** What the table keys by. */
export interface Named {
  readonly id: number;
  name: string;
}

/**
 * Invariant: `nextId` is above every id ever added, so ids are never reused and insertion order is
 * id order; the two maps hold the same things.
 */
export class NamedTable<T extends Named> implements NamedView<T> {
  readonly #byId = new Map<number, T>();
  readonly #byName = new Map<string, T>();
  #nextId: number;

  constructor(nextId = 0) {
    this.#nextId = nextId;
  }

  get nextId(): number {
    return this.#nextId;
  }

  get size(): number {
    return this.#byId.size;
  }

  find(identifier: Identifier): T | undefined {
    return typeof identifier === "number"
      ? this.#byId.get(identifier)
      : this.#byName.get(identifier);
  }

  values(): IterableIterator<T> {
    return this.#byId.values();
  }

  /** Adds a thing under a new name; its id is at least the last one's plus one. */
  add(thing: T): void {
    this.#byId.set(thing.id, thing);
    this.#byName.set(thing.name, thing);
    this.#nextId = Math.max(this.#nextId, thing.id + 1);
  }

  rename(thing: T, name: string): void {
    this.#byName.delete(thing.name);
    thing.name = name;
    this.#byName.set(name, thing);
  }

  remove(thing: T): void {
    this.#byId.delete(thing.id);
    this.#byName.delete(thing.name);
  }
}
