/**
 * Rules for those who issue certificates. They keep nobody safe by themselves, and deployed
 * certificates break them, so that only the strict profiles insist:
 *
 * - `webpki`: none of them; what browsers and rustls take.
 * - `rfc5280-strict`: those that RFC 5280 spells with MUST.
 * - `cabf-strict`: also those of the CA/Browser Forum's Baseline Requirements (section 7.1).
 *
 * @module
 */
import type { Certificate } from "./certificate.ts";
import { isDnsName, isWildcard } from "./dns_name.ts";
import { criticality, KeyUsage, Purpose } from "./extensions.ts";
import { rsaModulusBits } from "./algorithms.ts";
import { compareBytes } from "./der.ts";
import { ipAddressText } from "./ip_address.ts";
import { commonNames, sameName } from "./name.ts";
import { splitMailbox } from "./name_constraints.ts";

/** How strict a verifier is about the way certificates are made. */
export type Profile = "webpki" | "rfc5280-strict" | "cabf-strict";

/** A certificate's place in a path. */
export type Role = "leaf" | "intermediate" | "anchor";

/** What else a rule asks about. */
export interface Place {
  readonly role: Role;
  readonly purpose: "serverAuth" | "clientAuth";
  /** Whether the certificate's own key signed it. */
  readonly signedItself: () => boolean;
}

/** The first rule that a certificate breaks, in words. */
export function brokenRule(
  certificate: Certificate,
  place: Place,
  profile: Profile,
): string | undefined {
  return RULES[profile].find((rule) => rule.isBroken(certificate, place))?.text;
}

interface Rule {
  readonly text: string;
  readonly isBroken: (certificate: Certificate, place: Place) => boolean;
}

/** RFC 5280, by section. */
const RFC5280: readonly Rule[] = [
  {
    // Roots in every store have number 0, and nothing looks an anchor up by its number.
    text: "its serial number is from 1 to 20 octets and positive (RFC 5280 §4.1.2.2)",
    isBroken: ({ serialNumber }, { role }) =>
      role !== "anchor" &&
      (serialNumber.length > 20 || serialNumber[0] >= 0x80 ||
        (serialNumber.length === 1 && serialNumber[0] === 0)),
  },
  {
    text: "its issuer is not empty (RFC 5280 §4.1.2.4)",
    isBroken: ({ issuer }) => issuer.rdns.length === 0,
  },
  {
    text: "its times through 2049 are UTCTime, later ones GeneralizedTime (RFC 5280 §4.1.2.5)",
    isBroken: ({ hasConformingTimes }) => !hasConformingTimes,
  },
  {
    text: "an authority's subject is not empty (RFC 5280 §4.1.2.6)",
    isBroken: (each, { role }) => role !== "leaf" && each.subject.rdns.length === 0,
  },
  {
    text: "with an empty subject, its alternative names are critical (RFC 5280 §4.1.2.6)",
    isBroken: ({ subject, extensions }) =>
      subject.rdns.length === 0 && criticality(extensions, "subjectAltName") !== true,
  },
  {
    text: "it names its issuer's key, unless it signed itself (RFC 5280 §4.2.1.1)",
    isBroken: ({ extensions: { authorityKeyIdentifier } }, { signedItself }) =>
      authorityKeyIdentifier === undefined
        ? !signedItself()
        : authorityKeyIdentifier.keyIdentifier === undefined,
  },
  {
    text: "an authority's certificate names its own key (RFC 5280 §4.2.1.2)",
    isBroken: ({ extensions }) =>
      extensions.basicConstraints?.ca === true && extensions.subjectKeyIdentifier === undefined,
  },
  ...(["authorityKeyIdentifier", "subjectKeyIdentifier", "authorityInfoAccess"] as const).map(
    (id): Rule => ({
      text: `its ${id} is not critical (RFC 5280 §4.2.1.1, §4.2.1.2, §4.2.2.1)`,
      isBroken: ({ extensions }) => criticality(extensions, id) === true,
    }),
  ),
  ...(["policyConstraints", "inhibitAnyPolicy"] as const).map((id): Rule => ({
    text: `its ${id} is critical (RFC 5280 §4.2.1.11, §4.2.1.14)`,
    isBroken: ({ extensions }) => criticality(extensions, id) === false,
  })),
  {
    text: "an authority's basicConstraints is critical (RFC 5280 §4.2.1.9)",
    isBroken: ({ extensions }) =>
      extensions.basicConstraints?.ca === true &&
      criticality(extensions, "basicConstraints") === false,
  },
  {
    text: "keyCertSign goes with cA (RFC 5280 §4.2.1.3)",
    isBroken: ({ extensions }) =>
      signsCertificates(extensions.keyUsage) && extensions.basicConstraints?.ca !== true,
  },
  {
    text: "a path length goes with keyCertSign (RFC 5280 §4.2.1.9)",
    isBroken: ({ extensions: { basicConstraints, keyUsage } }) =>
      basicConstraints?.pathLength !== undefined && !signsCertificates(keyUsage),
  },
  {
    text: "only an authority has name constraints (RFC 5280 §4.2.1.10)",
    isBroken: ({ extensions }) =>
      extensions.nameConstraints !== undefined && extensions.basicConstraints?.ca !== true,
  },
  {
    text: "a DNS name constraint has no dot in front (RFC 5280 §4.2.1.10)",
    isBroken: ({ extensions: { nameConstraints } }) =>
      [...nameConstraints?.permitted ?? [], ...nameConstraints?.excluded ?? []]
        .some((base) => base.kind === "dns" && base.text.startsWith(".")),
  },
  {
    text: "its DNS names are host names (RFC 5280 §4.2.1.6)",
    isBroken: ({ extensions }) =>
      (extensions.subjectAltName ?? []).some((name) =>
        name.kind === "dns" && !isDnsName(name.text) && !isWildcard(name.text)
      ),
  },
  {
    text: "its mail addresses are mailboxes and its URIs have a scheme (RFC 5280 §4.2.1.6)",
    isBroken: ({ extensions }) =>
      (extensions.subjectAltName ?? []).some((name) =>
        name.kind === "email"
          ? splitMailbox(name.text) === undefined
          : name.kind === "uri" && !/^[A-Za-z][A-Za-z0-9+.-]*:./.test(name.text)
      ),
  },
];

/** What the Baseline Requirements explicitly except from RFC 5280 (section 7.1.2.10.8). */
const RFC5280_ONLY: readonly Rule[] = [
  {
    text: "name constraints are critical (RFC 5280 §4.2.1.10)",
    isBroken: ({ extensions }) => criticality(extensions, "nameConstraints") === false,
  },
];

/** Baseline Requirements, by section. */
const CABF: readonly Rule[] = [
  {
    text: "an RSA modulus has a multiple of 8 bits (BR §6.1.5)",
    isBroken: ({ publicKeyInfo: { key } }) =>
      key?.type === "rsa" && rsaModulusBits(key.bytes) % 8 !== 0,
  },
  {
    text: "a root has no extended key usage (BR §7.1.2.1.2)",
    isBroken: (each, { role }) =>
      role === "anchor" && isSelfIssued(each) && each.extensions.extendedKeyUsage !== undefined,
  },
  {
    text: "a root's authorityKeyIdentifier is its own key's, and that alone (BR §7.1.2.1.3)",
    isBroken: (each, { role }) => role === "anchor" && isSelfIssued(each) && !namesOwnKey(each),
  },
  {
    text: "a subscriber is no authority (BR §7.1.2.7.8)",
    isBroken: ({ extensions }, { role }) =>
      role === "leaf" && extensions.basicConstraints?.ca === true,
  },
  {
    text: "a server's extended key usage is there, not critical, and not for any (BR §7.1.2.7.10)",
    isBroken: ({ extensions }, { role, purpose }) =>
      role === "leaf" && purpose === "serverAuth" &&
      (criticality(extensions, "extendedKeyUsage") !== false ||
        extensions.extendedKeyUsage?.includes(Purpose.anyExtendedKeyUsage) === true),
  },
  {
    text: "with a subject, its alternative names are not critical (BR §7.1.2.7.12)",
    isBroken: ({ subject, extensions }, { role }) =>
      role === "leaf" && subject.rdns.length > 0 &&
      criticality(extensions, "subjectAltName") === true,
  },
  {
    text: "a wildcard has at least two labels behind it (BR §3.2.2.6)",
    isBroken: ({ extensions }) =>
      (extensions.subjectAltName ?? []).some((name) =>
        name.kind === "dns" && /^\*(\.[^.]*)?\.?$/.test(name.text)
      ),
  },
  {
    text: "its one common name is a copy of an alternative name (BR §7.1.4.3)",
    isBroken: (each, { role, purpose }) =>
      role === "leaf" && purpose === "serverAuth" && !copiesCommonName(each),
  },
];

const RULES: Readonly<Record<Profile, readonly Rule[]>> = {
  "webpki": [],
  "rfc5280-strict": [...RFC5280, ...RFC5280_ONLY],
  "cabf-strict": [...RFC5280, ...CABF],
};

/** RFC 5280 §6.1: issuer and subject are the same. */
export function isSelfIssued(certificate: Certificate): boolean {
  return sameName(certificate.issuer, certificate.subject);
}

/** Whether a key usage allows to sign certificates; without the extension, it is not said. */
function signsCertificates(keyUsage: number | undefined): boolean {
  return keyUsage !== undefined && (keyUsage & KeyUsage.keyCertSign) !== 0;
}

function namesOwnKey({ extensions }: Certificate): boolean {
  const { authorityKeyIdentifier: issuer, subjectKeyIdentifier: subject } = extensions;
  if (issuer === undefined) return true;
  return issuer.keyIdentifier !== undefined && subject !== undefined && !issuer.hasIssuer &&
    !issuer.hasSerialNumber && compareBytes(issuer.keyIdentifier, subject) === 0;
}

function copiesCommonName({ subject, extensions }: Certificate): boolean {
  const names = commonNames(subject);
  if (names.length === 0) return true;
  const copies = (extensions.subjectAltName ?? []).flatMap((name) => {
    if (name.kind === "dns") return [name.text];
    return name.kind === "ip" ? [ipAddressText(name.octets)] : [];
  });
  return names.length === 1 && copies.includes(names[0]);
}
