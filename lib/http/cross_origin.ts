/**
 * Which pages of other origins may ask (HTTP.md section 9).
 *
 * @module
 */
import type { HttpConfig } from "../config.ts";

type CorsConfig = HttpConfig["cors"];

/** What to answer pages of other origins. */
export class CrossOrigin {
  readonly #config: CorsConfig;
  readonly #origins: readonly string[];

  constructor(config: CorsConfig) {
    this.#config = config;
    this.#origins = named(config.allowedOrigins);
  }

  /** The headers of an answer to such a request; none when they are off. */
  *headers(request: Request): Generator<[name: string, value: string]> {
    if (!this.#config.enabled) return;
    yield* this.#common(request);
    const exposed = named(this.#config.exposedHeaders);
    if (exposed.length > 0) yield ["access-control-expose-headers", exposed.join(",")];
  }

  /** The answer to the question whether a page may ask, as which any OPTIONS counts; `undefined` for others. */
  preflight(request: Request): Response | undefined {
    const { headers, method } = request;
    if (method !== "OPTIONS" || !this.#config.enabled) return undefined;
    const { allowedMethods, allowedHeaders, allowPrivateNetwork } = this.#config;
    const response = new Response(null, { headers: [...this.#common(request)] });
    response.headers.set("access-control-allow-methods", named(allowedMethods).join(","));
    response.headers.set("access-control-allow-headers", named(allowedHeaders).join(","));
    if (allowPrivateNetwork && headers.has("access-control-request-private-network")) {
      response.headers.set("access-control-allow-private-network", "true");
    }
    return response;
  }

  *#common({ headers }: Request): Generator<[name: string, value: string]> {
    const isAny = this.#origins[0] === "*";
    const origin = headers.get("origin");
    if (isAny) yield ["access-control-allow-origin", "*"];
    else {
      // The answer differs by origin, which caches have to know.
      yield ["vary", "origin"];
      if (origin !== null && this.#origins.includes(origin)) {
        yield ["access-control-allow-origin", origin];
      }
    }
    if (this.#config.allowCredentials) yield ["access-control-allow-credentials", "true"];
  }
}

/** Blank texts in the lists count for nothing. */
function named(texts: readonly string[]): string[] {
  return texts.map((text) => text.trim()).filter((text) => text !== "");
}
