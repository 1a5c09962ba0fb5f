import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { CredentialError } from "../../../lib/certificates/credentials.ts";
import { OwnAuthority } from "../../../lib/certificates/own_authority.ts";
import { provider } from "../../../lib/certificates/provider.ts";
import { parseCertificate } from "../../../tls/x509/certificate.ts";
import { nameText } from "../../../tls/x509/name.ts";
import { random } from "../../support/test_authority.ts";
import { SimStorage } from "../../support/sim_storage.ts";

const NAMES = { dnsNames: ["localhost"], ipAddresses: ["127.0.0.1", "::1"] };
const DAY_MS = 86_400_000;

/** A disk, and a time that a test sets. */
class Place {
  readonly storage = new SimStorage();
  nowMs = Date.UTC(2026, 10, 24);

  open(): Promise<OwnAuthority> {
    const { storage } = this;
    return OwnAuthority.open({ storage, provider, random, now: () => this.nowMs }, "host-1");
  }

  async leaf(names = NAMES): Promise<Uint8Array> {
    return (await (await this.open()).serverCredential(names)).chain[0];
  }

  write(path: string, text: string): void {
    this.storage.remove(path);
    const file = this.storage.open(path, { create: true });
    file.append(new TextEncoder().encode(text));
    file.close();
  }
}

Deno.test("OwnAuthority is made once, named after its host, and trusts itself", async () => {
  const place = new Place();
  const { certificate } = await place.open();
  const { subject, extensions } = parseCertificate(certificate);
  assert(nameText(subject).includes("whippet local CA host-1 "), nameText(subject));
  assertEquals(extensions.basicConstraints?.ca, true);
  assertEquals((await place.open()).certificate, certificate);
  assertEquals(
    new TextDecoder().decode(place.storage.readFile(OwnAuthority.path)).split("\n")[0],
    "-----BEGIN CERTIFICATE-----",
  );
});

Deno.test("OwnAuthority.serverCredential() certifies the names, and is the same until it is due", async () => {
  const place = new Place();
  const authority = await place.open();
  const { chain, key } = await authority.serverCredential(NAMES);
  assertEquals(chain.length, 1);
  const leaf = parseCertificate(chain[0]);
  assertEquals(leaf.extensions.subjectAltName?.length, 3);
  assertEquals(key.publicKey.bytes, leaf.publicKeyInfo.key?.bytes);
  place.nowMs += 59 * DAY_MS;
  assertEquals(await place.leaf(), chain[0]);
  place.nowMs += 2 * DAY_MS;
  assertNotEquals(await place.leaf(), chain[0]);
});

Deno.test("OwnAuthority.serverCredential() is made anew for another name, and not for fewer", async () => {
  const place = new Place();
  const first = await place.leaf();
  assertEquals(await place.leaf({ dnsNames: [], ipAddresses: ["::1"] }), first);
  const wider = await place.leaf({ ...NAMES, ipAddresses: [...NAMES.ipAddresses, "192.0.2.7"] });
  assertNotEquals(wider, first);
  assertEquals(await place.leaf(), wider);
});

Deno.test("OwnAuthority makes a server certificate anew when it cannot be read, or is another authority's", async () => {
  const place = new Place();
  const first = await place.leaf();
  place.write("tls/server.pem", "nothing");
  const second = await place.leaf();
  assertNotEquals(second, first);
  place.storage.remove("tls/ca.pem");
  assertNotEquals(await place.leaf(), second);
});

Deno.test("OwnAuthority that has expired is made anew", async () => {
  const place = new Place();
  const { certificate } = await place.open();
  place.nowMs += 3651 * DAY_MS;
  assertNotEquals((await place.open()).certificate, certificate);
});

Deno.test("OwnAuthority whose files are broken is refused, for clients trust it", async () => {
  const place = new Place();
  await place.open();
  place.storage.remove("tls/ca.key");
  await assertRejects(
    () => place.open(),
    CredentialError,
    "tls/ca.key is missing beside tls/ca.pem: put it back, or remove both for new ones",
  );
  place.write("tls/ca.key", "nothing");
  await assertRejects(() => place.open(), CredentialError, "tls/ca.key holds no private key");
});
