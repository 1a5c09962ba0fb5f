import { assertEquals } from "@std/assert";
import type { Negotiated } from "../../tls/connection.ts";
import { nothingSeen } from "./callbacks.ts";
import { mismatches, type Outcome, toldRetryConfigs } from "./checks.ts";
import { freshSettings, type Settings } from "./settings.ts";

/** A server's first handshake, as plain as it can be. */
function outcome(negotiated: Partial<Negotiated> = {}, rest: Partial<Outcome> = {}): Outcome {
  const plain: Partial<Negotiated> = {
    resumed: false,
    echAccepted: false,
    earlyDataReason: "disabled",
  };
  return {
    negotiated: { ...plain, ...negotiated } as Negotiated,
    seen: nothingSeen(),
    isResumption: false,
    credential: -1,
    sha256: (bytes) => bytes,
    ...rest,
  };
}

function asked(settings: Partial<Settings>): Settings {
  return { ...freshSettings(), isServer: true, ...settings };
}

Deno.test("mismatches() finds none where nothing is asked for", () => {
  assertEquals(mismatches(asked({}), outcome()), []);
});

Deno.test("mismatches() wants a resumption from the second connection on", () => {
  const second = outcome({ resumed: false }, { isResumption: true });
  assertEquals(mismatches(asked({}), second), ["Resumption is false, not true"]);
  assertEquals(mismatches(asked({ expectSessionMiss: true }), second), []);
  assertEquals(mismatches(asked({}), outcome({ resumed: true })), [
    "Resumption is true, not false",
  ]);
});

Deno.test("mismatches() says what was agreed and what was wanted", () => {
  const got = outcome({ group: 29, helloRetried: true });
  assertEquals(mismatches(asked({ expectCurveId: 23, expectNoHrr: true }), got), [
    "Group is 29, not 23",
    "HelloRetryRequest is true, not false",
  ]);
});

Deno.test("mismatches() wants the ALPN of a server that selects, and none of any other", () => {
  assertEquals(mismatches(asked({}), outcome({ alpnProtocol: "foo" })), ["ALPN is foo, not "]);
  assertEquals(mismatches(asked({ selectAlpn: "foo" }), outcome({ alpnProtocol: "foo" })), []);
});

Deno.test("mismatches() names reasons of early data as the runner does", () => {
  const ask = (expectEarlyDataReason: string) => asked({ expectEarlyDataReason });
  assertEquals(mismatches(ask("accept"), outcome({ earlyDataReason: "accepted" })), []);
  assertEquals(mismatches(ask("alpn_mismatch"), outcome({ earlyDataReason: "ALPN mismatch" })), []);
  assertEquals(mismatches(ask("accept"), outcome()), ["Reason is disabled, not accept"]);
});

Deno.test("mismatches() wants a certificate of a server, and of a client that has to show one", () => {
  const none = ["Peer's certificate is false, not true"];
  assertEquals(mismatches(asked({ isServer: false }), outcome()), none);
  assertEquals(mismatches(asked({ requireAnyClientCertificate: true }), outcome()), none);
  assertEquals(mismatches(asked({ isServer: false, expectNoPeerCert: true }), outcome()), []);
});

Deno.test("toldRetryConfigs() compares what a refusal of ECH came with", () => {
  const configs = Uint8Array.of(1, 2);
  assertEquals(toldRetryConfigs(asked({}), configs), true);
  assertEquals(toldRetryConfigs(asked({ expectEchRetryConfigs: configs }), configs), true);
  assertEquals(toldRetryConfigs(asked({ expectEchRetryConfigs: configs }), undefined), false);
  assertEquals(toldRetryConfigs(asked({ expectNoEchRetryConfigs: true }), configs), false);
});
