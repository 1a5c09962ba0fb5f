/**
 * Certificates, revocation lists and keys: what `deno task fuzz x509` changes, element by element.
 *
 * @module
 */
import { TlsError } from "../../tls/alert.ts";
import { KeyError } from "../../tls/provider/provider.ts";
import { reference } from "../../tls/provider/reference.ts";
import { CertificateType } from "../../tls/registry.ts";
import { signatureAlgorithmDer } from "../../tls/x509/algorithms.ts";
import { parseCertificate, parsePublicKeyInfo, publicKeyOf } from "../../tls/x509/certificate.ts";
import { parseRevocationList } from "../../tls/x509/crl.ts";
import { contextPrimitive, der } from "../../tls/x509/der.ts";
import { ExtensionId } from "../../tls/x509/extensions.ts";
import { isFor, namesOf } from "../../tls/x509/identity.ts";
import { nameDer, nameText } from "../../tls/x509/name.ts";
import { parsePem, PemError, toPem } from "../../tls/x509/pem.ts";
import { TrustAnchors } from "../../tls/x509/trust.ts";
import { serverCertificateVerifier } from "../../tls/x509/verifier.ts";
import {
  alternativeNames,
  intermediate,
  leaf,
  nameConstraints,
  NOW_MS,
  root,
  signedDer,
} from "../support/certificates.ts";
import { rawExtension } from "../support/raw_certificate.ts";
import { seededRandom } from "../support/tls_pair.ts";
import type { Target } from "./target.ts";

const URI = "http://crl.example/a.crl";
const DNS = { kind: "dns", text: "example.org" } as const;
const oid = (text: string) => der.sequence(der.objectIdentifier(text));
const fullName = der.sequence(
  der.explicit(0, der.explicit(0, der.element(contextPrimitive(6), new TextEncoder().encode(URI)))),
);

const authority = root({
  extensions: {
    nameConstraints: [
      nameConstraints([DNS, { kind: "dns", text: "localhost" }], [{
        kind: "dns",
        text: "bad.example",
      }]),
      true,
    ],
  },
});
const middle = intermediate(authority, {
  extensions: {
    certificatePolicies: der.sequence(oid("2.5.29.32.0"), oid("1.2.3.4")),
    policyMappings: der.sequence(
      der.sequence(der.objectIdentifier("1.2.3.4"), der.objectIdentifier("1.2.3.5")),
    ),
    policyConstraints: [der.sequence(der.element(contextPrimitive(0), Uint8Array.of(1))), true],
    inhibitAnyPolicy: der.smallInteger(2),
    crlDistributionPoints: der.sequence(fullName),
  },
});
const server = leaf(middle, {
  extensions: {
    subjectAltName: alternativeNames(DNS, { kind: "dns", text: "*.example.org" }, {
      kind: "dns",
      text: "localhost",
    }),
    certificatePolicies: der.sequence(oid("1.2.3.5")),
    crlDistributionPoints: der.sequence(fullName),
    authorityInfoAccess: der.sequence(
      der.sequence(
        der.objectIdentifier("1.3.6.1.5.5.7.48.1"),
        der.element(contextPrimitive(6), new TextEncoder().encode("http://ocsp.example")),
      ),
    ),
  },
  more: [rawExtension("1.2.3.99", Uint8Array.of(5, 0))],
});

const parties = [authority, middle, server].map(({ certificate }) => certificate.der);

const anchors = new TrustAnchors([authority.certificate.der]);
/** Every signature fits, so that paths of changed certificates are followed to their end. */
const verifier = serverCertificateVerifier({ verify: () => true, anchors });

/** Reads a certificate and everything that is read of it later. */
const certificates: Target = {
  name: "certificates",
  framing: "der",
  refusal: TlsError,
  weight: 15,
  seeds: parties,
  run(input) {
    const certificate = parseCertificate(input);
    nameText(certificate.subject);
    namesOf(certificate);
    isFor(certificate, "www.example.org");
    isFor(certificate, "127.0.0.1");
    publicKeyOf(certificate);
    return "read";
  },
};

function believe(...chain: readonly Uint8Array[]): string {
  const peer = { chain, type: CertificateType.X509, serverName: "www.example.org" };
  verifier.verify({ ...peer, nowMs: NOW_MS });
  return "believed";
}

const leaves: Target = {
  name: "leaves of paths",
  framing: "der",
  refusal: TlsError,
  weight: 2,
  seeds: [parties[2]],
  run: (input) => believe(input, parties[1]),
};

const authorities: Target = {
  name: "authorities on paths",
  framing: "der",
  refusal: TlsError,
  weight: 1,
  seeds: [parties[1]],
  run: (input) => believe(parties[2], input, parties[1], parties[0]),
};

const revocationList = signedDer(
  der.sequence(
    der.smallInteger(1),
    signatureAlgorithmDer("ed25519"),
    nameDer("Root"),
    der.time(NOW_MS - 1e6),
    der.time(NOW_MS + 1e9),
    der.sequence(
      der.sequence(der.smallInteger(5), der.time(NOW_MS - 1e7)),
      der.sequence(
        der.smallInteger(6),
        der.time(NOW_MS - 1e7),
        der.sequence(rawExtension("2.5.29.21", der.element(10, Uint8Array.of(1)))),
      ),
    ),
    der.explicit(
      0,
      der.sequence(
        rawExtension("2.5.29.20", der.smallInteger(9)),
        rawExtension("2.5.29.28", fullName, true),
        rawExtension(ExtensionId.authorityKeyIdentifier, der.sequence()),
      ),
    ),
  ),
  signatureAlgorithmDer("ed25519"),
  authority.key,
);

const lists: Target = {
  name: "revocation lists",
  framing: "der",
  refusal: TlsError,
  weight: 2,
  seeds: [revocationList],
  run: (input) => `${parseRevocationList(input).revoked.size} revoked`,
};

const publicKeys: Target = {
  name: "raw public keys",
  framing: "der",
  refusal: TlsError,
  weight: 3,
  seeds: [server.certificate.publicKeyInfo.der],
  run: (input) => parsePublicKeyInfo(input).type,
};

const keySeeds = (["ed25519", "secp256r1"] as const).map((type) =>
  reference.generateKey(type, seededRandom(1)).toPkcs8!()
);

const privateKeys: Target = {
  name: "private keys",
  framing: "der",
  refusal: KeyError,
  weight: 3,
  seeds: keySeeds,
  run: (input) => {
    // What can be read costs a multiplication of a point: only a part of those is finished.
    if (input.length > 0 && input[input.length - 1] % 8 !== 0) return "left alone";
    return reference.loadKey(input).publicKey.type;
  },
};

const pem: Target = {
  name: "PEM",
  framing: "bytes",
  refusal: PemError,
  weight: 1,
  seeds: [new TextEncoder().encode(toPem("CERTIFICATE", parties[2].slice(0, 100)).repeat(2))],
  run: (input) => `${parsePem(String.fromCharCode(...input)).length} blocks`,
};

/** All of them. */
export const x509Targets: readonly Target[] = [
  certificates,
  leaves,
  authorities,
  lists,
  publicKeys,
  privateKeys,
  pem,
];
