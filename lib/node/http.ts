/**
 * Puts together what HTTP works with.
 *
 * @module
 */
import { JsonWebTokens } from "../auth/json_web_tokens.ts";
import type { Config } from "../config.ts";
import type { Broker } from "../handlers/broker.ts";
import { createApp } from "../http/app.ts";
import type { HttpHandlers } from "../ports.ts";

/** Answers the requests that are no WebSocket. */
export function composeHttp(config: Config, broker: Broker): HttpHandlers["onRequest"] {
  const { jwt } = config.httpApi;
  const keys = {
    encoding: jwt.encodingSecret?.reveal(),
    decoding: jwt.decodingSecret?.reveal(),
  };
  const accessTokens = new JsonWebTokens(jwt, keys, broker);
  const app = createApp({ broker, accessTokens, config: config.httpApi });
  return (request, peer) => app.fetch(request, { peer });
}
