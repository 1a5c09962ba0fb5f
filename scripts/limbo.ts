/**
 * `deno task limbo [FILE...]`: how many of x509-limbo's cases the verifier of tls/x509 gets right, in
 * total and by where they come from, and each that it gets wrong. No case is skipped. Exits with 1
 * when a case is wrong whose reason is not written down here.
 *
 * Files are in limbo's own format, or with certificates replaced by an index into `pem`; gzipped or
 * not. Cases under `webpki::` are about the Baseline Requirements and are judged under `cabf-strict`;
 * all others under `rfc5280-strict`. Some of the two contradict each other on purpose, so no one
 * profile can have them all. `--profile NAME` judges all under one.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { TlsError } from "../tls/alert.ts";
import { simd } from "../tls/provider/simd.ts";
import type { Profile } from "../tls/x509/conformance.ts";
import { parseRevocationList } from "../tls/x509/crl.ts";
import { refusal } from "../tls/x509/errors.ts";
import { isFor, namesOf } from "../tls/x509/identity.ts";
import { parsePem } from "../tls/x509/pem.ts";
import { TrustAnchors } from "../tls/x509/trust.ts";
import { verifyPath } from "../tls/x509/verifier.ts";

/** A file of cases; those who index their PEM texts have `pem`. */
export interface Limbo {
  readonly pem?: readonly string[];
  readonly testcases: readonly Testcase[];
}

/** What is used of a case; certificates are PEM texts, or indexes. */
export interface Testcase {
  readonly id: string;
  readonly validation_kind: "SERVER" | "CLIENT";
  readonly trusted_certs: readonly (string | number)[];
  readonly untrusted_intermediates: readonly (string | number)[];
  readonly peer_certificate: string | number;
  readonly validation_time?: string | null;
  readonly extended_key_usage: readonly string[];
  readonly expected_result: "SUCCESS" | "FAILURE";
  readonly expected_peer_name?: { readonly kind: string; readonly value: string } | null;
  readonly expected_peer_names?: readonly { readonly kind: string; readonly value: string }[];
  readonly max_chain_depth?: number | null;
  readonly crls?: readonly (string | number)[];
}

/** What the verifier said of a case. */
export interface Verdict {
  readonly id: string;
  readonly right: boolean;
  readonly expected: Testcase["expected_result"];
  /** `accepted`, or the reason and the sentence of the refusal. */
  readonly said: string;
}

/** Judges one case. */
export function judge(limbo: Limbo, testcase: Testcase, profile: Profile): Verdict {
  const { id, expected_result: expected } = testcase;
  let said = "accepted";
  try {
    verifyCase(limbo, testcase, profile);
  } catch (error) {
    if (!(error instanceof TlsError)) throw error;
    said = `${error.reason}: ${error.message}`;
  }
  return { id, right: (said === "accepted") === (expected === "SUCCESS"), expected, said };
}

/** The profile that a case is written for: see above. */
export function profileOf(testcase: Testcase): Profile {
  return testcase.id.startsWith("webpki::") ? "cabf-strict" : "rfc5280-strict";
}

/** Lines that say how many verdicts are right, in total and by first word, then the wrong ones. */
export function report(verdicts: readonly Verdict[]): string[] {
  const groups = new Map<string, Verdict[]>();
  for (const verdict of verdicts) {
    for (const group of ["total", ...groupsOf(verdict.id)]) {
      const all = groups.get(group);
      if (all === undefined) groups.set(group, [verdict]);
      else all.push(verdict);
    }
  }
  return [
    ...verdicts.filter((each) => !each.right).map((each) => {
      const why = EXPLAINED[each.id];
      const line = `WRONG ${each.id} expected ${each.expected}, was ${each.said}`;
      return why === undefined ? line : `${line}\n      for ${why}`;
    }),
    ...[...groups].map(([group, all]) => {
      const right = all.filter((each) => each.right).length;
      return `${group.padEnd(32)} ${right} right of ${all.length}`;
    }),
  ];
}

function verifyCase(limbo: Limbo, testcase: Testcase, profile: Profile): void {
  const pem = (each: string | number) => typeof each === "string" ? each : limbo.pem?.[each] ?? "";
  const der = (each: string | number) => parsePem(pem(each))[0].bytes;
  const time = testcase.validation_time ?? undefined;
  const nowMs = time === undefined ? Date.now() : Date.parse(time);
  const crls = testcase.crls ?? [];
  const purpose = testcase.validation_kind === "SERVER" ? "serverAuth" : "clientAuth";
  const path = verifyPath(
    { chain: [testcase.peer_certificate, ...testcase.untrusted_intermediates].map(der), nowMs },
    purpose,
    {
      verify: simd.verify,
      anchors: new TrustAnchors(testcase.trusted_certs.map(der)),
      profile,
      intermediatesMax: testcase.max_chain_depth ?? undefined,
      revocation: crls.length === 0
        ? undefined
        : { lists: crls.map((each) => parseRevocationList(der(each))) },
    },
  );
  const name = testcase.expected_peer_name;
  if (name && !isFor(path[0], name.value)) throw refusal.wrongName(path[0], name.value);
  const names = namesOf(path[0]);
  for (const { kind, value } of testcase.expected_peer_names ?? []) {
    const own = kind === "RFC822" ? "email" : kind.toLowerCase();
    if (!names.some((each) => each.kind === own && each.value === value)) {
      throw refusal.wrongName(path[0], value);
    }
  }
}

function groupsOf(id: string): string[] {
  const [first, second] = id.split("::");
  return first === "bettertls" ? [`${first}::${second}`] : ["outside BetterTLS", `  ${first}`];
}

async function read(path: string): Promise<Limbo | undefined> {
  const bytes = await Deno.readFile(path).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  });
  if (bytes === undefined) return undefined;
  if (bytes[0] !== 0x1f) return JSON.parse(new TextDecoder().decode(bytes));
  const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return await new Response(plain).json();
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    args: Deno.args.filter((each) => each !== "--"),
    options: { profile: { type: "string" } },
    allowPositionals: true,
  });
  const one = PROFILES.find((each) => each === values.profile);
  if (values.profile !== undefined && one === undefined) {
    console.error(`No profile ${values.profile}; there are ${PROFILES.join(", ")}`);
    return 2;
  }
  const verdicts: Verdict[] = [];
  for (const path of positionals.length > 0 ? positionals : [DEFAULT_FILE]) {
    const limbo = await read(path);
    if (limbo === undefined) {
      console.error(`${path} does not exist: name files of x509-limbo`);
      return 2;
    }
    for (const testcase of limbo.testcases) {
      verdicts.push(judge(limbo, testcase, one ?? profileOf(testcase)));
    }
  }
  console.log(
    one === undefined
      ? "webpki:: under cabf-strict, all others under rfc5280-strict"
      : `all under ${one}`,
  );
  for (const line of report(verdicts)) console.log(line);
  return verdicts.every((each) => each.right || each.id in EXPLAINED) ? 0 : 1;
}

const COMMON_NAME = "a common name that is no alternative name, which BR §7.1.4.3 forbids " +
  "and webpki::cn::not-in-san wants refused";

/** Cases that are wrong on purpose. */
const EXPLAINED: Readonly<Record<string, string>> = {
  "webpki::nc::nc-permits-dns-san-pattern": COMMON_NAME,
  "webpki::san::exact-localhost-ip-san": COMMON_NAME,
  "webpki::san::leftmost-wildcard-san": COMMON_NAME,
};

const PROFILES: readonly Profile[] = ["webpki", "rfc5280-strict", "cabf-strict"];
const DEFAULT_FILE =
  new URL("../../shared/tls-vectors/limbo/limbo-public.json.gz", import.meta.url).pathname;

if (import.meta.main) Deno.exit(await main());
