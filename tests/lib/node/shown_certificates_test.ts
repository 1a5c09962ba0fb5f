import { assertEquals, assertStringIncludes } from "@std/assert";
import { OwnAuthority } from "../../../lib/certificates/own_authority.ts";
import { provider } from "../../../lib/certificates/provider.ts";
import { shownCertificates } from "../../../lib/node/shown_certificates.ts";
import { SimStorage } from "../../support/sim_storage.ts";

Deno.test("shownCertificates() adds the authority that clients know already", async () => {
  const now = Date.parse("2026-11-25T00:00:00Z");
  const random = (into: Uint8Array) => void crypto.getRandomValues(into);
  const means = { storage: new SimStorage(), provider, random, now: () => now };
  const own = await OwnAuthority.open(means, "node");
  const { chain } = await own.serverCredential({ dnsNames: ["localhost"], ipAddresses: [] });
  const transports = [{ transport: "http", isRequired: false }] as const;
  const facts = shownCertificates(
    { authority: own.certificate, chains: () => [{ transports, chain }] },
    now,
  );
  const [{ certificates }] = facts.chains;
  assertEquals(certificates.map(({ isAuthority }) => isAuthority), [false, true]);
  assertEquals(certificates[0].name, "localhost");
  assertStringIncludes(String(certificates[0].facts), "days left");
  assertStringIncludes(facts.authorityPem!, "BEGIN CERTIFICATE");
  const files = shownCertificates(
    { authority: undefined, chains: () => [{ transports, chain }] },
    now,
  );
  assertEquals([files.chains[0].certificates.length, files.authorityPem], [1, undefined]);
});
