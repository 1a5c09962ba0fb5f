/**
 * Certificate revocation lists (RFC 5280 §5, §6.3), as the caller hands them in: complete ones, signed
 * by the authority that issued the certificate. Delta and indirect lists are refused.
 *
 * @module
 */
import { TlsError } from "../alert.ts";
import type { Provider } from "../provider/provider.ts";
import { type AlgorithmIdentifier, readSignatureAlgorithm } from "./algorithms.ts";
import type { Certificate } from "./certificate.ts";
import {
  compareBytes,
  contextConstructed,
  contextPrimitive,
  DerError,
  DerReader,
  Tag,
} from "./der.ts";
import { refusal, timeText } from "./errors.ts";
import {
  type Extension,
  KeyUsage,
  readDistributionPointName,
  readExtensionList,
} from "./extensions.ts";
import { type Name, nameText, readName, sameName } from "./name.ts";
import { isSignedBy } from "./path.ts";

/** A list that was read; its signature is yet to be verified. */
export interface RevocationList {
  readonly tbs: Uint8Array;
  readonly issuer: Name;
  /** Milliseconds since the Unix epoch. */
  readonly thisUpdateMs: number;
  readonly nextUpdateMs: number;
  /** By serial number in hexadecimal. */
  readonly revoked: ReadonlyMap<string, Revocation>;
  readonly scope: Scope;
  readonly signatureAlgorithm: AlgorithmIdentifier;
  readonly signature: Uint8Array;
}

/** When and why a certificate was revoked. */
export interface Revocation {
  readonly atMs: number;
  readonly reason: string;
}

/** Which certificates a list is about (RFC 5280 §5.2.5). */
interface Scope {
  readonly leaves: boolean;
  readonly authorities: boolean;
  readonly allReasons: boolean;
  /** URIs, of which a certificate names one; `undefined` for a list of all certificates. */
  readonly distributionPoint: readonly string[] | undefined;
}

/** How revocation is looked up. */
export interface RevocationPolicy {
  readonly lists: readonly RevocationList[];
  /** Whether authorities between leaf and anchor are looked up too; false unless said otherwise. */
  readonly wholePath?: boolean;
  /** Whether a certificate that no usable list is about is believed; false unless said otherwise. */
  readonly allowUnknown?: boolean;
}

/** Reads a DER CertificateList. Throws a `TlsError` (`revocationUnknown`) for what cannot be used. */
export function parseRevocationList(bytes: Uint8Array): RevocationList {
  try {
    return DerReader.whole(bytes, Tag.SEQUENCE, (list) => {
      const tbs = list.captured(Tag.SEQUENCE, readTbs);
      const signatureAlgorithm = readSignatureAlgorithm(list);
      // RFC 5280 §5.1.1.2: the same identifier inside and outside.
      if (compareBytes(tbs.value.innerAlgorithm, signatureAlgorithm.der) !== 0) {
        list.fail("Signature algorithms inside and outside differ");
      }
      const { innerAlgorithm: _, ...fields } = tbs.value;
      return { tbs: tbs.der, ...fields, signatureAlgorithm, signature: list.bitStringBytes() };
    });
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    throw new TlsError("revocationUnknown", `Revocation list cannot be used: ${error.message}`, {
      cause: error,
    });
  }
}

/**
 * Throws a `TlsError` when a certificate of `path` (leaf first, anchor last) is revoked, or when
 * that cannot be known and the policy does not allow it.
 */
export function checkRevocation(
  path: readonly Certificate[],
  policy: RevocationPolicy,
  nowMs: number,
  verify: Provider["verify"],
): void {
  const count = policy.wholePath === true ? path.length - 1 : Math.min(1, path.length - 1);
  for (const [index, certificate] of path.slice(0, count).entries()) {
    const issuer = path[index + 1];
    let unknown: string | undefined = `there is no list of ${nameText(certificate.issuer)}`;
    for (const list of policy.lists) {
      if (!sameName(list.issuer, certificate.issuer)) continue;
      const fault = authenticityFault(list, issuer, verify);
      const revocation = list.revoked.get(serialText(certificate.serialNumber));
      // An old list does not make a certificate good again.
      if (fault === undefined && revocation !== undefined) {
        throw refusal.revoked(certificate, revocation.atMs, revocation.reason);
      }
      unknown = fault ?? usabilityFault(list, certificate, nowMs);
      if (unknown === undefined) break;
    }
    if (unknown !== undefined && policy.allowUnknown !== true) {
      throw refusal.revocationUnknown(certificate, unknown);
    }
  }
}

/** Why a list is not to be believed at all. */
function authenticityFault(
  list: RevocationList,
  issuer: Certificate,
  verify: Provider["verify"],
): string | undefined {
  const { keyUsage } = issuer.extensions;
  // RFC 5280 §6.3.3 (f).
  if (keyUsage !== undefined && (keyUsage & KeyUsage.cRLSign) === 0) {
    return `${
      nameText(issuer.subject)
    } is not allowed to sign its list: its key usage lacks cRLSign`;
  }
  return isSignedBy(list, issuer, verify)
    ? undefined
    : `the list of ${nameText(list.issuer)} is not signed by its key`;
}

/** Why a list that is believed does not say whether a certificate is good. */
function usabilityFault(
  list: RevocationList,
  certificate: Certificate,
  nowMs: number,
): string | undefined {
  const of = `the list of ${nameText(list.issuer)}`;
  if (nowMs < list.thisUpdateMs) return `${of} is valid from ${timeText(list.thisUpdateMs)} on`;
  if (nowMs > list.nextUpdateMs) {
    return `${of} is out of date since ${timeText(list.nextUpdateMs)}: fetch the next`;
  }
  const authority = certificate.extensions.basicConstraints?.ca === true;
  const { scope } = list;
  if (authority ? !scope.authorities : !scope.leaves) return `${of} is about other certificates`;
  if (!scope.allReasons) return `${of} is about some reasons only`;
  if (scope.distributionPoint === undefined) return undefined;
  const own = certificate.extensions.crlDistributionPoints ?? [];
  return scope.distributionPoint.some((uri) => own.includes(uri))
    ? undefined
    : `${of} is of another distribution point`;
}

function readTbs(tbs: DerReader): TbsFields {
  // RFC 5280 §5.1.2.1, §5.2: version 2, for there are extensions.
  if (tbs.smallInteger(9) !== 1) tbs.fail("Version is not 2");
  const innerAlgorithm = tbs.captured(Tag.SEQUENCE, (content) => {
    while (!content.atEnd) content.element();
  }).der;
  const issuer = readName(tbs);
  const thisUpdateMs = tbs.time();
  // RFC 5280 §5.1.2.5: nextUpdate is there.
  const nextUpdateMs = tbs.time();
  const revoked = new Map<string, Revocation>();
  // RFC 5280 §5.1.2.6: without revoked certificates the field is absent; an empty one is in use.
  tbs.optional(Tag.SEQUENCE, (entries) => {
    while (!entries.atEnd) entries.inside(Tag.SEQUENCE, (entry) => readEntry(entry, revoked));
  });
  const extensions = tbs.optional(contextConstructed(0), readExtensionList) ?? [];
  const scope = readScope(tbs, extensions);
  return { innerAlgorithm, issuer, thisUpdateMs, nextUpdateMs, revoked, scope };
}

type TbsFields =
  & Omit<RevocationList, "tbs" | "signatureAlgorithm" | "signature">
  & { readonly innerAlgorithm: Uint8Array };

function readEntry(entry: DerReader, revoked: Map<string, Revocation>): void {
  const serial = serialText(entry.integer());
  const atMs = entry.time();
  let reason: string = REASONS[0];
  const extensions = entry.atEnd ? [] : readExtensionList(entry);
  for (const { oid, critical, value } of extensions) {
    if (oid === REASON_CODE) {
      reason = REASONS[new DerReader(value).smallInteger(10, Tag.ENUMERATED)] ?? "unknown reason";
    } else if (critical) {
      // RFC 5280 §5.3: such a list says nothing. Certificate issuers of indirect lists are such.
      entry.fail(`Critical entry extension ${oid} is not understood`);
    }
  }
  revoked.set(serial, { atMs, reason });
}

/** RFC 5280 §5.2. */
function readScope(tbs: DerReader, extensions: readonly Extension[]): Scope {
  let scope: Scope = {
    leaves: true,
    authorities: true,
    allReasons: true,
    distributionPoint: undefined,
  };
  for (const { oid, critical, value } of extensions) {
    if (oid === ISSUING_DISTRIBUTION_POINT) {
      scope = DerReader.whole(value, Tag.SEQUENCE, readIssuingDistributionPoint);
    } else if (oid === CRL_NUMBER) {
      if (critical) tbs.fail("The list's number is critical");
      new DerReader(value).integer();
    } else if (critical) tbs.fail(`Critical extension ${oid} is not understood`);
  }
  // RFC 5280 §5.2.3: every list has a number.
  if (!extensions.some((each) => each.oid === CRL_NUMBER)) tbs.fail("The list has no number");
  return scope;
}

function readIssuingDistributionPoint(content: DerReader): Scope {
  const distributionPoint = content.optional(contextConstructed(0), readDistributionPointName);
  const flag = (number: number) => {
    if (content.nextTag !== contextPrimitive(number)) return false;
    content.element();
    return true;
  };
  const onlyLeaves = flag(1);
  const onlyAuthorities = flag(2);
  const someReasons = flag(3);
  if (flag(4)) content.fail("Indirect lists are not supported");
  if (flag(5)) content.fail("The list is of attribute certificates");
  return {
    leaves: !onlyAuthorities,
    authorities: !onlyLeaves,
    allReasons: !someReasons,
    distributionPoint,
  };
}

function serialText(serial: Uint8Array): string {
  return Array.from(serial, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const CRL_NUMBER = "2.5.29.20";
const REASON_CODE = "2.5.29.21";
const ISSUING_DISTRIBUTION_POINT = "2.5.29.28";

/** RFC 5280 §5.3.1. */
const REASONS = [
  "no reason given",
  "key compromised",
  "authority compromised",
  "affiliation changed",
  "superseded",
  "cessation of operation",
  "on hold",
  "unknown reason",
  "removed from list",
  "privilege withdrawn",
  "attribute authority compromised",
] as const;
