/**
 * What is known about names: the type at a path, the tables there are, the name a path has in the
 * environment.
 *
 * @module
 */
import { IGNORED_KEYS } from "./ignored_keys.ts";
import { KEYS } from "./keys.ts";
import type { ValueType } from "./values.ts";

/** Paths of all keys, those that this node ignores included; `[]` for entries of arrays of tables. */
export const KNOWN_PATHS: readonly string[] = [...Object.keys(KEYS), ...IGNORED_KEYS.keys()];

/** Paths of all tables; an array of tables ends in `[]`. */
export const KNOWN_TABLES: ReadonlySet<string> = new Set(KNOWN_PATHS.flatMap(tablesAbove));

/** `cluster.nodes[0].ip` is of the form `cluster.nodes[].ip`. */
export function formOf(path: string): string {
  return path.replaceAll(/\[\d+\]/g, "[]");
}

/** The type of the key at a path or form; `undefined` when there is no such key. */
export function typeAt(path: string): ValueType<unknown> | undefined {
  const form = formOf(path);
  return isKeyPath(form) ? KEYS[form].type : IGNORED_KEYS.get(form);
}

/** Whether this node reads the key. */
export function isKeyPath(path: string): path is keyof typeof KEYS {
  return Object.hasOwn(KEYS, path);
}

/** The table a path is in; empty for the top level. */
export function tableOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf(".")));
}

/** The environment's name for a path: `IGGY_TCP_ADDRESS`, `WHIPPET_TLS`, `IGGY_CLUSTER_NODES_0_IP`. */
export function environmentName(path: string): string {
  const prefix = isKeyPath(path) && KEYS[path].own ? "WHIPPET_" : "IGGY_";
  return prefix + path.replaceAll(/\[(\d*)\]/g, "_$1").replaceAll(".", "_").toUpperCase();
}

function tablesAbove(path: string): string[] {
  const tables: string[] = [];
  for (let table = tableOf(path); table !== ""; table = tableOf(table)) tables.push(table);
  return tables;
}
