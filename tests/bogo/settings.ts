/**
 * What BoGo's runner asks of one connection of the shim, as plain fields named after the flags.
 *
 * @module
 */

/** One of the credentials that the shim is given. */
export interface CredentialSettings {
  kind: "x509" | "rpk" | "psk";
  /** PEM: a chain, and a PKCS #8 key. */
  certFile: string;
  keyFile: string;
  signingPrefs: number[];
  ocspResponse: Uint8Array | undefined;
  signedCertTimestamps: Uint8Array | undefined;
  mustMatchIssuer: boolean;
  /** RFC 9258, of an external PSK. */
  pskImporterKey: Uint8Array;
  pskImporterIdentity: Uint8Array;
  pskImporterContext: Uint8Array;
  pskHash: "sha256" | "sha384";
}

/** Policies of BoringSSL that restrict what is negotiated. */
export type Policy = "fips-202205" | "wpa-202304" | "cnsa-202407" | "cnsa1-202603" | "cnsa2-202603";

/** One connection. Numbers are those of IANA's registries; an empty text or list: not asked for. */
export interface Settings {
  port: number;
  shimId: bigint;
  ipv6: boolean;
  isServer: boolean;
  resumeCount: number;
  isHandshakerSupported: boolean;

  minVersion: number;
  maxVersion: number;
  noTls13: boolean;
  curves: number[];
  keyShares: number[] | undefined;
  serverSupportedGroupsHint: number[];
  verifyPrefs: number[];
  policies: Policy[];
  enableGrease: boolean;
  permuteExtensions: boolean;

  hostName: string;
  advertiseAlpn: string;
  selectAlpn: string;
  declineAlpn: boolean;
  rejectAlpn: boolean;

  /** Those after `-new-*-credential`, in order; the flags before it are of `legacyCredential`. */
  credentials: CredentialSettings[];
  legacyCredential: CredentialSettings;
  /** RFC 7250: 0 is X.509, 2 a raw public key. */
  acceptedPeerCertTypes: number[];
  availableClientCertTypes: number[];
  requireAnyClientCertificate: boolean;
  verifyPeer: boolean;
  verifyFail: boolean;
  useCustomVerifyCallback: boolean;
  reverifyOnResume: boolean;
  useClientCaList: string;
  maxCertList: number;
  enableOcspStapling: boolean;
  enableSignedCertTimestamps: boolean;
  useOcspCallback: boolean;
  declineOcspCallback: boolean;
  failOcspCallback: boolean;
  failCertCallback: boolean;
  failEarlyCallback: boolean;
  failDdosCallback: boolean;
  installCertCompressionAlgs: boolean;
  installOneCertCompressionAlg: number;

  echConfigList: Uint8Array | undefined;
  rejectUnusableEchConfig: boolean;
  enableEchGrease: boolean;
  /** Of a server: three lists of one length. */
  echServerConfigs: Uint8Array[];
  echServerKeys: Uint8Array[];
  echIsRetryConfig: number[];

  noTicket: boolean;
  skipTicket: boolean;
  enableEarlyData: boolean;
  resumptionDelay: number;

  shimWritesFirst: boolean;
  shimInitialWrite: string;
  repeatShimInitialWrite: number;
  shimShutsDown: boolean;
  checkCloseNotify: boolean;
  sendAlert: boolean;
  keyUpdate: boolean;
  keyUpdateBeforeRead: boolean;
  readWithUnfinishedWrite: boolean;
  exportTrafficSecrets: boolean;
  readSize: number;
  maxSendFragment: number;
  exportKeyingMaterial: number;
  exportLabel: string;
  exportContext: string;

  expectVersion: number;
  expectCurveId: number;
  expectCipher: number;
  expectCipherNoAes: number;
  expectHrr: boolean;
  expectNoHrr: boolean;
  expectServerName: string;
  expectNoServerName: boolean;
  expectAlpn: string;
  expectAdvertisedAlpn: string;
  expectPeerSignatureAlgorithm: number;
  expectPeerVerifyPrefs: number[];
  expectPeerCertFile: string;
  expectNoPeerCert: boolean;
  expectPeerCertificateType: number | undefined;
  expectPeerRpkSha256: Uint8Array | undefined;
  expectClientCaList: string;
  expectOcspResponse: Uint8Array | undefined;
  expectSignedCertTimestamps: Uint8Array | undefined;
  expectVerifyResult: boolean;
  expectSelectedCredential: number | undefined;
  expectEchAccept: boolean;
  expectEchRetryConfigs: Uint8Array | undefined;
  expectNoEchRetryConfigs: boolean;
  expectEchNameOverride: string;
  expectNoEchNameOverride: boolean;
  expectSessionMiss: boolean;
  expectNoSession: boolean;
  expectTicketSupportsEarlyData: boolean;
  expectAcceptEarlyData: boolean;
  expectRejectEarlyData: boolean;
  expectNoOfferEarlyData: boolean;
  expectEarlyDataReason: string;
}

export function freshCredential(kind: CredentialSettings["kind"]): CredentialSettings {
  return {
    kind,
    certFile: "",
    keyFile: "",
    signingPrefs: [],
    ocspResponse: undefined,
    signedCertTimestamps: undefined,
    mustMatchIssuer: false,
    pskImporterKey: NO_BYTES,
    pskImporterIdentity: NO_BYTES,
    pskImporterContext: NO_BYTES,
    pskHash: "sha256",
  };
}

/** Nothing asked for: a client that expects to be resumed from the second connection on. */
export function freshSettings(): Settings {
  return { ...OFF, ...NUMBERS, ...TEXTS, ...lists(), ...NOTHING, shimId: 0n };
}

function lists() {
  return {
    curves: [],
    serverSupportedGroupsHint: [],
    verifyPrefs: [],
    policies: [],
    credentials: [],
    legacyCredential: freshCredential("x509"),
    echServerConfigs: [],
    echServerKeys: [],
    echIsRetryConfig: [],
    acceptedPeerCertTypes: [],
    availableClientCertTypes: [],
    expectPeerVerifyPrefs: [],
  };
}

const NO_BYTES = new Uint8Array(0);

const NOTHING = {
  echConfigList: undefined,
  expectEchRetryConfigs: undefined,
  expectPeerCertificateType: undefined,
  expectPeerRpkSha256: undefined,
  keyShares: undefined,
  expectOcspResponse: undefined,
  expectSignedCertTimestamps: undefined,
  expectSelectedCredential: undefined,
};

const NUMBERS = {
  port: 0,
  resumeCount: 0,
  minVersion: 0,
  maxVersion: 0,
  maxCertList: 0,
  installOneCertCompressionAlg: 0,
  resumptionDelay: 0,
  repeatShimInitialWrite: 1,
  readSize: 512,
  maxSendFragment: 0,
  exportKeyingMaterial: 0,
  expectVersion: 0,
  expectCurveId: 0,
  expectCipher: 0,
  expectCipherNoAes: 0,
  expectPeerSignatureAlgorithm: 0,
};

const TEXTS = {
  hostName: "",
  advertiseAlpn: "",
  selectAlpn: "",
  useClientCaList: "",
  shimInitialWrite: "hello",
  exportLabel: "",
  exportContext: "",
  expectServerName: "",
  expectEchNameOverride: "",
  expectAlpn: "",
  expectAdvertisedAlpn: "",
  expectPeerCertFile: "",
  expectClientCaList: "",
  expectEarlyDataReason: "",
};

const OFF = {
  ipv6: false,
  isServer: false,
  isHandshakerSupported: false,
  noTls13: false,
  enableGrease: false,
  permuteExtensions: false,
  declineAlpn: false,
  rejectAlpn: false,
  requireAnyClientCertificate: false,
  verifyPeer: false,
  verifyFail: false,
  useCustomVerifyCallback: false,
  reverifyOnResume: false,
  enableOcspStapling: false,
  enableSignedCertTimestamps: false,
  useOcspCallback: false,
  declineOcspCallback: false,
  failOcspCallback: false,
  failCertCallback: false,
  failEarlyCallback: false,
  failDdosCallback: false,
  installCertCompressionAlgs: false,
  rejectUnusableEchConfig: false,
  enableEchGrease: false,
  expectEchAccept: false,
  expectNoEchRetryConfigs: false,
  expectNoEchNameOverride: false,
  noTicket: false,
  skipTicket: false,
  enableEarlyData: false,
  shimWritesFirst: false,
  shimShutsDown: false,
  checkCloseNotify: false,
  sendAlert: false,
  keyUpdate: false,
  keyUpdateBeforeRead: false,
  readWithUnfinishedWrite: false,
  exportTrafficSecrets: false,
  expectHrr: false,
  expectNoHrr: false,
  expectNoServerName: false,
  expectNoPeerCert: false,
  expectVerifyResult: false,
  expectSessionMiss: false,
  expectNoSession: false,
  expectTicketSupportsEarlyData: false,
  expectAcceptEarlyData: false,
  expectRejectEarlyData: false,
  expectNoOfferEarlyData: false,
};
