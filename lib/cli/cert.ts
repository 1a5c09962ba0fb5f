/**
 * `whippet cert`: an authority of one's own, certificates under it, a look at one, a verdict on one.
 *
 * Exit codes: 0 done, or believed; 1 not done, or not believed; 2 wrong arguments.
 *
 * @module
 */
import { Command, CommanderError, InvalidArgumentError } from "commander";
import { TlsError } from "../../tls/alert.ts";
import { CertificateType, CipherSuiteId, NamedGroup, nameOf } from "../../tls/registry.ts";
import { nameText } from "../../tls/x509/name.ts";
import { TrustAnchors } from "../../tls/x509/trust.ts";
import { serverCertificateVerifier, verifyPath } from "../../tls/x509/verifier.ts";
import {
  CredentialError,
  readCertificates,
  usableAuthorities,
} from "../certificates/credentials.ts";
import { provider } from "../certificates/provider.ts";
import { daysLeft, describeCertificate } from "./describe_certificate.ts";
import {
  type LeafOptions,
  makeAuthority,
  makeLeaf,
  type MakingOptions,
} from "./make_certificate.ts";
import { type CliPorts, CommandError } from "./ports.ts";
import { shownChain } from "./shown_chain.ts";

/** Runs one command; gives the exit code. */
export async function runCert(args: readonly string[], ports: CliPorts): Promise<number> {
  let code = 0;
  const program = certProgram(ports, (verdict) => code = verdict);
  try {
    await program.parseAsync(args, { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const isExpected = error instanceof CommandError || error instanceof CredentialError ||
      error instanceof TlsError;
    if (!isExpected) throw error;
    ports.complain(error.message);
    return 1;
  }
}

function certProgram(ports: CliPorts, conclude: (code: number) => void): Command {
  const program = new Command("whippet cert")
    .description("Makes and judges the certificates that TLS needs.")
    .helpOption("-h, --help", "Print this help")
    .helpCommand(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => ports.print(text.trimEnd()),
      writeErr: (text) => ports.complain(inOurGrammar(text)),
    })
    .addHelpText("after", examplesText(Object.values(EXAMPLES).flat()))
    .addHelpText("after", OWN_AUTHORITY);
  program.command("new-ca")
    .description("Make an authority: ca.pem for everybody to trust, ca.key for nobody to see")
    .option("--name <name>", "What it is called", "whippet CA")
    .option("--days <number>", "How long it is valid", days, 3650)
    .option("--out <folder>", "Where the files go", ".")
    .option("--force", "Replace files that are there")
    .action((options: MakingOptions & { name: string }) => makeAuthority(options, ports));
  program.command("new")
    .description("Make a certificate under an authority, with its key")
    .argument("[names...]", "Host names, addresses, e-mail addresses or URIs it is for")
    .option("--user <name>", "For a client, which logs in as that user (client_certificates.login)")
    .option("--client", "For a client; with --server, for both")
    .option("--server", "For a server: the default")
    .option("--ca <file>", "The authority", "ca.pem")
    .option("--ca-key <file>", "Its key (default: beside it, .key for .pem)")
    .option("--days <number>", "How long it is valid", days, 90)
    .option("--out <folder>", "Where the files go", ".")
    .option("--file <name>", "What the files are called, without .pem and .key (default: a name)")
    .option("--force", "Replace files that are there")
    .action((names: string[], options: LeafOptions) => makeLeaf(names, options, ports));
  program.command("show")
    .description("Print what certificates say, of a PEM file or of a host that is asked")
    .argument("<target>", "A file, or HOST:PORT")
    .option("--name <name>", "The name to ask the host for (SNI)")
    .action((target: string, options: NameOption) => show(target, options, ports));
  program.command("verify")
    .description("Say whether a certificate is believed, of a PEM file or of a host that is asked")
    .argument("<target>", "A file, the certificate itself first, or HOST:PORT")
    .option("--ca <file>", "The authorities to trust (default: the system's)")
    .option("--name <name>", "The name it has to have (default: the host's; of a file, any)")
    .option("--client", "As a client's certificate")
    .action(async (target: string, options: VerifyOptions) => {
      conclude(await verify(target, options, ports));
    });
  for (const command of program.commands) {
    const examples = EXAMPLES[command.name() as keyof typeof EXAMPLES];
    command.addHelpText("after", examplesText(examples));
  }
  return program;
}

interface NameOption {
  readonly name?: string;
}

interface VerifyOptions extends NameOption {
  readonly ca?: string;
  readonly client?: true;
}

async function show(target: string, { name }: NameOption, ports: CliPorts): Promise<void> {
  const { chain, live } = await shownChain(target, name, ports);
  const lines: string[] = [];
  if (live !== undefined) {
    const { cipherSuite, group } = live.negotiated;
    const agreed = [nameOf(CipherSuiteId, cipherSuite), nameOf(NamedGroup, group)];
    lines.push(`TLS 1.3, ${agreed.join(", ")}`, "");
  }
  for (const [at, certificate] of chain.entries()) {
    if (at > 0) lines.push("");
    if (chain.length > 1) lines.push(`certificate ${at + 1} of ${chain.length}`);
    lines.push(...describeCertificate(certificate, nowMs(ports), provider.hashes.sha256));
  }
  ports.print(lines.join("\n"));
}

/** Prints the verdict; gives the exit code. */
async function verify(target: string, options: VerifyOptions, ports: CliPorts): Promise<number> {
  const anchors = anchorsOf(options, ports);
  const { chain, live } = await shownChain(target, options.name, ports);
  const serverName = options.name ?? live?.hostname;
  const peer = {
    type: CertificateType.X509,
    chain: chain.map(({ der }) => der),
    serverName,
    nowMs: nowMs(ports),
  };
  const means = { verify: provider.verify, anchors };
  try {
    if (serverName !== undefined && !options.client) serverCertificateVerifier(means).verify(peer);
    const path = verifyPath(peer, options.client ? "clientAuth" : "serverAuth", means);
    const named = serverName === undefined ? "" : ` for ${serverName}`;
    const issuer = nameText(path.at(-1)!.subject);
    const left = daysLeft(path[0].notAfterMs, peer.nowMs);
    ports.print(`${target} is believed${named}: its authority is ${issuer}, ${left}`);
    return 0;
  } catch (error) {
    if (!(error instanceof TlsError)) throw error;
    ports.complain(`${target} is not believed (${error.alert}): ${error.message}`);
    return 1;
  }
}

function anchorsOf({ ca }: VerifyOptions, ports: CliPorts): TrustAnchors {
  if (ca === undefined) {
    const text = ports.systemAuthorities();
    if (text !== undefined) return new TrustAnchors(usableAuthorities(text));
    throw new CommandError("This system's authorities are not known: name one with --ca");
  }
  const bytes = ports.readFile(ca);
  if (bytes === undefined) throw new CommandError(`There is no file ${ca}: --ca names it`);
  const certificates = readCertificates({ origin: ca, text: new TextDecoder().decode(bytes) });
  return new TrustAnchors(certificates.map(({ der }) => der));
}

function nowMs({ clock }: CliPorts): number {
  return Math.floor(clock.nowMicros() / 1000);
}

function days(text: string): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= 1 && number <= DAYS_MAX) return number;
  throw new InvalidArgumentError(`It takes a whole number of days from 1 to ${DAYS_MAX}`);
}

/** commander's "error: unknown option '--x'" as this project writes errors. */
function inOurGrammar(message: string): string {
  const text = message.replace(/^error: /, "").replace(/\s*\n\s*/g, " ").trim().replace(/\.$/, "");
  return `${text[0].toUpperCase()}${text.slice(1)}\nRun \`whippet cert --help\` for what there is.`;
}

function examplesText(examples: readonly (readonly [line: string, about: string])[]): string {
  const lines = examples.map(([line, about]) => `  whippet cert ${line}\n      ${about}`);
  return `\n${lines.length === 1 ? "Example" : "Examples"}:\n${lines.join("\n")}`;
}

const DAYS_MAX = 36_500;

/** By their command; each is run by a test, in this order (scripts/binary/command_line_trials.ts). */
const EXAMPLES = {
  "new-ca": [['new-ca --name "Our CA"', "Make ca.pem and ca.key in this folder"]],
  "new": [
    [
      "new node1.example.com 10.0.0.5",
      "Make a server's certificate under them: node1.example.com.pem and .key",
    ],
    ["new --user alice", "Make a client's, which logs in as alice"],
  ],
  "show": [["show localhost:8090", "Print what a node shows"]],
  "verify": [[
    "verify localhost:8090 --ca local_data/tls/ca.pem",
    "Say whether a client would believe it",
  ]],
} as const;

const OWN_AUTHORITY = `
A node that is given nothing makes its own authority in the folder tls of its data directory:
--ca local_data/tls/ca.pem issues under that one.
`;
