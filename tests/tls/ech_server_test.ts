import { assert, assertEquals } from "@std/assert";
import { TlsError } from "../../tls/alert.ts";
import { encodeClientHello } from "../../tls/client_hello.ts";
import type { EchKey, ServerConfig } from "../../tls/config.ts";
import { encodeEchConfigList } from "../../tls/ech_config.ts";
import { type OpenedHello, openHello, openSecondHello } from "../../tls/ech_server.ts";
import { reference } from "../../tls/provider/reference.ts";
import { ExtensionType } from "../../tls/registry.ts";
import { assertSurvivesTruncation } from "../support/byte_laws.ts";
import { echKey, encodedInner, sealedHello } from "../support/ech_hellos.ts";
import { fromHex } from "../support/bytes.ts";
import { assertRefused } from "../support/refusals.ts";
import { plainHello } from "../support/tls_samples.ts";

function config(...ech: EchKey[]): ServerConfig {
  return { provider: reference, random: () => {}, now: () => 0, credentials: [], ech };
}

const KEY = echKey(1);

function open(inner: Uint8Array, options = {}, own = config(KEY)): OpenedHello {
  return openHello(own, sealedHello(KEY, inner, options).message);
}

/** An inner hello that takes these extensions of the outer one. */
function innerWithOuter(types: string): Uint8Array {
  const data = fromHex(types);
  const { keyShares: _, ...rest } = plainHello();
  return encodeClientHello({
    ...rest,
    legacySessionId: new Uint8Array(),
    encryptedClientHello: Uint8Array.of(1),
    otherExtensions: [{ type: ExtensionType.ech_outer_extensions, data }],
  }).slice(4);
}

Deno.test("openHello() answers the inner hello, with the outer one's session id (RFC 9849 §7.1)", () => {
  const { hello, bytes, ech } = open(encodedInner(), { padding: new Uint8Array(30) });
  assertEquals([ech.status, hello.serverName], ["accepted", "secret.example"]);
  assertEquals(hello.legacySessionId, plainHello().legacySessionId);
  const { truncated: _, extensionTypes: __, ...fields } = hello;
  assertEquals(bytes, encodeClientHello(fields));
});

Deno.test("openHello() tries every key with the id that was offered (RFC 9849 §7.1)", () => {
  const own = config(echKey(3, 2), echKey(2), KEY);
  assertEquals(open(encodedInner(), {}, own).ech.status, "accepted");
});

Deno.test("openHello() answers the outer hello when no key opens it, and says what to use next time (RFC 9849 §7.1)", () => {
  const other = echKey(2);
  const silent = { ...echKey(3), isRetryConfig: false };
  const { hello, ech } = open(encodedInner(), {}, config(other, silent));
  assertEquals(hello.serverName, "public.example");
  assertEquals(ech, { status: "rejected", retryConfigs: encodeEchConfigList([other.config]) });
  assertEquals(open(encodedInner(), {}, config(silent)).ech, {
    status: "rejected",
    retryConfigs: undefined,
  });
});

Deno.test("openHello() does not notice ECH where there are no keys", () => {
  const { hello, ech } = open(encodedInner(), {}, config());
  assertEquals([ech.status, hello.serverName], ["none", "public.example"]);
  assertEquals(openHello(config(KEY), encodeClientHello(plainHello())).ech.status, "none");
});

Deno.test("openHello() takes an inner hello in the clear from a proxy that opened it (RFC 9849 §7.2)", () => {
  const hello = encodeClientHello(plainHello({ encryptedClientHello: Uint8Array.of(1) }));
  const { ech, bytes } = openHello(config(), hello);
  assertEquals(ech, { status: "accepted" });
  assertEquals(openSecondHello(ech, bytes).ech, ech);
});

Deno.test("openHello() refuses an inner hello with a session id, or with padding that is not zero (RFC 9849 §5.1)", () => {
  const withId = encodedInner({ legacySessionId: Uint8Array.of(1) });
  assertRefused(() => open(withId), "decodeError", "illegal_parameter");
  const padding = Uint8Array.of(0, 1);
  assertRefused(() => open(encodedInner(), { padding }), "decodeError", "illegal_parameter");
});

Deno.test("openHello() refuses an inner hello that is not one, or offers an older version (RFC 9849 §7.1)", () => {
  const outer = encodeClientHello(plainHello({ legacySessionId: new Uint8Array() })).slice(4);
  assertRefused(() => open(outer), "badInnerHello");
  for (const supportedVersions of [[0x0304, 0x0303], [0x0301, 0x0304]]) {
    assertRefused(() => open(encodedInner({ supportedVersions })), "badInnerHello");
  }
  assertEquals(open(encodedInner({ supportedVersions: [0x0a0a, 0x0304] })).ech.status, "accepted");
});

Deno.test("openHello() puts extensions of the outer hello where the inner one wants them (RFC 9849 §5.1)", () => {
  const { hello } = open(innerWithOuter("02 0033"));
  assertEquals(hello.keyShares, plainHello().keyShares);
});

Deno.test("openHello() refuses outer extensions that are not there, in another order, or ECH itself (RFC 9849 §5.1)", () => {
  for (const types of ["02 0029", "04 0033 002b", "04 0033 0033", "02 fe0d"]) {
    assertRefused(() => open(innerWithOuter(types)), "badOuterExtensions");
  }
});

Deno.test("openHello() survives an inner hello that is cut off at any byte", () => {
  assertSurvivesTruncation(encodedInner(), (inner) => open(inner), TlsError);
});

Deno.test("openSecondHello() opens with the context of the first (RFC 9849 §7.1.1)", () => {
  const first = sealedHello(KEY, encodedInner());
  const { ech } = openHello(config(KEY), first.message);
  const second = sealedHello(KEY, encodedInner(), { context: first.context });
  assertEquals(openSecondHello(ech, second.message).hello.serverName, "secret.example");
});

Deno.test("openSecondHello() refuses a hello that offers ECH in another way, or not (RFC 9849 §7.1.1)", () => {
  const first = sealedHello(KEY, encodedInner());
  const opened = () => openHello(config(KEY), first.message).ech;
  const plain = encodeClientHello(plainHello());
  assertRefused(() => openSecondHello(opened(), plain), "missingExtension", "missing_extension");
  const again = sealedHello(KEY, encodedInner());
  assertRefused(() => openSecondHello(opened(), again.message), "decodeError", "illegal_parameter");
  const { context } = sealedHello(KEY, encodedInner());
  const other = sealedHello(KEY, encodedInner(), { context, configId: 2 });
  assertRefused(() => openSecondHello(opened(), other.message), "decodeError", "illegal_parameter");
  const inner = encodeClientHello(plainHello({ encryptedClientHello: Uint8Array.of(1) }));
  assertRefused(() => openSecondHello(opened(), inner), "decodeError", "illegal_parameter");
});

Deno.test("openSecondHello() refuses a second hello that does not open (RFC 9849 §7.1.1)", () => {
  const first = sealedHello(KEY, encodedInner());
  const { ech } = openHello(config(KEY), first.message);
  const { message } = sealedHello(KEY, encodedInner(), { context: first.context });
  message[message.length - 1] ^= 1;
  assertRefused(() => openSecondHello(ech, message), "echDecryptError", "decrypt_error");
});

Deno.test("openSecondHello() goes on with the outer hello where that one counted", () => {
  const { ech } = open(encodedInner(), {}, config(echKey(2)));
  const { message } = sealedHello(KEY, encodedInner());
  const second = openSecondHello(ech, message);
  assertEquals(second.hello.serverName, "public.example");
  assert(second.ech === ech);
});
