/**
 * Certificates of any shape, signed: authorities and leaves that tests put together by what matters
 * to them. Keys are Ed25519, which signs at once.
 *
 * @module
 */
import type { SigningKey } from "../../tls/provider/provider.ts";
import { reference } from "../../tls/provider/reference.ts";
import { SignatureScheme } from "../../tls/registry.ts";
import { publicKeyInfoDer } from "../../tls/x509/algorithms.ts";
import { type Certificate, parseCertificate } from "../../tls/x509/certificate.ts";
import { contextConstructed, contextPrimitive, der } from "../../tls/x509/der.ts";
import { ExtensionId, KeyUsage, Purpose } from "../../tls/x509/extensions.ts";
import { generalNameDer, type PlainName } from "../../tls/x509/general_name.ts";
import { nameDer } from "../../tls/x509/name.ts";
import { type RawCertificate, rawCertificate, rawExtension, rawTbs } from "./raw_certificate.ts";
import { Random } from "./random.ts";

/** The time at which tests' certificates are valid. */
export const NOW_MS = Date.UTC(2026, 5, 1);

/** DER values of extensions: `undefined` leaves one out, a pair says that it is critical. */
export type ExtensionValues = {
  readonly [Name in keyof typeof ExtensionId]?:
    | Uint8Array
    | readonly [value: Uint8Array, critical: true]
    | undefined;
};

/** A party with a key and a certificate. */
export interface Party {
  readonly key: SigningKey;
  readonly certificate: Certificate;
}

/** What a party's certificate is like; what is left out is as the strictest profile wants it. */
export interface Shape extends Pick<RawCertificate, "serialNumber" | "validity" | "issuer"> {
  readonly name?: string;
  readonly key?: SigningKey;
  readonly extensions?: ExtensionValues;
  /** Extensions that are not in the table. */
  readonly more?: readonly Uint8Array[];
}

/** A key of its own for every call. */
export function freshKey(): SigningKey {
  return reference.generateKey("ed25519", (into) => random.fill(into));
}

/** An authority that signed itself. */
export function root(shape: Shape = {}): Party {
  const key = shape.key ?? freshKey();
  return signed({ name: "Root", ...shape, key }, authorityExtensions(key, undefined), {
    name: nameDer(shape.name ?? "Root"),
    key,
  });
}

/** An authority below another. */
export function intermediate(issuer: Party, shape: Shape = {}): Party {
  const key = shape.key ?? freshKey();
  return signed(
    { name: "Intermediate", ...shape, key },
    authorityExtensions(key, issuer),
    by(issuer),
  );
}

/** A server's leaf for `localhost`. */
export function leaf(issuer: Party, shape: Shape = {}): Party {
  const key = shape.key ?? freshKey();
  const extensions = {
    authorityKeyIdentifier: keyIdOf(issuer),
    keyUsage: der.namedBits(KeyUsage.digitalSignature),
    extendedKeyUsage: der.sequence(der.objectIdentifier(Purpose.serverAuth)),
    subjectAltName: alternativeNames({ kind: "dns", text: shape.name ?? "localhost" }),
  };
  return signed({ name: "localhost", ...shape, key }, extensions, by(issuer));
}

/** Value of subjectAltName. */
export function alternativeNames(...names: readonly PlainName[]): Uint8Array {
  return der.sequence(...names.map(generalNameDer));
}

/** Value of nameConstraints. */
export function nameConstraints(
  permitted: readonly PlainName[],
  excluded: readonly PlainName[] = [],
): Uint8Array {
  const list = (number: number, names: readonly PlainName[]) =>
    names.length === 0 ? [] : [
      der.element(
        contextConstructed(number),
        ...names.map((name) => der.sequence(generalNameDer(name))),
      ),
    ];
  return der.sequence(...list(0, permitted), ...list(1, excluded));
}

/** Value of basicConstraints of an authority. */
export function authority(pathLength?: number): Uint8Array {
  const length = pathLength === undefined ? [] : [der.smallInteger(pathLength)];
  return der.sequence(der.boolean(true), ...length);
}

/** DER of what is signed, the signature's algorithm and the signature, in a sequence. */
export function signedDer(tbs: Uint8Array, algorithm: Uint8Array, key: SigningKey): Uint8Array {
  return der.sequence(tbs, algorithm, der.bitString(signatureOf(key, tbs)));
}

function authorityExtensions(key: SigningKey, issuer: Party | undefined): ExtensionValues {
  return {
    basicConstraints: [authority(), true],
    keyUsage: [der.namedBits(KeyUsage.keyCertSign | KeyUsage.cRLSign), true],
    subjectKeyIdentifier: der.octetString(key.publicKey.bytes.subarray(0, 20)),
    authorityKeyIdentifier: issuer && keyIdOf(issuer),
  };
}

function keyIdOf(issuer: Party): Uint8Array {
  const id = issuer.key.publicKey.bytes.subarray(0, 20);
  return der.sequence(der.element(contextPrimitive(0), id));
}

function by({ key, certificate }: Party): { name: Uint8Array; key: SigningKey } {
  return { name: certificate.subject.der, key };
}

function signed(
  shape: Shape & { key: SigningKey },
  defaults: ExtensionValues,
  issuer: { name: Uint8Array; key: SigningKey },
): Party {
  const { key, name = "", extensions, more = [], ...raw } = shape;
  const values = Object.entries({ ...defaults, ...extensions }) as [
    keyof typeof ExtensionId,
    ExtensionValues[keyof ExtensionValues],
  ][];
  const fields: RawCertificate = {
    issuer: issuer.name,
    subject: nameDer(name),
    publicKeyInfo: publicKeyInfoDer(key.publicKey),
    extensions: [
      ...values.flatMap(([id, value]) => {
        if (value === undefined) return [];
        if (value instanceof Uint8Array) return [rawExtension(ExtensionId[id], value)];
        return [rawExtension(ExtensionId[id], value[0], true)];
      }),
      ...more,
    ],
    ...raw,
  };
  const signature = signatureOf(issuer.key, rawTbs(fields));
  return { key, certificate: parseCertificate(rawCertificate({ ...fields, signature })) };
}

function signatureOf(key: SigningKey, message: Uint8Array): Uint8Array {
  const signature = key.sign(SignatureScheme.ed25519, message);
  if (signature instanceof Promise) throw new TypeError("The reference provider signs at once");
  return signature;
}

const random = new Random(5280);
