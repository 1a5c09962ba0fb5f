/**
 * What the settings say about TLS: of each transport, and of the certificates of clients.
 *
 * @module
 */
import type { Transport } from "./keys.ts";
import type { Settings } from "./settings.ts";

/** `optional`: beside plain text, on the same port. */
export type TlsMode = "off" | "optional" | "required";

/** TLS of one transport. */
export interface TlsConfig {
  readonly mode: TlsMode;
  /** Where certificate and key are; nowhere when the node's own certificate serves. */
  readonly files: CertificateFiles | undefined;
}

/** PEM files, relative to the working directory. */
export interface CertificateFiles {
  readonly certFile: string;
  readonly keyFile: string;
  /** Whether the node's own certificate serves while there is no `certFile`. */
  readonly selfSigned: boolean;
}

/** What clients are asked for over TLS. */
export interface ClientCertificatesConfig {
  readonly mode: "off" | "optional" | "required";
  /** PEM of the authorities they must come from; the node's own when there is none. */
  readonly caFile: string | undefined;
  /** Whether a certificate logs in the user it names. */
  readonly login: boolean;
}

export function tlsMode(settings: Settings, transport: Transport): TlsMode {
  if (settings.value(`${transport}.tls.enabled`)) {
    return settings.value(`${transport}.tls.required`) ? "required" : "optional";
  }
  return settings.value("tls") === "off" ? "off" : "optional";
}

export function tlsConfigOf(settings: Settings, transport: Transport): TlsConfig {
  const isEnabled = settings.value(`${transport}.tls.enabled`);
  return {
    mode: tlsMode(settings, transport),
    files: isEnabled
      ? {
        certFile: settings.value(`${transport}.tls.cert_file`),
        keyFile: settings.value(`${transport}.tls.key_file`),
        selfSigned: settings.value(`${transport}.tls.self_signed`),
      }
      : undefined,
  };
}

export function clientCertificatesOf(settings: Settings): ClientCertificatesConfig {
  return {
    mode: settings.value("client_certificates.mode"),
    caFile: settings.value("client_certificates.ca_file").trim() || undefined,
    login: settings.value("client_certificates.login"),
  };
}
