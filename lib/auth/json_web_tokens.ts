/**
 * Access tokens of HTTP (HTTP.md section 3): JSON Web Tokens that this node signs and checks itself.
 *
 * A token that was revoked is remembered until it would have expired anyway, so what is remembered is
 * bounded by the logins of one lifetime.
 *
 * @module
 */
import { sign, verify } from "hono/jwt";
import { UNAUTHENTICATED } from "../../protocol/error_codes.ts";
import { IggyError } from "../../protocol/errors.ts";
import type { Clock, Entropy } from "../ports.ts";

/** How tokens are made and judged; `JwtConfig` of the configuration, with its keys revealed. */
export interface JsonWebTokenSettings {
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
}

/** Keys of HMAC. */
export interface JsonWebTokenKeys {
  /** Signs; `undefined`: one made at this start, so that tokens end with the process. */
  readonly encoding?: Uint8Array;
  /** Verifies; `undefined`: the one that signs. */
  readonly decoding?: Uint8Array;
}

/** What a client gets. */
export interface AccessToken {
  readonly token: string;
  /** Seconds since the Unix epoch. */
  readonly expiry: number;
}

/** What a valid token says. */
export interface Claims {
  readonly userId: number;
  /** Of the token (`jti`). */
  readonly id: string;
  /** Seconds since the Unix epoch. */
  readonly issuedAt: number;
  readonly expiry: number;
}

/** The node's access tokens. */
export class JsonWebTokens {
  readonly #settings: JsonWebTokenSettings;
  readonly #clock: Clock;
  readonly #entropy: Entropy;
  readonly #signingKey: JsonWebKey;
  readonly #verifyingKey: JsonWebKey;
  /** Ids of revoked tokens, with their expiry. */
  readonly #revoked = new Map<string, number>();

  constructor(
    settings: JsonWebTokenSettings,
    { encoding, decoding }: JsonWebTokenKeys,
    { clock, entropy }: { readonly clock: Clock; readonly entropy: Entropy },
  ) {
    this.#settings = settings;
    this.#clock = clock;
    this.#entropy = entropy;
    const own = encoding ?? randomBytes(entropy, 64);
    this.#signingKey = hmacKey(own);
    this.#verifyingKey = hmacKey(decoding ?? own);
  }

  /** A new token for a user. */
  async issue(userId: number): Promise<AccessToken> {
    const { algorithm, issuer, audience, lifetimeSeconds, notBeforeSeconds } = this.#settings;
    const now = this.#nowSeconds();
    const expiry = now + (lifetimeSeconds ?? FOREVER_SECONDS);
    const claims = {
      jti: hex(randomBytes(this.#entropy, 16)),
      iss: issuer,
      aud: audience,
      sub: String(userId),
      iat: now,
      exp: expiry,
      nbf: now + notBeforeSeconds,
    };
    return { token: await sign(claims, this.#signingKey, algorithm), expiry };
  }

  /**
   * What a token says, once its signature, issuer, audience and times are right.
   *
   * @throws {IggyError} 40 when they are not, or when it was revoked.
   */
  async verify(token: string): Promise<Claims> {
    const payload = await this.#signed(token);
    const { validIssuers, validAudiences, clockSkewSeconds } = this.#settings;
    const { jti, iss, aud, sub, iat, exp, nbf } = payload;
    const audiences = Array.isArray(aud) ? aud : [aud];
    const now = this.#nowSeconds();
    const isValid = typeof jti === "string" && typeof sub === "string" && /^\d{1,10}$/.test(sub) &&
      typeof iss === "string" && validIssuers.includes(iss) &&
      audiences.some((each) => typeof each === "string" && validAudiences.includes(each)) &&
      isTime(iat) && isTime(exp) && exp + clockSkewSeconds >= now &&
      (nbf === undefined || isTime(nbf) && nbf - clockSkewSeconds <= now) &&
      !this.#revoked.has(jti);
    if (!isValid) throw new IggyError(UNAUTHENTICATED);
    return { userId: Number(sub), id: jti, issuedAt: iat, expiry: exp };
  }

  /** Ends a token before its time. */
  revoke({ id, expiry }: Claims): void {
    const now = this.#nowSeconds() - this.#settings.clockSkewSeconds;
    for (const [each, until] of this.#revoked) {
      if (until < now) this.#revoked.delete(each);
    }
    this.#revoked.set(id, expiry);
  }

  /** The payload of a token with a right signature; what is no such token says nothing of why. */
  async #signed(token: string): Promise<Record<string, unknown>> {
    // Times are judged above, by the node's clock.
    const options = { alg: this.#settings.algorithm, exp: false, nbf: false, iat: false };
    try {
      return await verify(token, this.#verifyingKey, options);
    } catch {
      throw new IggyError(UNAUTHENTICATED);
    }
  }

  #nowSeconds(): number {
    return Math.floor(this.#clock.nowMicros() / 1_000_000);
  }
}

function isTime(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value);
}

function hmacKey(secret: Uint8Array): JsonWebKey {
  const text = btoa(String.fromCharCode(...secret));
  return { kty: "oct", k: text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "") };
}

function randomBytes(entropy: Entropy, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  entropy.fill(bytes);
  return bytes;
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** What "never" is stamped as (HTTP.md section 3). */
const FOREVER_SECONDS = 1_000_000_000;
