/**
 * Certificates put together byte by byte, for what no issuer of the product would write.
 *
 * @module
 */
import { publicKeyInfoDer, signatureAlgorithmDer } from "../../tls/x509/algorithms.ts";
import { contextConstructed, der } from "../../tls/x509/der.ts";
import { nameDer } from "../../tls/x509/name.ts";

/** DER of each field; those left out are unremarkable. */
export interface RawCertificate {
  /** The whole `[0]` element; empty bytes for version 1. */
  readonly version?: Uint8Array;
  readonly serialNumber?: Uint8Array;
  readonly algorithm?: Uint8Array;
  readonly issuer?: Uint8Array;
  readonly validity?: Uint8Array;
  readonly subject?: Uint8Array;
  readonly publicKeyInfo?: Uint8Array;
  /** Whole elements of what may stand between key and extensions. */
  readonly uniqueIds?: Uint8Array;
  /** Each a whole Extension; none: the field is left out. */
  readonly extensions?: readonly Uint8Array[];
  readonly outerAlgorithm?: Uint8Array;
  readonly signature?: Uint8Array;
}

/** DER of a certificate, whose signature is worthless unless it is given. */
export function rawCertificate(fields: RawCertificate = {}): Uint8Array {
  const algorithm = fields.algorithm ?? signatureAlgorithmDer("ed25519");
  return der.sequence(
    rawTbs(fields),
    fields.outerAlgorithm ?? algorithm,
    der.bitString(fields.signature ?? new Uint8Array(64)),
  );
}

/** DER of an Extension. */
export function rawExtension(oid: string, value: Uint8Array, critical = false): Uint8Array {
  return der.sequence(
    der.objectIdentifier(oid),
    ...(critical ? [der.boolean(true)] : []),
    der.octetString(value),
  );
}

/** DER of a TBSCertificate. */
export function rawTbs(fields: RawCertificate = {}): Uint8Array {
  const { extensions = [] } = fields;
  return der.sequence(
    fields.version ?? der.explicit(0, der.smallInteger(2)),
    fields.serialNumber ?? der.smallInteger(1),
    fields.algorithm ?? signatureAlgorithmDer("ed25519"),
    fields.issuer ?? nameDer("Issuer"),
    fields.validity ??
      der.sequence(der.time(Date.UTC(2026, 0, 1)), der.time(Date.UTC(2027, 0, 1))),
    fields.subject ?? nameDer("Subject"),
    fields.publicKeyInfo ?? publicKeyInfoDer({ type: "ed25519", bytes: new Uint8Array(32) }),
    fields.uniqueIds ?? new Uint8Array(),
    extensions.length === 0
      ? new Uint8Array()
      : der.element(contextConstructed(3), der.sequence(...extensions)),
  );
}
