/**
 * What the nouns of the catalog (streams.ts, topics.ts, ...) have in common: each turns a request into
 * one entry, after checking it against the state, and commits it.
 *
 * @module
 */
import { INVALID_FORMAT } from "../../protocol/error_codes.ts";
import { IggyError } from "../../protocol/errors.ts";
import type { Identifier } from "../../protocol/primitives.ts";
import type { Entry } from "./entries.ts";
import type { NamedView } from "./named_table.ts";
import type { CatalogState } from "./state.ts";

/** Where commands read and write. */
export interface Ledger {
  readonly state: CatalogState;
  /**
   * Puts an entry into the journal, then into the state.
   *
   * @throws {IggyError} 13000 when the journal refuses it: the state is as before.
   */
  commit(entry: Entry): void;
}

/** What an identifier names, or the refusal with the noun's own code. */
export function required<T>(
  table: NamedView<T>,
  identifier: Identifier,
  noun: string,
  code: number,
): T {
  const thing = table.find(identifier);
  if (thing === undefined) {
    throw new IggyError(code, `${noun} ${JSON.stringify(identifier)} does not exist`);
  }
  return thing;
}

/** Refuses a name that is not 1 to 255 bytes (4) or that another thing of the table has (`code`). */
export function checkName<T>(
  table: NamedView<T>,
  name: string,
  noun: string,
  code: number,
  self?: T,
): void {
  const length = new TextEncoder().encode(name).length;
  if (length < 1 || length > 255) {
    throw new IggyError(INVALID_FORMAT, `${noun} name of ${length} bytes is not 1 to 255 bytes`);
  }
  const holder = table.find(name);
  if (holder !== undefined && holder !== self) {
    throw new IggyError(code, `${noun} ${JSON.stringify(name)} already exists`);
  }
}
