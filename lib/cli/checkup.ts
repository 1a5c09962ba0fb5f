/**
 * What the doctor finds out: one finding a thing, with what mends it.
 *
 * @module
 */
import { CredentialError, readCertificates } from "../certificates/credentials.ts";
import { ConnectionError } from "../client/errors.ts";
import {
  type Config,
  ConfigError,
  type ConfigSource,
  loadConfig,
  type ServeFlags,
} from "../config.ts";
import type { Address } from "../ports.ts";
import { IggyError } from "../../protocol/errors.ts";
import { CommandContext } from "./command_context.ts";
import { daysLeft } from "./describe_certificate.ts";
import { sizeText } from "./output.ts";
import type { ClientCliPorts } from "./ports.ts";

/** One thing that was looked at. */
export interface Finding {
  readonly subject: string;
  readonly state: "ok" | "attention" | "broken";
  readonly finding: string;
  /** What to do, where there is something. */
  readonly remedy?: string;
}

/** Looks at everything that a node with these flags would need, and whether it runs already. */
export async function checkup(ports: ClientCliPorts, flags: ServeFlags): Promise<Finding[]> {
  const clock = clockFinding(ports);
  let config: Config;
  try {
    config = loadConfig(sourceOf(ports), flags);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const problems = error.problems.map((problem) =>
      broken(
        "configuration",
        problem,
        "mend that setting; `whippet config` prints what is in force",
      )
    );
    return [clock, ...problems];
  }
  const addresses = await addressFindings(config, ports);
  return [
    ...configFindings(config),
    ...addresses,
    ...folderFindings(config.system.path, ports),
    clock,
    ...certificateFindings(config, ports),
    filesFinding(ports),
  ];
}

function configFindings({ warnings }: Config): Finding[] {
  if (warnings.length === 0) return [ok("configuration", "holds")];
  return warnings.map((warning) =>
    attention("configuration", warning, "`whippet config` tells where each setting comes from")
  );
}

async function addressFindings(config: Config, ports: ClientCliPorts): Promise<Finding[]> {
  const findings: Finding[] = [];
  let isRunning = false;
  for (const transport of ["tcp", "http", "websocket"] as const) {
    const { enabled, address, tls } = config[transport];
    const where = `${address.hostname}:${address.port}`;
    if (!enabled || address.port === 0) continue;
    const problem = ports.machine.listenProblem(address);
    if (problem === undefined) {
      findings.push(ok(transport, `${where} is free`));
    } else if (!problem.isTaken) {
      findings.push(broken(transport, problem.message, `${variableOf(transport)} names another`));
    } else if (transport === "tcp") {
      const finding = await whoAnswers(address, tls.mode === "required", config, ports);
      isRunning = finding.state === "ok";
      findings.push(finding);
    } else if (isRunning) {
      findings.push(ok(transport, `${where} is in use, while a node runs`));
    } else {
      findings.push(taken(transport, where));
    }
  }
  return findings;
}

async function whoAnswers(
  address: Address,
  needsTls: boolean,
  config: Config,
  ports: ClientCliPorts,
): Promise<Finding> {
  const hostname = UNSPECIFIED.has(address.hostname) ? "127.0.0.1" : address.hostname;
  const where = `${hostname.includes(":") ? `[${hostname}]` : hostname}:${address.port}`;
  const authority = `${config.system.path}/tls/ca.pem`;
  const tlsCa = needsTls && ports.readFile(authority) !== undefined ? authority : undefined;
  await using context = new CommandContext(ports, {
    transport: needsTls ? "tcp+tls" : "tcp",
    tcpServerAddress: where,
    tlsCa,
    timeout: ANSWER_MS_MAX,
  });
  try {
    const client = await context.connect();
    const sinceMs = ports.clock.monotonicMs();
    await client.ping();
    const tookMs = (ports.clock.monotonicMs() - sinceMs).toFixed(1);
    return ok("tcp", `a node answers at ${where}, in ${tookMs} ms`);
  } catch (error) {
    if (!(error instanceof ConnectionError || error instanceof IggyError)) throw error;
    return taken("tcp", where);
  }
}

function taken(transport: string, where: string): Finding {
  const port = where.slice(where.lastIndexOf(":") + 1);
  return broken(
    transport,
    `${where} is in use by a program that does not answer as a node`,
    `stop it (\`ss -ltnp sport = :${port}\`, \`lsof -i :${port}\` or \`netstat -ano\` name it), ` +
      `or let ${variableOf(transport)} name another address`,
  );
}

function folderFindings(path: string, { machine, clock }: ClientCliPorts): Finding[] {
  const { exists, isWritable, isOpenToOthers, freeBytes, changedMicros } = machine.folder(path);
  const subject = "data directory";
  const remedy = "`chown` it to the user of the node, or name another with --data";
  const findings = [
    isWritable
      ? ok(subject, exists ? `${path} may be written to` : `${path} can be made`)
      : broken(subject, `${path} may not be written to by this user`, remedy),
  ];
  if (isOpenToOthers) {
    const finding = `${path} may be looked into by every user of this machine`;
    findings.push(attention(subject, finding, `\`chmod 700 ${path}\``));
  }
  const free = `${sizeText(freeBytes)} free`;
  if (freeBytes < DISK_BROKEN) {
    findings.push(broken("disk", free, "make room, or name a larger disk with --data"));
  } else if (freeBytes < DISK_ATTENTION) {
    findings.push(attention("disk", free, "limit topics by size or age (docs/retention.md)"));
  } else findings.push(ok("disk", free));
  if (changedMicros !== undefined && changedMicros > clock.nowMicros() + CLOCK_SLACK_MICROS) {
    const finding = `${path} was changed in the future: the clock was ahead, or is behind now`;
    findings.push(attention("clock", finding, "set it by NTP before the node starts"));
  }
  return findings;
}

function clockFinding({ clock }: ClientCliPorts): Finding {
  const now = new Date(clock.nowMicros() / 1000).toISOString();
  const remedy = "set it by NTP: timestamps, expiry and certificates go by it";
  return now < MADE_IN ? broken("clock", `says ${now}`, remedy) : ok("clock", `says ${now}`);
}

function certificateFindings(config: Config, ports: ClientCliPorts): Finding[] {
  const own = `${config.system.path}/tls/ca.pem`;
  const named = (["tcp", "http", "websocket"] as const)
    .flatMap((transport) => config[transport].tls.files ?? [])
    .filter(({ certFile, selfSigned }) => !selfSigned || ports.readFile(certFile) !== undefined);
  const paths = new Set(named.map(({ certFile }) => certFile));
  if (ports.readFile(own) !== undefined) paths.add(own);
  if (paths.size > 0) return [...paths].map((path) => certificateFinding(path, ports));
  return [ok("certificate", "none yet: the node makes its own at its first start")];
}

function certificateFinding(path: string, ports: ClientCliPorts): Finding {
  const remedy = path.endsWith("/tls/ca.pem")
    ? "remove the folder tls of the data directory: the node makes a new one, for clients to trust"
    : "put a new one in its place; `whippet cert --help` tells how to make one";
  const bytes = ports.readFile(path);
  if (bytes === undefined) return broken("certificate", `There is no file ${path}`, remedy);
  try {
    const text = new TextDecoder().decode(bytes);
    const [{ notBeforeMs, notAfterMs }] = readCertificates({ origin: path, text });
    const nowMs = ports.clock.nowMicros() / 1000;
    if (nowMs > notAfterMs) return broken("certificate", `${path} has expired`, remedy);
    if (nowMs < notBeforeMs) {
      return broken("certificate", `${path} is not valid yet`, "see whether the clock is right");
    }
    const left = `${path}: ${daysLeft(notAfterMs, nowMs)}`;
    return notAfterMs - nowMs < RENEWAL_MS
      ? attention("certificate", left, remedy)
      : ok("certificate", left);
  } catch (error) {
    if (!(error instanceof CredentialError)) throw error;
    return broken("certificate", error.message, remedy);
  }
}

function filesFinding({ machine }: ClientCliPorts): Finding {
  const count = machine.openFiles(FILES_WANTED);
  if (count >= FILES_WANTED) return ok("open files", `${FILES_WANTED} and more can be open`);
  const finding = `only ${count} can be open at once`;
  const remedy = "`ulimit -n 65536`, or LimitNOFILE=65536 in the systemd unit";
  return count < FILES_LEAST
    ? broken("open files", finding, remedy)
    : attention("open files", finding, remedy);
}

function sourceOf({ readFile, environment }: ClientCliPorts): ConfigSource {
  const set = Object.entries(environment)
    .filter((entry): entry is [string, string] => entry[1] !== undefined);
  return {
    readText(path) {
      const bytes = readFile(path);
      return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
    },
    environment: Object.fromEntries(set),
  };
}

function variableOf(transport: string): string {
  return `IGGY_${transport.toUpperCase()}_ADDRESS`;
}

function ok(subject: string, finding: string): Finding {
  return { subject, state: "ok", finding };
}

function attention(subject: string, finding: string, remedy: string): Finding {
  return { subject, state: "attention", finding, remedy };
}

function broken(subject: string, finding: string, remedy: string): Finding {
  return { subject, state: "broken", finding, remedy };
}

const UNSPECIFIED: ReadonlySet<string> = new Set(["0.0.0.0", "::"]);
const ANSWER_MS_MAX = 3_000;
const MIB = 1024 ** 2;
/** Two segments of the default size, one of which is being written. */
const DISK_BROKEN = 128 * MIB;
const DISK_ATTENTION = 2048 * MIB;
const CLOCK_SLACK_MICROS = 60_000_000;
/** No clock is right that is before this program was made. */
const MADE_IN = "2026-01-01";
const RENEWAL_MS = 14 * 86_400_000;
const FILES_WANTED = 4096;
const FILES_LEAST = 256;
