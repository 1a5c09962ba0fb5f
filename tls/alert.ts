/**
 * The one error of the engine. A {@link TlsError} is the alert that the peer is sent, or the alert
 * that it sent; the reason says more exactly what was wrong, for logs and tests.
 *
 * @module
 */
import { AlertDescription, type AlertName } from "./registry.ts";

/** What a connection ends with. */
export class TlsError extends Error {
  override readonly name: string = "TlsError";
  /** The alert: sent to the peer, or received from it when `reason` is `alertReceived`. */
  readonly alert: AlertName;

  constructor(
    readonly reason: Reason,
    message: string,
    options?: ErrorOptions & { alert?: AlertName },
  ) {
    super(message, options);
    this.alert = options?.alert ?? REASONS[reason];
  }

  /** The alert's number (RFC 8446 §6). */
  get description(): number {
    return AlertDescription[this.alert];
  }
}

/** The server could not open the encrypted ClientHello: the name was not given away, nothing was sent. */
export class EchRejected extends TlsError {
  override readonly name = "EchRejected";

  /** @param retryConfigs ECHConfigList to try again with (RFC 9849 §6.1.6), vouched for by the public name */
  constructor(readonly retryConfigs: Uint8Array | undefined) {
    super("echRejected", "Server does not take encrypted ClientHellos with this configuration");
  }
}

/** What was wrong, and which alert answers it (RFC 8446 §6.2). */
const REASONS = {
  // Records
  badRecordVersion: "protocol_version",
  httpRequest: "protocol_version",
  httpsProxyRequest: "protocol_version",
  ciphertextTooLong: "record_overflow",
  plaintextTooLong: "record_overflow",
  badRecordMac: "bad_record_mac",
  noContentType: "unexpected_message",
  wrongOuterType: "unexpected_message",
  unexpectedRecord: "unexpected_message",
  emptyRecord: "unexpected_message",
  tooManyEmptyRecords: "unexpected_message",
  tooMuchEarlyData: "unexpected_message",
  tooMuchSkippedEarlyData: "unexpected_message",
  // Alerts and the end
  badAlert: "decode_error",
  unknownAlertLevel: "illegal_parameter",
  tooManyWarningAlerts: "unexpected_message",
  alertReceived: "close_notify",
  truncated: "decode_error",
  // Messages
  decodeError: "decode_error",
  malformedClientHello: "decode_error",
  malformedExtensions: "decode_error",
  badExtension: "decode_error",
  handshakeMessageTooLong: "illegal_parameter",
  unexpectedMessage: "unexpected_message",
  excessHandshakeData: "unexpected_message",
  tooManyKeyUpdates: "unexpected_message",
  badKeyUpdate: "illegal_parameter",
  // Extensions
  duplicateExtension: "illegal_parameter",
  unexpectedExtension: "unsupported_extension",
  forbiddenExtension: "illegal_parameter",
  missingExtension: "missing_extension",
  badRecordSizeLimit: "illegal_parameter",
  // Negotiation
  unsupportedVersion: "protocol_version",
  secondVersionMismatch: "illegal_parameter",
  downgradeSentinel: "illegal_parameter",
  versionChangedOnResumption: "protocol_version",
  versionOnEarlyData: "protocol_version",
  badSessionIdEcho: "illegal_parameter",
  badCompressionMethods: "illegal_parameter",
  noSharedCipher: "handshake_failure",
  wrongCipher: "illegal_parameter",
  noSharedGroup: "handshake_failure",
  wrongGroup: "illegal_parameter",
  missingKeyShare: "missing_extension",
  duplicateKeyShare: "illegal_parameter",
  badKeyShare: "illegal_parameter",
  emptyHelloRetryRequest: "illegal_parameter",
  changedClientHello: "illegal_parameter",
  noApplicationProtocol: "no_application_protocol",
  badAlpn: "illegal_parameter",
  unrecognizedName: "unrecognized_name",
  // Authentication
  noCommonSignatureScheme: "handshake_failure",
  noMatchingIssuer: "handshake_failure",
  wrongSignatureScheme: "illegal_parameter",
  badSignature: "decrypt_error",
  badFinished: "decrypt_error",
  certificateRequired: "certificate_required",
  badCertificate: "decode_error",
  unsupportedCertificateKey: "unsupported_certificate",
  badKeyUsage: "illegal_parameter",
  certificateRejected: "certificate_unknown",
  unsupportedCertificateType: "unsupported_certificate",
  badRawPublicKey: "decode_error",
  unknownCertificateType: "handshake_failure",
  unknownCompression: "illegal_parameter",
  badCompression: "bad_certificate",
  certificateTooLarge: "bad_certificate",
  // Certificates (x509)
  malformedCertificate: "bad_certificate",
  unsupportedCertificate: "unsupported_certificate",
  weakCertificate: "unsupported_certificate",
  nonConformingCertificate: "bad_certificate",
  unknownIssuer: "unknown_ca",
  badCertificateSignature: "bad_certificate",
  certificateExpired: "certificate_expired",
  certificateNotYetValid: "certificate_expired",
  certificateNotForName: "certificate_unknown",
  certificateNotForPurpose: "unsupported_certificate",
  issuerNotAuthority: "bad_certificate",
  certificateChainTooLong: "bad_certificate",
  nameConstraintViolated: "certificate_unknown",
  certificatePolicyViolated: "certificate_unknown",
  certificateRevoked: "certificate_revoked",
  revocationUnknown: "certificate_unknown",
  // Resumption and early data
  pskNotLast: "illegal_parameter",
  binderCountMismatch: "illegal_parameter",
  badPskIndex: "illegal_parameter",
  pskHashMismatch: "illegal_parameter",
  pskNotOffered: "unsupported_extension",
  noPsk: "handshake_failure",
  noPskMode: "handshake_failure",
  pskRequired: "missing_extension",
  earlyDataCipherMismatch: "illegal_parameter",
  earlyDataAlpnMismatch: "illegal_parameter",
  // Encrypted ClientHello
  badInnerHello: "illegal_parameter",
  badOuterExtensions: "illegal_parameter",
  echDecryptError: "decrypt_error",
  inconsistentEch: "illegal_parameter",
  echRejected: "ech_required",
  // This side
  badEchConfigList: "internal_error",
  unusableEchConfigList: "internal_error",
  internalError: "internal_error",
} as const satisfies Record<string, AlertName>;

export type Reason = keyof typeof REASONS;
