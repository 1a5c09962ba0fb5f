/**
 * The metrics, where the configuration puts them.
 *
 * @module
 */
import type { HttpConfig } from "../../config.ts";
import { authenticateBearer } from "../bearer.ts";
import { renderMetrics } from "../metrics.ts";
import { type Call, type Route, route } from "../route.ts";

/** The route of the metrics; none where they are off. */
export function metricsRoutes({ enabled, endpoint, access }: HttpConfig["metrics"]): Route[] {
  if (!enabled) return [];
  return [route({
    method: "get",
    path: endpoint,
    tag: "System",
    summary: "Metrics for Prometheus",
    description: "As OpenMetrics where the request asks for that, else in Prometheus' text form.",
    access: "public",
    answers: { 200: { description: "The metrics", mediaType: "text/plain" } },
    async handle(call) {
      if (!isFree(access, call)) await authenticateBearer(call.services, call.request);
      const accept = call.request.headers.get("accept") ?? "";
      const { contentType, text } = await renderMetrics(call.broker, accept);
      return new Response(text, { headers: { "content-type": contentType } });
    },
  })];
}

/** HTTP.md section 11: 0.8 asked for no token, 0.9 does; the operator decides. */
function isFree(
  access: HttpConfig["metrics"]["access"],
  { client }: Call<undefined, undefined, undefined>,
): boolean {
  if (access === "loopback") return /^(?:127\.|\[::1\])/.test(client.address);
  return access === "public";
}
