/**
 * TLS of a node: certificates of its own or from files, kept fresh while it runs; one acceptor for
 * each transport.
 *
 * A new certificate is for new connections: those that are up go on.
 *
 * @module
 */
import { CertificateFiles } from "../certificates/certificate_files.ts";
import { ClientAuthorities, verifierOf } from "../certificates/client_authorities.ts";
import { OwnAuthority, type ServerNames } from "../certificates/own_authority.ts";
import { provider } from "../certificates/provider.ts";
import { AsideKey, isSlow } from "../certificates/slow_keys.ts";
import type { BoundAddresses, Config, Transport } from "../config.ts";
import type { Clock, NodePorts } from "../ports.ts";
import { logs } from "../telemetry.ts";
import { LargeBuffers } from "../transport/ciphertext_buffer.ts";
import type { TlsAcceptor } from "../transport/connection.ts";
import type { ClientAuth, Credential, PeerVerifier, ServerConfig } from "../../tls/config.ts";
import { RotatingTicketer, ServerConnection } from "../../tls/mod.ts";
import { isDnsName } from "../../tls/x509/dns_name.ts";
import { parseIpAddress } from "../../tls/x509/ip_address.ts";
import { every } from "./every.ts";

/** See the module comment. */
export class NodeTls {
  /** Of each transport that speaks TLS. */
  readonly acceptors: Readonly<Partial<Record<Transport, TlsAcceptor>>>;
  /** Where clients find what to trust, below the data directory; nowhere when files are all there is. */
  readonly authorityPath: string | undefined;
  readonly #sources: readonly Source[];
  readonly #clientVerifier: PeerVerifier | undefined;
  /** What shows a certificate, with the transports that show it and the authority it is under. */
  readonly #shown: Prepared["transports"];
  readonly #own: OwnAuthority | undefined;

  /**
   * Reads or makes all certificates.
   *
   * @throws {CredentialError} for files that are missing or that hold something else
   */
  static async open(config: Config, ports: NodePorts, bound: BoundAddresses): Promise<NodeTls> {
    return new NodeTls(await prepare(config, ports, bound), config);
  }

  private constructor({ transports, own, base }: Prepared, config: Config) {
    const buffers = new LargeBuffers(provider.buffers, config.limits.tlsBuffersMax);
    this.acceptors = Object.fromEntries(
      transports.map(({ transport, source, isRequired }): [Transport, TlsAcceptor] => {
        const server: ServerConfig = {
          ...base,
          credentials: { resolve: () => [source.credential] },
        };
        return [transport, { isRequired, buffers, open: () => new ServerConnection(server) }];
      }),
    );
    this.#shown = transports;
    this.#own = own;
    this.#sources = [...new Set(transports.map(({ source }) => source))];
    this.#clientVerifier = base.clientAuth?.verifier;
    this.authorityPath = own === undefined ? undefined : OwnAuthority.path;
  }

  /** The chains that are shown now, leaf first, with who shows them. */
  chains(): readonly ShownChain[] {
    return this.#sources.map((source) => {
      const shown = this.#shown.filter((each) => each.source === source);
      return {
        transports: shown.map(({ transport, isRequired }) => ({ transport, isRequired })),
        chain: source.credential.chain,
      };
    });
  }

  /** DER of the node's own authority, when it has one. */
  get authority(): Uint8Array | undefined {
    return this.#own?.certificate;
  }

  /** Looks after the certificates from now on; gives what stops it. */
  watch(clock: Clock): () => void {
    return every(clock, LOOK_MS, () => {
      this.#sources.forEach((source) => source.look());
      if (this.#clientVerifier instanceof ClientAuthorities) lookAt(this.#clientVerifier);
    });
  }

  close(): void {
    this.#sources.forEach((source) => source.retire());
  }
}

/** A chain of DER certificates, and the transports that show it. */
export interface ShownChain {
  readonly transports: readonly { readonly transport: Transport; readonly isRequired: boolean }[];
  readonly chain: readonly Uint8Array[];
}

/** Where a credential comes from, and the one that is current. */
interface Source {
  readonly credential: Credential;
  /** Takes over what has changed. Never throws. */
  look(): void;
  retire(): void;
}

interface Prepared {
  readonly transports: readonly {
    readonly transport: Transport;
    readonly source: Source;
    readonly isRequired: boolean;
  }[];
  /** There when it serves, or certifies clients. */
  readonly own: OwnAuthority | undefined;
  readonly base: Omit<ServerConfig, "credentials">;
}

async function prepare(
  config: Config,
  ports: NodePorts,
  bound: BoundAddresses,
): Promise<Prepared> {
  const { storage, entropy, clock, host } = ports;
  const random = (into: Uint8Array) => entropy.fill(into);
  const now = () => Math.floor(clock.nowMicros() / 1000);
  const means = { storage, provider, random, now, readFile: ports.readFile };
  const names = () => namesOf(config, ports, bound);

  let own: Promise<OwnAuthority> | undefined;
  const authority = () => own ??= OwnAuthority.open(means, host.hostname);
  let ownSource: Promise<Source> | undefined;
  const makeOwn = async () => await OwnSource.open(await authority(), names);

  const transports = [];
  for (const transport of Object.keys(bound) as Transport[]) {
    const { mode, files } = config[transport].tls;
    if (mode === "off") continue;
    const watched = files && new CertificateFiles(means, files.certFile, files.keyFile);
    const isOwn = watched === undefined || files!.selfSigned && !watched.exist;
    const fallback = isOwn ? await (ownSource ??= makeOwn()) : undefined;
    const source = watched === undefined
      ? fallback!
      : new FileSource(watched, files!.certFile, fallback);
    transports.push({ transport, source, isRequired: mode === "required" });
  }
  const clientAuth = transports.length === 0
    ? undefined
    : await clientAuthOf(config, ports, authority);
  return {
    transports,
    own: await own,
    base: {
      provider,
      random,
      now,
      // For what speaks HTTP; everything else offers nothing.
      alpnProtocols: ["h2", "http/1.1"],
      alpnMismatch: "ignore",
      // A client behind Nagle's algorithm waits 40 ms after a HelloRetryRequest.
      groupRetry: "needed",
      tickets: { ticketer: new RotatingTicketer({ suite: provider.cipherSuites[0], random, now }) },
      clientAuth,
      // A certificate that has expired or was taken out of the file since lets nobody in by a ticket.
      reverifyOnResumption: true,
    },
  };
}

/** The node's own certificate, made anew before it expires and when the node gets another name. */
class OwnSource implements Source {
  readonly #authority: OwnAuthority;
  readonly #names: () => ServerNames;
  #credential: Credential;
  #looks = 0;

  static async open(authority: OwnAuthority, names: () => ServerNames): Promise<OwnSource> {
    return new OwnSource(authority, names, await authority.serverCredential(names()));
  }

  private constructor(authority: OwnAuthority, names: () => ServerNames, credential: Credential) {
    this.#authority = authority;
    this.#names = names;
    this.#credential = credential;
  }

  get credential(): Credential {
    return this.#credential;
  }

  look(): void {
    if (++this.#looks % OWN_LOOKS !== 0) return;
    this.#authority.serverCredential(this.#names()).then(
      (credential) => this.#credential = credential,
      (error) => logs.transport.error("Server certificate cannot be renewed: {error}", { error }),
    );
  }

  retire(): void {}
}

/** A certificate from files; until they are there, another. */
class FileSource implements Source {
  readonly #files: CertificateFiles;
  readonly #path: string;
  #credential: Credential | undefined;
  readonly #fallback: Source | undefined;

  constructor(files: CertificateFiles, path: string, fallback: Source | undefined) {
    this.#files = files;
    this.#path = path;
    this.#fallback = fallback;
    if (fallback === undefined) this.#use(files.load());
  }

  get credential(): Credential {
    return this.#credential ?? this.#fallback!.credential;
  }

  look(): void {
    this.#fallback?.look();
    const change = this.#files.look();
    const path = this.#path;
    if (change.kind === "renewed") {
      this.#use(change.credential);
      logs.transport.info("New connections get the certificate that is in {path} now", { path });
    } else if (change.kind === "broken") {
      const { message } = change.error;
      logs.transport.error("The certificate in use stays: {message}", { message });
    }
  }

  retire(): void {
    const key = this.#credential?.key;
    if (key instanceof AsideKey) key.retire();
  }

  #use(credential: Credential): void {
    this.retire();
    const { key } = credential;
    this.#credential = isSlow(key) ? { ...credential, key: new AsideKey(key) } : credential;
  }
}

async function clientAuthOf(
  { clientCertificates: { mode, caFile } }: Config,
  { readFile }: NodePorts,
  own: () => Promise<OwnAuthority>,
): Promise<ClientAuth | undefined> {
  if (mode === "off") return undefined;
  const verifier = caFile === undefined
    ? verifierOf([(await own()).certificate])
    : new ClientAuthorities(caFile, readFile);
  return { mode, verifier };
}

/** Certificates of clients are believed by the file as it is now. */
function lookAt(authorities: ClientAuthorities): void {
  try {
    if (authorities.look() === "same") return;
    logs.transport.info("Certificates of clients are believed by the authorities of now");
  } catch (error) {
    const message = error instanceof Error ? error.message : error;
    logs.transport.error("The authorities of clients stay: {message}", { message });
  }
}

/** Where this node can be dialled, as far as it knows. */
function namesOf(config: Config, { host }: NodePorts, bound: BoundAddresses): ServerNames {
  const hosts = new Set(["localhost", host.hostname.toLowerCase(), "127.0.0.1", "::1"]);
  for (const [transport, { hostname }] of Object.entries(bound)) {
    hosts.add(config[transport as Transport].address.hostname.toLowerCase());
    if (WILDCARDS.has(hostname)) host.addresses().forEach((address) => hosts.add(address));
    else hosts.add(hostname);
  }
  for (const wildcard of WILDCARDS) hosts.delete(wildcard);
  const isAddress = (name: string) => parseIpAddress(name) !== undefined;
  return {
    dnsNames: [...hosts].filter((name) => !isAddress(name) && isDnsName(name)),
    ipAddresses: [...hosts].filter(isAddress),
  };
}

const WILDCARDS: ReadonlySet<string> = new Set(["0.0.0.0", "::"]);

/** Files are looked at so often. */
const LOOK_MS = 5000;
/** The node's own certificate lasts for months: once an hour. */
const OWN_LOOKS = 720;
