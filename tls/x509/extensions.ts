/**
 * Extensions of certificates (RFC 5280 §4.2): one table says which are understood and how they are
 * read. Those that are not understood are kept, and refuse a certificate when they are critical.
 *
 * @module
 */
import { contextConstructed, contextPrimitive, DerReader, Tag } from "./der.ts";
import { type GeneralName, readGeneralName, readGeneralNames } from "./general_name.ts";
import { type NameConstraints, readNameConstraints } from "./name_constraints.ts";
import {
  type PolicyConstraints,
  type PolicyMapping,
  readCertificatePolicies,
  readPolicyConstraints,
  readPolicyMappings,
} from "./policies.ts";

/** What a certificate's extensions say; a field is `undefined` when its extension is not there. */
export interface Extensions {
  readonly all: readonly Extension[];
  readonly basicConstraints?: BasicConstraints;
  /** Bits of {@link KeyUsage}. */
  readonly keyUsage?: number;
  /** Object identifiers of purposes: see {@link Purpose}. */
  readonly extendedKeyUsage?: readonly string[];
  readonly subjectAltName?: readonly GeneralName[];
  readonly nameConstraints?: NameConstraints;
  readonly subjectKeyIdentifier?: Uint8Array;
  readonly authorityKeyIdentifier?: AuthorityKeyIdentifier;
  /** Object identifiers of policies. */
  readonly certificatePolicies?: readonly string[];
  readonly policyMappings?: readonly PolicyMapping[];
  readonly policyConstraints?: PolicyConstraints;
  /** Certificates after which anyPolicy counts no more (RFC 5280 §4.2.1.14). */
  readonly inhibitAnyPolicy?: number;
  /** URIs of lists that would say whether the certificate is revoked. */
  readonly crlDistributionPoints?: readonly string[];
}

/** An extension as it stands. */
export interface Extension {
  /** In dots: see {@link ExtensionId}. */
  readonly oid: string;
  readonly critical: boolean;
  /** Content of the octet string. */
  readonly value: Uint8Array;
}

/** RFC 5280 §4.2.1.9. */
export interface BasicConstraints {
  readonly ca: boolean;
  /** How many certificates of authorities may follow, those that are self-issued not counted. */
  readonly pathLength: number | undefined;
}

/** RFC 5280 §4.2.1.1. */
export interface AuthorityKeyIdentifier {
  readonly keyIdentifier: Uint8Array | undefined;
  readonly hasIssuer: boolean;
  readonly hasSerialNumber: boolean;
}

/** Extensions that are understood. */
export const ExtensionId = {
  subjectDirectoryAttributes: "2.5.29.9",
  subjectKeyIdentifier: "2.5.29.14",
  keyUsage: "2.5.29.15",
  subjectAltName: "2.5.29.17",
  issuerAltName: "2.5.29.18",
  basicConstraints: "2.5.29.19",
  nameConstraints: "2.5.29.30",
  crlDistributionPoints: "2.5.29.31",
  certificatePolicies: "2.5.29.32",
  policyMappings: "2.5.29.33",
  authorityKeyIdentifier: "2.5.29.35",
  policyConstraints: "2.5.29.36",
  extendedKeyUsage: "2.5.29.37",
  freshestCrl: "2.5.29.46",
  inhibitAnyPolicy: "2.5.29.54",
  authorityInfoAccess: "1.3.6.1.5.5.7.1.1",
} as const;

/** Bits of keyUsage (RFC 5280 §4.2.1.3). */
export const KeyUsage = {
  digitalSignature: 1 << 0,
  keyCertSign: 1 << 5,
  cRLSign: 1 << 6,
} as const;

/** Purposes of extendedKeyUsage (RFC 5280 §4.2.1.12). */
export const Purpose = {
  anyExtendedKeyUsage: "2.5.29.37.0",
  serverAuth: "1.3.6.1.5.5.7.3.1",
  clientAuth: "1.3.6.1.5.5.7.3.2",
} as const;

/** Reads SEQUENCE OF Extension, and the values of those that are understood. */
export function readExtensions(reader: DerReader): Extensions {
  const all = readExtensionList(reader);
  const values: Record<string, unknown> = {};
  for (const { oid, value } of all) {
    const row = READERS[oid];
    if (row === undefined) continue;
    const content = new DerReader(value);
    const read = row.read(content);
    content.end();
    if (row.field !== undefined) values[row.field] = read;
  }
  return { ...values, all };
}

/** Reads SEQUENCE OF Extension. RFC 5280 §4.2: no extension twice. */
export function readExtensionList(reader: DerReader): Extension[] {
  const seen = new Set<string>();
  return reader.list(
    Tag.SEQUENCE,
    EXTENSIONS_MAX,
    (extensions) =>
      extensions.inside(Tag.SEQUENCE, (extension) => {
        const oid = extension.objectIdentifier();
        if (seen.has(oid)) extension.fail(`Extension ${oid} is there twice`);
        seen.add(oid);
        const critical = extension.booleanDefaultFalse();
        return { oid, critical, value: extension.octetString() };
      }),
  );
}

/** Whether an extension is critical; `undefined` when it is not there. */
export function criticality(
  extensions: Extensions,
  name: keyof typeof ExtensionId,
): boolean | undefined {
  return extensions.all.find((each) => each.oid === ExtensionId[name])?.critical;
}

/** A critical extension that is not processed (RFC 5280 §4.2): then nobody may rely on the rest. */
export function unknownCriticalExtension(extensions: Extensions): string | undefined {
  return extensions.all.find((each) => each.critical && !PROCESSED.has(each.oid))?.oid;
}

function readBasicConstraints(reader: DerReader): BasicConstraints {
  return reader.inside(Tag.SEQUENCE, (content) => {
    const ca = content.booleanDefaultFalse();
    if (content.atEnd) return { ca, pathLength: undefined };
    // RFC 5280 §4.2.1.9: not unless cA is asserted.
    if (!ca) content.fail("Path length of one that is no authority");
    return { ca, pathLength: content.smallInteger(COUNT_MAX) };
  });
}

function readKeyUsage(reader: DerReader): number {
  // Two roots of Mozilla's store write the zeros that DER leaves out; no bit's meaning changes by it.
  const bits = reader.namedBits(true);
  // RFC 5280 §4.2.1.3: at least one is set.
  if (bits === 0) reader.fail("Key usage without a bit that is set");
  return bits;
}

function readExtendedKeyUsage(reader: DerReader): string[] {
  return reader.list(Tag.SEQUENCE, PURPOSES_MAX, (content) => content.objectIdentifier());
}

function readSubjectAltName(reader: DerReader): GeneralName[] {
  const names = readGeneralNames(reader, Tag.SEQUENCE);
  for (const name of names) {
    if (name.kind === "ip" && name.octets.length !== 4 && name.octets.length !== 16) {
      reader.fail(`IP address of ${name.octets.length} octets`);
    }
  }
  return names;
}

function readAuthorityKeyIdentifier(reader: DerReader): AuthorityKeyIdentifier {
  return reader.inside(Tag.SEQUENCE, (content) => {
    const has = (tag: number) => content.nextTag === tag;
    const keyIdentifier = has(contextPrimitive(0))
      ? content.octetString(contextPrimitive(0))
      : undefined;
    const hasIssuer = has(contextConstructed(1));
    if (hasIssuer) readGeneralNames(content, contextConstructed(1));
    const hasSerialNumber = has(contextPrimitive(2));
    if (hasSerialNumber) content.integer(contextPrimitive(2));
    return { keyIdentifier, hasIssuer, hasSerialNumber };
  });
}

/** RFC 5280 §4.2.2.1; used for nothing, but what is signed should be right. */
function readAuthorityInfoAccess(reader: DerReader): void {
  reader.list(
    Tag.SEQUENCE,
    ACCESS_DESCRIPTIONS_MAX,
    (content) =>
      content.inside(Tag.SEQUENCE, (description) => {
        description.objectIdentifier();
        readGeneralName(description);
      }),
  );
}

/** RFC 5280 §4.2.1.13; nothing is fetched: lists come from the caller. */
function readDistributionPoints(reader: DerReader): string[] {
  return reader.list(
    Tag.SEQUENCE,
    DISTRIBUTION_POINTS_MAX,
    (content) =>
      content.inside(Tag.SEQUENCE, (point) => {
        const uris = point.optional(contextConstructed(0), readDistributionPointName) ?? [];
        while (!point.atEnd) point.element();
        return uris;
      }),
  ).flat();
}

/** URIs of a DistributionPointName, which is a full name or one relative to the issuer's. */
export function readDistributionPointName(reader: DerReader): string[] {
  if (reader.nextTag !== contextConstructed(0)) {
    reader.content(contextConstructed(1));
    return [];
  }
  return readGeneralNames(reader, contextConstructed(0))
    .flatMap((name) => name.kind === "uri" ? [name.text] : []);
}

function skip(reader: DerReader): void {
  reader.element();
}

const READERS: Readonly<
  Record<string, { field?: keyof Extensions; read: (reader: DerReader) => unknown }>
> = {
  [ExtensionId.basicConstraints]: { field: "basicConstraints", read: readBasicConstraints },
  [ExtensionId.keyUsage]: { field: "keyUsage", read: readKeyUsage },
  [ExtensionId.extendedKeyUsage]: { field: "extendedKeyUsage", read: readExtendedKeyUsage },
  [ExtensionId.subjectAltName]: { field: "subjectAltName", read: readSubjectAltName },
  [ExtensionId.nameConstraints]: { field: "nameConstraints", read: readNameConstraints },
  [ExtensionId.subjectKeyIdentifier]: {
    field: "subjectKeyIdentifier",
    read: (reader) => reader.octetString(),
  },
  [ExtensionId.authorityKeyIdentifier]: {
    field: "authorityKeyIdentifier",
    read: readAuthorityKeyIdentifier,
  },
  [ExtensionId.certificatePolicies]: {
    field: "certificatePolicies",
    read: readCertificatePolicies,
  },
  [ExtensionId.policyMappings]: { field: "policyMappings", read: readPolicyMappings },
  [ExtensionId.policyConstraints]: { field: "policyConstraints", read: readPolicyConstraints },
  [ExtensionId.inhibitAnyPolicy]: {
    field: "inhibitAnyPolicy",
    read: (reader) => reader.smallInteger(COUNT_MAX),
  },
  [ExtensionId.authorityInfoAccess]: { read: readAuthorityInfoAccess },
  [ExtensionId.crlDistributionPoints]: {
    field: "crlDistributionPoints",
    read: readDistributionPoints,
  },
  [ExtensionId.freshestCrl]: { read: readDistributionPoints },
  [ExtensionId.issuerAltName]: { read: (reader) => readGeneralNames(reader, Tag.SEQUENCE) },
  [ExtensionId.subjectDirectoryAttributes]: { read: skip },
};

/**
 * Those that are acted on, so that they may be critical. CRL distribution points are there because
 * revocation is the caller's choice; the two forms of "access" because nothing is fetched.
 */
const PROCESSED: ReadonlySet<string> = new Set([
  ExtensionId.basicConstraints,
  ExtensionId.keyUsage,
  ExtensionId.extendedKeyUsage,
  ExtensionId.subjectAltName,
  ExtensionId.nameConstraints,
  ExtensionId.subjectKeyIdentifier,
  ExtensionId.authorityKeyIdentifier,
  ExtensionId.certificatePolicies,
  ExtensionId.policyMappings,
  ExtensionId.policyConstraints,
  ExtensionId.inhibitAnyPolicy,
  ExtensionId.crlDistributionPoints,
  ExtensionId.authorityInfoAccess,
]);

const EXTENSIONS_MAX = 64;
const PURPOSES_MAX = 64;
const ACCESS_DESCRIPTIONS_MAX = 64;
const DISTRIBUTION_POINTS_MAX = 256;
/** Larger counts mean nothing: no path is that long. */
const COUNT_MAX = 0x7fff_ffff;
