/**
 * From a certificate to a trust anchor: building paths (RFC 4158) with a bounded amount of work, and
 * validating each (RFC 5280 §6.1).
 *
 * Invariant: a path that is returned has had every check of its profile, and every signature in it
 * was verified by the key above it.
 *
 * @module
 */
import { TlsError } from "../alert.ts";
import type { Provider } from "../provider/provider.ts";
import { rsaModulusBits } from "./algorithms.ts";
import { type Certificate, publicKeyOf } from "./certificate.ts";
import { brokenRule, isSelfIssued, type Profile, type Role } from "./conformance.ts";
import { compareBytes } from "./der.ts";
import { refusal } from "./errors.ts";
import { KeyUsage, Purpose, unknownCriticalExtension } from "./extensions.ts";
import { nameKey } from "./name.ts";
import { comparisonCount, constrainedNames, violation } from "./name_constraints.ts";
import { PolicyState } from "./policies.ts";
import { bySubject, type TrustAnchors } from "./trust.ts";

/** What to find a path for. */
export interface PathRequest {
  readonly leaf: Certificate;
  /** In any order; those that lead nowhere do no harm. */
  readonly intermediates: readonly Certificate[];
  readonly anchors: TrustAnchors;
  readonly purpose: "serverAuth" | "clientAuth";
  /** Milliseconds since the Unix epoch. */
  readonly nowMs: number;
  readonly profile: Profile;
  readonly verify: Provider["verify"];
  /** Authorities between leaf and anchor, those that are self-issued not counted; 8 unless said otherwise. */
  readonly intermediatesMax?: number;
}

/**
 * A path, the leaf first and the anchor last; the leaf alone when it is an anchor itself. Throws a
 * `TlsError` with what stopped the most promising path.
 */
export function findPath(request: PathRequest): readonly Certificate[] {
  checkLeaf(request);
  // One who trusts this very certificate does not ask who issued it.
  if (request.profile === "webpki" && request.anchors.has(request.leaf)) return [request.leaf];
  return new PathSearch(request).run();
}

/** Depth-first, anchors before intermediates. Invariant: no counter ever goes below zero. */
class PathSearch {
  readonly #request: PathRequest;
  readonly #intermediates: ReadonlyMap<string, readonly Certificate[]>;
  /** What is wrong with a certificate as an issuer, whatever the path; `null` for nothing. */
  readonly #faults = new Map<Certificate, TlsError | null>();
  /** Whether the first certificate's signature is the second's. */
  readonly #signatures = new Map<Certificate, Map<Certificate, boolean>>();
  #signaturesLeft = SIGNATURE_CHECKS_MAX;
  #stepsLeft = STEPS_MAX;
  #comparisonsLeft = NAME_COMPARISONS_MAX;
  #worst: { rank: Rank; error: TlsError };

  constructor(request: PathRequest) {
    this.#request = request;
    this.#intermediates = bySubject(request.intermediates);
    this.#worst = { rank: Rank.noIssuer, error: refusal.unknownIssuer(request.leaf) };
  }

  run(): readonly Certificate[] {
    const path = this.#extend([this.#request.leaf]);
    if (path === undefined) throw this.#worst.error;
    return path;
  }

  /** Tries all issuers of the last certificate of `path`. */
  #extend(path: readonly Certificate[]): readonly Certificate[] | undefined {
    const last = path[path.length - 1];
    for (const anchor of this.#request.anchors.named(last.issuer)) {
      if (!this.#isIssuer(path, anchor, "anchor")) continue;
      const whole = [...path, anchor];
      const error = this.#fault(whole);
      if (error === undefined) return whole;
      this.#note(Rank.path, error);
    }
    const candidates = this.#intermediates.get(nameKey(last.issuer)) ?? [];
    for (const candidate of preferred(candidates, last)) {
      if (path.some((each) => isSameAuthority(each, candidate))) continue;
      if (!this.#isIssuer(path, candidate, "intermediate")) continue;
      const whole = this.#extend([...path, candidate]);
      if (whole !== undefined) return whole;
    }
    if (path.length > 1) this.#note(Rank.noIssuer, refusal.unknownIssuer(last));
    return undefined;
  }

  /** Whether `issuer` may and did issue the last certificate of `path`. */
  #isIssuer(path: readonly Certificate[], issuer: Certificate, role: Role): boolean {
    if (this.#stepsLeft-- === 0) throw refusal.tooMuchWork(`${STEPS_MAX} steps`);
    const error = this.#issuerFault(issuer, role) ?? this.#lengthFault(path, issuer, role);
    if (error !== undefined) return this.#note(Rank.issuer, error);
    const last = path[path.length - 1];
    if (last.signatureAlgorithm.algorithm === undefined) {
      return this.#note(Rank.issuer, refusal.unusableSignature(last));
    }
    return this.#isSignedBy(last, issuer) || this.#note(Rank.signature, refusal.badSignature(last));
  }

  #issuerFault(issuer: Certificate, role: Role): TlsError | undefined {
    let error = this.#faults.get(issuer);
    if (error === undefined) {
      error = faultOf(() => checkIssuer(issuer, role, this.#request)) ?? null;
      this.#faults.set(issuer, error);
    }
    return error ?? undefined;
  }

  /** RFC 5280 §6.1.4 (l), (m): self-issued certificates do not count. */
  #lengthFault(
    path: readonly Certificate[],
    issuer: Certificate,
    role: Role,
  ): TlsError | undefined {
    const below = path.slice(1).filter((each) => !isSelfIssued(each)).length;
    const { pathLength = Infinity } = issuer.extensions.basicConstraints ?? {};
    if (below > pathLength) return refusal.pathTooLong(issuer, pathLength);
    const limit = this.#request.intermediatesMax ?? INTERMEDIATES_MAX;
    const count = below + (role === "intermediate" && !isSelfIssued(issuer) ? 1 : 0);
    if (count > limit || path.length > PATH_LENGTH_MAX) return refusal.pathTooLong(issuer, limit);
    return undefined;
  }

  #isSignedBy(certificate: Certificate, issuer: Certificate): boolean {
    const known = this.#signatures.get(certificate) ?? new Map<Certificate, boolean>();
    this.#signatures.set(certificate, known);
    let answer = known.get(issuer);
    if (answer === undefined) {
      if (this.#signaturesLeft-- === 0) {
        throw refusal.tooMuchWork(`${SIGNATURE_CHECKS_MAX} signature checks`);
      }
      answer = isSignedBy(certificate, issuer, this.#request.verify);
      known.set(issuer, answer);
    }
    return answer;
  }

  /** What is wrong with a whole path that no certificate alone is to blame for. */
  #fault(path: readonly Certificate[]): TlsError | undefined {
    const policies = new PolicyState(path.length - 1);
    // From the certificate below the anchor to the leaf: RFC 5280 §6.1 counts so.
    for (let index = path.length - 2; index >= 0; index--) {
      const certificate = path[index];
      const selfIssued = isSelfIssued(certificate);
      if (!policies.next(certificate.extensions, selfIssued, index === 0)) {
        return refusal.policy(certificate);
      }
      if (selfIssued && index > 0) continue;
      const error = this.#constraintFault(certificate, path.slice(index + 1));
      if (error !== undefined) return error;
    }
    return undefined;
  }

  /** RFC 5280 §6.1.3 (b), (c). */
  #constraintFault(
    certificate: Certificate,
    above: readonly Certificate[],
  ): TlsError | undefined {
    let names;
    for (const authority of above) {
      const constraints = authority.extensions.nameConstraints;
      if (constraints === undefined) continue;
      names ??= constrainedNames(certificate.subject, certificate.extensions.subjectAltName ?? []);
      this.#comparisonsLeft -= comparisonCount(constraints, names);
      if (this.#comparisonsLeft < 0) {
        throw refusal.tooMuchWork(`${NAME_COMPARISONS_MAX} comparisons of names`);
      }
      const why = violation(constraints, names);
      if (why !== undefined) return refusal.nameConstraint(authority, certificate, why);
    }
    return undefined;
  }

  /** Keeps what says most about why there is no path. */
  #note(rank: Rank, error: TlsError): false {
    if (rank > this.#worst.rank) this.#worst = { rank, error };
    return false;
  }
}

/** How close a path came: what is noted of closer ones says more. */
const Rank = { noIssuer: 0, signature: 1, issuer: 2, path: 3 } as const;
type Rank = (typeof Rank)[keyof typeof Rank];

/** Whether a certificate's signature is `issuer`'s. */
export function isSignedBy(
  certificate: Pick<Certificate, "signatureAlgorithm" | "signature" | "tbs">,
  issuer: Certificate,
  verify: Provider["verify"],
): boolean {
  const { algorithm } = certificate.signatureAlgorithm;
  const { key } = issuer.publicKeyInfo;
  return algorithm !== undefined && key !== undefined &&
    verify(algorithm, key, certificate.tbs, certificate.signature);
}

function checkLeaf(request: PathRequest): void {
  const { leaf, purpose } = request;
  checkAlone(leaf, "leaf", request);
  if (!allows(leaf.extensions.extendedKeyUsage, purpose)) {
    throw refusal.wrongPurpose(
      leaf,
      `is not for ${purpose}: have it issued anew with that purpose`,
    );
  }
}

function checkIssuer(issuer: Certificate, role: Role, request: PathRequest): void {
  checkAlone(issuer, role, request);
  const { basicConstraints, keyUsage, extendedKeyUsage } = issuer.extensions;
  // RFC 5280 §6.1.4 (k), (n).
  if (basicConstraints?.ca !== true) {
    throw refusal.notAuthority(issuer, "its basic constraints do not make it an authority");
  }
  if (keyUsage !== undefined && (keyUsage & KeyUsage.keyCertSign) === 0) {
    throw refusal.notAuthority(issuer, "its key usage does not let it sign certificates");
  }
  if (!allows(extendedKeyUsage, request.purpose)) {
    throw refusal.notAuthority(issuer, `its extended key usage does not allow ${request.purpose}`);
  }
}

/** What every certificate of a path has to be. */
function checkAlone(certificate: Certificate, role: Role, request: PathRequest): void {
  const { nowMs, purpose, profile, verify } = request;
  const unknown = unknownCriticalExtension(certificate.extensions);
  if (unknown !== undefined) throw refusal.unknownCriticalExtension(certificate, unknown);
  // RFC 5280 §4.1.2.5: inclusive at both ends, in whole seconds.
  const now = Math.floor(nowMs / 1000) * 1000;
  if (now < certificate.notBeforeMs) throw refusal.notYetValid(certificate);
  if (now > certificate.notAfterMs) throw refusal.expired(certificate);
  const key = publicKeyOf(certificate);
  const bits = key.type.startsWith("rsa") ? rsaModulusBits(key.bytes) : RSA_BITS_MIN;
  if (bits < RSA_BITS_MIN || bits > RSA_BITS_MAX) {
    throw refusal.weakKey(certificate, `an RSA key of ${bits} bits`);
  }
  const signedItself = () => isSignedBy(certificate, certificate, verify);
  const rule = brokenRule(certificate, { role, purpose, signedItself }, profile);
  if (rule !== undefined) throw refusal.nonConforming(certificate, rule);
}

/** RFC 5280 §4.2.1.12; purposes of authorities bind what is below, as everybody has it. */
function allows(purposes: readonly string[] | undefined, purpose: PathRequest["purpose"]): boolean {
  return purposes === undefined || purposes.includes(Purpose[purpose]) ||
    purposes.includes(Purpose.anyExtendedKeyUsage);
}

/** Candidates whose key the certificate names (RFC 5280 §4.2.1.1) before the others. */
function preferred(
  candidates: readonly Certificate[],
  certificate: Certificate,
): readonly Certificate[] {
  const wanted = certificate.extensions.authorityKeyIdentifier?.keyIdentifier;
  if (wanted === undefined || candidates.length < 2) return candidates;
  const isNamed = ({ extensions: { subjectKeyIdentifier: id } }: Certificate) =>
    id !== undefined && compareBytes(id, wanted) === 0;
  return [...candidates.filter(isNamed), ...candidates.filter((each) => !isNamed(each))];
}

/** RFC 4158 §5.2: one name with one key is there once in a path, whatever its certificates. */
function isSameAuthority(a: Certificate, b: Certificate): boolean {
  return compareBytes(a.publicKeyInfo.der, b.publicKeyInfo.der) === 0 &&
    nameKey(a.subject) === nameKey(b.subject);
}

function faultOf(check: () => void): TlsError | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (error instanceof TlsError) return error;
    throw error;
  }
}

const RSA_BITS_MIN = 2048;
/** Larger ones cost the verifier more than they are worth. */
const RSA_BITS_MAX = 8192;
const INTERMEDIATES_MAX = 8;
/** Self-issued ones count here. */
const PATH_LENGTH_MAX = 16;
const SIGNATURE_CHECKS_MAX = 100;
const STEPS_MAX = 10_000;
const NAME_COMPARISONS_MAX = 250_000;
