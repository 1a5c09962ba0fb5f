import { assertEquals, assertThrows } from "@std/assert";
import { TlsError } from "../../../tls/alert.ts";
import { reference } from "../../../tls/provider/reference.ts";
import type { SigningKey } from "../../../tls/provider/provider.ts";
import { signatureAlgorithmDer } from "../../../tls/x509/algorithms.ts";
import {
  checkRevocation,
  parseRevocationList,
  type RevocationPolicy,
} from "../../../tls/x509/crl.ts";
import { contextConstructed, contextPrimitive, der, Tag } from "../../../tls/x509/der.ts";
import { KeyUsage } from "../../../tls/x509/extensions.ts";
import { generalNameDer } from "../../../tls/x509/general_name.ts";
import { assertSurvivesDamage } from "../../support/byte_laws.ts";
import {
  intermediate,
  leaf,
  NOW_MS,
  type Party,
  root,
  signedDer,
} from "../../support/certificates.ts";
import { hex } from "../../support/codec_laws.ts";
import { rawExtension } from "../../support/raw_certificate.ts";

const CRL_NUMBER = "2.5.29.20";
const REASON_CODE = "2.5.29.21";
const DELTA = "2.5.29.27";
const ISSUING_DISTRIBUTION_POINT = "2.5.29.28";

const ROOT = root();
const LEAF = leaf(ROOT, { serialNumber: der.smallInteger(7) });
const PATH = [LEAF, ROOT];
const DAY_MS = 86_400_000;
const number = rawExtension(CRL_NUMBER, der.smallInteger(1));

interface ListShape {
  readonly issuer?: Party;
  readonly key?: SigningKey;
  readonly thisUpdateMs?: number;
  readonly nextUpdate?: Uint8Array;
  /** Serial numbers, or whole entries. */
  readonly entries?: readonly (number | Uint8Array)[];
  readonly extensions?: readonly Uint8Array[];
  readonly version?: Uint8Array;
}

function listDer(shape: ListShape = {}): Uint8Array {
  const { issuer = ROOT, entries = [], extensions = [number] } = shape;
  const algorithm = signatureAlgorithmDer("ed25519");
  const tbs = der.sequence(
    shape.version ?? der.smallInteger(1),
    algorithm,
    issuer.certificate.subject.der,
    der.time(shape.thisUpdateMs ?? NOW_MS - DAY_MS),
    shape.nextUpdate ?? der.time(NOW_MS + DAY_MS),
    ...(entries.length === 0 ? [] : [
      der.sequence(...entries.map((each) => typeof each === "number" ? entry(each) : each)),
    ]),
    ...(extensions.length === 0 ? [] : [der.explicit(0, der.sequence(...extensions))]),
  );
  return signedDer(tbs, algorithm, shape.key ?? issuer.key);
}

function entry(serial: number, ...extensions: Uint8Array[]): Uint8Array {
  return der.sequence(
    der.smallInteger(serial),
    der.time(NOW_MS - DAY_MS),
    ...(extensions.length === 0 ? [] : [der.sequence(...extensions)]),
  );
}

const list = (shape: ListShape = {}) => parseRevocationList(listDer(shape));
const check = (policy: RevocationPolicy, path: readonly Party[] = PATH) =>
  checkRevocation(path.map((each) => each.certificate), policy, NOW_MS, reference.verify);
const refused = (
  reason: string,
  message: string,
  policy: RevocationPolicy,
  path: readonly Party[] = PATH,
) => {
  const error = assertThrows(() => check(policy, path), TlsError, message);
  assertEquals(error.reason, reason);
};

Deno.test("checkRevocation() passes a certificate that its issuer's list does not have", () => {
  check({ lists: [list({ entries: [8, 9] })] });
  check({ lists: [list()] });
});

Deno.test("checkRevocation() refuses one that it has, with time and reason", () => {
  refused(
    "certificateRevoked",
    "Certificate of localhost was revoked 2026-05-31T00:00:00Z (no reason given): have a new one",
    { lists: [list({ entries: [7] })] },
  );
  const compromised = rawExtension(REASON_CODE, der.element(Tag.ENUMERATED, hex("01")));
  refused("certificateRevoked", "(key compromised)", {
    lists: [list({ entries: [entry(7, compromised)] })],
  });
});

Deno.test("checkRevocation() has revoked stay revoked when the list is old", () => {
  const old = list({ entries: [7], nextUpdate: der.time(NOW_MS - 1000) });
  refused("certificateRevoked", "was revoked", { lists: [old, list()] });
});

Deno.test("checkRevocation() refuses what no usable list is about, unless that is allowed", () => {
  const other = root({ name: "Other" });
  const cases: [ListShape, string][] = [
    [{ issuer: other, entries: [7] }, "there is no list of CN=Root"],
    [{ nextUpdate: der.time(NOW_MS - 1000) }, "is out of date since 2026-05-31T23:59:59Z: fetch"],
    [{ thisUpdateMs: NOW_MS + 1000 }, "is valid from 2026-06-01T00:00:01Z on"],
    [{ key: other.key, entries: [7] }, "the list of CN=Root is not signed by its key"],
  ];
  for (const [shape, message] of cases) {
    refused("revocationUnknown", message, { lists: [list(shape)] });
    check({ lists: [list(shape)], allowUnknown: true });
    check({ lists: [list(shape), list()] });
  }
});

Deno.test("checkRevocation() wants cRLSign of an issuer that has a key usage", () => {
  const keyUsage = der.namedBits(KeyUsage.keyCertSign);
  const without = root({ extensions: { keyUsage } });
  const path = [leaf(without), without];
  refused("revocationUnknown", "lacks cRLSign", { lists: [list({ issuer: without })] }, path);
  const silent = root({ extensions: { keyUsage: undefined } });
  check({ lists: [list({ issuer: silent })] }, [leaf(silent), silent]);
});

Deno.test("checkRevocation() looks up authorities too when it is told to", () => {
  const middle = intermediate(ROOT, { serialNumber: der.smallInteger(9) });
  const path = [leaf(middle), middle, ROOT];
  const lists = [list({ issuer: middle }), list({ entries: [9] })];
  check({ lists }, path);
  refused("certificateRevoked", "Certificate of Intermediate", { lists, wholePath: true }, path);
});

Deno.test("checkRevocation() heeds what a list is about", () => {
  const scoped = (...parts: Uint8Array[]) =>
    list({
      extensions: [
        number,
        rawExtension(ISSUING_DISTRIBUTION_POINT, der.sequence(...parts), true),
      ],
    });
  const flag = (bit: number) => der.element(contextPrimitive(bit), hex("ff"));
  const uri = generalNameDer({ kind: "uri", text: "http://a.example/1.crl" });
  const point = der.explicit(0, der.element(contextConstructed(0), uri));
  check({ lists: [scoped(flag(1))] });
  refused("revocationUnknown", "about other certificates", { lists: [scoped(flag(2))] });
  const reasons = der.element(contextPrimitive(3), hex("0640"));
  refused("revocationUnknown", "some reasons only", { lists: [scoped(reasons)] });
  refused("revocationUnknown", "another distribution point", { lists: [scoped(point)] });
  const crlDistributionPoints = der.sequence(der.sequence(point));
  check({ lists: [scoped(point)] }, [leaf(ROOT, { extensions: { crlDistributionPoints } }), ROOT]);
  assertThrows(() => scoped(flag(4)), TlsError, "Indirect lists");
  assertThrows(() => scoped(flag(5)), TlsError, "attribute certificates");
});

Deno.test("parseRevocationList() refuses lists that say less than they should", () => {
  const cases: [ListShape, string][] = [
    [{ version: new Uint8Array() }, "Expected tag 0x02"],
    [{ version: der.smallInteger(0) }, "Version is not 2"],
    [{ nextUpdate: new Uint8Array() }, "Time is not"],
    [{ extensions: [] }, "has no number"],
    [{ extensions: [rawExtension(CRL_NUMBER, der.smallInteger(1), true)] }, "number is critical"],
    [
      { extensions: [number, rawExtension(DELTA, der.smallInteger(1), true)] },
      "Critical extension 2.5.29.27",
    ],
    [{ entries: [entry(8, rawExtension("2.5.29.29", hex("00"), true))] }, "entry extension"],
  ];
  for (const [shape, message] of cases) {
    const error = assertThrows(() => list(shape), TlsError, message);
    assertEquals(error.reason, "revocationUnknown");
  }
});

Deno.test("parseRevocationList() survives damage", () => {
  const reason = rawExtension(REASON_CODE, der.element(Tag.ENUMERATED, hex("01")));
  const bytes = listDer({ entries: [7, entry(8, reason)] });
  assertSurvivesDamage(bytes, parseRevocationList, TlsError);
});
