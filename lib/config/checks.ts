/**
 * What cannot stand together although each value is well formed, and what a start should warn of.
 *
 * @module
 */
import { brokenRelations, type LimitName, type Limits } from "../limits.ts";
import type { ServeFlags } from "./flags.ts";
import { decodeBase64 } from "./http.ts";
import { INTERVALS, type KeyPath, KEYS, LIMIT_KEYS, TRANSPORTS } from "./keys.ts";
import { environmentName } from "./known.ts";
import { describeOrigin } from "./reading.ts";
import { type RootFindings, wellKnownFlag } from "./root.ts";
import { type Setting, type Settings, summarizeIgnored } from "./settings.ts";
import { tlsMode } from "./tls.ts";
import { formatAddress, isLoopback } from "./values.ts";

/** Everything a check may look at. */
export interface Checked {
  readonly settings: Settings;
  readonly limits: Limits;
  readonly root: RootFindings;
  readonly flags: ServeFlags;
}

/** All that keeps the node from starting. */
export function findProblems(checked: Checked): string[] {
  return CHECKS.flatMap((check) => check(checked));
}

/** What is worth a line in the log at every start. */
export function findWarnings({ settings, flags }: Checked, list: readonly Setting[]): string[] {
  const warnings: string[] = [];
  const ignored = summarizeIgnored(list);
  if (ignored.length > 0) {
    warnings.push(`Keys that this node does not need are ignored: ${ignored.join(", ")}`);
  }
  if (settings.ignoredValue("cluster.enabled") === true) {
    warnings.push("cluster.enabled is true, but this node runs alone: nothing is replicated");
  }
  if (!settings.value("data_maintenance.messages.cleaner_enabled")) {
    warnings.push(
      "data_maintenance.messages.cleaner_enabled is false: topics keep what is beyond their limits",
    );
  }
  const withoutEffect = [...flags.withoutEffect];
  if ((flags.replicaId ?? 0) !== 0) withoutEffect.push("--replica-id");
  if (withoutEffect.length > 0) {
    warnings.push(`Flags without effect on this node: ${withoutEffect.join(", ")}`);
  }
  return warnings;
}

type Check = (checked: Checked) => string[];

const CHECKS: readonly Check[] = [
  limitRelations,
  intervalsAboveZero,
  topicHoldsASegment,
  somethingListens,
  oneSourceOfKeys,
  nothingExposed,
  certificatesOfAll,
  wellKnownPasswordStaysLocal,
  noReplicas,
  secretsInBase64,
  credentialsOfSomeOrigins,
  metricsAtAPath,
];

function limitRelations({ settings, limits }: Checked): string[] {
  return brokenRelations(limits).map(({ lower, upper }) => {
    const [low, high] = [lower, upper].map((limit) => namedLimit(settings, limits, limit));
    return `${place(settings, low.path, high.path)}: ${low.text} must not be above ${high.text}`;
  });
}

function namedLimit(settings: Settings, limits: Limits, limit: LimitName) {
  const paths: Partial<Record<LimitName, KeyPath>> = LIMIT_KEYS;
  const path = paths[limit];
  return { path, text: path === undefined ? `${limit} ${limits[limit]}` : named(settings, path) };
}

function intervalsAboveZero({ settings }: Checked): string[] {
  return INTERVALS
    .filter(([enabled, interval]) => settings.value(enabled) && settings.value(interval) === 0)
    .map(([enabled, interval]) =>
      `${place(settings, interval)}: "${interval}" must not be zero while "${enabled}" is true`
    );
}

function topicHoldsASegment({ settings }: Checked): string[] {
  const topic = "system.topic.max_size";
  const segment = "system.segment.size";
  if (settings.value(topic) >= BigInt(settings.value(segment))) return [];
  return [
    `${place(settings, topic, segment)}: ${named(settings, segment)} must not be above ` +
    named(settings, topic),
  ];
}

function somethingListens({ settings }: Checked): string[] {
  if (TRANSPORTS.some((transport) => settings.value(`${transport}.enabled`))) return [];
  return [
    `${place(settings, "tcp.enabled")}: No transport is enabled; set "tcp.enabled" to true`,
  ];
}

function oneSourceOfKeys({ settings }: Checked): string[] {
  const enabled = "system.encryption.enabled";
  const key = "system.encryption.key";
  const file = "system.encryption.key_file";
  if (settings.value(key) !== "" && settings.value(file) !== "") {
    return [`${place(settings, file)}: "${file}" and "${key}" are both set; set one of them`];
  }
  if (!settings.value(enabled) || settings.value(key) !== "" || settings.value(file) !== "") {
    return [];
  }
  return [
    `${
      place(settings, enabled)
    }: "${enabled}" is true, but there is no key; set "${file}" to a file ` +
    `with one, or "${key}"`,
  ];
}

/** DESIGN.md section 2: plain text leaves this machine only when the configuration says so. */
function nothingExposed({ settings }: Checked): string[] {
  if (settings.value("tls") === "off") return [];
  return exposedAddresses(settings)
    .filter(({ transport }) => tlsMode(settings, transport) !== "required")
    .map(({ transport, path, shown }) => {
      const isPlainToo = settings.value(`${transport}.tls.enabled`);
      const key = `${transport}.tls.${isPlainToo ? "required" : "enabled"}`;
      return `${place(settings, path)}: "${path}" is ${shown}, which others can reach, and takes ` +
        `plain text; set "${key}" to true, listen on 127.0.0.1, or allow plain text with ` +
        `tls = "off" (${environmentName("tls")}=off)`;
    });
}

/** Whoever demands certificates means everybody. */
function certificatesOfAll({ settings }: Checked): string[] {
  const mode = "client_certificates.mode";
  const login = "client_certificates.login";
  if (settings.value(mode) === "off") {
    if (!settings.value(login)) return [];
    return [
      `${
        place(settings, login)
      }: "${login}" is true, but clients are not asked for certificates; ` +
      `set "${mode}" to "optional" or "required"`,
    ];
  }
  const wanted = settings.value(mode) === "required" ? ["required"] : ["required", "optional"];
  return TRANSPORTS
    .filter((transport) => settings.value(`${transport}.enabled`))
    .filter((transport) => !wanted.includes(tlsMode(settings, transport)))
    .map((transport) =>
      `${place(settings, mode)}: "${mode}" is ${JSON.stringify(settings.value(mode))}, but ` +
      `${transport} takes plain text, where there are none; set "${transport}.tls.enabled" to true`
    );
}

/** DESIGN.md section 2: `iggy`/`iggy` is for loopback. */
function wellKnownPasswordStaysLocal({ settings, root, flags }: Checked): string[] {
  const [exposed] = root.isWellKnown ? exposedAddresses(settings) : [];
  if (exposed === undefined) return [];
  return [
    `flag ${wellKnownFlag(flags)}: Root would have the password everybody knows while ` +
    `"${exposed.path}" is ${exposed.shown}, which others can reach; set IGGY_ROOT_USERNAME and ` +
    "IGGY_ROOT_PASSWORD, or listen on 127.0.0.1",
  ];
}

/** Iggy passes `--replica-id` in every test, and it only means something in a cluster. */
function noReplicas({ settings, flags }: Checked): string[] {
  const replicaId = flags.replicaId ?? 0;
  if (settings.ignoredValue("cluster.enabled") !== true || replicaId === 0) return [];
  return [
    `flag --replica-id: Replica ${replicaId} cannot start, because this node runs alone; ` +
    'set "cluster.enabled" to false',
  ];
}

function secretsInBase64({ settings }: Checked): string[] {
  if (!settings.value("http.jwt.use_base64_secret")) return [];
  return (["http.jwt.encoding_secret", "http.jwt.decoding_secret"] as const)
    .filter((path) => decodeBase64(settings.value(path)) === undefined)
    .map((path) =>
      `${place(settings, path)}: "${path}" is not base64; write it so, or set ` +
      '"http.jwt.use_base64_secret" to false'
    );
}

/** HTTP.md section 9: a browser would refuse the two together. */
function credentialsOfSomeOrigins({ settings }: Checked): string[] {
  const credentials = "http.cors.allow_credentials";
  const origins = "http.cors.allowed_origins";
  if (!settings.value(credentials) || !settings.value(origins).includes("*")) return [];
  return [
    `${
      place(settings, credentials, origins)
    }: "${credentials}" is true, and "${origins}" lets in ` +
    "any; name the origins that may send cookies",
  ];
}

function metricsAtAPath({ settings }: Checked): string[] {
  const path = "http.metrics.endpoint";
  if (settings.value(path).startsWith("/")) return [];
  return [`${place(settings, path)}: ${named(settings, path)} must begin with "/"`];
}

function exposedAddresses(settings: Settings) {
  return TRANSPORTS.map((transport) => {
    const path = `${transport}.address` as const;
    return { transport, path, address: settings.value(path) };
  })
    .filter(({ transport, address }) =>
      settings.value(`${transport}.enabled`) && !isLoopback(address)
    )
    .map((exposed) => ({ ...exposed, shown: formatAddress(exposed.address) }));
}

/** The place of the first of these keys that somebody set. */
function place(settings: Settings, ...paths: (KeyPath | undefined)[]): string {
  const origins = paths.filter((path) => path !== undefined).map((path) => settings.origin(path));
  return describeOrigin(origins.find(({ kind }) => kind !== "default") ?? { kind: "default" });
}

function named(settings: Settings, path: KeyPath): string {
  const type: { write(value: unknown): string } = KEYS[path].type;
  return `"${path}" ${type.write(settings.value(path))}`;
}
