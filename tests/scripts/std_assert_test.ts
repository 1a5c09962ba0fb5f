import {
  assert,
  assertEquals,
  assertExists,
  assertFalse,
  assertGreater,
  assertInstanceOf,
  AssertionError,
  assertLess,
  assertMatch,
  assertNotEquals,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
  equal,
  fail,
  unreachable,
} from "@std/assert";
import { firstDifference } from "../../scripts/std/assert/equal.ts";

class Point {
  constructor(readonly x: number, readonly y: number) {}
}

const EQUAL_PAIRS: readonly (readonly [unknown, unknown])[] = [
  [NaN, NaN],
  ["a", "a"],
  [1n, 1n],
  [null, null],
  [[1, [2, 3]], [1, [2, 3]]],
  [{ a: 1, b: { c: 2 } }, { b: { c: 2 }, a: 1 }],
  [Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
  [new Point(1, 2), new Point(1, 2)],
  [new Uint8Array([1, 2]), new Uint8Array([0, 1, 2]).subarray(1)],
  [new Uint8Array([1, 2]).buffer, new Uint8Array([1, 2]).buffer],
  [new Set([{ a: 1 }, 2]), new Set([2, { a: 1 }])],
  [new Map([["k", [1]]]), new Map([["k", [1]]])],
  [new Map([[{ k: 1 }, 1]]), new Map([[{ k: 1 }, 1]])],
  [new Date(5), new Date(5)],
  [/a/g, /a/g],
  [new Error("a"), new Error("a")],
];

const UNEQUAL_PAIRS: readonly (readonly [unknown, unknown, string])[] = [
  [1, 2, ""],
  [1, 1n, ""],
  [null, undefined, ""],
  [[1, 2, 3], [1, 2], "[2]"],
  [[1, 2], [2, 1], "[0]"],
  [{ a: undefined }, {}, ".a"],
  [{ a: [{ b: 1 }] }, { a: [{ b: 2 }] }, ".a[0].b"],
  [new Point(1, 2), { x: 1, y: 2 }, ""],
  [new Uint8Array([1, 2, 3]), new Uint8Array([1, 9, 3]), "[1]"],
  [new Uint32Array([1, 2]), new Uint32Array([1, 3]), "[1]"],
  [new Uint8Array([1]), new Uint8Array([1, 2]), ".byteLength"],
  [new Uint8Array([1]), [1], ""],
  [new Uint8Array([1]).buffer, new Uint8Array([2]).buffer, "[0]"],
  [new Set([1]), new Set([2]), ""],
  [new Map([["k", 1]]), new Map([["k", 2]]), '.get("k")'],
  [new Map([["k", 1]]), new Map([["l", 1]]), '.get("k")'],
  [new Date(5), new Date(6), ""],
  [/a/g, /a/i, ""],
  [new Error("a"), new Error("b"), ".message"],
  [new Error("a"), new TypeError("a"), ""],
];

Deno.test("equal() compares by content, in both directions", () => {
  for (const [a, b] of EQUAL_PAIRS) assert(equal(a, b) && equal(b, a), Deno.inspect([a, b]));
  for (const [a, b] of UNEQUAL_PAIRS) assert(!equal(a, b) && !equal(b, a), Deno.inspect([a, b]));
});

Deno.test("equal() comes to an end on values that hold themselves", () => {
  const circle = () => {
    const value: Record<string, unknown> = { a: 1 };
    value.self = value;
    return value;
  };
  assert(equal(circle(), circle()));
  assert(!equal(circle(), { ...circle(), a: 2 }));
});

Deno.test("firstDifference() names the place", () => {
  for (const [a, b, place] of UNEQUAL_PAIRS) {
    assertStrictEquals(firstDifference(a, b), place, Deno.inspect([a, b]));
  }
});

Deno.test("assertEquals() says where, what came and what was wanted", () => {
  const error = assertThrows(() => assertEquals([1, 7], [1, 8], "why"), AssertionError);
  assertMatch(error.message, /first at \[1\]: why\n +actual: \[ 1, 7 \]\n +expected: \[ 1, 8 \]/);
});

Deno.test("each assertion fails with an AssertionError that holds the value", () => {
  const failures: (readonly [() => unknown, string])[] = [
    [() => assert(0, "zero"), "zero"],
    [() => assertEquals(1, 2), "1"],
    [() => assertNotEquals({ a: 71 }, { a: 71 }), "71"],
    [() => assertStrictEquals({}, {}), "{}"],
    [() => assertExists(null), "null"],
    [() => assertStringIncludes("hello", "bye"), "hello"],
    [() => assertMatch("hello", /bye/), "hello"],
    [() => assertInstanceOf("text", Date), "text"],
    [() => assertGreater(71, 72), "71"],
    [() => assertLess(72, 71), "72"],
    [() => fail("never"), "never"],
    [() => unreachable("never"), "never"],
  ];
  for (const [failure, text] of failures) assertThrows(failure, AssertionError, text);
});

Deno.test("each assertion passes what holds", () => {
  assert("x");
  assertNotEquals(1, 2);
  assertFalse(0);
  assertStrictEquals(NaN, NaN);
  assertExists(0);
  assertStringIncludes("hello", "ell");
  assertMatch("hello", /^h/);
  assertInstanceOf(new Date(), Date);
  assertGreater(2, 1);
  assertLess(1, 2);
});

Deno.test("assertThrows() checks class and message, and gives the error", () => {
  const error = new RangeError("out of reach");
  const boom = () => {
    throw error;
  };
  assertStrictEquals(assertThrows(boom), error);
  assertStrictEquals(assertThrows(boom, RangeError, "reach"), error);
  assertThrows(() => assertThrows(boom, TypeError), AssertionError, "Expected TypeError");
  assertThrows(() => assertThrows(boom, RangeError, "sight"), AssertionError, "sight");
  assertThrows(() => assertThrows(() => 1, "quiet"), AssertionError, "quiet");
});

Deno.test("assertRejects() checks class and message, and gives the error", async () => {
  const error = new RangeError("out of reach");
  const boom = () => Promise.reject(error);
  assertStrictEquals(await assertRejects(boom), error);
  assertStrictEquals(await assertRejects(boom, RangeError, "reach"), error);
  await assertRejects(() => assertRejects(boom, TypeError), AssertionError, "Expected TypeError");
  await assertRejects(() => assertRejects(() => Promise.resolve()), AssertionError, "to reject");
});

Deno.test("assertRejects() refuses a function that throws before it gives a promise", async () => {
  const thrower = () => {
    throw new Error("too early");
  };
  await assertRejects(() => assertRejects(thrower), AssertionError, "too early");
});
