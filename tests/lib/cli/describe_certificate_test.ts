import { assert, assertEquals } from "@std/assert";
import { provider } from "../../../lib/certificates/provider.ts";
import { daysLeft, describeCertificate } from "../../../lib/cli/describe_certificate.ts";
import { parseCertificate } from "../../../tls/x509/certificate.ts";
import { TestAuthority } from "../../support/test_authority.ts";

const NOW_MS = Date.UTC(2026, 10, 24, 12);
const DAY_MS = 86_400_000;

const authority = await TestAuthority.make("Our CA");
const { der } = await authority.issue({ purposes: ["serverAuth", "clientAuth"] }, NOW_MS);

function described(bytes: Uint8Array, nowMs = NOW_MS): string[] {
  return describeCertificate(parseCertificate(bytes), nowMs, provider.hashes.sha256);
}

Deno.test("describeCertificate() says what a leaf is, for whom and until when", () => {
  const lines = described(der);
  assertEquals(lines.slice(0, 6), [
    "subject   (no name)",
    "names     dns localhost, ip 127.0.0.1",
    "issuer    CN=Our CA",
    "valid     2026-11-24 to 2026-12-24, 30 days left",
    "key       ECDSA P-256",
    "for       servers, clients",
  ]);
  assert(/^serial {4}00(:[0-9a-f]{2}){16}$/.test(lines[6]), lines[6]);
  assert(/^SHA-256 {3}[0-9a-f]{2}(:[0-9a-f]{2}){31}$/.test(lines[7]), lines[7]);
});

Deno.test("describeCertificate() says of an authority that it is one", () => {
  const lines = described(authority.der);
  assertEquals([lines[0], lines[1]], ["subject   CN=Our CA", "names     none"]);
  assertEquals(lines[5], "for       issuing certificates");
});

Deno.test("describeCertificate() says of a certificate that is out of its time that it is", () => {
  assert(described(der, NOW_MS + 31 * DAY_MS)[3].endsWith("2026-12-24, expired"));
  assert(described(der, NOW_MS - DAY_MS)[3].endsWith("2026-12-24, not yet"));
});

Deno.test("daysLeft() counts whole days", () => {
  assertEquals(daysLeft(NOW_MS + DAY_MS, NOW_MS), "1 day left");
  assertEquals(daysLeft(NOW_MS + DAY_MS - 1, NOW_MS), "0 days left");
});
