/**
 * A client and a server of the TLS engine, joined in memory: for tests of whole handshakes.
 *
 * @module
 */
import { ClientConnection } from "../../tls/client.ts";
import type { ClientConfig, Credential, PeerVerifier, ServerConfig } from "../../tls/config.ts";
import type { TlsConnection, TlsEvent } from "../../tls/connection.ts";
import { Outgoing } from "../../tls/outgoing.ts";
import { reference } from "../../tls/provider/reference.ts";
import type { KeyType, Provider } from "../../tls/provider/provider.ts";
import { ServerConnection } from "../../tls/server.ts";
import { Random } from "./random.ts";
import { issueAuthority, issueLeaf } from "../../tls/x509/issue.ts";
import { parseCertificate, publicKeyOf } from "../../tls/x509/certificate.ts";

/** Bytes that are the same in every run. */
export function seededRandom(seed: number): (into: Uint8Array) => void {
  const random = new Random(seed);
  return (into) => {
    for (let at = 0; at < into.length; at++) into[at] = random.below(256);
  };
}

/** 2026-11-24, and it stays. */
export const NOW_MS = 1_795_500_000_000;

/** A leaf for `localhost` with its chain, made once a key type. */
export async function credential(
  type: KeyType = "secp256r1",
  provider: Provider = reference,
): Promise<Credential> {
  const random = seededRandom(7);
  const means = { random, sha256: provider.hashes.sha256, nowMs: NOW_MS };
  const authorityKey = provider.generateKey("secp256r1", random);
  const authority = await issueAuthority(
    { commonName: "Test CA", lifetimeMs: 1e12 },
    authorityKey,
    means,
  );
  const key = provider.generateKey(type, random);
  const leaf = await issueLeaf(
    {
      publicKey: key.publicKey,
      lifetimeMs: 1e11,
      purposes: ["serverAuth", "clientAuth"],
      dnsNames: ["localhost"],
    },
    authority,
    authorityKey,
    means,
  );
  return { chain: [leaf, authority], key };
}

/** Believes every certificate that can be read: the engine's part is under test, not X.509's. */
export const credulous: PeerVerifier = {
  verify({ chain }) {
    return { publicKey: publicKeyOf(parseCertificate(chain[0])), names: [] };
  },
};

/** Configurations that get on with each other. */
export async function pairConfigs(
  client: Partial<ClientConfig> = {},
  server: Partial<ServerConfig> = {},
): Promise<{ client: ClientConfig; server: ServerConfig }> {
  const common = { provider: reference, now: () => NOW_MS };
  return {
    client: {
      ...common,
      random: seededRandom(2),
      serverName: "localhost",
      verifier: credulous,
      ...client,
    },
    server: {
      ...common,
      random: seededRandom(3),
      credentials: server.credentials ?? [await credential()],
      ...server,
    },
  };
}

/** One end of a joined pair, with what it has said and is about to send. */
export class End {
  readonly events: TlsEvent[] = [];
  readonly out: Outgoing;
  /** Application and early data, copied: text of one byte a character. */
  data = "";
  failure: unknown;
  #unread = new Uint8Array(0);

  constructor(readonly connection: TlsConnection, config: ClientConfig | ServerConfig) {
    this.out = new Outgoing(config.provider.buffers);
  }

  /** Hands in `bytes`; what fails is kept. */
  receive(bytes: Uint8Array): void {
    const input = new Uint8Array(this.#unread.length + bytes.length);
    input.set(this.#unread);
    input.set(bytes, this.#unread.length);
    const from = this.events.length;
    try {
      const consumed = this.connection.receive(input, this.out, this.events);
      this.#unread = input.slice(consumed);
    } catch (error) {
      this.failure = error;
    }
    for (const event of this.events.slice(from)) {
      if (event.type === "data" || event.type === "early-data") {
        this.data += String.fromCharCode(...event.bytes);
      }
    }
  }

  /** What is to be sent, taken. */
  take(): Uint8Array {
    const bytes = this.out.bytes.slice();
    this.out.clear();
    return bytes;
  }

  send(text: string): void {
    this.connection.send(new TextEncoder().encode(text), this.out);
  }

  has(type: TlsEvent["type"]): boolean {
    return this.events.some((event) => event.type === type);
  }
}

/** A client that has started, and a server. */
export function joinedPair(
  configs: { client: ClientConfig; server: ServerConfig },
): { client: End; server: End } {
  const client = new End(new ClientConnection(configs.client), configs.client);
  const server = new End(new ServerConnection(configs.server), configs.server);
  for (const { connection, out, events } of [client, server]) connection.start(out, events);
  return { client, server };
}

/** Carries bytes both ways until nobody says anything, or somebody fails. */
export function exchange(
  { client, server }: { client: End; server: End },
  change: (bytes: Uint8Array, from: "client" | "server") => Uint8Array = (bytes) => bytes,
): void {
  while (client.out.length > 0 || server.out.length > 0) {
    if (client.out.length > 0) deliver(client, server, (bytes) => change(bytes, "client"));
    if (server.out.length > 0) deliver(server, client, (bytes) => change(bytes, "server"));
  }
}

function deliver(from: End, to: End, change: (bytes: Uint8Array) => Uint8Array): void {
  const bytes = change(from.take());
  if (to.failure === undefined) to.receive(bytes);
}
