/**
 * What the settings say about HTTP.
 *
 * @module
 */
import type { Settings } from "./settings.ts";
import { U64_MAX } from "./values.ts";

/** HTTP besides where it listens. */
export interface HttpConfig {
  /** The longest body of a request, bytes. */
  readonly maxRequestSizeBytes: number;
  /** Whether the dashboard is served. */
  readonly webUi: boolean;
  readonly metrics: {
    readonly enabled: boolean;
    /** The path, beginning with `/`. */
    readonly endpoint: string;
    /** Who needs no token: nobody, this machine, anybody. */
    readonly access: "token" | "loopback" | "public";
  };
  readonly cors: CorsConfig;
  readonly jwt: JwtConfig;
}

/** Which pages of other origins may ask (HTTP.md section 9). */
export interface CorsConfig {
  readonly enabled: boolean;
  readonly allowedMethods: readonly string[];
  /** `*` as the first one: any. */
  readonly allowedOrigins: readonly string[];
  readonly allowedHeaders: readonly string[];
  readonly exposedHeaders: readonly string[];
  readonly allowCredentials: boolean;
  readonly allowPrivateNetwork: boolean;
}

/** Access tokens (HTTP.md section 3). */
export interface JwtConfig {
  readonly algorithm: "HS256" | "HS384" | "HS512";
  readonly issuer: string;
  readonly audience: string;
  readonly validIssuers: readonly string[];
  readonly validAudiences: readonly string[];
  /** Seconds that a token lives; `undefined`: for ever. */
  readonly lifetimeSeconds: number | undefined;
  /** Seconds by which the clocks of issuer and judge may differ. */
  readonly clockSkewSeconds: number;
  /** Seconds after which a new token begins to be valid. */
  readonly notBeforeSeconds: number;
  /** The key that signs; `undefined`: made at each start. */
  readonly encodingSecret: Secret | undefined;
  /** The key that verifies; `undefined`: the one that signs. */
  readonly decodingSecret: Secret | undefined;
}

/** A key, hidden from whoever prints what holds it. */
export class Secret {
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** A copy of the key. */
  reveal(): Uint8Array {
    return this.#bytes.slice();
  }
}

export function httpConfigOf(settings: Settings): HttpConfig {
  return {
    maxRequestSizeBytes: settings.value("http.max_request_size"),
    webUi: settings.value("http.web_ui"),
    metrics: {
      enabled: settings.value("http.metrics.enabled"),
      endpoint: settings.value("http.metrics.endpoint"),
      access: settings.value("http.metrics.access"),
    },
    cors: {
      enabled: settings.value("http.cors.enabled"),
      allowedMethods: settings.value("http.cors.allowed_methods"),
      allowedOrigins: settings.value("http.cors.allowed_origins"),
      allowedHeaders: settings.value("http.cors.allowed_headers"),
      exposedHeaders: settings.value("http.cors.exposed_headers"),
      allowCredentials: settings.value("http.cors.allow_credentials"),
      allowPrivateNetwork: settings.value("http.cors.allow_private_network"),
    },
    jwt: jwtOf(settings),
  };
}

function jwtOf(settings: Settings): JwtConfig {
  const expiry = settings.value("http.jwt.access_token_expiry");
  return {
    algorithm: settings.value("http.jwt.algorithm"),
    issuer: settings.value("http.jwt.issuer"),
    audience: settings.value("http.jwt.audience"),
    validIssuers: settings.value("http.jwt.valid_issuers"),
    validAudiences: settings.value("http.jwt.valid_audiences"),
    lifetimeSeconds: expiry === U64_MAX ? undefined : Math.ceil(Number(expiry) / 1_000_000),
    clockSkewSeconds: Math.ceil(settings.value("http.jwt.clock_skew") / 1000),
    notBeforeSeconds: Math.ceil(settings.value("http.jwt.not_before") / 1000),
    encodingSecret: secretAt(settings, "http.jwt.encoding_secret"),
    decodingSecret: secretAt(settings, "http.jwt.decoding_secret"),
  };
}

function secretAt(
  settings: Settings,
  path: "http.jwt.encoding_secret" | "http.jwt.decoding_secret",
): Secret | undefined {
  const text = settings.value(path);
  if (text === "") return undefined;
  return new Secret(
    settings.value("http.jwt.use_base64_secret")
      ? decodeBase64(text) ?? new Uint8Array()
      : new TextEncoder().encode(text),
  );
}

/** The bytes of a text in base64; `undefined` when it is none. */
export function decodeBase64(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(text), (each) => each.charCodeAt(0));
  } catch {
    return undefined;
  }
}
