/**
 * Arguments and options that many commands share.
 *
 * @module
 */
import type { Parameter } from "../definition.ts";
import type { OutputFormat } from "../output.ts";
import { count, identifier, partitionId } from "../values.ts";

export const STREAM: Parameter = {
  flags: "<stream>",
  about: "The stream, by its number or name",
  parse: identifier,
};

export const TOPIC: Parameter = {
  flags: "<topic>",
  about: "The topic, by its number or name",
  parse: identifier,
};

export const PARTITION: Parameter = {
  flags: "<partition>",
  about: "The partition, by its number",
  parse: partitionId,
};

/** A parameter `<count>` of something. */
export function countOf(what: string): Parameter {
  return { flags: "<count>", about: `How many ${what}`, parse: count };
}

/** Iggy's `-l/--list-mode` of all its lists. */
export const LIST_MODE: Parameter = {
  flags: "-l, --list-mode <mode>",
  about: "As --output",
  choices: ["table", "list", "json", "ndjson"],
};

/** What {@link LIST_MODE} gives. */
export interface ListOptions {
  readonly listMode?: OutputFormat;
}

/** Iggy's way to choose a number; nodes choose numbers themselves, so it does nothing. */
export function chosenId(flags: string): Parameter {
  return { flags, about: "Accepted as in Iggy before 0.8; the node chooses numbers itself" };
}
