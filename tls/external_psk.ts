/**
 * PSKs that were agreed outside of TLS, imported so that each serves one protocol and one hash
 * (RFC 9258).
 *
 * @module
 */
import type { ExternalPsk } from "./config.ts";
import { expandLabel, extract } from "./hkdf.ts";
import type { Hash, HashName, Provider } from "./provider/provider.ts";
import { TlsWriter } from "./wire.ts";

/** An external PSK, made ready for the suites of one hash. */
export interface ImportedPsk {
  readonly external: ExternalPsk;
  /** ImportedIdentity (§5.1): what goes over the wire. */
  readonly identity: Uint8Array;
  readonly psk: Uint8Array;
  /** The hash of the suites it is for. */
  readonly hash: Hash;
}

/** The imported identity alone: enough to find out whether it was offered. */
export function importedIdentity(external: ExternalPsk, target: Hash): Uint8Array {
  const kdf = KDF.get(target.name);
  if (kdf === undefined) throw new RangeError(`No PSK is imported for suites of ${target.name}`);
  const writer = new TlsWriter();
  writer.vector16(external.externalIdentity).vector16(external.context ?? NOTHING);
  writer.u16(TLS_1_3).u16(kdf);
  return writer.written;
}

/** Imports `external` for the suites of the hash `target` (§5.1). */
export function importPsk(provider: Provider, external: ExternalPsk, target: Hash): ImportedPsk {
  const hash = provider.hashes[external.hash];
  const identity = importedIdentity(external, target);
  const secret = extract(hash, new Uint8Array(hash.outputBytes), external.key);
  const psk = expandLabel(hash, secret, "derived psk", hash.digest(identity), target.outputBytes);
  return { external, identity, psk, hash: target };
}

const NOTHING = new Uint8Array(0);
const TLS_1_3 = 0x0304;

/** RFC 9258 §9: HKDF_SHA256, HKDF_SHA384. */
const KDF: ReadonlyMap<HashName, number> = new Map([["sha256", 1], ["sha384", 2]]);
