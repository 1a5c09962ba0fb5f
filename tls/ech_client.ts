/**
 * Encrypted ClientHello on the client (RFC 9849 §6): seals the real offer into an outer one, and finds
 * out which of them the server took.
 *
 * @module
 */
import { TlsError } from "./alert.ts";
import { equal } from "./bytes.ts";
import { type ClientHello, encodeClientHello, EXTENSION_ORDER } from "./client_hello.ts";
import { encodeOffer, type Offer } from "./client_offer.ts";
import type { ClientConfig } from "./config.ts";
import {
  acceptConfirmation,
  CONFIRMATION_BYTES,
  confirmationInServerHello,
  echInfo,
  encodeOuterEch,
  INNER_ECH,
  joinHello,
  payloadIn,
  splitHello,
} from "./ech.ts";
import { readEchConfigList, type UsableEchConfig, usableEchConfig } from "./ech_config.ts";
import { type Extension, readRawExtensions } from "./extensions.ts";
import { HPKE_KEY_BYTES, type HpkeContext, setupSender } from "./hpke.ts";
import type { Hash } from "./provider/provider.ts";
import { ExtensionType } from "./registry.ts";
import { Transcript } from "./transcript.ts";
import { TlsReader, TlsWriter } from "./wire.ts";

/** An inner offer on its way. */
export interface EchAttempt {
  readonly usable: UsableEchConfig;
  readonly context: HpkeContext;
  readonly enc: Uint8Array;
  readonly outerRandom: Uint8Array;
  readonly inner: Offer;
  /** Of the inner hello. */
  readonly transcript: Transcript;
}

/**
 * The configuration to use, if there is one. Throws a `TlsError` (`badEchConfigList`) for a list that
 * is none, and (`unusableEchConfigList`) where ECH is a must and nothing in the list can be used.
 */
export function chooseEchConfig(config: ClientConfig): UsableEchConfig | undefined {
  const { echConfigList, echRequired } = config;
  let usable: UsableEchConfig | undefined;
  try {
    usable = usableEchConfig(
      config.provider,
      echConfigList === undefined ? [] : readEchConfigList(echConfigList),
    );
  } catch (cause) {
    throw new TlsError("badEchConfigList", "ECHConfigList cannot be read", { cause });
  }
  if (usable === undefined && echRequired) {
    throw new TlsError("unusableEchConfigList", "No ECHConfig can be used");
  }
  return usable;
}

/** Begins an attempt with `offer` as the inner one. */
export function beginEch(config: ClientConfig, offer: Offer, usable: UsableEchConfig): EchAttempt {
  const outerRandom = new Uint8Array(32);
  config.random(outerRandom);
  const { publicKey, bytes } = usable.config;
  const { enc, context } = setupSender(
    config.provider,
    usable.suite,
    publicKey,
    echInfo(bytes),
    config.random,
  );
  const order = offer.order.length > 0 ? offer.order : EXTENSION_ORDER;
  const inner = {
    ...offer,
    hello: { ...offer.hello, encryptedClientHello: INNER_ECH },
    // What is left to the outer hello stands together, in the outer order (§5.1).
    order: [...OWN_TYPES, ...order.filter((type) => !OWN_TYPES.has(type))],
  };
  return { usable, context, enc, outerRandom, inner, transcript: new Transcript() };
}

/** The outer offer, without its payload: what the server answers when it does not take the inner one. */
export function outerOffer(attempt: EchAttempt): Offer {
  const { inner, outerRandom, usable } = attempt;
  const { preSharedKey: _, ...rest } = inner.hello;
  const hello: ClientHello = { ...rest, random: outerRandom, serverName: usable.config.publicName };
  const order = inner.order.filter((type) => !OWN_TYPES.has(type));
  return { ...inner, hello, psks: [], order };
}

/**
 * The bytes of the outer hello with the inner one sealed in it; adds each to its transcript. `outer`
 * comes back with the extension that was sent.
 */
export function encodeEch(
  attempt: EchAttempt,
  outer: Offer,
  outerTranscript: Transcript,
): { bytes: Uint8Array; outer: Offer; innerBytes: Uint8Array } {
  const { inner, usable, context, enc, transcript } = attempt;
  const isSecond = transcript.isStarted;
  const innerBytes = encodeOffer(inner, transcript);
  const encoded = encodedInner(innerBytes, attempt);
  const payload = new Uint8Array(encoded.length + TAG_BYTES);
  const { configId } = usable.config;
  // §6.1.5: the second hello goes on with the first one's context.
  const encOrNone = isSecond ? NOTHING : enc;
  const content = { suite: usable.suite, configId, enc: encOrNone, payload };
  const hello = { ...outer.hello, encryptedClientHello: encodeOuterEch(content) };
  const bytes = encodeClientHello(hello, outer.order);
  const aad = bytes.slice(4);
  const place = payloadIn(bytes.subarray(4));
  place.set(encoded);
  context.seal(aad, place);
  const sent = splitHello(bytes.subarray(4)).extensions
    .find(({ type }) => type === ExtensionType.encrypted_client_hello)!.data.slice();
  outerTranscript.add(bytes);
  return {
    bytes,
    innerBytes,
    outer: { ...outer, hello: { ...hello, encryptedClientHello: sent } },
  };
}

/** Whether a ServerHello answers the inner hello (§7.2). Starts the inner transcript, where that is due. */
export function confirmsInner(attempt: EchAttempt, message: Uint8Array, hash: Hash): boolean {
  const { transcript, inner } = attempt;
  if (!transcript.isStarted) transcript.start(hash);
  const blank = message.slice();
  const place = confirmationInServerHello(blank);
  const said = place.slice();
  place.fill(0);
  return equal(acceptConfirmation(hash, inner.hello.random, transcript, blank, false), said);
}

/** Whether a HelloRetryRequest answers the inner hello (§7.2.1): then the inner transcript has it, too. */
export function retryConfirmsInner(attempt: EchAttempt, message: Uint8Array, hash: Hash): boolean {
  const { transcript, inner } = attempt;
  transcript.start(hash);
  transcript.replaceByMessageHash();
  const blank = message.slice();
  const place = confirmationInRetry(blank);
  if (place === undefined) return false;
  const said = place.slice();
  place.fill(0);
  const isSame = equal(acceptConfirmation(hash, inner.hello.random, transcript, blank, true), said);
  transcript.add(message);
  return isSame;
}

/** Content of the extension that looks like ECH and is none (§6.2). */
export function greaseEch(config: ClientConfig): Uint8Array {
  const random = new Uint8Array(2 + HPKE_KEY_BYTES);
  config.random(random);
  // As long as a padded inner hello of some kind.
  const payload = new Uint8Array(128 + 32 * (random[1] % 4) + TAG_BYTES);
  config.random(payload);
  const suite = { kdfId: 1, aeadId: 1 };
  return encodeOuterEch({ suite, configId: random[0], enc: random.subarray(2), payload });
}

/** EncodedClientHelloInner (§5.1), padded so that its length tells little of the name (§6.1.3). */
function encodedInner(message: Uint8Array, { usable, inner }: EchAttempt): Uint8Array {
  const split = splitHello(message.subarray(4));
  const extensions: Extension[] = [];
  const left: number[] = [];
  for (const extension of split.extensions) {
    if (!inner.order.includes(extension.type) || OWN_TYPES.has(extension.type)) {
      extensions.push(extension);
    } else {
      if (left.length === 0) {
        extensions.push({ type: ExtensionType.ech_outer_extensions, data: NOTHING });
      }
      left.push(extension.type);
    }
  }
  const body = joinHello({
    ...split,
    legacySessionId: NOTHING,
    extensions: extensions.map((each) =>
      each.type === ExtensionType.ech_outer_extensions ? { ...each, data: outerList(left) } : each
    ),
  });
  const { maximumNameLength } = usable.config;
  const name = inner.hello.serverName;
  const forName = name === undefined
    ? maximumNameLength + 9
    : Math.max(0, maximumNameLength - name.length);
  const padded = body.length + forName;
  const encoded = new Uint8Array(padded + 31 - (padded - 1) % 32);
  encoded.set(body);
  return encoded;
}

function outerList(types: readonly number[]): Uint8Array {
  const writer = new TlsWriter();
  writer.vector(1, () => types.forEach((type) => writer.u16(type)));
  return writer.written;
}

/** The 8 bytes of the extension in a HelloRetryRequest, header included: a view. */
function confirmationInRetry(message: Uint8Array): Uint8Array | undefined {
  const reader = new TlsReader(message.subarray(4), "HelloRetryRequest");
  reader.view(2 + 32);
  reader.vector8();
  reader.view(3);
  const place = readRawExtensions(reader, "HRR")
    .find(({ type }) => type === ExtensionType.encrypted_client_hello)?.data;
  return place?.length === CONFIRMATION_BYTES ? place : undefined;
}

/** What differs between the two hellos, or could: never left to the outer one. */
const OWN_TYPES: ReadonlySet<number> = new Set([
  ExtensionType.server_name,
  ExtensionType.encrypted_client_hello,
  ExtensionType.early_data,
  ExtensionType.pre_shared_key,
]);
const NOTHING = new Uint8Array(0);
const TAG_BYTES = 16;
