/**
 * JSON that keeps bigints and maps: `{"$bigint":"5"}` and `{"$map":[[key,value],...]}`.
 *
 * @module
 */

export function toJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part === "bigint") return { $bigint: String(part) };
    if (part instanceof Map) return { $map: [...part] };
    return part;
  });
}

/** Gives back what {@link toJson} was given, `undefined` members aside. */
export function fromJson(text: string): unknown {
  return JSON.parse(text, (_key, part: unknown) => {
    if (typeof part !== "object" || part === null) return part;
    if ("$bigint" in part) return BigInt(part.$bigint as string);
    if ("$map" in part) return new Map(part.$map as [unknown, unknown][]);
    return part;
  });
}
