/**
 * Keys for encrypted ClientHellos, and hellos sealed for them with whatever is inside.
 *
 * @module
 */
import { type ClientHello, encodeClientHello } from "../../tls/client_hello.ts";
import type { EchKey } from "../../tls/config.ts";
import { echInfo, encodeOuterEch, outerAad, payloadIn } from "../../tls/ech.ts";
import { encodeEchConfig } from "../../tls/ech_config.ts";
import { type HpkeContext, setupSender } from "../../tls/hpke.ts";
import { reference } from "../../tls/provider/reference.ts";
import { NamedGroup } from "../../tls/registry.ts";
import { plainHello } from "./tls_samples.ts";
import { seededRandom } from "./tls_pair.ts";

/** A key for ECH whose bytes are all `fill`. */
export function echKey(fill: number, configId = 1): EchKey & { readonly publicKey: Uint8Array } {
  const privateKey = new Uint8Array(32).fill(fill);
  const group = reference.groups.find(({ name }) => name === NamedGroup.x25519)!;
  const publicKey = group.start((into) => into.set(privateKey)).share;
  const config = encodeEchConfig({
    configId,
    publicKey,
    suites: [{ kdfId: 1, aeadId: 1 }, { kdfId: 1, aeadId: 3 }],
    maximumNameLength: 32,
    publicName: "public.example",
  });
  return { config, publicKey, privateKey, isRetryConfig: true };
}

/** The suite that hellos are sealed with here. */
const ECH_SUITE = { kdfId: 1, aeadId: 1 };

/** What of a sealed hello is out of the ordinary. */
export interface SealedHello {
  readonly outer?: Partial<ClientHello>;
  readonly padding?: Uint8Array;
  readonly configId?: number;
  /** Goes on with this context: then there is no `enc`, as in a second hello. */
  readonly context?: HpkeContext;
}

/** EncodedClientHelloInner of a hello (RFC 9849 §5.1). */
export function encodedInner(fields: Partial<ClientHello> = {}): Uint8Array {
  const hello = plainHello({
    legacySessionId: new Uint8Array(),
    serverName: "secret.example",
    encryptedClientHello: Uint8Array.of(1),
    ...fields,
  });
  return encodeClientHello(hello).slice(4);
}

/** An outer hello, header included, that carries `inner` sealed for `key`. */
export function sealedHello(
  key: ReturnType<typeof echKey>,
  inner: Uint8Array,
  options: SealedHello = {},
): { message: Uint8Array; context: HpkeContext } {
  const info = echInfo(key.config);
  const { publicKey } = key;
  const made = options.context === undefined
    ? setupSender(reference, ECH_SUITE, publicKey, info, seededRandom(5))
    : { enc: new Uint8Array(), context: options.context };
  const { padding = new Uint8Array() } = options;
  const sealed = new Uint8Array(inner.length + padding.length + 16);
  sealed.set(inner);
  sealed.set(padding, inner.length);
  const message = encodeClientHello(plainHello({
    serverName: "public.example",
    encryptedClientHello: encodeOuterEch({
      suite: ECH_SUITE,
      configId: options.configId ?? 1,
      enc: made.enc,
      payload: new Uint8Array(sealed.length),
    }),
    ...options.outer,
  }));
  made.context.seal(outerAad(message), sealed);
  payloadIn(message.subarray(4)).set(sealed);
  return { message, context: made.context };
}
