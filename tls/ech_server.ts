/**
 * Encrypted ClientHello on the server (RFC 9849 §7.1): finds out which hello a connection is about.
 *
 * @module
 */
import { TlsError } from "./alert.ts";
import { decodeClientHello, type ReceivedClientHello } from "./client_hello.ts";
import type { EchKey, ServerConfig } from "./config.ts";
import { echInfo, joinHello, outerAad, type OuterEch, readEch, splitHello } from "./ech.ts";
import { encodeEchConfigList, readEchConfig } from "./ech_config.ts";
import type { Extension } from "./extensions.ts";
import { type HpkeContext, setupReceiver } from "./hpke.ts";
import type { Provider } from "./provider/provider.ts";
import { ExtensionType, HandshakeType, ProtocolVersion } from "./registry.ts";
import { TlsReader } from "./wire.ts";

/** The hello to answer, with the bytes that the transcript covers. */
export interface OpenedHello {
  readonly hello: ReceivedClientHello;
  readonly bytes: Uint8Array;
  readonly ech: ServerEch;
}

/** What became of ECH. */
export type ServerEch =
  /** Not offered, or not configured here. */
  | { readonly status: "none" }
  /** The outer hello counts; the client is told these configurations. */
  | { readonly status: "rejected"; readonly retryConfigs: Uint8Array | undefined }
  /** The inner hello counts; `opener` opens the second one. Without it, a proxy opened the first. */
  | { readonly status: "accepted"; readonly opener?: Opener };

interface Opener {
  readonly context: HpkeContext;
  readonly outer: Pick<OuterEch, "suite" | "configId">;
}

/** Opens the first hello of a connection; `message` has its header. */
export function openHello(config: ServerConfig, message: Uint8Array): OpenedHello {
  const hello = decodeClientHello(message);
  const plain = (ech: ServerEch) => ({ hello, bytes: message, ech });
  if (hello.encryptedClientHello === undefined) return plain({ status: "none" });
  const offered = readEch(hello.encryptedClientHello);
  // §7.2: an inner hello in the clear comes from a proxy that has opened it.
  if (offered === "inner") return plain({ status: "accepted" });
  const keys = config.ech ?? [];
  if (keys.length === 0) return plain({ status: "none" });
  const opened = openWithAny(config.provider, keys, offered, message);
  if (opened === undefined) return plain({ status: "rejected", retryConfigs: retryConfigs(keys) });
  const bytes = innerHello(opened.encoded, message);
  const { suite, configId } = offered;
  return {
    hello: checkedInner(bytes),
    bytes,
    ech: { status: "accepted", opener: { context: opened.context, outer: { suite, configId } } },
  };
}

/** Opens the hello that answers a HelloRetryRequest (§7.1.1): as the first one was. */
export function openSecondHello(first: ServerEch, message: Uint8Array): OpenedHello {
  const hello = decodeClientHello(message);
  if (first.status !== "accepted") return { hello, bytes: message, ech: first };
  if (hello.encryptedClientHello === undefined) {
    throw new TlsError("missingExtension", "Second ClientHello has no ECH any more");
  }
  const offered = readEch(hello.encryptedClientHello);
  const { opener } = first;
  if (opener === undefined || offered === "inner") {
    if (opener === undefined && offered === "inner") return { hello, bytes: message, ech: first };
    throw changed();
  }
  const { suite, configId } = opener.outer;
  const isSame = offered.configId === configId && offered.enc.length === 0 &&
    offered.suite.kdfId === suite.kdfId && offered.suite.aeadId === suite.aeadId;
  if (!isSame) throw changed();
  const encoded = opener.context.open(outerAad(message), offered.payload);
  if (encoded === undefined) {
    throw new TlsError("echDecryptError", "Second encrypted ClientHello cannot be opened");
  }
  const bytes = innerHello(encoded, message);
  return { hello: checkedInner(bytes), bytes, ech: first };
}

function changed(): TlsError {
  return new TlsError("decodeError", "Second ClientHello offers ECH in another way", {
    alert: "illegal_parameter",
  });
}

/** Key ids are not unique, and a client may make one up: what does not open was not meant (§7.1). */
function openWithAny(
  provider: Provider,
  keys: readonly EchKey[],
  offered: OuterEch,
  message: Uint8Array,
): { encoded: Uint8Array; context: HpkeContext } | undefined {
  for (const key of keys) {
    const { configId, suites } = readEchConfig(key.config);
    const isMeant = configId === offered.configId &&
      suites.some(({ kdfId, aeadId }) =>
        kdfId === offered.suite.kdfId && aeadId === offered.suite.aeadId
      );
    if (!isMeant) continue;
    const context = receiver(provider, key, offered);
    const encoded = context?.open(outerAad(message), offered.payload);
    if (context !== undefined && encoded !== undefined) return { encoded, context };
  }
  return undefined;
}

function receiver(
  provider: Provider,
  { config, privateKey }: EchKey,
  { suite, enc }: OuterEch,
): HpkeContext | undefined {
  try {
    return setupReceiver(provider, suite, privateKey, enc, echInfo(config));
  } catch (error) {
    if (error instanceof TlsError) return undefined;
    throw error;
  }
}

function retryConfigs(keys: readonly EchKey[]): Uint8Array | undefined {
  const configs = keys.filter(({ isRetryConfig }) => isRetryConfig).map(({ config }) => config);
  return configs.length === 0 ? undefined : encodeEchConfigList(configs);
}

/** ClientHelloInner, header included, out of EncodedClientHelloInner (§5.1). */
function innerHello(encoded: Uint8Array, outerMessage: Uint8Array): Uint8Array {
  const inner = splitHello(encoded);
  const outer = splitHello(outerMessage.subarray(4));
  if (inner.legacySessionId.length > 0 || inner.rest.some((byte) => byte !== 0)) {
    throw new TlsError(
      "decodeError",
      "Inner ClientHello has a session id, or padding that is not zero",
      {
        alert: "illegal_parameter",
      },
    );
  }
  const body = joinHello({
    ...inner,
    legacySessionId: outer.legacySessionId,
    extensions: expanded(inner.extensions, outer.extensions),
  });
  const message = new Uint8Array(4 + body.length);
  message.set([HandshakeType.client_hello, body.length >> 16, body.length >> 8, body.length]);
  message.set(body, 4);
  return message;
}

/** Puts what `ech_outer_extensions` stands for in its place: in the order of the outer hello, each once. */
function expanded(
  inner: readonly Extension[],
  outer: readonly Extension[],
): readonly Extension[] {
  return inner.flatMap((extension) => {
    if (extension.type !== ExtensionType.ech_outer_extensions) return [extension];
    const reader = new TlsReader(extension.data, "Extension ech_outer_extensions");
    const types = new TlsReader(reader.vector8(2), "Extension ech_outer_extensions");
    reader.end();
    const found: Extension[] = [];
    for (let at = 0; types.remaining > 0; at++) {
      const type = types.u16();
      while (at < outer.length && outer[at].type !== type) at++;
      if (at === outer.length || type === ExtensionType.encrypted_client_hello) {
        throw new TlsError(
          "badOuterExtensions",
          `Inner ClientHello wants extension ${type} of the outer one, which is not there`,
        );
      }
      found.push(outer[at]);
    }
    return found;
  });
}

/** §7.1: an inner hello says that it is one, and offers nothing older than TLS 1.3. */
function checkedInner(bytes: Uint8Array): ReceivedClientHello {
  const hello = decodeClientHello(bytes);
  const { encryptedClientHello, supportedVersions } = hello;
  const isInner = encryptedClientHello !== undefined && readEch(encryptedClientHello) === "inner";
  const isOld =
    supportedVersions?.some((version) => version >= 0x0300 && version < ProtocolVersion.TLS_1_3) ??
      true;
  if (!isInner || isOld) {
    throw new TlsError("badInnerHello", "Inner ClientHello is not one, or offers an older version");
  }
  return hello;
}
