import { assertEquals } from "@std/assert";
import { judge, type Limbo, profileOf, report, type Testcase } from "../../scripts/limbo.ts";
import { nameConstraints } from "../support/certificates.ts";
import { intermediate, leaf, NOW_MS, type Party, root } from "../support/certificates.ts";
import { toPem } from "../../tls/x509/pem.ts";

const ROOT = root();
const MIDDLE = intermediate(ROOT);
const LEAF = leaf(MIDDLE);

const pem = ({ certificate }: Party) => toPem("CERTIFICATE", certificate.der);

const testcase = (id: string, changes: Partial<Testcase> = {}): Testcase => ({
  id,
  validation_kind: "SERVER",
  trusted_certs: [pem(ROOT)],
  untrusted_intermediates: [pem(MIDDLE)],
  peer_certificate: pem(LEAF),
  validation_time: new Date(NOW_MS).toISOString(),
  extended_key_usage: [],
  expected_result: "SUCCESS",
  expected_peer_name: { kind: "DNS", value: "localhost" },
  ...changes,
});
const judged = (changes: Partial<Testcase>, limbo: Limbo = { testcases: [] }) =>
  judge(limbo, testcase("own::case", changes), "rfc5280-strict");

Deno.test("judge() accepts a chain and refuses it when something is missing", () => {
  assertEquals(judged({}).said, "accepted");
  assertEquals(judged({}).right, true);
  const missing = judged({ untrusted_intermediates: [], expected_result: "FAILURE" });
  assertEquals(missing.right, true);
  assertEquals(missing.said.split(":")[0], "unknownIssuer");
});

Deno.test("judge() counts a case as wrong that was expected to go the other way", () => {
  assertEquals(judged({ expected_result: "FAILURE" }).right, false);
  assertEquals(judged({ trusted_certs: [] }).right, false);
});

Deno.test("judge() heeds the name, the time, the depth and the purpose", () => {
  const name = { kind: "DNS", value: "example.com" };
  assertEquals(judged({ expected_peer_name: name }).said.split(":")[0], "certificateNotForName");
  const late = judged({ validation_time: "2030-01-01T00:00:00Z" });
  assertEquals(late.said.split(":")[0], "certificateExpired");
  assertEquals(judged({ max_chain_depth: 0 }).said.split(":")[0], "certificateChainTooLong");
  const client = judged({ validation_kind: "CLIENT" });
  assertEquals(client.said.split(":")[0], "certificateNotForPurpose");
});

Deno.test("judge() finds PEM texts by their index", () => {
  const limbo = { pem: [pem(ROOT), pem(MIDDLE), pem(LEAF)], testcases: [] };
  const indexed = { trusted_certs: [0], untrusted_intermediates: [1], peer_certificate: 2 };
  assertEquals(judged(indexed, limbo).said, "accepted");
});

Deno.test("judge() applies name constraints", () => {
  const constraints = nameConstraints([{ kind: "dns", text: "example.com" }]);
  const top = root({ extensions: { nameConstraints: [constraints, true] } });
  const found = judged({ trusted_certs: [pem(top)], peer_certificate: pem(leaf(top)) });
  assertEquals(found.said.split(":")[0], "nameConstraintViolated");
});

Deno.test("profileOf() judges webpki cases by the Baseline Requirements", () => {
  assertEquals(profileOf(testcase("webpki::cn::case-mismatch")), "cabf-strict");
  assertEquals(profileOf(testcase("rfc5280::ca-as-leaf")), "rfc5280-strict");
  assertEquals(profileOf(testcase("bettertls::pathbuilding::tc1")), "rfc5280-strict");
});

Deno.test("report() says why a case is wrong on purpose", () => {
  const verdict = { right: false, expected: "SUCCESS", said: "refused" } as const;
  const [line] = report([{ ...verdict, id: "webpki::san::leftmost-wildcard-san" }]);
  assertEquals(
    line.split("\n      for ")[1].slice(0, 46),
    "a common name that is no alternative name, whi",
  );
});

Deno.test("report() lists wrong ones and counts by origin", () => {
  const verdict = { right: true, expected: "SUCCESS", said: "accepted" } as const;
  assertEquals(
    report([
      { ...verdict, id: "bettertls::pathbuilding::tc1" },
      { ...verdict, id: "webpki::aki::a" },
      { ...verdict, id: "webpki::aki::b", right: false, expected: "FAILURE" },
    ]),
    [
      "WRONG webpki::aki::b expected FAILURE, was accepted",
      "total                            2 right of 3",
      "bettertls::pathbuilding          1 right of 1",
      "outside BetterTLS                1 right of 2",
      "  webpki                         1 right of 2",
    ],
  );
});
