/**
 * Puts together what HTTP works with.
 *
 * @module
 */
import { JsonWebTokens } from "../auth/json_web_tokens.ts";
import type { Config } from "../config.ts";
import type { Broker } from "../handlers/broker.ts";
import type { HttpApp } from "../http/app.ts";
import { History } from "../http/dashboard/history.ts";
import { sampler } from "../http/dashboard/sampling.ts";
import { LoginThrottle } from "../http/login_throttle.ts";
import { GroupMembers } from "../http/group_members.ts";
import { shownCertificates } from "./shown_certificates.ts";
import type { NodeTls } from "./tls.ts";
import type { HttpHandlers } from "../ports.ts";

/** Handlers, and what is to be called once a second. */
export interface ComposedHttp extends Omit<HttpHandlers, "onWebSocket"> {
  sample(): void;
}

/** What happens to requests; `draining` ends those that do not end by themselves. */
export function composeHttp(
  config: Config,
  broker: Broker,
  draining: AbortSignal,
  tls?: NodeTls,
): ComposedHttp {
  const { jwt } = config.httpApi;
  const keys = {
    encoding: jwt.encodingSecret?.reveal(),
    decoding: jwt.decodingSecret?.reveal(),
  };
  const accessTokens = new JsonWebTokens(jwt, keys, broker);
  const history = new History();
  const sampleOf = sampler(broker);
  const services = {
    broker,
    accessTokens,
    loginThrottle: new LoginThrottle(broker.clock),
    members: new GroupMembers(broker),
    config: config.httpApi,
    draining,
    history,
    tlsFacts: () => tls && shownCertificates(tls, Math.floor(broker.clock.nowMicros() / 1000)),
  };
  // Routes and their schemas are a third of all there is to load: a node serves before they are there.
  let app: Promise<HttpApp> | undefined;
  const load = () => app ??= import("../http/app.ts").then(({ createApp }) => createApp(services));
  const { allowedOrigins } = config.webSocket;
  return {
    sample: () => history.add(sampleOf()),
    onRequest: async (request, context) => (await load()).fetch(request, context),
    admitsOrigin: (origin, host) =>
      allowedOrigins.includes("*") || allowedOrigins.includes(origin) || isOwn(origin, host),
  };
}

/** Whether a page comes from the host that it asks. */
function isOwn(origin: string, host: string): boolean {
  return URL.canParse(origin) && host !== "" && new URL(origin).host === host;
}
