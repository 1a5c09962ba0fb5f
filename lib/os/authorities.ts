/**
 * The certificate authorities to trust when nobody names others.
 *
 * @module
 */
import process from "node:process";
import { readAnyFile } from "./storage.ts";

/**
 * PEM of all of them: those of this system, from the first place that has some, and where it keeps
 * them in no file, as on Windows, the set of Mozilla's that the runtime carries.
 */
export function systemAuthorities(): string {
  for (const path of [Deno.env.get("SSL_CERT_FILE"), ...PLACES]) {
    const bytes = path && readAnyFile(path);
    if (bytes) return new TextDecoder().decode(bytes);
  }
  return bundledAuthorities();
}

/**
 * Mozilla's set as data; nothing of the runtime's TLS runs. The packages that carry the set are old or
 * fetch it when they are installed. Loaded when it is asked for only: it is a megabyte of text.
 */
export function bundledAuthorities(): string {
  return process.getBuiltinModule("node:tls").rootCertificates.join("\n");
}

/** Debian and its kin, Fedora and its kin, openSUSE, Alpine, macOS and the BSDs. */
const PLACES = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/ssl/cert.pem",
];
