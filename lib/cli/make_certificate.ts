/**
 * Makes authorities and leaves, and writes them to files.
 *
 * @module
 */
import type { Provider } from "../../tls/provider/provider.ts";
import { parseIpAddress } from "../../tls/x509/ip_address.ts";
import { sameName } from "../../tls/x509/name.ts";
import { issueAuthority, issueLeaf, type LeafSubject } from "../../tls/x509/issue.ts";
import {
  certificatesPem,
  keyPem,
  readCertificates,
  readCredential,
} from "../certificates/credentials.ts";
import { provider } from "../certificates/provider.ts";
import { userUri } from "../certificates/users.ts";
import { type CliPorts, CommandError } from "./ports.ts";

/** What all making takes. */
export interface MakingOptions {
  readonly days: number;
  /** A folder. */
  readonly out: string;
  readonly force?: true;
}

/** What making a leaf takes. */
export interface LeafOptions extends MakingOptions {
  readonly user?: string;
  readonly client?: true;
  readonly server?: true;
  readonly ca: string;
  readonly caKey?: string;
  readonly file?: string;
}

/** Writes `ca.pem` and `ca.key`. */
export async function makeAuthority(
  options: MakingOptions & { readonly name: string },
  ports: CliPorts,
): Promise<void> {
  if (options.name === "") throw new CommandError("An authority needs a name: give --name");
  const key = provider.generateKey("secp256r1", randomOf(ports));
  const subject = { commonName: options.name, lifetimeMs: options.days * DAY_MS };
  const der = await issueAuthority(subject, key, means(ports));
  const { certificatePath, keyPath } = write(options, "ca", [der], keyPem(key), ports);
  ports.print(
    `Wrote ${certificatePath}, for all to trust, and ${keyPath}, for nobody but you to read`,
  );
}

/** Writes a certificate for `names`, with its authority behind it, and its key. */
export async function makeLeaf(
  names: readonly string[],
  options: LeafOptions,
  ports: CliPorts,
): Promise<void> {
  const { user, days } = options;
  const uris = user === undefined ? [] : [userUri(user)];
  if (names.length === 0 && user === undefined) {
    throw new CommandError(
      "A certificate is for somebody: give host names or addresses, or --user for a client",
    );
  }
  const authority = readAuthority(options, ports);
  const key = provider.generateKey("secp256r1", randomOf(ports));
  const leaf: LeafSubject = {
    publicKey: key.publicKey,
    lifetimeMs: days * DAY_MS,
    purposes: purposesOf(options),
    ...byKind(names, uris),
  };
  let der: Uint8Array;
  try {
    der = await issueLeaf(leaf, authority.chain[0], authority.key, means(ports));
  } catch (error) {
    // What issuing says of a name that is none.
    if (error instanceof RangeError) throw new CommandError(error.message, { cause: error });
    throw error;
  }
  const file = options.file ?? fileNameOf(user ?? names[0]);
  // Who trusts an authority that signed itself has it already.
  const between = readCertificates(authority.source)
    .filter(({ issuer, subject }) => !sameName(issuer, subject));
  const chain = [der, ...between.map((certificate) => certificate.der)];
  const { certificatePath, keyPath } = write(options, file, chain, keyPem(key), ports);
  const whom = [...names, ...(user === undefined ? [] : [`user ${user}`])].join(", ");
  ports.print(`Wrote ${certificatePath} and ${keyPath}, for ${whom}`);
}

function readAuthority({ ca, caKey = keyBeside(ca) }: LeafOptions, ports: CliPorts) {
  const [certificates, key] = [ca, caKey].map((origin) => {
    const bytes = ports.readFile(origin);
    if (bytes !== undefined) return { origin, text: new TextDecoder().decode(bytes) };
    throw new CommandError(
      `There is no file ${origin}: make an authority with whippet cert new-ca, ` +
        "or name one with --ca and --ca-key",
    );
  });
  const authority = readCredential(provider, randomOf(ports), certificates, key);
  if (authority.leaf.extensions.basicConstraints?.ca) return { ...authority, source: certificates };
  throw new CommandError(
    `${ca} is no authority, so it cannot issue: make one with whippet cert new-ca`,
  );
}

function purposesOf({ user, client, server }: LeafOptions): LeafSubject["purposes"] {
  const isClient = client ?? (user !== undefined);
  if (!isClient) return ["serverAuth"];
  return server ? ["serverAuth", "clientAuth"] : ["clientAuth"];
}

/** The kind of a name shows in its form. */
function byKind(names: readonly string[], uris: readonly string[]) {
  const kindOf = (name: string) => {
    if (parseIpAddress(name) !== undefined) return "ip";
    if (name.includes("@")) return "email";
    return name.includes(":") ? "uri" : "dns";
  };
  const ofKind = (kind: string) => names.filter((name) => kindOf(name) === kind);
  return {
    dnsNames: ofKind("dns").map((name) => name.toLowerCase()),
    ipAddresses: ofKind("ip"),
    emails: ofKind("email"),
    uris: [...ofKind("uri"), ...uris],
  };
}

/** The key first: a certificate without its key would be no use. */
function write(
  { out, force = false }: { readonly out: string; readonly force?: boolean },
  name: string,
  chain: readonly Uint8Array[],
  key: string,
  { readFile, writeFile }: CliPorts,
): { certificatePath: string; keyPath: string } {
  const [certificatePath, keyPath] = ["pem", "key"]
    .map((ending) => `${out === "." ? "" : `${out}/`}${name}.${ending}`);
  const taken = [certificatePath, keyPath].find((path) => !force && readFile(path) !== undefined);
  const isWritten = taken === undefined &&
    writeFile(keyPath, key, { secret: true, replace: force }) &&
    writeFile(certificatePath, certificatesPem(chain), { secret: false, replace: force });
  if (isWritten) return { certificatePath, keyPath };
  throw new CommandError(
    `${taken ?? certificatePath} is there already: --force replaces it, --out names another folder`,
  );
}

function keyBeside(path: string): string {
  return `${path.replace(/\.(pem|crt|cer)$/, "")}.key`;
}

/** Of a name that may hold what no file name should. */
function fileNameOf(name: string): string {
  return name.replace(/^\*/, "wildcard").replaceAll(/[^A-Za-z0-9._-]/g, "_");
}

function means(ports: CliPorts) {
  const { sha256 } = provider.hashes;
  return { random: randomOf(ports), sha256, nowMs: Math.floor(ports.clock.nowMicros() / 1000) };
}

function randomOf({ entropy }: CliPorts): Parameters<Provider["generateKey"]>[1] {
  return (into) => entropy.fill(into);
}

const DAY_MS = 86_400_000;
