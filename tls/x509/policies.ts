/**
 * Certificate policies (RFC 5280 §4.2.1.4, §4.2.1.5, §4.2.1.11, §4.2.1.14) and how they are
 * processed along a path (§6.1). TLS asks for no policy of its own, so policies matter only when a
 * certificate requires one.
 *
 * @module
 */
import { contextPrimitive, type DerReader, Tag } from "./der.ts";
import type { Extensions } from "./extensions.ts";

/** Says that the issuer's policy is the subject's, by its other name. */
export interface PolicyMapping {
  readonly issuerDomain: string;
  readonly subjectDomain: string;
}

/** Certificates that may follow until the rule holds. */
export interface PolicyConstraints {
  readonly requireExplicitPolicy: number | undefined;
  readonly inhibitPolicyMapping: number | undefined;
}

/** Reads object identifiers of policies; qualifiers are passed over. */
export function readCertificatePolicies(reader: DerReader): string[] {
  const policies = reader.list(
    Tag.SEQUENCE,
    POLICIES_MAX,
    (content) =>
      content.inside(Tag.SEQUENCE, (information) => {
        const policy = information.objectIdentifier();
        information.optional(
          Tag.SEQUENCE,
          (qualifiers) =>
            qualifiers.rest(QUALIFIERS_MAX, (each) => each.inside(Tag.SEQUENCE, readQualifier)),
        );
        return policy;
      }),
  );
  // RFC 5280 §4.2.1.4: a policy does not appear twice.
  if (new Set(policies).size !== policies.length) reader.fail("Policy is there twice");
  return policies;
}

export function readPolicyMappings(reader: DerReader): PolicyMapping[] {
  return reader.list(
    Tag.SEQUENCE,
    POLICIES_MAX,
    (content) =>
      content.inside(Tag.SEQUENCE, (mapping) => {
        const issuerDomain = mapping.objectIdentifier();
        const subjectDomain = mapping.objectIdentifier();
        // RFC 5280 §4.2.1.5: not to or from anyPolicy.
        if (issuerDomain === ANY_POLICY || subjectDomain === ANY_POLICY) {
          mapping.fail("Mapping of anyPolicy");
        }
        return { issuerDomain, subjectDomain };
      }),
  );
}

export function readPolicyConstraints(reader: DerReader): PolicyConstraints {
  return reader.inside(Tag.SEQUENCE, (content) => {
    // RFC 5280 §4.2.1.11: not an empty sequence.
    if (content.atEnd) content.fail("Policy constraints that constrain nothing");
    const count = (tag: number) =>
      content.nextTag === tag ? content.smallInteger(0x7fff_ffff, tag) : undefined;
    const requireExplicitPolicy = count(contextPrimitive(0));
    const inhibitPolicyMapping = count(contextPrimitive(1));
    return { requireExplicitPolicy, inhibitPolicyMapping };
  });
}

/**
 * Policies along one path, from the anchor to the leaf. Of RFC 5280's valid_policy_tree only the
 * lowest level is kept: nodes of one policy under several parents expect the same, and the tree is
 * NULL when its lowest level is empty.
 */
export class PolicyState {
  /** Policy to the policies that are expected of the next certificate. */
  #level = new Map<string, ReadonlySet<string>>([[ANY_POLICY, new Set([ANY_POLICY])]]);
  #explicitPolicy: number;
  #policyMapping: number;
  #inhibitAnyPolicy: number;

  /** `certificates`: how many the path has, the anchor not counted. */
  constructor(certificates: number) {
    // RFC 5280 §6.1.2 (d) to (f).
    this.#explicitPolicy = certificates + 1;
    this.#policyMapping = certificates + 1;
    this.#inhibitAnyPolicy = certificates + 1;
  }

  /** Takes in the next certificate. `false`: a policy is required and none is valid. */
  next(extensions: Extensions, selfIssued: boolean, last: boolean): boolean {
    this.#level = this.#children(extensions.certificatePolicies, selfIssued && !last);
    if (this.#explicitPolicy === 0 && this.#level.size === 0) return false;
    if (last) return this.#wrapUp(extensions);
    this.#map(extensions.policyMappings ?? []);
    if (!selfIssued) this.#countDown();
    this.#constrain(extensions);
    return true;
  }

  /** RFC 5280 §6.1.3 (d), (e). */
  #children(
    policies: readonly string[] | undefined,
    selfIssuedInside: boolean,
  ): Map<string, ReadonlySet<string>> {
    const level = new Map<string, ReadonlySet<string>>();
    const expected = new Set([...this.#level.values()].flatMap((each) => [...each]));
    for (const policy of policies ?? []) {
      if (policy === ANY_POLICY) continue;
      if (expected.has(policy) || this.#level.has(ANY_POLICY)) level.set(policy, new Set([policy]));
    }
    if (policies?.includes(ANY_POLICY) && (this.#inhibitAnyPolicy > 0 || selfIssuedInside)) {
      for (const policy of expected) {
        if (!level.has(policy)) level.set(policy, new Set([policy]));
      }
    }
    return level;
  }

  /** RFC 5280 §6.1.4 (b). */
  #map(mappings: readonly PolicyMapping[]): void {
    const bySource = new Map<string, Set<string>>();
    for (const { issuerDomain, subjectDomain } of mappings) {
      const to = bySource.get(issuerDomain) ?? new Set();
      bySource.set(issuerDomain, to.add(subjectDomain));
    }
    for (const [policy, to] of bySource) {
      if (this.#policyMapping === 0) this.#level.delete(policy);
      else if (this.#level.has(policy) || this.#level.has(ANY_POLICY)) this.#level.set(policy, to);
    }
  }

  /** RFC 5280 §6.1.4 (h). */
  #countDown(): void {
    this.#explicitPolicy = Math.max(0, this.#explicitPolicy - 1);
    this.#policyMapping = Math.max(0, this.#policyMapping - 1);
    this.#inhibitAnyPolicy = Math.max(0, this.#inhibitAnyPolicy - 1);
  }

  /** RFC 5280 §6.1.4 (i), (j). */
  #constrain({ policyConstraints, inhibitAnyPolicy }: Extensions): void {
    const { requireExplicitPolicy = Infinity, inhibitPolicyMapping = Infinity } =
      policyConstraints ?? {};
    this.#explicitPolicy = Math.min(this.#explicitPolicy, requireExplicitPolicy);
    this.#policyMapping = Math.min(this.#policyMapping, inhibitPolicyMapping);
    this.#inhibitAnyPolicy = Math.min(this.#inhibitAnyPolicy, inhibitAnyPolicy ?? Infinity);
  }

  /** RFC 5280 §6.1.5 (a), (b), (g). */
  #wrapUp({ policyConstraints }: Extensions): boolean {
    const required = this.#explicitPolicy <= 1 || policyConstraints?.requireExplicitPolicy === 0;
    return !required || this.#level.size > 0;
  }
}

function readQualifier(qualifier: DerReader): void {
  qualifier.objectIdentifier();
  qualifier.element();
}

const ANY_POLICY = "2.5.29.32.0";
const POLICIES_MAX = 256;
const QUALIFIERS_MAX = 64;
