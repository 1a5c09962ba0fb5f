/**
 * Encrypted ClientHello (RFC 9849): what both sides have in common. A real hello, the inner one,
 * travels sealed in an extension of an outer one, which names a public server.
 *
 * @module
 */
import { TlsError } from "./alert.ts";
import { type Extension, readRawExtensions, writeExtension } from "./extensions.ts";
import { expandLabel, extract } from "./hkdf.ts";
import type { HpkeSuite } from "./hpke.ts";
import type { Hash } from "./provider/provider.ts";
import { ExtensionType } from "./registry.ts";
import type { Transcript } from "./transcript.ts";
import { TlsReader, TlsWriter } from "./wire.ts";

/** ECHClientHello of an outer hello (§5). */
export interface OuterEch {
  readonly suite: HpkeSuite;
  readonly configId: number;
  readonly enc: Uint8Array;
  readonly payload: Uint8Array;
}

/** Content of the extension in an inner hello: nothing but its type. */
export const INNER_ECH = Uint8Array.of(1);

/** Reads the extension's content: an outer one, or "inner". */
export function readEch(content: Uint8Array): OuterEch | "inner" {
  const reader = new TlsReader(content, "Extension encrypted_client_hello");
  try {
    const type = reader.u8();
    if (type === 1) {
      reader.end();
      return "inner";
    }
    if (type !== 0) throw new TlsError("decodeError", `ECH has type ${type}`);
    const suite = { kdfId: reader.u16(), aeadId: reader.u16() };
    const configId = reader.u8();
    const enc = reader.vector16();
    const payload = reader.vector16(1);
    reader.end();
    return { suite, configId, enc, payload };
  } catch (error) {
    if (!(error instanceof TlsError)) throw error;
    throw new TlsError("badExtension", error.message, { cause: error });
  }
}

/** The extension's content in an outer hello. */
export function encodeOuterEch({ suite, configId, enc, payload }: OuterEch): Uint8Array {
  const writer = new TlsWriter();
  writer.u8(0).u16(suite.kdfId).u16(suite.aeadId).u8(configId).vector16(enc).vector16(payload);
  return writer.written;
}

/** `info` of HPKE (§6.1). */
export function echInfo(config: Uint8Array): Uint8Array {
  const label = new TextEncoder().encode("tls ech\0");
  const info = new Uint8Array(label.length + config.length);
  info.set(label);
  info.set(config, label.length);
  return info;
}

/** ClientHelloOuterAAD (§5.2): the outer hello without its header, the payload in it zeros. */
export function outerAad(hello: Uint8Array): Uint8Array {
  const aad = hello.slice(4);
  payloadIn(aad).fill(0);
  return aad;
}

/** The place of the payload in an outer hello without its header: a view. */
export function payloadIn(body: Uint8Array): Uint8Array {
  const { extensions } = splitHello(body);
  const { data } = extensions.find(({ type }) => type === ExtensionType.encrypted_client_hello)!;
  const ech = readEch(data);
  if (ech === "inner") throw new Error("Hello has no payload");
  return ech.payload;
}

/** A ClientHello without its header, taken apart as far as ECH has to. */
export interface SplitHello {
  /** Version and random. */
  readonly start: Uint8Array;
  readonly legacySessionId: Uint8Array;
  /** Suites and compression methods, with their lengths. */
  readonly middle: Uint8Array;
  readonly extensions: readonly Extension[];
  /** What follows the extensions. */
  readonly rest: Uint8Array;
}

export function splitHello(body: Uint8Array): SplitHello {
  const reader = new TlsReader(body, "ClientHello");
  const start = reader.view(34);
  const legacySessionId = reader.vector8();
  const from = reader.position;
  reader.vector16();
  reader.vector8();
  const middle = body.subarray(from, reader.position);
  const extensions = readRawExtensions(reader, "CH");
  return { start, legacySessionId, middle, extensions, rest: reader.rest() };
}

export function joinHello(
  { start, legacySessionId, middle, extensions }: Omit<SplitHello, "rest">,
): Uint8Array {
  const writer = new TlsWriter(512);
  writer.bytes(start).vector8(legacySessionId).bytes(middle).vector(2, () => {
    for (const { type, data } of extensions) {
      writeExtension(writer, type, () => writer.bytes(data));
    }
  });
  return writer.written;
}

/**
 * How a server says in a ServerHello or HelloRetryRequest that it took the inner hello (§7.2): 8 bytes.
 *
 * @param transcript up to the message, which is not in it
 * @param message with zeros where the confirmation is to be
 */
export function acceptConfirmation(
  hash: Hash,
  innerRandom: Uint8Array,
  transcript: Transcript,
  message: Uint8Array,
  isRetry: boolean,
): Uint8Array {
  const secret = extract(hash, new Uint8Array(hash.outputBytes), innerRandom);
  const label = isRetry ? "hrr ech accept confirmation" : "ech accept confirmation";
  return expandLabel(hash, secret, label, transcript.digestWith(message), CONFIRMATION_BYTES);
}

/** The place of the confirmation in a ServerHello, header included: the end of its random. */
export function confirmationInServerHello(message: Uint8Array): Uint8Array {
  return message.subarray(4 + 2 + 32 - CONFIRMATION_BYTES, 4 + 2 + 32);
}

export const CONFIRMATION_BYTES = 8;
