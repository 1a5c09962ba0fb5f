/**
 * The dashboard: pages made by the node, kept live by server-sent events.
 *
 * ```text
 * GET /ui/...    session? --no--> login page          GET /ui/live?page=/ui/...
 *                  | yes                                once a second: the session still good?
 *                  v                                      no: event "gone", the end
 *                page --> document with #live           the page again; changed? event "page"
 * ```
 *
 * What a page shows is decided by the rights of its user; what it changes goes through the REST API.
 *
 * @module
 */
import type { Context } from "hono";
import type { RequestContext } from "../../ports.ts";
import { IggyError } from "../../../protocol/errors.ts";
import { perform } from "../../session/dispatch.ts";
import { formatLog, recentLogs } from "../../telemetry.ts";
import type { HttpApp } from "../app.ts";
import { errorResponse } from "../errors.ts";
import { HttpClient } from "../client.ts";
import type { HttpServices } from "../services.ts";
import { assetResponse } from "./asset_response.ts";
import { Census } from "./census.ts";
import { LiveStreams } from "./live_streams.ts";
import { login, loginPage, logout, sessionUser, type Visitor } from "./login.ts";
import { pageAt } from "./pages/all.ts";
import { htmlOf, pageResponse } from "./page_response.ts";
import { renderDocument, renderLive } from "./render.tsx";
import { csrfToken, isSameOrigin, sessionOf } from "./session.ts";
import { type DashboardServices, Visit } from "./visit.ts";

/** Puts the dashboard at `/ui`, and at `/` for browsers. */
export function mountDashboard(app: HttpApp, services: HttpServices): void {
  const { broker, draining } = services;
  const all: DashboardServices = { ...services, census: new Census(broker) };
  const streams = new LiveStreams(broker.clock, draining, broker.limits.dashboardStreamsMax);
  app.get("/", (context, next) => {
    const isBrowser = context.req.header("accept")?.includes("text/html") ?? false;
    return isBrowser ? page(all, context) : next();
  });
  app.get("/ui/assets/:name", ({ req }) => assetResponse(req.param("name"), req.raw));
  app.get(
    "/ui/login",
    (context) => loginPage(visitor(all, context), context.req.query("next") ?? "/ui"),
  );
  app.post("/ui/login", (context) => login(visitor(all, context)));
  app.post("/ui/logout", (context) => logout(visitor(all, context), streams));
  app.get("/ui/session", async (context) => {
    const user = await sessionUser(visitor(all, context));
    return new Response(null, { status: user === undefined ? 401 : 204 });
  });
  app.get("/ui/logs/download", (context) => download(all, context));
  app.get("/ui/live", (context) => live(all, streams, context));
  app.get("/ui", (context) => page(all, context));
  app.get("/ui/*", (context) =>
    // HTTP.md section 2: what looks like a file and is none is not the login page.
    /\.[^/]*$/.test(context.req.path)
      ? new Response("There is no such file\n", { status: 404 })
      : page(all, context));
}

type AppContext = Context<{ Bindings: RequestContext }>;

function visitor(services: HttpServices, { req, env }: AppContext): Visitor {
  const client = new HttpClient(env.peer, new URL(req.url).hostname);
  return { services, client, request: req.raw, isTls: env.isTls };
}

async function page(services: DashboardServices, context: AppContext): Promise<Response> {
  const who = visitor(services, context);
  const url = new URL(context.req.url);
  const user = await sessionUser(who);
  if (user === undefined) return await loginPage(who, url.pathname + url.search);
  const { page, params } = pageAt(url.pathname);
  const visit = new Visit(services, who.client, who.request, url, params, user, who.isTls);
  const csrf = await csrfToken(sessionOf(who.request)!);
  const { document, status } = await renderDocument(page, visit, csrf);
  return await pageResponse(document, status);
}

/** The kept log lines as a file. */
async function download(services: HttpServices, context: AppContext): Promise<Response> {
  const who = visitor(services, context);
  const user = await sessionUser(who);
  if (user === undefined) return await loginPage(who, "/ui/logs");
  try {
    await perform(services.broker, who.client, "getStats", undefined);
  } catch (fault) {
    if (fault instanceof IggyError) return errorResponse(fault);
    throw fault;
  }
  const lines = recentLogs.since(0).logs.map((line) => `${formatLog(line)}\n`).join("");
  return new Response(lines, {
    headers: {
      "content-type": "text/plain; charset=utf-8",
      "content-disposition": 'attachment; filename="whippet.log"',
    },
  });
}

function live(
  services: DashboardServices,
  streams: LiveStreams,
  context: AppContext,
): Response {
  const who = visitor(services, context);
  const bearer = sessionOf(who.request);
  if (bearer === undefined || !isSameOrigin(who.request)) {
    return new Response(null, { status: 401 });
  }
  const url = new URL(context.req.query("page") ?? "/ui", context.req.url);
  const { page, params } = pageAt(url.pathname);
  return streams.open({
    bearer,
    render: async () => {
      const user = await sessionUser(who);
      if (user === undefined) return undefined;
      const visit = new Visit(services, who.client, who.request, url, params, user, who.isTls);
      return await htmlOf((await renderLive(page, visit)).content);
    },
  });
}
