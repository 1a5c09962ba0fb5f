import { assertEquals, assertNotEquals } from "@std/assert";
import {
  EarlySecret,
  exportKeyingMaterial,
  finishedMac,
  HandshakeSecret,
  MasterSecret,
  nextTrafficSecret,
  resumptionPsk,
  trafficKey,
} from "../../tls/key_schedule.ts";
import { expandLabel } from "../../tls/hkdf.ts";
import { reference } from "../../tls/provider/reference.ts";
import { simd } from "../../tls/provider/simd.ts";
import { CipherSuiteId } from "../../tls/registry.ts";
import { fromHex, toHex } from "../support/bytes.ts";
import trace from "../vectors/rfc8448.json" with { type: "json" };

const { messages, secrets, keys, resumption } = trace;

for (const provider of [reference, simd]) {
  const hash = provider.hashes.sha256;
  const suite = provider.cipherSuites.find(({ id }) =>
    id === CipherSuiteId.TLS_AES_128_GCM_SHA256
  )!;
  const digest = (...parts: string[]) => hash.digest(...parts.map(fromHex));
  const toServerHello = [messages.clientHello, messages.serverHello];
  const toCertificateVerify = [
    ...toServerHello,
    messages.encryptedExtensions,
    messages.certificate,
    messages.certificateVerify,
  ];
  const toServerFinished = [...toCertificateVerify, messages.serverFinished];
  const test = (what: string, run: () => void) =>
    Deno.test(`${what} as in RFC 8448, with the provider ${provider.name}`, run);

  test("HandshakeSecret derives both handshake traffic secrets", () => {
    const stage = new EarlySecret(hash).handshakeSecret(fromHex(trace.sharedSecret));
    assertEquals(
      toHex(stage.clientTrafficSecret(digest(...toServerHello))),
      secrets.clientHandshakeTraffic,
    );
    assertEquals(
      toHex(stage.serverTrafficSecret(digest(...toServerHello))),
      secrets.serverHandshakeTraffic,
    );
    const printed = new HandshakeSecret(hash, fromHex(secrets.handshake));
    assertEquals(
      toHex(printed.serverTrafficSecret(digest(...toServerHello))),
      secrets.serverHandshakeTraffic,
    );
  });

  test("MasterSecret derives traffic, exporter and resumption secrets", () => {
    const stage = new EarlySecret(hash).handshakeSecret(fromHex(trace.sharedSecret)).masterSecret();
    const context = digest(...toServerFinished);
    const ended = digest(...toServerFinished, messages.clientFinished);
    assertEquals(toHex(stage.clientTrafficSecret(context)), secrets.clientApplicationTraffic);
    assertEquals(toHex(stage.serverTrafficSecret(context)), secrets.serverApplicationTraffic);
    assertEquals(toHex(stage.exporterSecret(context)), secrets.exporterMaster);
    assertEquals(toHex(stage.resumptionSecret(ended)), secrets.resumptionMaster);
    const printed = new MasterSecret(hash, fromHex(secrets.master));
    assertEquals(toHex(printed.exporterSecret(context)), secrets.exporterMaster);
  });

  test("trafficKey() gives key and IV", () => {
    const pairs = [
      ["clientHandshake", secrets.clientHandshakeTraffic],
      ["serverHandshake", secrets.serverHandshakeTraffic],
      ["clientApplication", secrets.clientApplicationTraffic],
      ["serverApplication", secrets.serverApplicationTraffic],
    ] as const;
    for (const [name, secret] of pairs) {
      const { key, iv } = trafficKey(suite, fromHex(secret));
      assertEquals({ key: toHex(key), iv: toHex(iv) }, keys[name]);
    }
  });

  test("finishedMac() makes both Finished", () => {
    const server = finishedMac(
      hash,
      fromHex(secrets.serverHandshakeTraffic),
      digest(...toCertificateVerify),
    );
    const client = finishedMac(
      hash,
      fromHex(secrets.clientHandshakeTraffic),
      digest(...toServerFinished),
    );
    assertEquals(`14000020${toHex(server)}`, messages.serverFinished);
    assertEquals(`14000020${toHex(client)}`, messages.clientFinished);
  });

  test("resumptionPsk() makes the PSK of the ticket", () => {
    const psk = resumptionPsk(
      hash,
      fromHex(secrets.resumptionMaster),
      fromHex(resumption.ticketNonce),
    );
    assertEquals(toHex(psk), resumption.psk);
  });

  test("EarlySecret derives binder key, early traffic and early exporter secrets", () => {
    const stage = new EarlySecret(hash, fromHex(resumption.psk));
    const hello = digest(messages.resumedClientHello);
    assertEquals(toHex(stage.binderKey("resumption")), resumption.binderKey);
    assertEquals(toHex(stage.clientEarlyTrafficSecret(hello)), resumption.clientEarlyTraffic);
    assertEquals(toHex(stage.exporterSecret(hello)), resumption.earlyExporterMaster);
  });
}

Deno.test("EarlySecret.binderKey() differs between resumption, external and imported PSKs", () => {
  const stage = new EarlySecret(reference.hashes.sha256, new Uint8Array(32).fill(1));
  const binderKeys = (["resumption", "external", "imported"] as const)
    .map((kind) => toHex(stage.binderKey(kind)));
  assertEquals(new Set(binderKeys).size, 3);
});

Deno.test('nextTrafficSecret() expands "traffic upd" (RFC 8446 §7.2)', () => {
  const { sha384 } = reference.hashes;
  const secret = new Uint8Array(48).fill(3);
  const next = nextTrafficSecret(sha384, secret);
  assertEquals(next, expandLabel(sha384, secret, "traffic upd", new Uint8Array(), 48));
});

Deno.test("exportKeyingMaterial() depends on label, context and length (RFC 8446 §7.5)", () => {
  const { sha256 } = reference.hashes;
  const secret = new Uint8Array(32).fill(5);
  const context = Uint8Array.of(1);
  const made = exportKeyingMaterial(sha256, secret, "EXPORTER-a", context, 32);
  const inner = expandLabel(sha256, secret, "EXPORTER-a", sha256.digest(), 32);
  assertEquals(made, expandLabel(sha256, inner, "exporter", sha256.digest(context), 32));
  assertNotEquals(made, exportKeyingMaterial(sha256, secret, "EXPORTER-b", context, 32));
  assertNotEquals(made, exportKeyingMaterial(sha256, secret, "EXPORTER-a", new Uint8Array(), 32));
  assertNotEquals(
    made,
    exportKeyingMaterial(sha256, secret, "EXPORTER-a", context, 33).slice(0, 32),
  );
});
