/**
 * The runner's command line: which flags the shim knows and which field each sets. What is not in
 * the table is not done, and the runner is told so.
 *
 * @module
 */
import {
  type CredentialSettings,
  freshCredential,
  freshSettings,
  type Policy,
  type Settings,
} from "./settings.ts";

/** Settings of the first connection, of later ones, and of what follows rejected 0-RTT data. */
export interface Invocation {
  readonly initial: Settings;
  readonly resume: Settings;
  readonly retry: Settings;
}

/** A flag, or a value of one, that this shim does not do: it exits with 89. */
export class Unsupported extends Error {
  override readonly name = "Unsupported";
}

/** Reads a command line. Throws {@link Unsupported} for a flag that is not in the table. */
export function parseFlags(args: readonly string[]): Invocation {
  const all = { initial: freshSettings(), resume: freshSettings(), retry: freshSettings() };
  for (let at = 0; at < args.length; at++) {
    const { targets, name, skipped } = unprefixed(args[at], all);
    const flag = FLAGS[name];
    if (flag === undefined) throw new Unsupported(`Flag ${args[at]} is not done`);
    const value = flag.takesValue ? args[++at] : "";
    if (value === undefined) throw new Unsupported(`Flag ${name} has no value`);
    if (skipped) continue;
    for (const settings of targets) flag.set(settings, value);
  }
  return all;
}

/** BOGO: `-on-initial-X`, `-on-resume-X`, `-on-retry-X`; `-on-handshaker-X` is of another program. */
function unprefixed(arg: string, all: Invocation) {
  let name = arg;
  const take = (prefix: string) => {
    if (!name.startsWith(`${prefix}-`)) return false;
    name = name.slice(prefix.length);
    return true;
  };
  const skipped = take("-on-handshaker");
  if (!skipped) take("-on-shim");
  const targets = take("-on-initial")
    ? [all.initial]
    : take("-on-resume")
    ? [all.resume]
    : take("-on-retry")
    ? [all.retry]
    : [all.initial, all.resume, all.retry];
  return { targets, name, skipped };
}

interface Flag {
  readonly takesValue: boolean;
  readonly set: (settings: Settings, value: string) => void;
}

type KeysOf<T> = {
  [Key in keyof Settings]: [T, Settings[Key]] extends [Settings[Key], T] ? Key : never;
}[keyof Settings];

function on(key: KeysOf<boolean>): Flag {
  return { takesValue: false, set: (settings) => settings[key] = true };
}

function number(key: KeysOf<number> | KeysOf<number | undefined>): Flag {
  return withValue((settings, value) => settings[key] = Number(value));
}

function text(key: KeysOf<string>): Flag {
  return withValue((settings, value) => settings[key] = value);
}

function numbers(key: KeysOf<number[]>): Flag {
  return withValue((settings, value) => settings[key].push(Number(value)));
}

function bytes(key: KeysOf<Uint8Array | undefined>): Flag {
  return withValue((settings, value) => settings[key] = fromBase64(value));
}

function policy(name: Policy): Flag {
  return { takesValue: false, set: (settings) => settings.policies.push(name) };
}

/** A flag of the credential begun last. */
function ofCredential(set: (credential: CredentialSettings, value: string) => void): Flag {
  return withValue((settings, value) =>
    set(settings.credentials.at(-1) ?? settings.legacyCredential, value)
  );
}

function marksCredential(set: (credential: CredentialSettings) => void): Flag {
  return { ...ofCredential(set), takesValue: false };
}

function newCredential(kind: CredentialSettings["kind"]): Flag {
  return { takesValue: false, set: ({ credentials }) => credentials.push(freshCredential(kind)) };
}

function withValue(set: Flag["set"]): Flag {
  return { takesValue: true, set };
}

/** Asks for what is so anyway, or changes only how BoringSSL's own calls are made. */
const NO_MATTER: Flag = { takesValue: false, set: () => {} };
const NO_MATTER_WITH_VALUE: Flag = { takesValue: true, set: () => {} };

function fromBase64(value: string): Uint8Array {
  return Uint8Array.from(atob(value), (character) => character.charCodeAt(0));
}

const FLAGS: Readonly<Record<string, Flag>> = {
  "-port": number("port"),
  "-shim-id": withValue((settings, value) => settings.shimId = BigInt(value)),
  "-ipv6": on("ipv6"),
  "-server": on("isServer"),
  "-resume-count": number("resumeCount"),
  "-is-handshaker-supported": on("isHandshakerSupported"),

  "-min-version": number("minVersion"),
  "-max-version": number("maxVersion"),
  "-no-tls13": on("noTls13"),
  "-no-tls12": NO_MATTER,
  "-no-tls11": NO_MATTER,
  "-no-tls1": NO_MATTER,
  "-cipher": NO_MATTER_WITH_VALUE,
  "-curves": numbers("curves"),
  "-key-shares": withValue((settings, value) => {
    settings.keyShares = [...settings.keyShares ?? [], Number(value)];
  }),
  "-no-key-shares": { takesValue: false, set: (settings) => settings.keyShares = [] },
  "-server-supported-groups-hint": numbers("serverSupportedGroupsHint"),
  "-verify-prefs": numbers("verifyPrefs"),
  "-server-preference": NO_MATTER,
  "-fips-202205": policy("fips-202205"),
  "-wpa-202304": policy("wpa-202304"),
  "-cnsa-202407": policy("cnsa-202407"),
  "-cnsa1-202603": policy("cnsa1-202603"),
  "-cnsa2-202603": policy("cnsa2-202603"),
  "-enable-grease": on("enableGrease"),
  "-permute-extensions": on("permuteExtensions"),

  "-host-name": text("hostName"),
  "-advertise-alpn": text("advertiseAlpn"),
  "-select-alpn": text("selectAlpn"),
  "-decline-alpn": on("declineAlpn"),
  "-reject-alpn": on("rejectAlpn"),

  "-trust-cert": NO_MATTER_WITH_VALUE,
  "-new-x509-credential": newCredential("x509"),
  "-new-rpk-credential": newCredential("rpk"),
  "-new-psk-credential": newCredential("psk"),
  "-psk-importer-key": ofCredential((credential, value) =>
    credential.pskImporterKey = fromBase64(value)
  ),
  "-psk-importer-identity": ofCredential((credential, value) =>
    credential.pskImporterIdentity = fromBase64(value)
  ),
  "-psk-importer-context": ofCredential((credential, value) =>
    credential.pskImporterContext = fromBase64(value)
  ),
  "-psk-importer-sha256": marksCredential((credential) => credential.pskHash = "sha256"),
  "-psk-importer-sha384": marksCredential((credential) => credential.pskHash = "sha384"),
  "-accepted-peer-cert-types": numbers("acceptedPeerCertTypes"),
  "-available-client-cert-types": numbers("availableClientCertTypes"),
  "-cert-file": ofCredential((credential, value) => credential.certFile = value),
  "-key-file": ofCredential((credential, value) => credential.keyFile = value),
  "-signing-prefs": ofCredential((credential, value) =>
    credential.signingPrefs.push(Number(value))
  ),
  "-ocsp-response": ofCredential((credential, value) =>
    credential.ocspResponse = fromBase64(value)
  ),
  "-signed-cert-timestamps": ofCredential((credential, value) =>
    credential.signedCertTimestamps = fromBase64(value)
  ),
  "-require-any-client-certificate": on("requireAnyClientCertificate"),
  "-verify-peer": on("verifyPeer"),
  "-verify-fail": on("verifyFail"),
  "-use-custom-verify-callback": on("useCustomVerifyCallback"),
  "-reverify-on-resume": on("reverifyOnResume"),
  "-must-match-issuer": marksCredential((credential) => credential.mustMatchIssuer = true),
  "-max-cert-list": number("maxCertList"),
  "-use-client-ca-list": text("useClientCaList"),
  "-enable-ocsp-stapling": on("enableOcspStapling"),
  "-enable-signed-cert-timestamps": on("enableSignedCertTimestamps"),
  "-use-ocsp-callback": on("useOcspCallback"),
  "-set-ocsp-in-callback": NO_MATTER,
  "-decline-ocsp-callback": on("declineOcspCallback"),
  "-fail-ocsp-callback": on("failOcspCallback"),
  "-fail-cert-callback": on("failCertCallback"),
  "-use-early-callback": NO_MATTER,
  "-fail-early-callback": on("failEarlyCallback"),
  "-install-ddos-callback": NO_MATTER,
  "-fail-ddos-callback": on("failDdosCallback"),
  "-install-cert-compression-algs": on("installCertCompressionAlgs"),
  "-install-one-cert-compression-alg": number("installOneCertCompressionAlg"),
  "-use-old-client-cert-callback": NO_MATTER,

  "-ech-config-list": bytes("echConfigList"),
  "-reject-unusable-ech-config": on("rejectUnusableEchConfig"),
  "-enable-ech-grease": on("enableEchGrease"),
  "-ech-server-config": withValue((settings, value) => {
    settings.echServerConfigs.push(fromBase64(value));
  }),
  "-ech-server-key": withValue((settings, value) => {
    settings.echServerKeys.push(fromBase64(value));
  }),
  "-ech-is-retry-config": numbers("echIsRetryConfig"),
  "-expect-ech-accept": on("expectEchAccept"),
  "-expect-ech-retry-configs": bytes("expectEchRetryConfigs"),
  "-expect-no-ech-retry-configs": on("expectNoEchRetryConfigs"),
  "-expect-ech-name-override": text("expectEchNameOverride"),
  "-expect-no-ech-name-override": on("expectNoEchNameOverride"),

  "-no-ticket": on("noTicket"),
  "-use-ticket-callback": NO_MATTER,
  "-use-ticket-aead-callback": NO_MATTER,
  "-renew-ticket": NO_MATTER,
  "-skip-ticket": on("skipTicket"),
  "-enable-early-data": on("enableEarlyData"),
  "-resumption-delay": number("resumptionDelay"),

  "-shim-writes-first": on("shimWritesFirst"),
  "-shim-initial-write": text("shimInitialWrite"),
  "-repeat-shim-initial-write": number("repeatShimInitialWrite"),
  "-shim-shuts-down": on("shimShutsDown"),
  "-check-close-notify": on("checkCloseNotify"),
  "-send-alert": on("sendAlert"),
  "-key-update": on("keyUpdate"),
  "-key-update-before-read": on("keyUpdateBeforeRead"),
  "-read-size": number("readSize"),
  "-max-send-fragment": number("maxSendFragment"),
  "-export-traffic-secrets": on("exportTrafficSecrets"),
  "-read-with-unfinished-write": on("readWithUnfinishedWrite"),
  "-export-keying-material": number("exportKeyingMaterial"),
  "-export-label": text("exportLabel"),
  "-export-context": text("exportContext"),
  "-use-export-context": NO_MATTER,

  "-expect-version": number("expectVersion"),
  "-expect-curve-id": number("expectCurveId"),
  "-expect-cipher": number("expectCipher"),
  "-expect-cipher-no-aes": number("expectCipherNoAes"),
  "-expect-cipher-aes": NO_MATTER_WITH_VALUE,
  "-expect-hrr": on("expectHrr"),
  "-expect-no-hrr": on("expectNoHrr"),
  "-expect-server-name": text("expectServerName"),
  "-expect-no-server-name": on("expectNoServerName"),
  "-expect-alpn": text("expectAlpn"),
  "-expect-advertised-alpn": text("expectAdvertisedAlpn"),
  "-expect-client-ca-list": text("expectClientCaList"),
  "-expect-peer-verify-pref": numbers("expectPeerVerifyPrefs"),
  "-expect-peer-signature-algorithm": number("expectPeerSignatureAlgorithm"),
  "-expect-no-peer-cert": on("expectNoPeerCert"),
  "-expect-peer-cert-file": text("expectPeerCertFile"),
  "-expect-peer-certificate-type": number("expectPeerCertificateType"),
  "-expect-peer-rpk-sha256": bytes("expectPeerRpkSha256"),
  "-expect-ocsp-response": bytes("expectOcspResponse"),
  "-expect-signed-cert-timestamps": bytes("expectSignedCertTimestamps"),
  "-expect-verify-result": on("expectVerifyResult"),
  "-expect-selected-credential": number("expectSelectedCredential"),
  "-expect-session-miss": on("expectSessionMiss"),
  "-expect-no-session": on("expectNoSession"),
  "-expect-no-session-id": NO_MATTER,
  "-expect-ticket-renewal": NO_MATTER,
  "-expect-ticket-supports-early-data": on("expectTicketSupportsEarlyData"),
  "-expect-accept-early-data": on("expectAcceptEarlyData"),
  "-expect-reject-early-data": on("expectRejectEarlyData"),
  "-expect-no-offer-early-data": on("expectNoOfferEarlyData"),
  "-expect-early-data-reason": text("expectEarlyDataReason"),
  "-expect-extended-master-secret": NO_MATTER,
  "-expect-secure-renegotiation": NO_MATTER,

  "-async": NO_MATTER,
  "-implicit-handshake": NO_MATTER,
  "-no-op-extra-handshake": NO_MATTER,
  "-peek-then-read": NO_MATTER,
  "-no-legacy-server-connect": NO_MATTER,
  "-renegotiate-ignore": NO_MATTER,
  "-renegotiate-freely": NO_MATTER,
  "-forbid-renegotiation-after-handshake": NO_MATTER,
};
