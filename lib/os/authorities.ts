/**
 * The certificate authorities that this system trusts.
 *
 * @module
 */
import { readAnyFile } from "./storage.ts";

/** PEM of all of them, from the first place that has some; `undefined` when there is none, as on Windows. */
export function systemAuthorities(): string | undefined {
  for (const path of [Deno.env.get("SSL_CERT_FILE"), ...PLACES]) {
    const bytes = path && readAnyFile(path);
    if (bytes) return new TextDecoder().decode(bytes);
  }
  return undefined;
}

/** Debian and its kin, Fedora and its kin, openSUSE, Alpine, macOS and the BSDs. */
const PLACES = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/ssl/cert.pem",
];
