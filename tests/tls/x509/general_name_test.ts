import { assertEquals, assertThrows } from "@std/assert";
import { contextConstructed, der, DerError, DerReader, Tag } from "../../../tls/x509/der.ts";
import {
  generalNameDer,
  type PlainName,
  readGeneralName,
  readGeneralNames,
} from "../../../tls/x509/general_name.ts";
import { nameDer, nameText } from "../../../tls/x509/name.ts";
import { assertSurvivesDamage } from "../../support/byte_laws.ts";
import { hex } from "../../support/codec_laws.ts";

const read = (bytes: Uint8Array) => {
  const reader = new DerReader(bytes);
  const name = readGeneralName(reader);
  reader.end();
  return name;
};

const PLAIN: PlainName[] = [
  { kind: "dns", text: "example.com" },
  { kind: "email", text: "a@example.com" },
  { kind: "uri", text: "https://example.com/" },
  { kind: "ip", octets: Uint8Array.of(192, 0, 2, 1) },
];

const otherName = der.element(
  contextConstructed(0),
  der.objectIdentifier("1.2.3"),
  der.explicit(0, der.null()),
);

Deno.test("readGeneralName() reads what generalNameDer() writes", () => {
  for (const name of PLAIN) assertEquals(read(generalNameDer(name)), name);
});

Deno.test("readGeneralName() reads a directory name", () => {
  const name = read(der.explicit(4, nameDer("a")));
  assertEquals(name.kind === "directory" && nameText(name.name), "CN=a");
});

Deno.test("readGeneralName() knows the forms that it does not look into", () => {
  assertEquals(read(otherName), { kind: "other" });
  assertEquals(read(hex("a3 00")), { kind: "x400" });
  assertEquals(read(hex("a5 00")), { kind: "edi" });
  assertEquals(read(hex("88 02 2a03")), { kind: "registered" });
});

Deno.test("readGeneralName() refuses other tags, text that is not ASCII, and half an otherName", () => {
  for (const wrong of ["89 00", "82 01 ff", "05 00", "a0 04 0602 2a03", "a4 00"]) {
    assertThrows(() => read(hex(wrong)), DerError);
  }
});

Deno.test("readGeneralNames() refuses an empty list", () => {
  assertThrows(() => readGeneralNames(new DerReader(hex("3000")), Tag.SEQUENCE), DerError, "Empty");
});

Deno.test("readGeneralNames() survives damage", () => {
  const bytes = der.sequence(
    ...PLAIN.map(generalNameDer),
    otherName,
    der.explicit(4, nameDer("a")),
  );
  assertSurvivesDamage(
    bytes,
    (damaged) => readGeneralNames(new DerReader(damaged), Tag.SEQUENCE),
    DerError,
  );
});
