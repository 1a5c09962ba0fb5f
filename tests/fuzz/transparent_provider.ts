/**
 * A provider without cryptography: nothing is encrypted, every tag, signature and Finished fits, both
 * sides' secrets are the same. So an input that was changed anywhere is understood as far as its
 * meaning goes, which real cryptography would forbid at the first byte, and a handshake costs
 * microseconds.
 *
 * @module
 */
import { TlsError } from "../../tls/alert.ts";
import type {
  Aead,
  CipherSuite,
  Hash,
  HashName,
  KxGroup,
  Provider,
  SigningKey,
} from "../../tls/provider/provider.ts";
import { CipherSuiteId, NamedGroup, SignatureScheme } from "../../tls/registry.ts";

function hash(name: HashName, outputBytes: number): Hash {
  const constant = () => new Uint8Array(outputBytes).fill(7);
  const running = { update: () => {}, digest: constant, clone: () => running };
  return {
    name,
    outputBytes,
    blockBytes: 64,
    digest: constant,
    hmac: constant,
    start: () => running,
  };
}

const hashes = {
  sha256: hash("sha256", 32),
  sha384: hash("sha384", 48),
  sha512: hash("sha512", 64),
};

/** A tag that ends with this byte is wrong, so that there are wrong ones. */
const WRONG = 0xff;

const aead: Aead = {
  keyBytes: 16,
  load: () => ({
    seal: (_nonce, _aad, bytes) => void bytes.fill(0, bytes.length - 16),
    open: (_nonce, _aad, bytes) => bytes[bytes.length - 1] !== WRONG,
    destroy: () => {},
  }),
};

function suite(id: CipherSuiteId, own: Hash): CipherSuite {
  return { id, aead, hash: own, recordsMax: 1_000 };
}

function group(name: NamedGroup, shareBytes: number): KxGroup {
  const secretOf = (share: Uint8Array) => {
    if (share.length === shareBytes) return new Uint8Array(32).fill(1);
    throw new TlsError("badKeyShare", `Key share has ${share.length} bytes`);
  };
  const share = new Uint8Array(shareBytes).fill(9);
  return {
    name,
    start: () => ({ share, complete: secretOf }),
    respond: (peerShare) => ({ share, secret: secretOf(peerShare) }),
  };
}

/** Signs with anything. */
export const transparentKey: SigningKey = {
  publicKey: { type: "ed25519", bytes: new Uint8Array(32) },
  schemes: [SignatureScheme.ed25519],
  sign: () => new Uint8Array(64).fill(5),
};

export const transparent: Provider = {
  name: "transparent",
  hashes,
  cipherSuites: [
    suite(CipherSuiteId.TLS_AES_128_GCM_SHA256, hashes.sha256),
    suite(CipherSuiteId.TLS_AES_256_GCM_SHA384, hashes.sha384),
    suite(CipherSuiteId.TLS_CHACHA20_POLY1305_SHA256, hashes.sha256),
  ],
  groups: [group(NamedGroup.x25519, 32), group(NamedGroup.secp256r1, 65)],
  signatureAlgorithms: ["ed25519"],
  verify: (_algorithm, _key, _message, signature) => signature.length > 0,
  loadKey: () => transparentKey,
  generateKey: () => transparentKey,
  buffers: { take: (bytes) => new Uint8Array(bytes), give: () => {} },
};
