/**
 * Name constraints (RFC 5280 §4.2.1.10): within which subtrees the names of all later certificates
 * have to be, and within which they must not be.
 *
 * @module
 */
import { contextConstructed, contextPrimitive, type DerReader, Tag } from "./der.ts";
import { isDnsName, isWildcard, isWithin, normalisedDnsName } from "./dns_name.ts";
import { type GeneralName, readGeneralName } from "./general_name.ts";
import { isUnder, type Name, textsOf } from "./name.ts";

/** Subtrees as they stand, checked for their form. */
export interface NameConstraints {
  readonly permitted: readonly GeneralName[];
  readonly excluded: readonly GeneralName[];
}

export function readNameConstraints(reader: DerReader): NameConstraints {
  return reader.inside(Tag.SEQUENCE, (content) => {
    // RFC 5280 §4.2.1.10: not an empty sequence.
    if (content.atEnd) content.fail("Name constraints that constrain nothing");
    const subtrees = (number: number) =>
      content.nextTag === contextConstructed(number)
        ? content.list(contextConstructed(number), SUBTREES_MAX, readSubtree)
        : [];
    return { permitted: subtrees(0), excluded: subtrees(1) };
  });
}

/** All names of a certificate that constraints apply to: its subject and its alternative names. */
export function constrainedNames(
  subject: Name,
  alternatives: readonly GeneralName[],
): GeneralName[] {
  const names = [...alternatives];
  if (subject.rdns.length > 0) names.push({ kind: "directory", name: subject });
  // RFC 5280 §4.2.1.10: e-mail addresses in the subject, as old certificates have them, count too.
  for (const text of textsOf(subject, EMAIL_ADDRESS)) names.push({ kind: "email", text });
  return names;
}

/** How many comparisons {@link violation} would make. */
export function comparisonCount(constraints: NameConstraints, names: readonly unknown[]): number {
  return (constraints.permitted.length + constraints.excluded.length) * names.length;
}

/** The first name that is excluded, or is of a constrained kind and not permitted; in words. */
export function violation(
  constraints: NameConstraints,
  names: readonly GeneralName[],
): string | undefined {
  for (const name of names) {
    if (constraints.excluded.some((base) => base.kind === name.kind && mayBeIn(name, base))) {
      return `${shown(name)} is in an excluded subtree`;
    }
    const permitted = constraints.permitted.filter((base) => base.kind === name.kind);
    if (permitted.length > 0 && !permitted.some((base) => isIn(name, base))) {
      return `${shown(name)} is in no permitted subtree`;
    }
  }
  return undefined;
}

/** Whether everything `name` stands for is in the subtree. */
function isIn(name: GeneralName, base: GeneralName): boolean {
  if (name.kind === "dns" && base.kind === "dns") {
    const host = name.text.startsWith("*.") ? name.text.slice(2) : name.text;
    if (!isDnsName(host)) return false;
    return dnsIsIn(normalisedDnsName(name.text), normalisedDnsName(base.text));
  }
  return contains(name, base) ?? false;
}

/** Whether anything `name` stands for is in the subtree; for a malformed name, it might be. */
function mayBeIn(name: GeneralName, base: GeneralName): boolean {
  if (name.kind === "dns" && base.kind === "dns") {
    const text = normalisedDnsName(name.text);
    const subtree = normalisedDnsName(base.text);
    if (!isWildcard(name.text)) return !isDnsName(name.text) || dnsIsIn(text, subtree);
    // The asterisk stands for any one label: the subtree's first label may be it.
    const below = subtree.replace(/^\./, "");
    return dnsIsIn(text, subtree) || below.slice(below.indexOf(".") + 1) === text.slice(2);
  }
  return contains(name, base) ?? true;
}

/**
 * RFC 5280 §4.2.1.10: labels added on the left are within. One with a dot in front, which the RFC
 * has for URIs only, is read as it is meant: names below, without the name itself.
 */
function dnsIsIn(name: string, base: string): boolean {
  return base.startsWith(".") ? name.endsWith(base) : isWithin(name, base);
}

/** Whether a name of the same kind is in the subtree; `undefined` when that cannot be known. */
function contains(name: GeneralName, base: GeneralName): boolean | undefined {
  if (name.kind === "ip" && base.kind === "ip") return addressIsIn(name.octets, base.octets);
  if (name.kind === "email" && base.kind === "email") return mailboxIsIn(name.text, base.text);
  if (name.kind === "uri" && base.kind === "uri") {
    const host = hostOf(name.text);
    return host === undefined ? undefined : hostIsIn(host, normalisedDnsName(base.text));
  }
  if (name.kind === "directory" && base.kind === "directory") return isUnder(name.name, base.name);
  // RFC 5280 §4.2.1.10: process the constraint or refuse the certificate.
  return undefined;
}

/** `base`: address, then mask. Addresses of the other family are outside. */
function addressIsIn(address: Uint8Array, base: Uint8Array): boolean {
  const length = address.length;
  return base.length === 2 * length &&
    address.every((octet, index) => ((octet ^ base[index]) & base[length + index]) === 0);
}

/** `base`: one mailbox, all of a host, or all of the hosts below a domain (`.example.com`). */
function mailboxIsIn(mailbox: string, base: string): boolean | undefined {
  const [local, host] = splitMailbox(mailbox) ?? [];
  if (local === undefined || host === undefined) return undefined;
  const exact = splitMailbox(base);
  if (exact === undefined) return hostIsIn(normalisedDnsName(host), normalisedDnsName(base));
  // RFC 5321 §2.4: the local part is case-sensitive, the domain is not.
  return local === exact[0] && normalisedDnsName(host) === normalisedDnsName(exact[1]);
}

/** RFC 5280 §4.2.1.10 for URIs and mail: a host by its name, or those below a domain by its dot. */
function hostIsIn(host: string, base: string): boolean {
  return base.startsWith(".") ? host.endsWith(base) : base === "" || host === base;
}

/** A mailbox of RFC 5280 §4.2.1.6 taken apart; `undefined` for text that is none. */
export function splitMailbox(text: string): [local: string, host: string] | undefined {
  const at = text.indexOf("@");
  if (at <= 0 || text.indexOf("@", at + 1) !== -1) return undefined;
  const host = text.slice(at + 1);
  return isDnsName(host) ? [text.slice(0, at), host] : undefined;
}

/** Host of a URI with an authority; `undefined` when it is an address or not there. */
function hostOf(uri: string): string | undefined {
  const [, host] = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/(?:[^/?#@]*@)?([^/?#:]*)(?::\d*)?(?:[/?#]|$)/
    .exec(uri) ?? [];
  return host !== undefined && isDnsName(host) ? normalisedDnsName(host) : undefined;
}

/** RFC 5280 §4.2.1.10: `minimum` is 0, so DER leaves it out, and there is no `maximum`. */
function readSubtree(reader: DerReader): GeneralName {
  return reader.inside(Tag.SEQUENCE, (content) => {
    const base = readGeneralName(content);
    if (content.nextTag === contextPrimitive(0) || content.nextTag === contextPrimitive(1)) {
      content.fail("Subtree with a minimum or a maximum");
    }
    if (!isSubtreeBase(base)) content.fail("Subtree of a malformed name");
    return base;
  });
}

function isSubtreeBase(base: GeneralName): boolean {
  switch (base.kind) {
    case "dns":
    case "uri":
      return base.text === "" || isDnsName(base.text.replace(/^\./, ""));
    case "email":
      return base.text.includes("@")
        ? splitMailbox(base.text) !== undefined
        : base.text === "" || isDnsName(base.text.replace(/^\./, ""));
    case "ip":
      return isAddressWithMask(base.octets);
    default:
      return true;
  }
}

/** RFC 4632 §3.1: ones, then zeros. */
function isAddressWithMask(octets: Uint8Array): boolean {
  if (octets.length !== 8 && octets.length !== 32) return false;
  const mask = Array.from(
    octets.subarray(octets.length / 2),
    (octet) => octet.toString(2).padStart(8, "0"),
  );
  return /^1*0*$/.test(mask.join(""));
}

function shown(name: GeneralName): string {
  if ("text" in name) return `Name ${name.text.replace(/[^ -~]/g, "?").slice(0, 128)}`;
  return {
    ip: "An IP address",
    directory: "The subject or a directory name",
  }[name.kind as string] ??
    "A name of a kind that is not understood";
}

const EMAIL_ADDRESS = "1.2.840.113549.1.9.1";
const SUBTREES_MAX = 10_000;
