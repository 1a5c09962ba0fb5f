import { assertEquals, assertStringIncludes } from "@std/assert";
import { daysLeftOf } from "../../../../../lib/http/dashboard/pages/security.tsx";
import type { TlsFacts } from "../../../../../lib/http/services.ts";
import { testDashboard } from "../../../../support/dashboard.ts";

const DAY_MS = 86_400_000;

function facts(notAfterMs: number): TlsFacts {
  return {
    chains: [{
      transports: [{ transport: "tcp", isRequired: true }, {
        transport: "http",
        isRequired: false,
      }],
      certificates: [
        { name: "<node>", isAuthority: false, notAfterMs, facts: [["key", "ECDSA P-256"]] },
        { name: "CA", isAuthority: true, notAfterMs: notAfterMs + DAY_MS, facts: [] },
      ],
    }],
    authorityPem: "-----BEGIN CERTIFICATE-----\n",
  };
}

Deno.test("daysLeftOf() is of the first certificate to end", () => {
  assertEquals(daysLeftOf(facts(10 * DAY_MS), 0), 10);
  assertEquals(daysLeftOf(facts(DAY_MS), 3 * DAY_MS), -2);
  assertEquals(daysLeftOf(undefined, 0), undefined);
});

Deno.test("SECURITY draws the chain and says how to trust it", async () => {
  await using dashboard = await testDashboard({ tlsFacts: facts(4e12) });
  dashboard.broker.meters.handshakeEnded({ result: "full", group: "X25519MLKEM768" });
  const html = await dashboard.page("/ui/security");
  assertStringIncludes(html, "&lt;node&gt;");
  assertStringIncludes(html, "Plain text is taken as well, over http.");
  assertStringIncludes(html, "update-ca-certificates");
  assertStringIncludes(html, "X25519MLKEM768");
});

Deno.test("SECURITY warns of a certificate that has ended, and of none at all", async () => {
  await using expired = await testDashboard({ tlsFacts: facts(1) });
  assertStringIncludes(await expired.page("/ui/security"), "A certificate has expired");
  await using none = await testDashboard();
  assertStringIncludes(await none.page("/ui/security"), "This node speaks no TLS");
});
