/**
 * The HTTP side of the node: routes on one Hono app.
 *
 * ```text
 * request -> security headers, CORS -> route found -> bearer -> schemas -> command -> JSON
 *                                       none: 404, or 405 with what is allowed
 * ```
 *
 * @module
 */
import { Hono } from "hono";
import { IggyError } from "../../protocol/errors.ts";
import type { RequestContext } from "../ports.ts";
import { logs } from "../telemetry.ts";
import { authenticateBearer } from "./bearer.ts";
import { HttpClient } from "./client.ts";
import { CrossOrigin } from "./cross_origin.ts";
import { mountDashboard } from "./dashboard/dashboard.ts";
import { errorResponse, Rejection } from "./errors.ts";
import { checkedCall, type Route } from "./route.ts";
import { ROUTES } from "./routes/all.ts";
import { metricsRoutes } from "./routes/metrics.ts";
import { SECURITY_HEADERS } from "./security_headers.ts";
import type { HttpServices } from "./services.ts";

/** Answers every request there may be; never rejects. */
export type HttpApp = Hono<{ Bindings: RequestContext }>;

/** The app over a node's services. `app.fetch(request, context)` answers a request. */
export function createApp(services: HttpServices): HttpApp {
  const app: HttpApp = new Hono();
  const routes = [...ROUTES, ...metricsRoutes(services.config.metrics)];
  const { clock, meters } = services.broker;
  app.use(async (context, next) => {
    const startMs = clock.monotonicMs();
    meters.httpRequests++;
    await next();
    meters.httpLatency.record(clock.monotonicMs() - startMs);
    for (const [name, value] of SECURITY_HEADERS) {
      if (!context.res.headers.has(name)) context.res.headers.set(name, value);
    }
  });
  const crossOrigin = new CrossOrigin(services.config.cors);
  for (const path of new Set(routes.map((route) => honoPath(route.path)))) {
    app.use(path, async (context, next) => {
      const { raw } = context.req;
      const preflight = crossOrigin.preflight(raw);
      if (preflight !== undefined) {
        preflight.headers.set("allow", methodsOf(routes, context.req.path).join(","));
        return preflight;
      }
      await next();
      for (const [name, value] of crossOrigin.headers(raw)) context.res.headers.set(name, value);
      return undefined;
    });
  }
  if (services.config.webUi) mountDashboard(app, services);
  for (const route of routes) {
    const path = honoPath(route.path);
    app.on(route.method.toUpperCase(), path, (context) => {
      return answer(route, services, context.req.raw, context.req.param(), context.env);
    });
  }
  app.notFound(({ req }) => refusePath(routes, req.method, req.path));
  app.onError((fault, { req }) => failure(fault, req.method, req.path));
  return app;
}

async function answer(
  route: Route,
  services: HttpServices,
  request: Request,
  pathTexts: Record<string, string>,
  { peer }: RequestContext,
): Promise<Response> {
  const client = new HttpClient(peer, new URL(request.url).hostname);
  try {
    if (route.access === "token") client.login(await authenticateBearer(services, request));
    const response = await route.handle(
      await checkedCall(route, services, client, request, pathTexts),
    );
    if (route.access === "token" && response.ok) response.headers.set("iggy-view", "0");
    return response;
  } catch (fault) {
    if (!(fault instanceof IggyError || fault instanceof Rejection)) throw fault;
    logs.http.debug("{address} is refused {method} {path}: {why}", {
      address: client.address,
      method: request.method,
      path: route.path,
      why: fault.message,
    });
    return errorResponse(fault);
  }
}

/** Something that nobody expected: told to the log, and to the client without the why. */
function failure(fault: Error, method: string, path: string): Response {
  logs.http.error("{method} {path} fails: {fault}", { method, path, fault });
  const body = { id: 1, code: "error", reason: "Internal error", field: null };
  return Response.json(body, { status: 500 });
}

function refusePath(routes: readonly Route[], method: string, path: string): Response {
  const methods = methodsOf(routes, path);
  if (methods.length === 0 || methods.includes(method)) return new Response(null, { status: 404 });
  return new Response(null, { status: 405, headers: { allow: methods.join(",") } });
}

/** What may be asked of a path, sorted; nothing of one that is none. */
function methodsOf(routes: readonly Route[], path: string): string[] {
  const found = routes.filter((route) => matches(route.path, path)).flatMap(allowed);
  return [...new Set(found)].sort();
}

/** `/streams/{stream_id}` as `/streams/:stream_id`. */
function honoPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ":$1");
}

/** HEAD works wherever GET does (HTTP.md section 9). */
function allowed({ method }: Route): string[] {
  return method === "get" ? ["GET", "HEAD"] : [method.toUpperCase()];
}

function matches(template: string, path: string): boolean {
  const wanted = template.split("/");
  const given = path.split("/");
  return wanted.length === given.length &&
    wanted.every((part, at) => part.startsWith("{") ? given[at] !== "" : part === given[at]);
}
