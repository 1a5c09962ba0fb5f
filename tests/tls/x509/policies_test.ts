import { assertEquals, assertThrows } from "@std/assert";
import { contextPrimitive, der, DerError, DerReader } from "../../../tls/x509/der.ts";
import type { Extensions } from "../../../tls/x509/extensions.ts";
import {
  PolicyState,
  readCertificatePolicies,
  readPolicyConstraints,
  readPolicyMappings,
} from "../../../tls/x509/policies.ts";
import { hex } from "../../support/codec_laws.ts";

const ANY = "2.5.29.32.0";

/** One certificate of a path: what of it policies are about. */
interface Step {
  readonly policies?: readonly string[];
  readonly requireExplicit?: number;
  readonly inhibitMapping?: number;
  readonly inhibitAny?: number;
  readonly mappings?: readonly [issuerDomain: string, subjectDomain: string][];
  readonly selfIssued?: boolean;
}

/** Whether a path of these certificates, the leaf last, has a policy where one is required. */
function isValid(...steps: Step[]): boolean {
  const state = new PolicyState(steps.length);
  return steps.every((step, index) => {
    const extensions: Extensions = {
      all: [],
      certificatePolicies: step.policies,
      policyConstraints: {
        requireExplicitPolicy: step.requireExplicit,
        inhibitPolicyMapping: step.inhibitMapping,
      },
      inhibitAnyPolicy: step.inhibitAny,
      policyMappings: step.mappings?.map(([issuerDomain, subjectDomain]) => ({
        issuerDomain,
        subjectDomain,
      })),
    };
    return state.next(extensions, step.selfIssued ?? false, index === steps.length - 1);
  });
}

Deno.test("PolicyState.next() passes all when nothing requires a policy", () => {
  assertEquals(isValid({}, {}, {}), true);
  assertEquals(isValid({ policies: ["1.2.1"] }, { policies: ["1.2.2"] }), true);
});

Deno.test("PolicyState.next() wants one policy all along when it is required", () => {
  const required = { requireExplicit: 0 };
  assertEquals(isValid({ ...required, policies: ["1.2.1"] }, { policies: ["1.2.1"] }), true);
  assertEquals(isValid({ ...required, policies: ["1.2.1"] }, { policies: ["1.2.2"] }), false);
  assertEquals(isValid({ ...required, policies: ["1.2.1"] }, {}), false);
  assertEquals(isValid(required, { policies: ["1.2.1"] }), false);
  assertEquals(isValid({ ...required, policies: [ANY] }, { policies: ["1.2.1"] }), true);
  assertEquals(isValid({ ...required, policies: ["1.2.1"] }, { policies: [ANY] }), true);
});

Deno.test("PolicyState.next() counts down to the requirement, self-issued ones not", () => {
  assertEquals(isValid({ requireExplicit: 1 }, {}), false);
  assertEquals(isValid({ requireExplicit: 2 }, {}), true);
  assertEquals(isValid({ requireExplicit: 2 }, {}, {}), false);
  assertEquals(isValid({ requireExplicit: 3 }, { selfIssued: true }, {}), true);
  assertEquals(isValid({}, { requireExplicit: 0 }), false);
});

Deno.test("PolicyState.next() counts anyPolicy for nothing where it is inhibited", () => {
  const root = { requireExplicit: 0, policies: ["1.2.1"] };
  const any = { policies: [ANY] };
  assertEquals(isValid({ ...root, inhibitAny: 0 }, any), false);
  assertEquals(isValid({ ...root, inhibitAny: 1 }, any), true);
  assertEquals(isValid({ ...root, inhibitAny: 0 }, { ...any, selfIssued: true }, any), false);
  const below = { policies: ["1.2.1"] };
  assertEquals(isValid({ ...root, inhibitAny: 0 }, { ...any, selfIssued: true }, below), true);
});

Deno.test("PolicyState.next() follows mappings until they are inhibited", () => {
  const root: Step = { requireExplicit: 0, policies: ["1.2.1"], mappings: [["1.2.1", "1.3.1"]] };
  assertEquals(isValid(root, { policies: ["1.3.1"] }), true);
  assertEquals(isValid(root, { policies: ["1.2.1"] }), false);
  const inhibited = { policies: ["1.2.1"], inhibitMapping: 0, requireExplicit: 0 };
  assertEquals(
    isValid(inhibited, { ...root, requireExplicit: undefined }, {
      policies: ["1.3.1"],
    }),
    false,
  );
  assertEquals(isValid({ ...root, policies: [ANY] }, { policies: ["1.3.1"] }), true);
});

Deno.test("readCertificatePolicies() passes over qualifiers and refuses a policy twice", () => {
  const policy = der.sequence(
    der.objectIdentifier("1.2.3"),
    der.sequence(der.sequence(der.objectIdentifier("1.3.6.1.5.5.7.2.1"), der.string(0x16, "a"))),
  );
  const read = (bytes: Uint8Array) => readCertificatePolicies(new DerReader(bytes));
  assertEquals(read(der.sequence(policy)), ["1.2.3"]);
  assertThrows(() => read(der.sequence(policy, policy)), DerError, "twice");
  assertThrows(() => read(der.sequence()), DerError, "Empty list");
});

Deno.test("readPolicyMappings() refuses anyPolicy", () => {
  const read = (from: string, to: string) =>
    readPolicyMappings(
      new DerReader(
        der.sequence(der.sequence(der.objectIdentifier(from), der.objectIdentifier(to))),
      ),
    );
  assertEquals(read("1.2.1", "1.2.2"), [{ issuerDomain: "1.2.1", subjectDomain: "1.2.2" }]);
  assertThrows(() => read(ANY, "1.2.2"), DerError, "anyPolicy");
  assertThrows(() => read("1.2.2", ANY), DerError, "anyPolicy");
});

Deno.test("readPolicyConstraints() reads either count, and refuses neither", () => {
  const count = (number: number, value: string) =>
    der.element(contextPrimitive(number), hex(value));
  const read = (...parts: Uint8Array[]) =>
    readPolicyConstraints(new DerReader(der.sequence(...parts)));
  assertEquals(read(count(0, "00"), count(1, "02")), {
    requireExplicitPolicy: 0,
    inhibitPolicyMapping: 2,
  });
  assertEquals(read(count(1, "02")).requireExplicitPolicy, undefined);
  assertThrows(() => read(), DerError, "constrain nothing");
  assertThrows(() => read(count(0, "ff")), DerError, "0 to");
});
