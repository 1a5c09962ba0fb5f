/**
 * What the runner wants to be so after a handshake, held against what is so.
 *
 * @module
 */
import type { Negotiated } from "../../tls/connection.ts";
import { parsePem } from "../../tls/x509/pem.ts";
import type { Seen } from "./callbacks.ts";
import { hexList, lengthPrefixed } from "./configure.ts";
import type { Settings } from "./settings.ts";

/** A finished handshake. */
export interface Outcome {
  readonly negotiated: Negotiated;
  readonly seen: Seen;
  readonly isResumption: boolean;
  /** Place of the credential that was shown in the list of flags; -1 for the one before them. */
  readonly credential: number;
  readonly sha256: (bytes: Uint8Array) => Uint8Array;
}

/** What is not as the runner wants it, a sentence each. */
export function mismatches(settings: Settings, outcome: Outcome): string[] {
  const found: string[] = [];
  const want = (what: string, wanted: unknown, got: unknown) => {
    if (wanted !== got) found.push(`${what} is ${got}, not ${wanted}`);
  };
  negotiation(settings, outcome, want);
  authentication(settings, outcome, want);
  earlyData(settings, outcome, want);
  return found;
}

type Want = (what: string, wanted: unknown, got: unknown) => void;

function negotiation(settings: Settings, { negotiated, isResumption, seen }: Outcome, want: Want) {
  want("Resumption", isResumption && !settings.expectSessionMiss, negotiated.resumed);
  if (settings.expectVersion !== 0) want("Version", settings.expectVersion, 0x0304);
  if (settings.expectCurveId !== 0) want("Group", settings.expectCurveId, negotiated.group);
  for (const wanted of [settings.expectCipher, settings.expectCipherNoAes]) {
    if (wanted !== 0) want("Cipher suite", wanted, negotiated.cipherSuite);
  }
  want("ECH", settings.expectEchAccept, negotiated.echAccepted);
  if (settings.expectHrr) want("HelloRetryRequest", true, negotiated.helloRetried);
  if (settings.expectNoHrr) want("HelloRetryRequest", false, negotiated.helloRetried);
  if (settings.expectServerName !== "") {
    want("Server name", settings.expectServerName, negotiated.serverName);
  }
  if (settings.expectNoServerName) want("Server name", undefined, negotiated.serverName);
  const alpn = settings.isServer ? settings.selectAlpn : settings.expectAlpn;
  want("ALPN", alpn, negotiated.alpnProtocol ?? "");
  if (settings.expectAdvertisedAlpn !== "") {
    const offered = seen.hello?.alpnProtocols ?? [];
    want("Offered ALPN", lengthPrefixed(settings.expectAdvertisedAlpn).join(), offered.join());
  }
}

/** Whether a refusal of ECH told what the runner wants it to tell. */
export function toldRetryConfigs(settings: Settings, told: Uint8Array | undefined): boolean {
  const { expectEchRetryConfigs, expectNoEchRetryConfigs } = settings;
  if (expectNoEchRetryConfigs) return told === undefined || told.length === 0;
  return expectEchRetryConfigs === undefined || text(expectEchRetryConfigs) === text(told);
}

function authentication(settings: Settings, outcome: Outcome, want: Want) {
  const { negotiated, seen } = outcome;
  if (settings.expectPeerSignatureAlgorithm !== 0) {
    want("Signature scheme", settings.expectPeerSignatureAlgorithm, seen.signatureScheme);
  }
  if (settings.expectPeerVerifyPrefs.length > 0) {
    const offered = seen.hello?.signatureSchemes ?? [];
    want("Offered schemes", settings.expectPeerVerifyPrefs.join(), offered.join());
  }
  const byPsk = negotiated.credential !== undefined && !("chain" in negotiated.credential);
  if (settings.expectNoPeerCert || byPsk) want("Peer", undefined, negotiated.peerIdentity);
  else if (!settings.isServer || settings.requireAnyClientCertificate) {
    want("Peer's certificate", true, negotiated.peerIdentity !== undefined);
  }
  if (settings.expectPeerCertificateType !== undefined) {
    want("Certificate type", settings.expectPeerCertificateType, seen.peer?.type ?? 0);
  }
  if (settings.expectPeerRpkSha256 !== undefined) {
    const [info = new Uint8Array(0)] = seen.peer?.chain ?? [];
    want("Peer's key", text(settings.expectPeerRpkSha256), text(outcome.sha256(info)));
  }
  if (settings.expectPeerCertFile !== "") {
    const chain = parsePem(Deno.readTextFileSync(settings.expectPeerCertFile), "CERTIFICATE");
    want("Peer's chain", text(...chain.map(({ bytes }) => bytes)), text(...seen.peer?.chain ?? []));
  }
  if (settings.expectOcspResponse !== undefined) {
    want("OCSP response", text(settings.expectOcspResponse), text(seen.peer?.ocspResponse));
  }
  if (settings.expectSignedCertTimestamps !== undefined) {
    const wanted = text(settings.expectSignedCertTimestamps);
    want("SCT list", wanted, text(seen.peer?.signedCertificateTimestamps));
  }
  if (settings.expectVerifyResult) want("Verification", !settings.verifyFail, seen.verified);
  if (settings.expectSelectedCredential !== undefined) {
    want("Credential", settings.expectSelectedCredential, outcome.credential);
  }
  if (settings.expectClientCaList !== "") {
    const offered = seen.hello?.certificateAuthorities ?? [];
    want("Authorities", text(...hexList(settings.expectClientCaList)), text(...offered));
  }
}

function earlyData(settings: Settings, { negotiated }: Outcome, want: Want) {
  if (settings.expectAcceptEarlyData) want("Acceptance", true, negotiated.earlyDataAccepted);
  if (settings.expectRejectEarlyData) want("Acceptance", false, negotiated.earlyDataAccepted);
  if (settings.expectEarlyDataReason !== "") {
    const reason = negotiated.earlyDataReason;
    const named = reason === "accepted" ? "accept" : reason.toLowerCase().replaceAll(" ", "_");
    want("Reason", settings.expectEarlyDataReason, named);
  }
}

function text(...all: (Uint8Array | undefined)[]): string {
  return all.map((each) => each?.toHex() ?? "none").join();
}
