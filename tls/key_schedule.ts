/**
 * The key schedule (RFC 8446 §7.1): one class a stage. A stage gives only the secrets that exist at
 * that stage, and makes the next one.
 *
 * ```text
 * EarlySecret --(EC)DHE--> HandshakeSecret --> MasterSecret
 * ```
 *
 * @module
 */
import { expandLabel, extract } from "./hkdf.ts";
import type { CipherSuite, Hash } from "./provider/provider.ts";

/** From the PSK, or from nothing. */
export class EarlySecret {
  readonly #hash: Hash;
  readonly #secret: Uint8Array;

  /** @param psk left out in a full handshake */
  constructor(hash: Hash, psk: Uint8Array = new Uint8Array(hash.outputBytes)) {
    this.#hash = hash;
    this.#secret = extract(hash, new Uint8Array(hash.outputBytes), psk);
  }

  /** The key of the binders of this PSK (§4.2.11.2); `imported` as in RFC 9258 §5.2. */
  binderKey(kind: "resumption" | "external" | "imported"): Uint8Array {
    return deriveSecret(this.#hash, this.#secret, BINDER_LABELS[kind], this.#hash.digest());
  }

  /** `client_early_traffic_secret`; the context is ClientHello. */
  clientEarlyTrafficSecret(transcriptHash: Uint8Array): Uint8Array {
    return deriveSecret(this.#hash, this.#secret, "c e traffic", transcriptHash);
  }

  /** `early_exporter_master_secret`; the context is ClientHello. */
  exporterSecret(transcriptHash: Uint8Array): Uint8Array {
    return deriveSecret(this.#hash, this.#secret, "e exp master", transcriptHash);
  }

  /** The next stage. */
  handshakeSecret(sharedSecret: Uint8Array): HandshakeSecret {
    return new HandshakeSecret(
      this.#hash,
      extract(this.#hash, derived(this.#hash, this.#secret), sharedSecret),
    );
  }
}

/** From the (EC)DHE secret on. */
export class HandshakeSecret {
  readonly #hash: Hash;
  readonly #secret: Uint8Array;

  constructor(hash: Hash, secret: Uint8Array) {
    this.#hash = hash;
    this.#secret = secret;
  }

  /** `client_handshake_traffic_secret`; the context is ClientHello...ServerHello. */
  clientTrafficSecret(transcriptHash: Uint8Array): Uint8Array {
    return deriveSecret(this.#hash, this.#secret, "c hs traffic", transcriptHash);
  }

  /** `server_handshake_traffic_secret`; the context is ClientHello...ServerHello. */
  serverTrafficSecret(transcriptHash: Uint8Array): Uint8Array {
    return deriveSecret(this.#hash, this.#secret, "s hs traffic", transcriptHash);
  }

  /** The last stage. */
  masterSecret(): MasterSecret {
    const none = new Uint8Array(this.#hash.outputBytes);
    return new MasterSecret(
      this.#hash,
      extract(this.#hash, derived(this.#hash, this.#secret), none),
    );
  }
}

/** What application data and everything after the handshake is protected with. */
export class MasterSecret {
  readonly #hash: Hash;
  readonly #secret: Uint8Array;

  constructor(hash: Hash, secret: Uint8Array) {
    this.#hash = hash;
    this.#secret = secret;
  }

  /** `client_application_traffic_secret_0`; the context is ClientHello...server Finished. */
  clientTrafficSecret(transcriptHash: Uint8Array): Uint8Array {
    return deriveSecret(this.#hash, this.#secret, "c ap traffic", transcriptHash);
  }

  /** `server_application_traffic_secret_0`; the context is ClientHello...server Finished. */
  serverTrafficSecret(transcriptHash: Uint8Array): Uint8Array {
    return deriveSecret(this.#hash, this.#secret, "s ap traffic", transcriptHash);
  }

  /** `exporter_master_secret`; the context is ClientHello...server Finished. */
  exporterSecret(transcriptHash: Uint8Array): Uint8Array {
    return deriveSecret(this.#hash, this.#secret, "exp master", transcriptHash);
  }

  /** `resumption_master_secret`; the context is ClientHello...client Finished. */
  resumptionSecret(transcriptHash: Uint8Array): Uint8Array {
    return deriveSecret(this.#hash, this.#secret, "res master", transcriptHash);
  }
}

/** The PSK of one ticket (§4.6.1). */
export function resumptionPsk(hash: Hash, secret: Uint8Array, ticketNonce: Uint8Array): Uint8Array {
  return expandLabel(hash, secret, "resumption", ticketNonce, hash.outputBytes);
}

/** `verify_data` of a Finished, or a binder (§4.4.4). */
export function finishedMac(
  hash: Hash,
  baseKey: Uint8Array,
  transcriptHash: Uint8Array,
): Uint8Array {
  const key = expandLabel(hash, baseKey, "finished", NOTHING, hash.outputBytes);
  return hash.hmac(key, transcriptHash);
}

/** The traffic secret after a KeyUpdate (§7.2). */
export function nextTrafficSecret(hash: Hash, secret: Uint8Array): Uint8Array {
  return expandLabel(hash, secret, "traffic upd", NOTHING, hash.outputBytes);
}

/** Record key and IV of a traffic secret (§7.3). */
export function trafficKey(
  { aead, hash }: CipherSuite,
  secret: Uint8Array,
): { key: Uint8Array; iv: Uint8Array } {
  return {
    key: expandLabel(hash, secret, "key", NOTHING, aead.keyBytes),
    iv: expandLabel(hash, secret, "iv", NOTHING, IV_BYTES),
  };
}

/** `TLS-Exporter` (§7.5). */
export function exportKeyingMaterial(
  hash: Hash,
  exporterSecret: Uint8Array,
  label: string,
  context: Uint8Array,
  bytes: number,
): Uint8Array {
  const secret = deriveSecret(hash, exporterSecret, label, hash.digest());
  return expandLabel(hash, secret, "exporter", hash.digest(context), bytes);
}

/** `Derive-Secret`, with the hash of the messages instead of the messages. */
function deriveSecret(
  hash: Hash,
  secret: Uint8Array,
  label: string,
  transcriptHash: Uint8Array,
): Uint8Array {
  return expandLabel(hash, secret, label, transcriptHash, hash.outputBytes);
}

function derived(hash: Hash, secret: Uint8Array): Uint8Array {
  return deriveSecret(hash, secret, "derived", hash.digest());
}

const BINDER_LABELS = {
  resumption: "res binder",
  external: "ext binder",
  imported: "imp binder",
} as const;
const NOTHING = new Uint8Array(0);
const IV_BYTES = 12;
