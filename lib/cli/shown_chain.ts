/**
 * The certificates of a target of the command line: a PEM file, or a host that shows them.
 *
 * @module
 */
import { TlsError } from "../../tls/alert.ts";
import type { Negotiated } from "../../tls/connection.ts";
import { ClientConnection } from "../../tls/mod.ts";
import { type Certificate, parseCertificate, publicKeyOf } from "../../tls/x509/certificate.ts";
import { readCertificates } from "../certificates/credentials.ts";
import { provider } from "../certificates/provider.ts";
import type { Address } from "../ports.ts";
import { LargeBuffers } from "../transport/ciphertext_buffer.ts";
import { TlsStream } from "../transport/tls.ts";
import { type CliPorts, CommandError } from "./ports.ts";

/** What a target holds or shows. */
export interface ShownChain {
  /** The target's own certificate first. */
  readonly chain: readonly Certificate[];
  /** Of a host: what was agreed, and the name that was dialled. */
  readonly live?: { readonly hostname: string; readonly negotiated: Negotiated };
}

/**
 * Reads a file, or asks a host, whose certificate is not judged. `serverName` is asked for in place of
 * the host's name.
 *
 * @throws {CommandError} when there is no such file, or nobody answers
 * @throws {CredentialError} for a file that holds no certificate
 */
export async function shownChain(
  target: string,
  serverName: string | undefined,
  ports: CliPorts,
): Promise<ShownChain> {
  const bytes = ports.readFile(target);
  if (bytes !== undefined) {
    const text = new TextDecoder().decode(bytes);
    return { chain: readCertificates({ origin: target, text }) };
  }
  const address = hostAndPort(target);
  if (address === undefined) {
    throw new CommandError(
      `There is no file ${target}; a host is written with its port, as in localhost:8090`,
    );
  }
  return await ask(address, serverName ?? address.hostname, ports);
}

async function ask(
  address: Address,
  serverName: string,
  { dial, clock, entropy }: CliPorts,
): Promise<ShownChain> {
  const where = `${address.hostname}:${address.port}`;
  const below = await dial(address).catch((cause) => {
    throw new CommandError(`Cannot connect to ${where}: ${textOf(cause)}`, { cause });
  });
  let chain: readonly Certificate[] = [];
  const engine = new ClientConnection({
    provider,
    random: (into) => entropy.fill(into),
    now: () => Math.floor(clock.nowMicros() / 1000),
    serverName,
    verifier: {
      verify(peer) {
        chain = peer.chain.map((der) => parseCertificate(der.slice()));
        return { publicKey: publicKeyOf(chain[0]), names: [] };
      },
    },
  });
  const stream = new TlsStream(below, engine, { buffers: BUFFERS, clock });
  const stop = clock.after(HANDSHAKE_MS_MAX, () => stream.close());
  try {
    await stream.handshake();
    return { chain, live: { hostname: serverName, negotiated: stream.negotiated! } };
  } catch (cause) {
    const why = cause instanceof TlsError ? cause.message : `it says nothing: ${textOf(cause)}`;
    throw new CommandError(`${where} does not shake hands in TLS 1.3: ${why}`, { cause });
  } finally {
    stop();
    stream.close();
  }
}

function hostAndPort(text: string): Address | undefined {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^\s:\/\[\]]+)):(\d{1,5})$/i.exec(text);
  if (match === null || Number(match[3]) > 65_535) return undefined;
  return { hostname: match[1] ?? match[2], port: Number(match[3]) };
}

function textOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

const BUFFERS = new LargeBuffers(provider.buffers, 1);
const HANDSHAKE_MS_MAX = 10_000;
