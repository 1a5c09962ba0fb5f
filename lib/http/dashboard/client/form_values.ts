/**
 * What the fields of a form say, as the JSON that the REST API takes.
 *
 * @module
 */

/** One field as the form has it. */
export interface FormValue {
  /** With dots for a field inside of a field. */
  readonly name: string;
  readonly kind: string;
  readonly text: string;
}

/** The body; integers of any size are `bigint`. Empty fields that are no text are `null`. */
export function bodyOf(values: readonly FormValue[]): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  for (const { name, kind, text } of values) {
    const parts = name.split(".");
    let inner = body;
    for (const part of parts.slice(0, -1)) {
      inner = (inner[part] ??= {}) as Record<string, unknown>;
    }
    inner[parts.at(-1)!] = valueOf(kind, text);
  }
  return body;
}

function valueOf(kind: string, text: string): unknown {
  if (kind === "boolean") return text === "true" || text === "on";
  if (kind === "text") return text;
  if (kind === "json") return JSON.parse(text);
  if (text.trim() === "") return null;
  if (kind === "integer" && /^\d+$/.test(text.trim())) return BigInt(text.trim());
  return Number(text);
}
