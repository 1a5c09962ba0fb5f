/**
 * Configuration: TOML file, environment and flags, by the names of both generations of Iggy, into
 * one frozen value. Everything wrong with it is refused together, each with its place.
 *
 * What keys there are: `config/keys.ts`; who wins: `config/README.md`.
 *
 * @module
 */
import { findProblems, findWarnings } from "./config/checks.ts";
import { NO_FLAGS, type ServeFlags } from "./config/flags.ts";
import { type HttpConfig, httpConfigOf, type JwtConfig } from "./config/http.ts";
import { LIMIT_KEYS, type Transport } from "./config/keys.ts";
import { type ConfigSource, gatherLayers } from "./config/layers.ts";
import { type RootCredentials, rootCredentials } from "./config/root.ts";
import { type Setting, Settings } from "./config/settings.ts";
import {
  type CertificateFiles,
  type ClientCertificatesConfig,
  clientCertificatesOf,
  type TlsConfig,
  tlsConfigOf,
} from "./config/tls.ts";
import { levelOf, type LogLevel } from "./config/values.ts";
import { type LimitName, type Limits, limitsWith } from "./limits.ts";
import type { Address } from "./ports.ts";

export { parseServeFlags, type ServeCommand, type ServeFlags } from "./config/flags.ts";
export { type BoundAddresses, describeConfig, renderCurrentConfig } from "./config/report.ts";
export type {
  CertificateFiles,
  ClientCertificatesConfig,
  ConfigSource,
  HttpConfig,
  JwtConfig,
  LogLevel,
  RootCredentials,
  Setting,
  TlsConfig,
  Transport,
};

/** The configuration in force. Frozen to the last leaf. */
export interface Config extends Readonly<Record<Transport, ListenConfig>> {
  readonly clientCertificates: ClientCertificatesConfig;
  /** WebSocket besides where it listens, which is `websocket`. */
  readonly webSocket: WebSocketConfig;
  readonly system: SystemConfig;
  readonly logLevel: LogLevel;
  readonly topicDefaults: TopicDefaults;
  /** Removal of messages beyond their topic's limits. */
  readonly messageCleaner: PeriodicConfig;
  /** Background sync of what was written. */
  readonly messageSaver: PeriodicConfig;
  readonly heartbeat: PeriodicConfig;
  readonly consumerGroup: ConsumerGroupConfig;
  readonly personalAccessToken: PersonalAccessTokenConfig;
  /** HTTP besides where it listens, which is `http`. */
  readonly httpApi: HttpConfig;
  readonly limits: Limits;
  readonly root: RootCredentials;
  /** Whether to print the configuration at start (IGGY_DISPLAY_CONFIG). */
  readonly display: boolean;
  /** Every value with its origin, for people. */
  readonly settings: readonly Setting[];
  /** What to log once at start. */
  readonly warnings: readonly string[];
}

/** Whether and where one transport listens. */
export interface ListenConfig {
  readonly enabled: boolean;
  /** Port 0 picks a free one. */
  readonly address: Address;
  readonly tls: TlsConfig;
}

/** WebSocket, on whichever port. */
export interface WebSocketConfig {
  /** Origins besides the node's own whose pages may open one; `*`: any. */
  readonly allowedOrigins: readonly string[];
}

/** Something done again and again. */
export interface PeriodicConfig {
  readonly enabled: boolean;
  /** Above zero when enabled. */
  readonly intervalMs: number;
}

/** Where things are kept. */
export interface SystemConfig {
  /** The data directory. */
  readonly path: string;
  /** The folder of current_config.toml, relative to the data directory. */
  readonly runtimePath: string;
  readonly encryption: EncryptionConfig;
  /** Whether stored messages are checked when they are read. */
  readonly validatesChecksums: boolean;
}

/** Encryption of stored messages. */
export interface EncryptionConfig {
  /** Whether new ones are encrypted; with keys, encrypted ones can be read in any case. */
  readonly enabled: boolean;
  /** Base64, a secret; `undefined` when there is none here. */
  readonly key: string | undefined;
  readonly keyFile: string | undefined;
  readonly algorithm: "chacha20-poly1305" | "aes-256-gcm";
}

/** What a new topic gets where its creator says nothing (0.8's node-wide keys). */
export interface TopicDefaults {
  /** Bytes, all ones for unlimited. */
  readonly maxSizeBytes: bigint;
  /** Microseconds, all ones for never. */
  readonly messageExpiryMicros: bigint;
  readonly enforceFsync: boolean;
  readonly messagesRequiredToSave: number;
  readonly sizeOfMessagesRequiredToSaveBytes: number;
  readonly segmentSizeBytes: number;
  /** Microseconds; 0 for off. */
  readonly deduplicationWindowMicros: number;
  readonly deduplicationMaxEntries: number;
}

/** Consumer groups. */
export interface ConsumerGroupConfig {
  /** How long a partition waits for its old member before the new one takes it. */
  readonly rebalancingTimeoutMs: number;
}

/** Personal access tokens. */
export interface PersonalAccessTokenConfig {
  readonly maxTokensPerUser: number;
  /** Removal of expired ones. */
  readonly cleaner: PeriodicConfig;
}

/** A configuration that cannot stand; the message lists every problem. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";

  constructor(readonly problems: readonly string[]) {
    super(["The configuration cannot stand:", ...problems].join("\n  "));
  }
}

/**
 * Reads the configuration: built-in values, then the TOML file, then the environment, then flags;
 * the later wins. Throws a `ConfigError` with all problems.
 */
export function loadConfig(source: ConfigSource, flags: ServeFlags = NO_FLAGS): Config {
  const layers = gatherLayers(source, flags);
  const settings = new Settings(layers.readings);
  const root = rootCredentials(layers.variables, flags);
  const limits = limitsOf(settings);
  const checked = { settings, limits, root, flags };
  const problems = [
    ...layers.problems,
    ...settings.problems,
    ...root.problems,
    ...findProblems(checked),
  ];
  if (problems.length > 0) throw new ConfigError(problems);

  const list = settings.list();
  return deepFreeze({
    ...sectionsOf(settings),
    limits,
    root: root.credentials,
    display: /^(1|true)$/i.test(layers.variables.get("IGGY_DISPLAY_CONFIG")?.value ?? ""),
    settings: list,
    warnings: [...layers.warnings, ...findWarnings(checked, list)],
  });
}

type Sections = Omit<Config, "limits" | "root" | "display" | "settings" | "warnings">;

function sectionsOf(settings: Settings): Sections {
  return {
    ...listenersOf(settings),
    clientCertificates: clientCertificatesOf(settings),
    webSocket: { allowedOrigins: settings.value("websocket.allowed_origins") },
    system: {
      path: settings.value("system.path"),
      runtimePath: settings.value("system.runtime.path"),
      encryption: {
        enabled: settings.value("system.encryption.enabled"),
        key: settings.value("system.encryption.key") || undefined,
        keyFile: settings.value("system.encryption.key_file") || undefined,
        algorithm: settings.value("system.encryption.algorithm"),
      },
      validatesChecksums: settings.value("system.partition.validate_checksum"),
    },
    logLevel: levelOf(settings.value("system.logging.level")) ?? "info",
    topicDefaults: topicDefaultsOf(settings),
    messageCleaner: {
      enabled: settings.value("data_maintenance.messages.cleaner_enabled"),
      intervalMs: settings.value("data_maintenance.messages.interval"),
    },
    messageSaver: {
      enabled: settings.value("message_saver.enabled"),
      intervalMs: settings.value("message_saver.interval"),
    },
    heartbeat: {
      enabled: settings.value("heartbeat.enabled"),
      intervalMs: settings.value("heartbeat.interval"),
    },
    consumerGroup: {
      rebalancingTimeoutMs: settings.value("consumer_group.rebalancing_timeout"),
    },
    httpApi: httpConfigOf(settings),
    personalAccessToken: {
      maxTokensPerUser: settings.value("personal_access_token.max_tokens_per_user"),
      cleaner: {
        enabled: settings.value("personal_access_token.cleaner.enabled"),
        intervalMs: settings.value("personal_access_token.cleaner.interval"),
      },
    },
  };
}

function listenersOf(settings: Settings): Record<Transport, ListenConfig> {
  const listener = (transport: Transport): ListenConfig => ({
    enabled: settings.value(`${transport}.enabled`),
    address: settings.value(`${transport}.address`),
    tls: tlsConfigOf(settings, transport),
  });
  return { tcp: listener("tcp"), websocket: listener("websocket"), http: listener("http") };
}

function topicDefaultsOf(settings: Settings): TopicDefaults {
  return {
    maxSizeBytes: settings.value("system.topic.max_size"),
    messageExpiryMicros: settings.value("system.topic.message_expiry"),
    enforceFsync: settings.value("system.partition.enforce_fsync"),
    messagesRequiredToSave: settings.value("system.partition.messages_required_to_save"),
    sizeOfMessagesRequiredToSaveBytes: settings.value(
      "system.partition.size_of_messages_required_to_save",
    ),
    segmentSizeBytes: settings.value("system.segment.size"),
    deduplicationWindowMicros: settings.value("system.message_deduplication.enabled")
      ? settings.value("system.message_deduplication.expiry") * 1000
      : 0,
    deduplicationMaxEntries: settings.value("system.message_deduplication.max_entries"),
  };
}

function limitsOf(settings: Settings): Limits {
  const changes: { [Name in LimitName]?: number } = {};
  for (const [name, path] of Object.entries(LIMIT_KEYS)) {
    changes[name as keyof typeof LIMIT_KEYS] = settings.value(path);
  }
  return limitsWith(changes);
}

function deepFreeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) {
    if (typeof part === "object" && part !== null) deepFreeze(part);
  }
  return Object.freeze(value);
}
