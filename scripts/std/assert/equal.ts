/**
 * Deep equality as one walk: the same walk decides and, when the values differ, says where.
 *
 * @module
 */

/** Whether two values are deeply equal; a missing prototype makes no difference. */
export function equal(a: unknown, b: unknown): boolean {
  return firstDifference(a, b) === undefined;
}

/**
 * The place of the first difference, like `.topics[2].name`; `""` when the values themselves differ,
 * `undefined` when nothing does.
 */
export function firstDifference(a: unknown, b: unknown): string | undefined {
  return walk(a, b, new Map());
}

/** `met` maps each object of `a` on the way here to the object of `b` it was compared with. */
function walk(a: unknown, b: unknown, met: Map<object, object>): string | undefined {
  if (Object.is(a, b)) return undefined;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return "";
  if (constructorOf(a) !== constructorOf(b)) return "";
  if (met.has(a)) return met.get(a) === b ? undefined : "";
  met.set(a, b);
  const difference = walkObjects(a, b, met);
  met.delete(a);
  return difference;
}

function walkObjects(a: object, b: object, met: Map<object, object>): string | undefined {
  const [bytesA, bytesB] = [bytesOf(a), bytesOf(b)];
  if (bytesA !== undefined && bytesB !== undefined) return differentByte(a, bytesA, bytesB);
  const [plainA, plainB] = [plainOf(a), plainOf(b)];
  if (plainA !== undefined) return Object.is(plainA, plainB) ? undefined : "";
  if (a instanceof Set && b instanceof Set) {
    return a.size === b.size && [...a].every((x) => b.has(x) || [...b].some((y) => equal(x, y)))
      ? undefined
      : "";
  }
  if (a instanceof Map && b instanceof Map) return differentEntry(a, b, met);
  if (a instanceof Error && b instanceof Error && a.message !== b.message) return ".message";
  return differentProperty(a, b, met);
}

function differentProperty(a: object, b: object, met: Map<object, object>): string | undefined {
  for (const key of new Set([...enumerableKeys(a), ...enumerableKeys(b)])) {
    const place = placeOf(key, Array.isArray(a));
    if (!Object.hasOwn(a, key) || !Object.hasOwn(b, key)) return place;
    const inside = walk(Reflect.get(a, key), Reflect.get(b, key), met);
    if (inside !== undefined) return place + inside;
  }
  return undefined;
}

function differentEntry(
  a: Map<unknown, unknown>,
  b: Map<unknown, unknown>,
  met: Map<object, object>,
): string | undefined {
  if (a.size !== b.size) return ".size";
  for (const [key, value] of a) {
    const twin = b.has(key) ? key : [...b.keys()].find((other) => equal(key, other));
    const place = `.get(${Deno.inspect(key)})`;
    if (!b.has(twin)) return place;
    const inside = walk(value, b.get(twin), met);
    if (inside !== undefined) return place + inside;
  }
  return undefined;
}

function differentByte(whole: object, a: Uint8Array, b: Uint8Array): string | undefined {
  if (a.length !== b.length) return ".byteLength";
  const at = a.findIndex((byte, i) => byte !== b[i]);
  if (at === -1) return undefined;
  const size = "BYTES_PER_ELEMENT" in whole ? Number(whole.BYTES_PER_ELEMENT) : 1;
  return `[${Math.floor(at / size)}]`;
}

function bytesOf(value: object): Uint8Array | undefined {
  if (ArrayBuffer.isView(value)) {
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  }
  if (value instanceof ArrayBuffer || value instanceof SharedArrayBuffer) {
    return new Uint8Array(value);
  }
  return undefined;
}

/** What an object without enumerable properties of its own stands for. */
function plainOf(value: object): unknown {
  if (value instanceof Date) return value.getTime();
  if (value instanceof RegExp || value instanceof URL) return String(value);
  return undefined;
}

function enumerableKeys(value: object): PropertyKey[] {
  return Reflect.ownKeys(value).filter((key) =>
    Object.prototype.propertyIsEnumerable.call(value, key)
  );
}

function placeOf(key: PropertyKey, inArray: boolean): string {
  return inArray || typeof key === "symbol" ? `[${String(key)}]` : `.${String(key)}`;
}

function constructorOf(value: object): unknown {
  return Object.getPrototypeOf(value)?.constructor ?? Object;
}
