/**
 * Whether a certificate is for a service that was asked for by name (RFC 9525). Only subject
 * alternative names count; a common name never does (§2).
 *
 * @module
 */
import type { Certificate } from "./certificate.ts";
import { compareBytes } from "./der.ts";
import { isDnsName, isWildcard, normalisedDnsName } from "./dns_name.ts";
import type { PeerIdentity } from "../config.ts";
import { ipAddressText, parseIpAddress } from "./ip_address.ts";

/**
 * Whether `certificate` is for `name`: an IP address in text, or a host name. An internationalised
 * name is given as A-labels (RFC 9525 §6.3); a trailing dot does not count.
 */
export function isFor(certificate: Certificate, name: string): boolean {
  const names = certificate.extensions.subjectAltName ?? [];
  const address = parseIpAddress(name);
  if (address !== undefined) {
    return names.some((each) => each.kind === "ip" && compareBytes(each.octets, address) === 0);
  }
  const wanted = normalisedDnsName(name);
  if (!isDnsName(wanted)) return false;
  return names.some((each) => each.kind === "dns" && matches(each.text, wanted));
}

/** Names of a certificate as a verifier hands them on. */
export function namesOf(certificate: Certificate): PeerIdentity["names"] {
  return (certificate.extensions.subjectAltName ?? []).flatMap((name): PeerIdentity["names"] => {
    if ("text" in name) return [{ kind: name.kind, value: name.text }];
    return name.kind === "ip" ? [{ kind: "ip", value: ipAddressText(name.octets) }] : [];
  });
}

/** RFC 9525 §6.3: the asterisk is the whole left-most label, and stands for exactly one label. */
function matches(presented: string, wanted: string): boolean {
  // RFC 5280 §4.2.1.6: a certificate's name has no trailing dot; one that has matches nothing.
  if (!isWildcard(presented)) {
    return isDnsName(presented) && normalisedDnsName(presented) === wanted;
  }
  const pattern = normalisedDnsName(presented);
  const dot = wanted.indexOf(".");
  return dot > 0 && wanted.slice(dot) === pattern.slice(1);
}
