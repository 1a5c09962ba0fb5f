/**
 * The peers: how each is started as a client of our server and as a server for our client, and what it
 * cannot do.
 *
 * @module
 */
import { ALPN, BULK_BYTES, type Case } from "./cases.ts";
import type { Lab } from "./lab.ts";
import type { Answers } from "./our_client.ts";

/** One run of a client: for some cases there are two. */
export interface Step {
  readonly command: readonly string[];
  /** What goes into its standard input, which stays open until our server has answered. */
  readonly input?: string;
  /** Bytes of zeros behind that. */
  readonly zeros?: number;
  /** How many connections it makes. */
  readonly connections?: number;
  /** Whether its exit code says something. */
  readonly isHonest?: boolean;
  readonly env?: Record<string, string>;
}

export interface ServerStart {
  readonly command: readonly string[];
  readonly cwd?: string;
  readonly answers: Answers;
}

/** A peer. What it gives instead of steps or a start is why it cannot. */
export interface Peer {
  readonly name: string;
  /** Programs it needs. */
  readonly needs: readonly string[];
  /** Whether its server listens on all interfaces: then it gets a network of its own. */
  readonly isOpen?: boolean;
  /** Prepares what has to be built, in the lab's folder. */
  prepare?(lab: Lab): Promise<void>;
  client?(which: Case, lab: Lab, port: number): readonly Step[] | string;
  server?(which: Case, lab: Lab, port: number): ServerStart | string;
}

export const PEERS: readonly Peer[] = [
  {
    name: "openssl",
    needs: ["openssl"],
    client(which, lab, port) {
      const base = ["openssl", "s_client", "-connect", `127.0.0.1:${port}`, "-CAfile", lab.ca];
      base.push("-servername", "localhost", "-verify_hostname", "localhost");
      base.push("-verify_return_error", "-tls1_3", "-quiet");
      const session = `${lab.folder}/openssl.session`;
      const request = inputFor(which);
      const save = { command: [...base, "-sess_out", session], ...request };
      const again = [...base, "-sess_in", session];
      if (which === "resumption") return [save, { command: again, ...request }];
      if (which === "0-RTT") {
        Deno.writeTextFileSync(`${lab.folder}/early.txt`, GET);
        return [save, { command: [...again, "-early_data", `${lab.folder}/early.txt`], input: "" }];
      }
      if (which === "client certificate") {
        base.push("-cert", lab.clientChain, "-key", lab.clientKey);
      }
      if (which === "ALPN") base.push("-alpn", ALPN);
      return [{ command: base, ...request }];
    },
    server(which, lab, port) {
      const command = ["openssl", "s_server", "-accept", `127.0.0.1:${port}`, "-key", lab.key];
      command.push("-cert", lab.leaf, "-cert_chain", lab.ca, "-tls1_3");
      if (which === "client certificate") command.push("-Verify", "2", "-CAfile", lab.ca);
      if (which === "ALPN") command.push("-alpn", ALPN);
      if (which === "0-RTT" || which === "100 MB to server") {
        if (which === "0-RTT") command.push("-early_data", "-max_early_data", "16384");
        return { command: [...command, "-quiet"], answers: { kind: "nothing", bulkPath: "" } };
      }
      const answers = { kind: "http", bulkPath: "/big" } as const;
      return { command: [...command, "-WWW"], cwd: lab.folder, answers };
    },
  },
  {
    name: "gnutls",
    needs: ["gnutls-cli", "gnutls-serv"],
    isOpen: true,
    client(which, lab, port) {
      const command = ["gnutls-cli", "--x509cafile", lab.ca, "-p", String(port), "localhost"];
      command.push("--priority", TLS13_OF_GNUTLS);
      const request = inputFor(which);
      if (which === "resumption") {
        return [{
          command: [...command, "--resume", "--waitresumption"],
          ...request,
          connections: 2,
        }];
      }
      if (which === "0-RTT") {
        Deno.writeTextFileSync(`${lab.folder}/early.txt`, GET);
        command.push("--resume", "--waitresumption", "--earlydata", `${lab.folder}/early.txt`);
        return [{ command, input: "", connections: 2 }];
      }
      if (which === "client certificate") {
        command.push("--x509certfile", lab.clientChain, "--x509keyfile", lab.clientKey);
      }
      if (which === "ALPN") command.push("--alpn", ALPN);
      return [{ command, ...request }];
    },
    server(which, lab, port) {
      if (which === "100 MB from server") return "its HTTP server has one page";
      if (which === "100 MB to server") return "its HTTP server takes no uploads";
      const command = ["gnutls-serv", "--http", "-p", String(port), "--x509certfile", lab.chain];
      command.push("--x509keyfile", lab.key, "--priority", TLS13_OF_GNUTLS);
      if (which === "client certificate") command.push("--x509cafile", lab.ca, "-r");
      else command.push("-a");
      if (which === "ALPN") command.push("--alpn", ALPN);
      if (which === "0-RTT") command.push("--earlydata");
      return { command, answers: { kind: "http", bulkPath: "/" } };
    },
  },
  {
    name: "nss",
    needs: ["tstclnt", "selfserv", "certutil", "pk12util"],
    isOpen: true,
    async prepare(lab) {
      const db = `sql:${lab.folder}/nss`;
      Deno.mkdirSync(`${lab.folder}/nss`);
      await run("certutil", "-N", "-d", db, "--empty-password");
      await run("certutil", "-A", "-d", db, "-n", "labca", "-t", "CT,,", "-i", lab.ca);
      for (
        const [name, chain, key] of [
          ["leaf", lab.leaf, lab.key],
          ["client", lab.clientChain, lab.clientKey],
        ]
      ) {
        const file = `${lab.folder}/${name}.p12`;
        const args = ["-export", "-in", chain, "-inkey", key, "-name", name, "-out", file];
        await run("openssl", "pkcs12", ...args, "-passout", "pass:");
        await run("pk12util", "-i", file, "-d", db, "-W", "", "-K", "");
      }
    },
    client(which, lab, port) {
      if (which === "0-RTT") {
        return "tstclnt needs the session of an earlier process, which it does not keep";
      }
      if (which === "ALPN") return "tstclnt offers no protocol of one's choice";
      const command = ["tstclnt", "-h", "localhost", "-4", "-p", String(port), "-d"];
      command.push(`sql:${lab.folder}/nss`, "-V", "tls1.3:tls1.3");
      if (which === "client certificate") command.push("-n", "client");
      // With its standard input for the request it does not always end.
      const request = `${lab.folder}/request.txt`;
      const { input = "", zeros = 0 } = inputFor(which);
      Deno.writeTextFileSync(request, input + "0".repeat(zeros));
      command.push("-A", request);
      if (which !== "resumption") return [{ command }];
      command.push("-u", "-L", "2");
      return [{ command, connections: 2 }];
    },
    server(which, lab, port) {
      if (which === "100 MB from server") return "selfserv has one page";
      if (which === "100 MB to server") return "selfserv takes no uploads";
      if (which === "ALPN") return "selfserv has no protocols of one's choice";
      if (which === "0-RTT") {
        return "selfserv takes none in the first 10 s of its anti-replay window";
      }
      const command = ["selfserv", "-d", `sql:${lab.folder}/nss`, "-n", "leaf", "-p", String(port)];
      command.push("-V", "tls1.3:tls1.3", "-H", "1");
      if (which === "client certificate") command.push("-r", "-r");
      if (which === "resumption") command.push("-u");
      return { command, answers: { kind: "http", bulkPath: "/" } };
    },
  },
  {
    name: "go",
    needs: ["go"],
    prepare: (lab) => run("go", "build", "-o", `${lab.folder}/go-peer`, here("peer.go")),
    client(which, lab, port) {
      if (which === "0-RTT") return "crypto/tls has 0-RTT for QUIC only";
      const command = [`${lab.folder}/go-peer`, "-address", `127.0.0.1:${port}`, "-ca", lab.ca];
      command.push(...ownOptions(which, lab));
      const connections = which === "resumption" ? 2 : 1;
      return [{ command, connections, isHonest: true }];
    },
    server(which, lab, port) {
      if (which === "0-RTT") return "crypto/tls has 0-RTT for QUIC only";
      const command = [`${lab.folder}/go-peer`, "-serve", "-address", `127.0.0.1:${port}`];
      command.push("-ca", lab.ca, "-cert", lab.chain, "-key", lab.key);
      if (which === "client certificate") command.push("-ask-certificate");
      if (which === "ALPN") command.push("-alpn", ALPN);
      return { command, answers: { kind: "http", bulkPath: `/bytes/${BULK_BYTES}` } };
    },
  },
  {
    name: "java",
    needs: ["java", "javac"],
    prepare: (lab) => run("javac", "-nowarn", "-d", lab.folder, here("Peer.java")),
    client(which, lab, port) {
      if (which === "0-RTT") return "JSSE has no 0-RTT";
      const command = ["java", "-cp", lab.folder, "Peer", "-port", String(port), "-ca", lab.ca];
      command.push(...ownOptions(which, lab));
      const connections = which === "resumption" ? 2 : 1;
      return [{ command, connections, isHonest: true }];
    },
    server(which, lab, port) {
      if (which === "0-RTT") return "JSSE has no 0-RTT";
      const command = ["java", "-cp", lab.folder, "Peer", "-serve", "yes", "-port", String(port)];
      command.push("-ca", lab.ca, "-cert", lab.chain, "-key", lab.key);
      if (which === "client certificate") command.push("-ask-certificate", "yes");
      if (which === "ALPN") command.push("-alpn", ALPN);
      return { command, answers: { kind: "http", bulkPath: `/bytes/${BULK_BYTES}` } };
    },
  },
  {
    name: "rustls",
    needs: ["cargo"],
    async prepare(lab) {
      // A copy, so that what cargo writes beside it stays out of the repository.
      const crate = `${lab.folder}/rustls`;
      await run("cp", "-r", here("rustls"), crate);
      const manifest = `${crate}/Cargo.toml`;
      const args = [
        "--quiet",
        "--release",
        "--manifest-path",
        manifest,
        "--target-dir",
        RUST_CACHE,
      ];
      await run("cargo", "build", ...args);
    },
    client(which, lab, port) {
      const command = [RUSTLS_PEER, "-port", String(port), "-ca", lab.ca];
      command.push(...ownOptions(which, lab));
      if (which === "0-RTT") command.push("-early", "yes", "-times", "2");
      const connections = which === "resumption" || which === "0-RTT" ? 2 : 1;
      return [{ command, connections, isHonest: true }];
    },
    server(which, lab, port) {
      const command = [RUSTLS_PEER, "-serve", "yes", "-port", String(port)];
      command.push("-ca", lab.ca, "-cert", lab.chain, "-key", lab.key);
      if (which === "client certificate") command.push("-ask-certificate", "yes");
      if (which === "ALPN") command.push("-alpn", ALPN);
      if (which === "0-RTT") command.push("-early", "yes");
      return { command, answers: { kind: "http", bulkPath: `/bytes/${BULK_BYTES}` } };
    },
  },
  {
    name: "curl",
    needs: ["curl"],
    client(which, lab, port) {
      if (which === "0-RTT") return "curl has no 0-RTT with OpenSSL 3.0";
      const command = ["curl", "-sS", "--tlsv1.3", "--http1.1", "--cacert", lab.ca];
      command.push("--resolve", `localhost:${port}:127.0.0.1`, "-o", "/dev/null");
      const url = `https://localhost:${port}`;
      if (which === "client certificate") {
        command.push("--cert", lab.clientChain, "--key", lab.clientKey);
      }
      if (which === "100 MB to server") command.push("-T", `${lab.folder}/big`);
      command.push(url + pathFor(which));
      if (which !== "resumption") return [{ command, isHonest: true }];
      return [{ command: [...command, "-o", "/dev/null", url], connections: 2, isHonest: true }];
    },
  },
  {
    name: "chromium",
    needs: ["chromium", "certutil"],
    async prepare(lab) {
      const db = `sql:${lab.folder}/chromium/.pki/nssdb`;
      Deno.mkdirSync(`${lab.folder}/chromium/.pki/nssdb`, { recursive: true });
      await run("certutil", "-N", "-d", db, "--empty-password");
      await run("certutil", "-A", "-d", db, "-n", "labca", "-t", "C,,", "-i", lab.ca);
    },
    client(which, lab, port) {
      const can = which === "full handshake" || which === "hello retry" || which === "ALPN" ||
        which === "KeyUpdate";
      if (!can) return "not asked of a browser";
      const profile = `${lab.folder}/chromium/${which.replace(" ", "-")}`;
      const command = ["chromium", "--headless=new", "--no-sandbox", "--disable-gpu"];
      command.push(`--user-data-dir=${profile}`, "--dump-dom");
      command.push(`https://localhost:${port}${pathFor(which)}`);
      return [{ command, env: { HOME: `${lab.folder}/chromium` } }];
    },
  },
];

/** What our own programs are told for a case. */
function ownOptions(which: Case, lab: Lab): string[] {
  const options = ["-path", pathFor(which)];
  if (which === "resumption") options.push("-times", "2");
  if (which === "100 MB to server") options.push("-upload", String(BULK_BYTES));
  if (which === "ALPN") options.push("-alpn", ALPN);
  if (which === "client certificate") {
    options.push("-cert", lab.clientChain, "-key", lab.clientKey);
  }
  return options;
}

function inputFor(which: Case): Pick<Step, "input" | "zeros"> {
  if (which !== "100 MB to server") return { input: `GET ${pathFor(which)} HTTP/1.0\r\n\r\n` };
  const head = `POST / HTTP/1.0\r\nContent-Length: ${BULK_BYTES}\r\n\r\n`;
  return { input: head, zeros: BULK_BYTES };
}

function pathFor(which: Case): string {
  if (which === "100 MB from server") return `/bytes/${BULK_BYTES}`;
  return which === "KeyUpdate" ? "/rekey" : "/";
}

async function run(command: string, ...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(command, { args, stdout: "null" }).output();
  if (!success) throw new Error(`${command}: ${new TextDecoder().decode(stderr).trim()}`);
}

function here(name: string): string {
  return new URL(name, import.meta.url).pathname;
}

/** Compiled once for all runs. */
const RUST_CACHE = `${Deno.env.get("TMPDIR") ?? "/tmp"}/whippet-rustls-peer`;
const RUSTLS_PEER = `${RUST_CACHE}/release/rustls-peer`;
const GET = "GET / HTTP/1.0\r\n\r\n";
const TLS13_OF_GNUTLS = "NORMAL:-VERS-ALL:+VERS-TLS1.3";
