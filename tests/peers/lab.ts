/**
 * A throw-away certificate authority with what it issued, made by the `openssl` program so that
 * nothing of ours is on both sides; and the configurations that go with it.
 *
 * @module
 */
import type { ClientConfig, Credential, ServerConfig } from "../../tls/config.ts";
import { RotatingTicketer } from "../../tls/ticketer.ts";
import { MemoryReplayStore } from "../../tls/replay_store.ts";
import { simd } from "../../tls/provider/simd.ts";
import { NamedGroup } from "../../tls/registry.ts";
import { parsePem } from "../../tls/x509/pem.ts";
import { ALPN, type Case } from "./cases.ts";
import { trusting } from "./trust.ts";

/** Files of the lab, PEM all of them. */
export interface Lab {
  readonly folder: string;
  readonly ca: string;
  /** ECDSA P-256 for localhost, the leaf alone and with the authority behind it. */
  readonly leaf: string;
  readonly chain: string;
  readonly key: string;
  readonly clientChain: string;
  readonly clientKey: string;
  /** RSA 2048 for localhost. */
  readonly rsaChain: string;
  readonly rsaKey: string;
}

/** Makes a lab in `folder`. */
export async function openLab(folder: string): Promise<Lab> {
  const at = (name: string) => `${folder}/${name}`;
  await Deno.writeTextFile(at("leaf.ext"), `subjectAltName=DNS:localhost,IP:127.0.0.1\n${LEAF}`);
  await Deno.writeTextFile(at("client.ext"), `subjectAltName=DNS:client\n${LEAF}`);
  await openssl(folder, "ecparam -name prime256v1 -genkey -noout -out ca.key");
  await openssl(
    folder,
    "req -x509 -new -key ca.key -sha256 -days 30 -subj /CN=LabCA -out ca.pem " +
      "-addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign",
  );
  await issue(folder, "leaf", "-newkey ec -pkeyopt ec_paramgen_curve:P-256", "leaf.ext");
  await issue(folder, "client", "-newkey ec -pkeyopt ec_paramgen_curve:P-256", "client.ext");
  await issue(folder, "rsa", "-newkey rsa:2048", "leaf.ext");
  return labIn(folder);
}

/** The lab that was made in `folder` before. */
export function labIn(folder: string): Lab {
  const at = (name: string) => `${folder}/${name}`;
  return {
    folder,
    ca: at("ca.pem"),
    leaf: at("leaf.pem"),
    chain: at("leaf-chain.pem"),
    key: at("leaf.key"),
    clientChain: at("client-chain.pem"),
    clientKey: at("client.key"),
    rsaChain: at("rsa-chain.pem"),
    rsaKey: at("rsa.key"),
  };
}

/** What our server is configured with for a case. */
export function serverFor(which: Case, lab: Lab): ServerConfig {
  const common = commonConfig();
  const suite = simd.cipherSuites[0];
  return {
    ...common,
    groups: which === "hello retry" ? [NamedGroup.secp384r1] : undefined,
    credentials: [loadCredential(lab.chain, lab.key)],
    alpnProtocols: which === "ALPN" ? [ALPN] : [],
    alpnMismatch: "ignore",
    clientAuth: which === "client certificate"
      ? { mode: "required", verifier: trusting(lab.ca, "client") }
      : undefined,
    tickets: {
      ticketer: new RotatingTicketer({ suite, random: common.random, now: common.now }),
      earlyDataBytesMax: which === "0-RTT" ? EARLY_DATA_BYTES_MAX : 0,
      replays: new MemoryReplayStore(common.now, 10_000),
    },
  };
}

/** What our client is configured with for a case. */
export function clientFor(which: Case, lab: Lab): ClientConfig {
  return {
    ...commonConfig(),
    serverName: "localhost",
    // Without a share the server has to ask for one.
    keyShares: which === "hello retry" ? [] : undefined,
    verifier: trusting(lab.ca, "server"),
    alpnProtocols: which === "ALPN" ? [ALPN] : [],
    earlyData: which === "0-RTT",
    credentials: which === "client certificate"
      ? [loadCredential(lab.clientChain, lab.clientKey)]
      : [],
  };
}

export function loadCredential(chain: string, key: string): Credential {
  const certificates = parsePem(Deno.readTextFileSync(chain), "CERTIFICATE");
  const [{ bytes }] = parsePem(Deno.readTextFileSync(key)).filter(({ label }) =>
    label.endsWith("PRIVATE KEY")
  );
  return { chain: certificates.map((each) => each.bytes), key: simd.loadKey(bytes) };
}

function commonConfig() {
  return {
    provider: simd,
    random: (into: Uint8Array) => {
      crypto.getRandomValues(into as Uint8Array<ArrayBuffer>);
    },
    now: () => Date.now(),
  };
}

async function issue(folder: string, name: string, kind: string, extensions: string) {
  await openssl(
    folder,
    `req -new ${kind} -nodes -keyout ${name}.key -subj /CN=${name} -out ${name}.csr`,
  );
  await openssl(
    folder,
    `x509 -req -in ${name}.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 20 -sha256 ` +
      `-extfile ${extensions} -out ${name}.pem`,
  );
  const read = (file: string) => Deno.readTextFileSync(`${folder}/${file}`);
  Deno.writeTextFileSync(`${folder}/${name}-chain.pem`, read(`${name}.pem`) + read("ca.pem"));
}

async function openssl(cwd: string, args: string): Promise<void> {
  const { success, stderr } = await new Deno.Command("openssl", {
    args: args.split(" "),
    cwd,
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(`openssl ${args}: ${new TextDecoder().decode(stderr)}`);
}

const LEAF = "keyUsage=critical,digitalSignature\nextendedKeyUsage=serverAuth,clientAuth\n" +
  "basicConstraints=critical,CA:FALSE\n";

const EARLY_DATA_BYTES_MAX = 16384;
