import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  contextConstructed,
  contextPrimitive,
  der,
  DerError,
  DerReader,
} from "../../../tls/x509/der.ts";
import {
  type GeneralName,
  generalNameDer,
  type PlainName,
} from "../../../tls/x509/general_name.ts";
import { nameDer, readName } from "../../../tls/x509/name.ts";
import {
  comparisonCount,
  constrainedNames,
  readNameConstraints,
  violation,
} from "../../../tls/x509/name_constraints.ts";
import { hex } from "../../support/codec_laws.ts";

type Kind = "dns" | "email" | "uri";

const named = (kind: Kind, text: string): PlainName => ({ kind, text });
const directory = (commonName: string): GeneralName => ({
  kind: "directory",
  name: readName(new DerReader(nameDer(commonName))),
});

const permits = (base: GeneralName, name: GeneralName) =>
  violation({ permitted: [base], excluded: [] }, [name]) === undefined;
const excludes = (base: GeneralName, name: GeneralName) =>
  violation({ permitted: [], excluded: [base] }, [name]) !== undefined;

/** Whether `name` is in the subtree, asked both ways. */
function assertIn(kind: Kind, base: string, name: string, expected: boolean) {
  const [subtree, one] = [named(kind, base), named(kind, name)];
  assertEquals(permits(subtree, one), expected, `${base} permits ${name}`);
  assertEquals(excludes(subtree, one), expected, `${base} excludes ${name}`);
}

Deno.test("violation() has a DNS subtree hold the name and those below", () => {
  assertIn("dns", "example.com", "example.com", true);
  assertIn("dns", "example.com", "A.Example.COM", true);
  assertIn("dns", "example.com", "notexample.com", false);
  assertIn("dns", "example.com", "com", false);
  assertIn("dns", "", "example.com", true);
  assertIn("dns", ".example.com", "a.example.com", true);
  assertIn("dns", ".example.com", "example.com", false);
});

Deno.test("violation() has a wildcard stand for all of its names when permitted, any when excluded", () => {
  const wildcard = named("dns", "*.example.com");
  assert(permits(named("dns", "example.com"), wildcard));
  assert(!permits(named("dns", "a.example.com"), wildcard));
  assert(excludes(named("dns", "a.example.com"), wildcard));
  assert(excludes(named("dns", "example.com"), wildcard));
  assert(!excludes(named("dns", "b.a.example.com"), wildcard));
  assert(!excludes(named("dns", "a.example.org"), wildcard));
});

Deno.test("violation() finds a malformed name in no permitted and in every excluded subtree", () => {
  const pairs: [Kind, string, string][] = [
    ["dns", "example.com", ".example.com"],
    ["email", "example.com", "a@b@example.com"],
    ["uri", "example.com", "example.com"],
    ["uri", "example.com", "https://192.0.2.1/"],
  ];
  for (const [kind, base, name] of pairs) {
    assert(!permits(named(kind, base), named(kind, name)), name);
    assert(excludes(named(kind, base), named(kind, name)), name);
  }
});

Deno.test("violation() has an address be in a network of its family", () => {
  const network: GeneralName = { kind: "ip", octets: hex("c0000200 ffffff00") };
  const address = (octets: string): GeneralName => ({ kind: "ip", octets: hex(octets) });
  assert(permits(network, address("c0000201")));
  assert(!permits(network, address("c0000301")));
  assert(excludes(network, address("c0000201")));
  assert(!excludes(network, address("c0000301")));
  assert(!permits(network, address("c0000201000000000000000000000000")));
});

Deno.test("violation() has a mail subtree be a mailbox, a host, or hosts below a dot", () => {
  assertIn("email", "a@example.com", "a@EXAMPLE.com", true);
  assertIn("email", "a@example.com", "A@example.com", false);
  assertIn("email", "*@example.com", "a@example.com", false);
  assertIn("email", "example.com", "a@example.com", true);
  assertIn("email", "example.com", "a@b.example.com", false);
  assertIn("email", ".example.com", "a@b.example.com", true);
  assertIn("email", ".example.com", "a@example.com", false);
});

Deno.test("violation() has a URI subtree be a host, or hosts below a dot", () => {
  assertIn("uri", "example.com", "https://u:p@Example.com:8443/a?b", true);
  assertIn("uri", "example.com", "spiffe://example.com", true);
  assertIn("uri", "example.com", "https://a.example.com", false);
  assertIn("uri", ".example.com", "https://a.example.com", true);
  assertIn("uri", "example.com", "https://a.example.org/@example.com", false);
});

Deno.test("violation() compares directory names from the front", () => {
  assert(permits(directory("A b"), directory("a  B")));
  assert(!permits(directory("a"), directory("b")));
  assert(excludes(directory("a"), directory("a")));
});

Deno.test("violation() leaves kinds alone that no subtree is of", () => {
  const constraints = { permitted: [named("dns", "example.com")], excluded: [named("uri", "a.b")] };
  assertEquals(violation(constraints, [named("email", "a@b.c"), directory("a")]), undefined);
});

Deno.test("violation() refuses a name of a kind it cannot compare, when that kind is constrained", () => {
  for (const kind of ["other", "x400", "edi", "registered"] as const) {
    assert(excludes({ kind }, { kind }));
    assert(!permits({ kind }, { kind }));
    assert(!excludes({ kind }, named("dns", "example.com")));
  }
});

Deno.test("violation() names the name", () => {
  const constraints = { permitted: [], excluded: [named("dns", "example.com")] };
  assertEquals(
    violation(constraints, [named("dns", "a.example.com")]),
    "Name a.example.com is in an excluded subtree",
  );
});

Deno.test("constrainedNames() counts the subject and the mail address in it", () => {
  const subject = der.sequence(
    der.setOf(
      der.sequence(der.objectIdentifier("1.2.840.113549.1.9.1"), der.string(0x16, "a@b.example")),
    ),
  );
  const names = constrainedNames(readName(new DerReader(subject)), [named("dns", "a")]);
  assertEquals(names.map((name) => name.kind), ["dns", "directory", "email"]);
  assertEquals(constrainedNames(readName(new DerReader(nameDer(""))), []), []);
  assertEquals(comparisonCount({ permitted: [named("dns", "a")], excluded: [] }, names), 3);
});

Deno.test("readNameConstraints() reads both lists and refuses what RFC 5280 has no place for", () => {
  const subtree = (name: PlainName, ...more: Uint8Array[]) =>
    der.sequence(generalNameDer(name), ...more);
  const list = (number: number, ...subtrees: Uint8Array[]) =>
    der.element(contextConstructed(number), ...subtrees);
  const read = (...parts: Uint8Array[]) =>
    readNameConstraints(new DerReader(der.sequence(...parts)));
  const dns = named("dns", "a.example");
  assertEquals(read(list(0, subtree(dns)), list(1, subtree(dns))), {
    permitted: [dns],
    excluded: [dns],
  });
  const wrong: [Uint8Array[], string][] = [
    [[], "constrain nothing"],
    [[list(0)], "Empty list"],
    [[list(0, subtree(dns, der.element(contextPrimitive(0), hex("00"))))], "minimum"],
    [[list(0, subtree(named("dns", "a b")))], "malformed name"],
    [[list(0, subtree(named("email", "a@b@c")))], "malformed name"],
    [[list(0, subtree({ kind: "ip", octets: hex("c0000201") }))], "malformed name"],
    [[list(0, subtree({ kind: "ip", octets: hex("c0000201 ff00ff00") }))], "malformed name"],
  ];
  for (const [parts, message] of wrong) assertThrows(() => read(...parts), DerError, message);
});
