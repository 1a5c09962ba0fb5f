/**
 * GeneralName (RFC 5280 §4.2.1.6): the forms a name takes in alternative names and constraints.
 *
 * @module
 */
import { contextConstructed, contextPrimitive, der, type DerReader } from "./der.ts";
import { type Name, readName } from "./name.ts";

/** One name. Text is as it stands, in ASCII; `ip` holds address octets, and mask octets in a constraint. */
export type GeneralName =
  | { readonly kind: "email" | "dns" | "uri"; readonly text: string }
  | { readonly kind: "ip"; readonly octets: Uint8Array }
  | { readonly kind: "directory"; readonly name: Name }
  | { readonly kind: "other" | "x400" | "edi" | "registered" };

/** Reads a GeneralName. An IP address is not yet checked for its length. */
export function readGeneralName(reader: DerReader): GeneralName {
  switch (reader.nextTag) {
    case contextConstructed(0):
      return reader.inside(contextConstructed(0), (other) => {
        other.objectIdentifier();
        other.inside(contextConstructed(0), (value) => value.element());
        return { kind: "other" };
      });
    case contextPrimitive(1):
      return { kind: "email", text: reader.ascii(contextPrimitive(1)) };
    case contextPrimitive(2):
      return { kind: "dns", text: reader.ascii(contextPrimitive(2)) };
    case contextConstructed(3):
      return unread(reader, "x400");
    case contextConstructed(4):
      // A Name is a CHOICE, so its tag is explicit.
      return { kind: "directory", name: reader.inside(contextConstructed(4), readName) };
    case contextConstructed(5):
      return unread(reader, "edi");
    case contextPrimitive(6):
      return { kind: "uri", text: reader.ascii(contextPrimitive(6)) };
    case contextPrimitive(7):
      return { kind: "ip", octets: reader.octetString(contextPrimitive(7)) };
    case contextPrimitive(8):
      reader.objectIdentifier(contextPrimitive(8));
      return { kind: "registered" };
    default:
      return reader.fail("Not a GeneralName");
  }
}

/** Reads GeneralNames inside an element with this tag: at least one. */
export function readGeneralNames(reader: DerReader, tag: number): GeneralName[] {
  return reader.list(tag, GENERAL_NAMES_MAX, readGeneralName);
}

/** The forms that are written, too. */
export type PlainName = Extract<GeneralName, { readonly kind: "email" | "dns" | "uri" | "ip" }>;

/** DER of a name. */
export function generalNameDer(name: PlainName): Uint8Array {
  if (name.kind === "ip") return der.element(contextPrimitive(7), name.octets);
  const number = { email: 1, dns: 2, uri: 6 }[name.kind];
  return der.string(contextPrimitive(number), name.text);
}

function unread(reader: DerReader, kind: "x400" | "edi"): GeneralName {
  reader.element();
  return { kind };
}

/** More than any certificate that works has; a TLS handshake message bounds it anyway. */
const GENERAL_NAMES_MAX = 10_000;
