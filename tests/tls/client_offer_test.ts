import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { decodeClientHello, encodeClientHello } from "../../tls/client_hello.ts";
import { encodeOffer, makeOffer, offeredTypes, retryOffer } from "../../tls/client_offer.ts";
import type { ClientConfig } from "../../tls/config.ts";
import { reference } from "../../tls/provider/reference.ts";
import { CipherSuiteId, ExtensionType, NamedGroup } from "../../tls/registry.ts";
import { binder } from "../../tls/resumption.ts";
import { Transcript } from "../../tls/transcript.ts";
import { credulous, seededRandom } from "../support/tls_pair.ts";
import { sampleSession } from "../support/tls_samples.ts";

const NOW_MS = 1_000_000;
const { x25519, secp256r1, secp384r1, X25519MLKEM768 } = NamedGroup;

function config(fields: Partial<ClientConfig> = {}): ClientConfig {
  return {
    provider: reference,
    random: seededRandom(1),
    now: () => NOW_MS,
    serverName: "example.org",
    verifier: credulous,
    ...fields,
  };
}

function helloOf(fields: Partial<ClientConfig> = {}) {
  return makeOffer(config(fields), true).hello;
}

const suite = reference.cipherSuites.find(({ id }) => id === CipherSuiteId.TLS_AES_128_GCM_SHA256)!;
const groupOf = (name: NamedGroup) => reference.groups.find((each) => each.name === name)!;

Deno.test("makeOffer() offers TLS 1.3 only, no compression, and psk_dhe_ke (RFC 8446 §4.1.2, §4.2.9)", () => {
  const hello = helloOf();
  assertEquals(hello.supportedVersions, [0x0304]);
  assertEquals(hello.legacyCompressionMethods, [0]);
  assertEquals(hello.pskKeyExchangeModes, [1]);
});

Deno.test("makeOffer() has a session id for middleboxes, where there are any (RFC 8446 §D.4)", () => {
  assertEquals(makeOffer(config(), true).hello.legacySessionId.length, 32);
  assertEquals(makeOffer(config(), false).hello.legacySessionId.length, 0);
});

Deno.test("makeOffer() sends a name as SNI, not an address (RFC 6066 §3)", () => {
  assertEquals(helloOf().serverName, "example.org");
  assertEquals(helloOf({ serverName: "example.org." }).serverName, "example.org");
  for (const serverName of ["127.0.0.1", "::1", ""]) {
    assertEquals(helloOf({ serverName }).serverName, undefined);
  }
  assertEquals(helloOf({ sendServerName: false }).serverName, undefined);
});

Deno.test("makeOffer() sends shares for the first group and, when that is a hybrid, the first classical one", () => {
  const shares = (fields: Partial<ClientConfig>) =>
    helloOf(fields).keyShares!.map(({ group }) => group);
  assertEquals(shares({ groups: [secp256r1, x25519] }), [secp256r1]);
  assertEquals(shares({ groups: [X25519MLKEM768, secp384r1, x25519] }), [
    X25519MLKEM768,
    secp384r1,
  ]);
  assertEquals(shares({ groups: [x25519, secp256r1], keyShares: [] }), []);
  assertEquals(shares({ groups: [x25519, secp256r1], keyShares: [secp256r1] }), [secp256r1]);
});

Deno.test("makeOffer() throws for a key share of a group that the provider has not", () => {
  const groupless = { ...reference, groups: [] };
  assertThrows(() => helloOf({ provider: groupless, keyShares: [x25519] }), Error, "no group 29");
});

Deno.test("makeOffer() sends what the configuration asks for, and nothing of what it does not", () => {
  const types = (fields: Partial<ClientConfig>) =>
    decodeClientHello(encodeClientHello(helloOf(fields))).extensionTypes;
  const optional: [Partial<ClientConfig>, number][] = [
    [{ alpnProtocols: ["h2"] }, ExtensionType.application_layer_protocol_negotiation],
    [{ requestOcsp: true }, ExtensionType.status_request],
    [{ requestTimestamps: true }, ExtensionType.signed_certificate_timestamp],
    [{ recordSizeLimit: 100 }, ExtensionType.record_size_limit],
    [{
      certificateCompression: [{
        algorithm: 1,
        compress: (each) => each,
        decompress: (each) => each,
      }],
    }, ExtensionType.compress_certificate],
  ];
  const least = types({ alpnProtocols: [], certificateCompression: [] });
  for (const [fields, type] of optional) {
    assert(!least.includes(type));
    assert(types(fields).includes(type));
  }
});

Deno.test("makeOffer() counts the content type in record_size_limit (RFC 8449 §4)", () => {
  assertEquals(helloOf({ recordSizeLimit: 16_384 }).recordSizeLimit, 16_385);
});

Deno.test("makeOffer() offers a session with its age, obfuscated (RFC 8446 §4.2.11.1)", () => {
  const session = sampleSession({ receivedMs: NOW_MS - 5_000, ageAdd: 0xfffffff0 });
  const { identities } = helloOf({ session }).preSharedKey!;
  assertEquals(identities, [{ identity: session.ticket, obfuscatedTicketAge: 5_000 - 16 }]);
});

Deno.test("makeOffer() passes over a session that cannot be resumed", () => {
  const useless = [
    sampleSession({ receivedMs: NOW_MS - 3_600_001 }),
    sampleSession({ receivedMs: NOW_MS + 1 }),
    sampleSession({ receivedMs: NOW_MS, serverName: "other.example" }),
    sampleSession({ receivedMs: NOW_MS, cipherSuite: 0x1399 as CipherSuiteId }),
  ];
  for (const session of useless) assertEquals(helloOf({ session }).preSharedKey, undefined);
  const narrow = { cipherSuites: [CipherSuiteId.TLS_CHACHA20_POLY1305_SHA256] };
  const session = sampleSession({ receivedMs: NOW_MS });
  assertEquals(helloOf({ session, ...narrow }).preSharedKey, undefined);
  assertNotEquals(helloOf({ session }).preSharedKey, undefined);
});

Deno.test("makeOffer() announces early data where configuration and session allow it", () => {
  const session = sampleSession({ receivedMs: NOW_MS, earlyDataBytesMax: 1 });
  assertEquals(helloOf({ session, earlyData: true }).earlyData, true);
  assertEquals(helloOf({ session }).earlyData, false);
  assertEquals(
    helloOf({ session: { ...session, earlyDataBytesMax: 0 }, earlyData: true }).earlyData,
    false,
  );
  assertEquals(helloOf({ earlyData: true }).earlyData, false);
});

Deno.test("makeOffer() puts values nobody knows in front of every list (RFC 8701 §3.1)", () => {
  const isGrease = (value: number) => (value & 0x0f0f) === 0x0a0a && value >> 8 === (value & 0xff);
  for (let seed = 0; seed < 50; seed++) {
    const hello = helloOf({ grease: true, random: seededRandom(seed) });
    assert(isGrease(hello.cipherSuites[0]));
    assert(isGrease(hello.supportedGroups![0]));
    assert(isGrease(hello.supportedVersions![0]));
    assertEquals(hello.keyShares![0], {
      group: hello.supportedGroups![0],
      keyExchange: Uint8Array.of(0),
    });
    const [one, other] = hello.otherExtensions!.map(({ type }) => type);
    assert(isGrease(one) && isGrease(other) && one !== other);
  }
});

Deno.test("makeOffer() shuffles extensions where it is told to, pre_shared_key last", () => {
  const session = sampleSession({ receivedMs: NOW_MS });
  const order = (seed: number) => {
    const offer = makeOffer(
      config({ session, permuteExtensions: true, random: seededRandom(seed) }),
      true,
    );
    return decodeClientHello(encodeOffer(offer, new Transcript())).extensionTypes;
  };
  const [one, other] = [order(1), order(2)];
  assertNotEquals(one, other);
  assertEquals(one.toSorted(), other.toSorted());
  assertEquals([one.at(-1), other.at(-1)], [41, 41]);
});

Deno.test("encodeOffer() fills in the binder, which covers all in front of the binders (RFC 8446 §4.2.11.2)", () => {
  const session = sampleSession({ receivedMs: NOW_MS });
  const transcript = new Transcript();
  const bytes = encodeOffer(makeOffer(config({ session }), true), transcript);
  const { preSharedKey, truncated } = decodeClientHello(bytes);
  const expected = binder(
    suite.hash,
    session.resumptionPsk,
    "resumption",
    suite.hash.digest(truncated),
  );
  assertEquals(preSharedKey?.binders, [expected]);
  transcript.start(suite.hash);
  assertEquals(transcript.digest(), suite.hash.digest(bytes));
});

Deno.test("retryOffer() changes nothing but what it may (RFC 8446 §4.1.2)", () => {
  const session = sampleSession({ receivedMs: NOW_MS, earlyDataBytesMax: 100 });
  const own = config({ session, earlyData: true, groups: [x25519, secp256r1], grease: true });
  const first = makeOffer(own, true);
  const second = retryOffer(own, first, {
    suite,
    group: groupOf(secp256r1),
    cookie: Uint8Array.of(1, 2),
  });
  const { keyShares: _, earlyData: __, preSharedKey: ___, ...kept } = first.hello;
  const { keyShares, cookie, preSharedKey, ...same } = second.hello;
  assertEquals(same, kept);
  assertEquals(keyShares!.map(({ group }) => group), [secp256r1]);
  assertEquals(cookie, Uint8Array.of(1, 2));
  assertEquals(preSharedKey?.identities[0].identity, session.ticket);
  assertEquals([second.early, second.hello.earlyData], [undefined, undefined]);
});

Deno.test("retryOffer() keeps the key shares where only a cookie was asked for", () => {
  const first = makeOffer(config(), true);
  const second = retryOffer(config(), first, { suite, cookie: Uint8Array.of(1) });
  assertEquals(second.hello.keyShares, first.hello.keyShares);
});

Deno.test("retryOffer() drops a PSK of another hash than the suite's (RFC 8446 §4.1.4)", () => {
  const own = config({ session: sampleSession({ receivedMs: NOW_MS }) });
  const first = makeOffer(own, true);
  const other = reference.cipherSuites.find(({ id }) =>
    id === CipherSuiteId.TLS_AES_256_GCM_SHA384
  )!;
  const second = retryOffer(own, first, { suite: other, group: groupOf(secp256r1) });
  assertEquals([second.hello.preSharedKey, second.psks], [undefined, []]);
});

Deno.test("offeredTypes() holds what an answer may hold, and nothing that was not sent (RFC 8446 §4.2)", () => {
  const least = offeredTypes(makeOffer(config({ sendServerName: false }), true));
  assertEquals([...least].toSorted((a, b) => a - b), [
    ExtensionType.supported_groups,
    ExtensionType.supported_versions,
    ExtensionType.key_share,
  ]);
  const session = sampleSession({ receivedMs: NOW_MS, earlyDataBytesMax: 1 });
  const most = offeredTypes(makeOffer(
    config({
      session,
      earlyData: true,
      alpnProtocols: ["a"],
      requestOcsp: true,
      requestTimestamps: true,
      recordSizeLimit: 64,
    }),
    true,
  ));
  assertEquals(most.size, 10);
});
