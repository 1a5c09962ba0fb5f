/**
 * PSKs that were agreed outside of TLS, imported so that each serves one protocol and one hash
 * (RFC 9258), or plain (RFC 8446 §4.2.11).
 *
 * @module
 */
import type { ExternalPsk } from "./config.ts";
import { expandLabel, extract } from "./hkdf.ts";
import type { Hash, HashName, Provider } from "./provider/provider.ts";
import { ProtocolVersion } from "./registry.ts";
import { TlsWriter } from "./wire.ts";

/** An external PSK, made ready for the suites of one hash. */
export interface ImportedPsk {
  readonly external: ExternalPsk;
  /** What its binder says it is (§5.2). */
  readonly kind: "imported" | "external";
  /** What goes over the wire: an ImportedIdentity (§5.1), unless it is plain. */
  readonly identity: Uint8Array;
  readonly psk: Uint8Array;
  /** The hash of the suites it is for. */
  readonly hash: Hash;
}

/** Whether `external` can be used with suites of the hash `target` (RFC 8446 §4.2.11). */
export function servesHash({ isPlain, hash }: ExternalPsk, target: Hash): boolean {
  return !isPlain || hash === target.name;
}

/** The imported identity alone: enough to find out whether it was offered. */
export function importedIdentity(external: ExternalPsk, target: Hash): Uint8Array {
  if (external.isPlain) return external.externalIdentity;
  const kdf = KDF.get(target.name);
  if (kdf === undefined) throw new RangeError(`No PSK is imported for suites of ${target.name}`);
  const writer = new TlsWriter();
  writer.vector16(external.externalIdentity).vector16(external.context ?? NOTHING);
  writer.u16(ProtocolVersion.TLS_1_3).u16(kdf);
  return writer.written;
}

/** Imports `external` for the suites of the hash `target` (§5.1), which it serves. */
export function importPsk(provider: Provider, external: ExternalPsk, target: Hash): ImportedPsk {
  const hash = provider.hashes[external.hash];
  const identity = importedIdentity(external, target);
  if (external.isPlain) {
    return { external, kind: "external", identity, psk: external.key, hash: target };
  }
  const secret = extract(hash, new Uint8Array(hash.outputBytes), external.key);
  const psk = expandLabel(hash, secret, "derived psk", hash.digest(identity), target.outputBytes);
  return { external, kind: "imported", identity, psk, hash: target };
}

const NOTHING = new Uint8Array(0);

/** RFC 9258 §9: HKDF_SHA256, HKDF_SHA384. */
const KDF: ReadonlyMap<HashName, number> = new Map([["sha256", 1], ["sha384", 2]]);
