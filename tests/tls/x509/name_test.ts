import { assert, assertEquals, assertThrows } from "@std/assert";
import { der, DerError, DerReader, Tag } from "../../../tls/x509/der.ts";
import {
  commonNames,
  isUnder,
  nameDer,
  nameText,
  readName,
  sameName,
} from "../../../tls/x509/name.ts";
import { assertSurvivesDamage } from "../../support/byte_laws.ts";
import { hex } from "../../support/codec_laws.ts";

const COUNTRY = "2.5.4.6";
const ORGANISATION = "2.5.4.10";
const COMMON_NAME = "2.5.4.3";

type Part = [type: string, text: string, tag?: number];

const attribute = ([type, text, tag = Tag.UTF8_STRING]: Part) =>
  der.sequence(der.objectIdentifier(type), der.string(tag, text));
const bytesOf = (...parts: Part[]) =>
  der.sequence(...parts.map((part) => der.setOf(attribute(part))));
const parse = (bytes: Uint8Array) => readName(new DerReader(bytes));
const name = (...parts: Part[]) => parse(bytesOf(...parts));

Deno.test("readName() keeps attributes in order, and nameText() shows them", () => {
  const read = name([COUNTRY, "DE", Tag.PRINTABLE_STRING], [COMMON_NAME, "whippet"]);
  assertEquals(nameText(read), "C=DE,CN=whippet");
  assertEquals(commonNames(read), ["whippet"]);
  assertEquals(nameText(name()), "(no name)");
});

Deno.test("nameText() lets no control character into a log", () => {
  assertEquals(nameText(name([COMMON_NAME, "a\nb\u001b[0m"])), "CN=a?b?[0m");
});

Deno.test("nameDer() writes a common name, or an empty name", () => {
  assertEquals(commonNames(parse(nameDer("Käse"))), ["Käse"]);
  assertEquals(nameDer(""), hex("3000"));
});

Deno.test("sameName() passes over case, blanks and the string's type", () => {
  const one = name([ORGANISATION, "Example  Org"]);
  assert(sameName(one, name([ORGANISATION, " example org ", Tag.PRINTABLE_STRING])));
  assert(!sameName(one, name([ORGANISATION, "ExampleOrg"])));
  assert(!sameName(one, name([COMMON_NAME, "Example Org"])));
  assert(!sameName(one, name()));
});

Deno.test("sameName() is not fooled by text that looks like another attribute", () => {
  const two = name([ORGANISATION, "a"], [COMMON_NAME, "b"]);
  const one = name([ORGANISATION, `a",${COMMON_NAME}="b`]);
  assert(!sameName(one, two));
  const together = parse(
    der.sequence(der.setOf(attribute([ORGANISATION, "a"]), attribute([COMMON_NAME, "b"]))),
  );
  assert(!sameName(together, two));
});

Deno.test("isUnder() compares an initial part of the name", () => {
  const base = name([COUNTRY, "DE"], [ORGANISATION, "Org"]);
  assert(isUnder(name([COUNTRY, "de"], [ORGANISATION, "org"], [COMMON_NAME, "x"]), base));
  assert(isUnder(base, base));
  assert(isUnder(base, name()));
  assert(!isUnder(name([COUNTRY, "DE"]), base));
  assert(!isUnder(name([ORGANISATION, "Org"], [COUNTRY, "DE"]), base));
});

Deno.test("readName() refuses malformed or endless text, an empty RDN and a SET out of order", () => {
  const wrong = [
    der.sequence(
      der.setOf(
        der.sequence(der.objectIdentifier(COMMON_NAME), der.element(Tag.UTF8_STRING, hex("ff"))),
      ),
    ),
    bytesOf([COMMON_NAME, "é", Tag.PRINTABLE_STRING]),
    bytesOf([COMMON_NAME, "a".repeat(5000)]),
    bytesOf([COMMON_NAME, "a".repeat(500_000), Tag.PRINTABLE_STRING]),
    der.sequence(der.element(Tag.SET)),
    der.sequence(
      der.element(Tag.SET, attribute([COMMON_NAME, "b"]), attribute([COMMON_NAME, "a"])),
    ),
  ];
  for (const bytes of wrong) assertThrows(() => parse(bytes), DerError);
});

Deno.test("readName() survives damage", () => {
  const bytes = bytesOf([COUNTRY, "DE"], [COMMON_NAME, "ab", Tag.BMP_STRING]);
  assertSurvivesDamage(bytes, parse, DerError);
});
