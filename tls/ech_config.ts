/**
 * ECHConfig and ECHConfigList (RFC 9849 §4): how a server says that it takes encrypted ClientHellos.
 *
 * @module
 */
import { TlsError } from "./alert.ts";
import { HPKE_KEY_BYTES, type HpkeSuite, KEM_X25519_HKDF_SHA256, supportsHpke } from "./hpke.ts";
import type { Provider } from "./provider/provider.ts";
import { TlsReader, TlsWriter } from "./wire.ts";

/** One configuration of the version this engine speaks. */
export interface EchConfig {
  /** The whole ECHConfig: a part of what is sealed. */
  readonly bytes: Uint8Array;
  readonly configId: number;
  readonly kemId: number;
  readonly publicKey: Uint8Array;
  readonly suites: readonly HpkeSuite[];
  readonly maximumNameLength: number;
  readonly publicName: string;
  /** Whether it has an extension that has to be understood (§4.2), and none is. */
  readonly hasMandatoryExtension: boolean;
}

/** A configuration, and the one of its suites to use. */
export interface UsableEchConfig {
  readonly config: EchConfig;
  readonly suite: HpkeSuite;
}

/** Reads a list; configurations of other versions are left out. Throws a `TlsError` when it is none. */
export function readEchConfigList(bytes: Uint8Array): EchConfig[] {
  const outer = new TlsReader(bytes, "ECHConfigList");
  const list = new TlsReader(outer.vector16(4), "ECHConfigList");
  outer.end();
  const configs: EchConfig[] = [];
  while (list.remaining > 0) {
    const whole = list.ahead();
    const version = list.u16();
    const length = list.vector16().length;
    if (version === ECH_VERSION) configs.push(readEchConfig(whole.view(4 + length)));
  }
  return configs;
}

/** Reads one ECHConfig of this version. */
export function readEchConfig(bytes: Uint8Array): EchConfig {
  const outer = new TlsReader(bytes, "ECHConfig");
  if (outer.u16() !== ECH_VERSION) {
    throw new TlsError("decodeError", "ECHConfig has another version");
  }
  const reader = new TlsReader(outer.vector16(), "ECHConfig");
  outer.end();
  const configId = reader.u8();
  const kemId = reader.u16();
  const publicKey = reader.vector16(1);
  const suites = readSuites(reader.vector16(4));
  const maximumNameLength = reader.u8();
  const publicName = String.fromCharCode(...reader.vector8(1));
  const hasMandatoryExtension = readMandatory(reader.vector16());
  reader.end();
  return {
    ...{ bytes, configId, kemId, publicKey, suites, maximumNameLength, publicName },
    hasMandatoryExtension,
  };
}

/** An ECHConfig for the owner of an X25519 key; a list of them is what is published in DNS. */
export function encodeEchConfig(
  fields: {
    readonly configId: number;
    readonly publicKey: Uint8Array;
    readonly suites: readonly HpkeSuite[];
    readonly maximumNameLength: number;
    readonly publicName: string;
  },
): Uint8Array {
  const writer = new TlsWriter();
  writer.u16(ECH_VERSION).vector(2, () => {
    writer.u8(fields.configId).u16(KEM_X25519_HKDF_SHA256).vector16(fields.publicKey);
    writer.vector(2, () => {
      for (const { kdfId, aeadId } of fields.suites) writer.u16(kdfId).u16(aeadId);
    });
    writer.u8(fields.maximumNameLength);
    writer.vector8(new TextEncoder().encode(fields.publicName)).u16(0);
  });
  return writer.written;
}

/** ECHConfigList of `configs`. */
export function encodeEchConfigList(configs: readonly Uint8Array[]): Uint8Array {
  const writer = new TlsWriter();
  writer.vector(2, () => configs.forEach((config) => writer.bytes(config)));
  return writer.written;
}

/** The first configuration that this engine can use (§6.1). */
export function usableEchConfig(
  provider: Provider,
  configs: readonly EchConfig[],
): UsableEchConfig | undefined {
  for (const config of configs) {
    const isUsable = config.kemId === KEM_X25519_HKDF_SHA256 &&
      config.publicKey.length === HPKE_KEY_BYTES &&
      !config.hasMandatoryExtension && isPublicName(config.publicName);
    const suite = config.suites.find((each) => supportsHpke(provider, each));
    if (isUsable && suite !== undefined) return { config, suite };
  }
  return undefined;
}

/** §4: a host name, and nothing that reads as an IPv4 address. */
function isPublicName(name: string): boolean {
  const labels = name.split(".");
  return labels.every((label) => /^(?!-)[a-z0-9-]{1,63}(?<!-)$/i.test(label)) &&
    !/^(\d+|0x[0-9a-f]*)$/i.test(labels.at(-1)!);
}

function readSuites(bytes: Uint8Array): HpkeSuite[] {
  const reader = new TlsReader(bytes, "Suites of an ECHConfig");
  const suites: HpkeSuite[] = [];
  while (reader.remaining > 0) suites.push({ kdfId: reader.u16(), aeadId: reader.u16() });
  return suites;
}

/** §4.2: an extension whose type has the high bit has to be understood. */
function readMandatory(bytes: Uint8Array): boolean {
  const reader = new TlsReader(bytes, "Extensions of an ECHConfig");
  let isMandatory = false;
  while (reader.remaining > 0) {
    isMandatory ||= (reader.u16() & 0x8000) !== 0;
    reader.vector16();
  }
  return isMandatory;
}

const ECH_VERSION = 0xfe0d;
