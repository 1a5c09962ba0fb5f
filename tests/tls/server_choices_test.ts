import { assertEquals } from "@std/assert";
import type { ClientHelloInfo, ExternalPsk, ServerConfig } from "../../tls/config.ts";
import type { ClientHello } from "../../tls/client_hello.ts";
import { importedIdentity } from "../../tls/external_psk.ts";
import { reference } from "../../tls/provider/reference.ts";
import {
  CertificateType,
  CipherSuiteId,
  ExtensionType,
  NamedGroup,
  SignatureScheme,
} from "../../tls/registry.ts";
import {
  checkClientHello,
  chooseAlpn,
  chooseClientCertificateType,
  chooseGroup,
  chooseProof,
  chooseSuite,
} from "../../tls/server_choices.ts";
import { assertRefused } from "../support/refusals.ts";
import { fullHello, receivedHello } from "../support/tls_samples.ts";
import { credential } from "../support/tls_pair.ts";

const { TLS_AES_128_GCM_SHA256: AES_128, TLS_AES_256_GCM_SHA384: AES_256 } = CipherSuiteId;

const PSK: ExternalPsk = {
  externalIdentity: Uint8Array.of(7),
  key: new Uint8Array(32).fill(7),
  hash: "sha256",
};

function config(fields: Partial<ServerConfig> = {}): ServerConfig {
  return { provider: reference, random: () => {}, now: () => 0, credentials: [], ...fields };
}

/** Checks a ClientHello that differs from a good one in `fields`. */
function check(fields: Partial<Record<keyof ClientHello, unknown>>) {
  return () => checkClientHello(receivedHello(fields as Partial<ClientHello>));
}

Deno.test("checkClientHello() takes a hello that holds what it has to (RFC 8446 §9.2)", () => {
  check({})();
  check({ supportedVersions: [0x0a0a, 0x0304, 0x0303] })();
  checkClientHello(receivedHello({ ...fullHello() }));
});

Deno.test("checkClientHello() refuses a client that does not speak TLS 1.3 (RFC 8446 §4.2.1)", () => {
  assertRefused(check({ supportedVersions: [0x0303] }), "unsupportedVersion", "protocol_version");
  assertRefused(check({ supportedVersions: undefined }), "unsupportedVersion", "protocol_version");
});

Deno.test("checkClientHello() refuses compression (RFC 8446 §4.1.2)", () => {
  for (const legacyCompressionMethods of [[1], [0, 1], [1, 0], [0, 0]]) {
    assertRefused(
      check({ legacyCompressionMethods }),
      "badCompressionMethods",
      "illegal_parameter",
    );
  }
});

Deno.test("checkClientHello() refuses a PSK that is not the last extension (RFC 8446 §4.2.11)", () => {
  const hello = receivedHello(fullHello());
  const extensionTypes = [ExtensionType.pre_shared_key, ExtensionType.key_share];
  assertRefused(
    () => checkClientHello({ ...hello, extensionTypes }),
    "pskNotLast",
    "illegal_parameter",
  );
});

Deno.test("checkClientHello() refuses a PSK without psk_key_exchange_modes (RFC 8446 §4.2.9)", () => {
  const fields = { ...fullHello(), pskKeyExchangeModes: undefined };
  assertRefused(check(fields), "missingExtension", "missing_extension");
});

Deno.test("checkClientHello() asks for supported_groups and key_share (RFC 8446 §9.2)", () => {
  assertRefused(check({ supportedGroups: undefined }), "noSharedGroup", "missing_extension");
  assertRefused(check({ keyShares: undefined }), "missingKeyShare", "missing_extension");
});

Deno.test("checkClientHello() takes key shares for supported_groups only, in any order (RFC 8446 §4.2.8)", () => {
  const supportedGroups = [1, 2, 3];
  const shares = (...groups: number[]) => ({
    supportedGroups,
    keyShares: groups.map((group) => ({ group, keyExchange: Uint8Array.of(1) })),
  });
  check(shares())();
  check(shares(1, 3))();
  check(shares(3, 1))();
  assertRefused(check(shares(4)), "badKeyShare", "illegal_parameter");
});

Deno.test("chooseSuite() goes by the server's order, or by the client's where it is told to", () => {
  const hello = receivedHello({ cipherSuites: [0x0a0a, AES_256, AES_128] });
  const cipherSuites = [AES_128, AES_256];
  assertEquals(chooseSuite(config({ cipherSuites }), hello).id, AES_128);
  assertEquals(chooseSuite(config({ cipherSuites, preference: "client" }), hello).id, AES_256);
});

Deno.test("chooseSuite() refuses a client that offers none that is enabled (RFC 8446 §4.1.1)", () => {
  const hello = receivedHello({ cipherSuites: [AES_256] });
  const narrow = config({ cipherSuites: [AES_128] });
  assertRefused(() => chooseSuite(narrow, hello), "noSharedCipher", "handshake_failure");
});

Deno.test("chooseGroup() goes by preference, not by the shares that came", () => {
  const hello = receivedHello({ supportedGroups: [NamedGroup.x25519, NamedGroup.secp256r1] });
  const groups = [NamedGroup.secp256r1, NamedGroup.x25519];
  assertEquals(chooseGroup(config({ groups }), hello).name, NamedGroup.secp256r1);
  assertEquals(
    chooseGroup(config({ groups, preference: "client" }), hello).name,
    NamedGroup.x25519,
  );
});

Deno.test("chooseGroup() takes a group with a share first where a retry is for need only", () => {
  const supportedGroups = [NamedGroup.x25519, NamedGroup.secp256r1];
  const share = (group: NamedGroup) => ({ group, keyExchange: new Uint8Array(32) });
  const groups = [NamedGroup.secp256r1, NamedGroup.x25519];
  const choose = (...shared: NamedGroup[]) => {
    const hello = receivedHello({ supportedGroups, keyShares: shared.map(share) });
    return chooseGroup(config({ groups, groupRetry: "needed" }), hello).name;
  };
  assertEquals(choose(NamedGroup.x25519), NamedGroup.x25519);
  assertEquals(choose(NamedGroup.x25519, NamedGroup.secp256r1), NamedGroup.secp256r1);
  assertEquals(choose(), NamedGroup.secp256r1);
});

Deno.test("chooseGroup() refuses a client that offers none that is enabled (RFC 8446 §4.1.1)", () => {
  const narrow = config({ groups: [NamedGroup.secp384r1] });
  assertRefused(() => chooseGroup(narrow, receivedHello()), "noSharedGroup", "handshake_failure");
});

Deno.test("chooseAlpn() gives the server's first that the client offers (RFC 7301 §3.2)", () => {
  const hello = receivedHello({ alpnProtocols: ["a", "b"] });
  assertEquals(chooseAlpn(config({ alpnProtocols: ["c", "b", "a"] }), hello), "b");
});

Deno.test("chooseAlpn() gives nothing where one side does not use ALPN", () => {
  assertEquals(chooseAlpn(config({ alpnProtocols: ["a"] }), receivedHello()), undefined);
  assertEquals(chooseAlpn(config(), receivedHello({ alpnProtocols: ["a"] })), undefined);
});

Deno.test("chooseAlpn() refuses where nothing is in common, or passes over it where it is told to (RFC 7301 §3.2)", () => {
  const hello = receivedHello({ alpnProtocols: ["a"] });
  const strict = config({ alpnProtocols: ["b"] });
  assertRefused(
    () => chooseAlpn(strict, hello),
    "noApplicationProtocol",
    "no_application_protocol",
  );
  assertEquals(chooseAlpn({ ...strict, alpnMismatch: "ignore" }, hello), undefined);
});

const suite = reference.cipherSuites.find(({ id }) => id === AES_128)!;

function certificateOf(own: ServerConfig, hello = receivedHello()): unknown {
  const proof = chooseProof(own, hello, suite);
  return "credential" in proof ? proof.credential : undefined;
}

Deno.test("chooseProof() asks for signature_algorithms where there are certificates only (RFC 8446 §9.2)", async () => {
  const hello = receivedHello(
    { signatureAlgorithms: undefined } as unknown as Partial<ClientHello>,
  );
  const own = config({ credentials: [await credential()] });
  assertRefused(
    () => chooseProof(own, hello, suite),
    "noCommonSignatureScheme",
    "missing_extension",
  );
});

Deno.test("chooseProof() takes the first that fits, whatever it is", async () => {
  const [edwards, curve] = [await credential("ed25519"), await credential()];
  assertEquals(certificateOf(config({ credentials: [edwards, curve] })), curve);
  const both = receivedHello({
    signatureAlgorithms: [SignatureScheme.ecdsa_secp256r1_sha256, SignatureScheme.ed25519],
  });
  assertEquals(certificateOf(config({ credentials: [edwards, curve] }), both), edwards);
  assertEquals(certificateOf(config({ credentials: [PSK, curve] })), curve);
});

Deno.test("chooseProof() tells a resolver what of the hello matters", async () => {
  const own = await credential();
  let seen: ClientHelloInfo | undefined;
  const credentials = { resolve: (hello: ClientHelloInfo) => (seen = hello, [own]) };
  const hello = receivedHello({
    serverName: "example.org",
    alpnProtocols: ["h2"],
    certificateAuthorities: [Uint8Array.of(0x30, 0)],
  });
  assertEquals(certificateOf(config({ credentials }), hello), own);
  assertEquals(seen, {
    serverName: "example.org",
    alpnProtocols: ["h2"],
    signatureSchemes: [SignatureScheme.ecdsa_secp256r1_sha256],
    cipherSuites: [AES_128],
    groups: [NamedGroup.x25519],
    certificateAuthorities: [Uint8Array.of(0x30, 0)],
  });
});

Deno.test("chooseProof() refuses a name that the resolver has nothing for (RFC 6066 §3)", () => {
  const own = config({ credentials: { resolve: () => [] } });
  const hello = receivedHello({ serverName: "other.example" });
  assertRefused(() => chooseProof(own, hello, suite), "unrecognizedName", "unrecognized_name");
});

Deno.test("chooseProof() refuses for the reason of the last candidate", async () => {
  const edwards = await credential("ed25519");
  const refuse = (...credentials: (typeof edwards | ExternalPsk)[]) => () =>
    chooseProof(config({ credentials }), receivedHello(), suite);
  assertRefused(refuse(edwards), "noCommonSignatureScheme", "handshake_failure");
  assertRefused(refuse(edwards, PSK), "noPsk", "handshake_failure");
  assertRefused(refuse(PSK, edwards), "noCommonSignatureScheme");
});

Deno.test("chooseProof() finds the PSK that the client offers for the suite's hash (RFC 9258 §5.1)", () => {
  const identities = [Uint8Array.of(1), importedIdentity(PSK, suite.hash)]
    .map((identity) => ({ identity, obfuscatedTicketAge: 0 }));
  const preSharedKey = { identities, binders: identities.map(() => new Uint8Array(32)) };
  const own = config({ credentials: [PSK] });
  const proof = chooseProof(own, receivedHello({ preSharedKey, pskKeyExchangeModes: [1] }), suite);
  assertEquals("index" in proof && proof.index, 1);
  const modeless = receivedHello({ preSharedKey, pskKeyExchangeModes: [0] });
  assertRefused(() => chooseProof(own, modeless, suite), "noPskMode", "handshake_failure");
  const other = reference.cipherSuites.find(({ id }) => id === AES_256)!;
  const wrongHash = receivedHello({ preSharedKey, pskKeyExchangeModes: [1] });
  assertRefused(() => chooseProof(own, wrongHash, other), "noPsk", "handshake_failure");
});

Deno.test("chooseClientCertificateType() takes the server's first that the client has (RFC 7250 §4.2)", () => {
  const { X509, RawPublicKey } = CertificateType;
  const choose = (accepted?: CertificateType[], offered?: number[]) =>
    chooseClientCertificateType(
      config(accepted && { acceptedCertificateTypes: accepted }),
      receivedHello(offered && { clientCertificateTypes: offered }),
    );
  assertEquals(choose(), X509);
  assertEquals(choose([RawPublicKey, X509]), X509);
  assertEquals(choose([RawPublicKey, X509], [X509, RawPublicKey]), RawPublicKey);
  assertRefused(
    () => choose([RawPublicKey]),
    "unsupportedCertificateType",
    "unsupported_certificate",
  );
  assertRefused(() => choose([X509], [RawPublicKey]), "unsupportedCertificateType");
});
