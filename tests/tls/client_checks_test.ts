import { assertEquals } from "@std/assert";
import { checkServerHello, checkVersion } from "../../tls/client_checks.ts";
import { makeOffer, type Offer } from "../../tls/client_offer.ts";
import type { ClientConfig } from "../../tls/config.ts";
import type { ServerHello } from "../../tls/messages.ts";
import { reference } from "../../tls/provider/reference.ts";
import { CipherSuiteId } from "../../tls/registry.ts";
import { fromHex } from "../support/bytes.ts";
import { assertRefused } from "../support/refusals.ts";
import { credulous, seededRandom } from "../support/tls_pair.ts";
import { sampleSession } from "../support/tls_samples.ts";

const NOW_MS = 1_000_000;

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

const offer = makeOffer(config(), true);
const session = sampleSession({ receivedMs: NOW_MS, earlyDataBytesMax: 100 });
const resuming = makeOffer(config({ session }), true);
const early = makeOffer(config({ session, earlyData: true }), true);

function answer(fields: Partial<ServerHello> = {}, to: Offer = offer): ServerHello {
  return {
    legacyVersion: 0x0303,
    random: new Uint8Array(32).fill(1),
    legacySessionIdEcho: to.hello.legacySessionId,
    cipherSuite: CipherSuiteId.TLS_AES_128_GCM_SHA256,
    isHelloRetryRequest: false,
    supportedVersion: 0x0304,
    ...fields,
  };
}

/** An answer of TLS 1.2 or older. */
function oldAnswer(randomEnd = "0101010101010101"): ServerHello {
  const random = new Uint8Array(32).fill(1);
  random.set(fromHex(randomEnd), 24);
  const { supportedVersion: _, ...old } = answer({ random });
  return old;
}

Deno.test("checkVersion() takes TLS 1.3", () => {
  checkVersion(answer(), offer, false);
  checkVersion(answer(), offer, true);
});

Deno.test("checkVersion() refuses any other version (RFC 8446 §4.2.1)", () => {
  const other = answer({ supportedVersion: 0x0305 });
  assertRefused(() => checkVersion(other, offer, false), "unsupportedVersion", "protocol_version");
  assertRefused(
    () => checkVersion(oldAnswer(), offer, false),
    "unsupportedVersion",
    "protocol_version",
  );
});

Deno.test("checkVersion() refuses another legacy_version (RFC 8446 §4.1.3)", () => {
  const other = answer({ legacyVersion: 0x0304 });
  assertRefused(() => checkVersion(other, offer, false), "unsupportedVersion", "protocol_version");
  assertRefused(() => checkVersion(other, offer, true), "decodeError", "decode_error");
});

Deno.test("checkVersion() refuses another version after a HelloRetryRequest (RFC 8446 §4.1.4)", () => {
  for (const other of [answer({ supportedVersion: 0x0303 }), oldAnswer()]) {
    assertRefused(
      () => checkVersion(other, offer, true),
      "secondVersionMismatch",
      "illegal_parameter",
    );
  }
});

Deno.test("checkVersion() knows the server's sign of a downgrade (RFC 8446 §4.1.3)", () => {
  for (const end of ["444f574e47524401", "444f574e47524400"]) {
    const old = oldAnswer(end);
    assertRefused(() => checkVersion(old, offer, false), "downgradeSentinel", "illegal_parameter");
  }
  const close = oldAnswer("444f574e47524402");
  assertRefused(() => checkVersion(close, offer, false), "unsupportedVersion");
});

Deno.test("checkVersion() refuses an older version in answer to a session", () => {
  assertRefused(
    () => checkVersion(oldAnswer(), resuming, false),
    "versionChangedOnResumption",
    "protocol_version",
  );
});

Deno.test("checkVersion() refuses an older version in answer to early data (RFC 8446 §D.3)", () => {
  assertEquals(early.hello.earlyData, true);
  const old = oldAnswer("444f574e47524401");
  assertRefused(() => checkVersion(old, early, false), "versionOnEarlyData", "protocol_version");
});

Deno.test("checkServerHello() gives the suite that the server chose", () => {
  assertEquals(
    checkServerHello(config(), answer(), offer).id,
    CipherSuiteId.TLS_AES_128_GCM_SHA256,
  );
});

Deno.test("checkServerHello() refuses another session id than was sent (RFC 8446 §4.1.3)", () => {
  for (const legacySessionIdEcho of [new Uint8Array(32), new Uint8Array()]) {
    const other = answer({ legacySessionIdEcho });
    assertRefused(
      () => checkServerHello(config(), other, offer),
      "badSessionIdEcho",
      "illegal_parameter",
    );
  }
});

Deno.test("checkServerHello() refuses a suite that was not offered (RFC 8446 §4.1.3)", () => {
  const narrow = config({ cipherSuites: [CipherSuiteId.TLS_CHACHA20_POLY1305_SHA256] });
  for (
    const [each, hello] of [[narrow, answer()], [
      config(),
      answer({ cipherSuite: 0xc02f }),
    ]] as const
  ) {
    assertRefused(() => checkServerHello(each, hello, offer), "wrongCipher", "illegal_parameter");
  }
});

Deno.test("checkVersion() refuses another legacy_version, late in the handshake as malformed", () => {
  const hello = answer({ legacyVersion: 0x0304 });
  assertRefused(() => checkVersion(hello, offer, false), "unsupportedVersion", "protocol_version");
  assertRefused(() => checkVersion(hello, offer, true), "decodeError", "decode_error");
});
