import { assert, assertEquals, assertThrows } from "@std/assert";
import { CertificateFiles } from "../../../lib/certificates/certificate_files.ts";
import { CredentialError } from "../../../lib/certificates/credentials.ts";
import { provider } from "../../../lib/certificates/provider.ts";
import { random, TestAuthority } from "../../support/test_authority.ts";

const authority = await TestAuthority.make();
const [first, second] = [await authority.issue(), await authority.issue()];

/** Files in memory. */
function folder() {
  const texts = new Map<string, string>();
  const readFile = (path: string) => {
    const text = texts.get(path);
    return text === undefined ? undefined : new TextEncoder().encode(text);
  };
  const files = new CertificateFiles({ provider, random, readFile }, "c.pem", "k.pem");
  const put = (certificate: string, key: string) => {
    texts.set("c.pem", certificate).set("k.pem", key);
  };
  return { texts, files, put };
}

Deno.test("CertificateFiles.load() reads both, and says which is missing", () => {
  const { texts, files, put } = folder();
  assertEquals(files.exist, false);
  assertThrows(
    () => files.load(),
    CredentialError,
    "There is no file c.pem: put it there, or name another in cert_file and key_file",
  );
  put(first.certificate, first.key);
  assertEquals([files.exist, files.load().chain], [true, [first.der]]);
  texts.delete("k.pem");
  assertThrows(() => files.load(), CredentialError, "There is no file k.pem");
});

Deno.test("CertificateFiles.look() finds what has changed, once", () => {
  const { files, put } = folder();
  put(first.certificate, first.key);
  files.load();
  assertEquals(files.look(), { kind: "same" });
  put(second.certificate, second.key);
  const change = files.look();
  assert(change.kind === "renewed");
  assertEquals(change.credential.chain, [second.der]);
  assertEquals(files.look(), { kind: "same" });
});

Deno.test("CertificateFiles.look() tells of broken files once, and takes the mended ones", () => {
  const { texts, files, put } = folder();
  put(first.certificate, first.key);
  files.load();
  // Whoever renews them writes one after the other.
  texts.set("c.pem", second.certificate);
  const broken = files.look();
  assert(broken.kind === "broken");
  assert(broken.error.message.startsWith("k.pem is not the key of the first certificate"));
  assertEquals(files.look().kind, "same");
  texts.set("k.pem", second.key);
  assertEquals(files.look().kind, "renewed");
  texts.clear();
  assertEquals([files.look().kind, files.look().kind], ["broken", "same"]);
});

Deno.test("CertificateFiles.look() finds files that were not there at first", () => {
  const { files, put } = folder();
  assertEquals(files.look().kind, "same");
  put(first.certificate, first.key);
  assertEquals(files.look().kind, "renewed");
});

Deno.test("CertificateFiles.look() tells that a file may not be read, once", () => {
  let mayRead = true;
  const readFile = () => {
    if (mayRead) return new TextEncoder().encode(first.certificate);
    throw new Error("Permission denied");
  };
  const files = new CertificateFiles({ provider, random, readFile }, "c.pem", "k.pem");
  mayRead = false;
  const change = files.look();
  assert(change.kind === "broken");
  assertEquals(change.error.message, "Permission denied");
  assertEquals(files.look().kind, "same");
});
