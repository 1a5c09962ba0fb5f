/**
 * BoringSSL's words for what the engine found wrong: the runner looks for them on the shim's stderr.
 *
 * @module
 */
import { AlertDescription, type AlertName } from "../../tls/registry.ts";
import { type Reason, TlsError } from "../../tls/alert.ts";

/** A refusal by one of the callbacks that the runner asks for; the engine passes it on as it is. */
export class CallbackError extends TlsError {
  constructor(readonly token: string, alert: AlertName) {
    super("internalError", `Callback of the shim refuses: ${token}`, { alert });
  }
}

/** Where a connection was when it failed. */
export interface Progress {
  /** A client that has seen no ServerHello. */
  readonly awaitsServerHello: boolean;
  /** A client whose 0-RTT data has neither been accepted nor rejected. */
  readonly awaitsEarlyDataAnswer: boolean;
}

/** BoringSSL's tokens for an error, without their colons. */
export function tokensOf(error: unknown, progress: Progress): readonly string[] {
  if (error instanceof CallbackError) return [error.token];
  if (!(error instanceof TlsError)) return [];
  if (error.reason !== "alertReceived") return TOKENS[error.reason] ?? [];
  const tokens = [alertToken(error.alert)];
  if (progress.awaitsServerHello && error.alert === "handshake_failure") {
    tokens.push("HANDSHAKE_FAILURE_ON_CLIENT_HELLO");
  }
  if (progress.awaitsEarlyDataAnswer && error.alert === "protocol_version") {
    tokens.push("WRONG_VERSION_ON_EARLY_DATA");
  }
  return tokens;
}

/** BoringSSL's name of an alert that was received: those of SSL 3.0 have another beginning. */
function alertToken(alert: AlertName): string {
  const beginning = OF_SSL3.has(AlertDescription[alert]) ? "SSLV3" : "TLSV1";
  return `${beginning}_ALERT_${alert.replace("_RESERVED", "").toUpperCase()}`;
}

const OF_SSL3 = new Set([0, 10, 20, 30, 40, 41, 42, 43, 44, 45, 46, 47]);

/**
 * Two tokens where BoringSSL's queue of errors holds two as well: the general one and what the caller
 * made of it. A reason that no TLS 1.3 test asks about has none.
 */
const TOKENS: Readonly<Partial<Record<Reason, readonly string[]>>> = {
  badRecordVersion: ["WRONG_VERSION_NUMBER"],
  httpRequest: ["HTTP_REQUEST"],
  httpsProxyRequest: ["HTTPS_PROXY_REQUEST"],
  ciphertextTooLong: ["ENCRYPTED_LENGTH_TOO_LONG"],
  plaintextTooLong: ["DATA_LENGTH_TOO_LONG"],
  badRecordMac: ["BAD_DECRYPT", "DECRYPTION_FAILED_OR_BAD_RECORD_MAC"],
  noContentType: ["DECRYPTION_FAILED_OR_BAD_RECORD_MAC"],
  wrongOuterType: ["INVALID_OUTER_RECORD_TYPE"],
  unexpectedRecord: ["UNEXPECTED_RECORD"],
  emptyRecord: ["UNEXPECTED_RECORD"],
  tooManyEmptyRecords: ["TOO_MANY_EMPTY_FRAGMENTS"],
  tooMuchEarlyData: ["TOO_MUCH_READ_EARLY_DATA"],
  tooMuchSkippedEarlyData: ["TOO_MUCH_SKIPPED_EARLY_DATA"],
  badAlert: ["BAD_ALERT"],
  unknownAlertLevel: ["UNKNOWN_ALERT_TYPE"],
  tooManyWarningAlerts: ["TOO_MANY_WARNING_ALERTS"],
  decodeError: ["DECODE_ERROR"],
  malformedClientHello: ["CLIENTHELLO_PARSE_FAILED"],
  malformedExtensions: ["PARSE_TLSEXT"],
  badExtension: ["DECODE_ERROR", "ERROR_PARSING_EXTENSION"],
  handshakeMessageTooLong: ["EXCESSIVE_MESSAGE_SIZE"],
  unexpectedMessage: ["UNEXPECTED_MESSAGE"],
  excessHandshakeData: ["EXCESS_HANDSHAKE_DATA"],
  tooManyKeyUpdates: ["TOO_MANY_KEY_UPDATES"],
  badKeyUpdate: ["DECODE_ERROR"],
  duplicateExtension: ["DUPLICATE_EXTENSION"],
  unexpectedExtension: ["UNEXPECTED_EXTENSION"],
  forbiddenExtension: ["UNEXPECTED_EXTENSION"],
  missingExtension: ["MISSING_EXTENSION"],
  unsupportedVersion: ["UNSUPPORTED_PROTOCOL"],
  secondVersionMismatch: ["SECOND_SERVERHELLO_VERSION_MISMATCH"],
  downgradeSentinel: ["TLS13_DOWNGRADE"],
  versionChangedOnResumption: ["OLD_SESSION_VERSION_NOT_RETURNED"],
  versionOnEarlyData: ["WRONG_VERSION_ON_EARLY_DATA"],
  badSessionIdEcho: ["DECODE_ERROR", "SERVER_ECHOED_INVALID_SESSION_ID"],
  badCompressionMethods: ["INVALID_COMPRESSION_LIST"],
  noSharedCipher: ["NO_SHARED_CIPHER"],
  wrongCipher: ["WRONG_CIPHER_RETURNED"],
  noSharedGroup: ["NO_SHARED_GROUP"],
  wrongGroup: ["WRONG_CURVE"],
  missingKeyShare: ["MISSING_KEY_SHARE"],
  duplicateKeyShare: ["DUPLICATE_KEY_SHARE"],
  badKeyShare: ["BAD_ECPOINT"],
  emptyHelloRetryRequest: ["EMPTY_HELLO_RETRY_REQUEST"],
  noApplicationProtocol: ["NO_APPLICATION_PROTOCOL"],
  badAlpn: ["INVALID_ALPN_PROTOCOL"],
  noCommonSignatureScheme: ["NO_COMMON_SIGNATURE_ALGORITHMS"],
  noMatchingIssuer: ["NO_MATCHING_ISSUER"],
  wrongSignatureScheme: ["WRONG_SIGNATURE_TYPE"],
  badSignature: ["BAD_SIGNATURE"],
  badFinished: ["DIGEST_CHECK_FAILED"],
  certificateRequired: ["PEER_DID_NOT_RETURN_A_CERTIFICATE"],
  badCertificate: ["CANNOT_PARSE_LEAF_CERT"],
  unsupportedCertificateKey: ["UNSUPPORTED_ALGORITHM"],
  unsupportedCertificate: ["UNSUPPORTED_ALGORITHM"],
  badKeyUsage: ["KEY_USAGE_BIT_INCORRECT"],
  certificateRejected: ["CERTIFICATE_VERIFY_FAILED"],
  unsupportedCertificateType: ["UNSUPPORTED_CERTIFICATE"],
  unknownCertificateType: ["UNKNOWN_CERTIFICATE_TYPE"],
  unknownCompression: ["UNKNOWN_CERT_COMPRESSION_ALG"],
  badCompression: ["CERT_DECOMPRESSION_FAILED"],
  certificateTooLarge: ["UNCOMPRESSED_CERT_TOO_LARGE"],
  pskNotLast: ["PRE_SHARED_KEY_MUST_BE_LAST"],
  binderCountMismatch: ["PSK_IDENTITY_BINDER_COUNT_MISMATCH"],
  badPskIndex: ["PSK_IDENTITY_NOT_FOUND"],
  noPsk: ["PSK_IDENTITY_NOT_FOUND"],
  noPskMode: ["NO_SUPPORTED_PSK_MODE"],
  pskRequired: ["MISSING_EXTENSION"],
  badRawPublicKey: ["INVALID_RAW_PUBLIC_KEY"],
  pskHashMismatch: ["OLD_SESSION_PRF_HASH_MISMATCH"],
  pskNotOffered: ["UNEXPECTED_EXTENSION"],
  badInnerHello: ["INVALID_CLIENT_HELLO_INNER"],
  badOuterExtensions: ["INVALID_OUTER_EXTENSION"],
  echRejected: ["ECH_REJECTED"],
  echDecryptError: ["DECRYPTION_FAILED"],
  inconsistentEch: ["INCONSISTENT_ECH_NEGOTIATION"],
  badEchConfigList: ["INVALID_ECH_CONFIG_LIST"],
  unusableEchConfigList: ["UNUSABLE_ECH_CONFIG_LIST"],
  earlyDataCipherMismatch: ["CIPHER_MISMATCH_ON_EARLY_DATA"],
  earlyDataAlpnMismatch: ["ALPN_MISMATCH_ON_EARLY_DATA"],
};
