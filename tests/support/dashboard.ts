/**
 * The dashboard over a broker in memory, as a browser that has signed in sees it.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { History } from "../../lib/http/dashboard/history.ts";
import { Census } from "../../lib/http/dashboard/census.ts";
import { Visit } from "../../lib/http/dashboard/visit.ts";
import { GroupMembers } from "../../lib/http/group_members.ts";
import { LoginThrottle } from "../../lib/http/login_throttle.ts";
import { HttpClient } from "../../lib/http/client.ts";
import type { Permissions } from "../../protocol/permissions.ts";
import { simConfig } from "./sim_node.ts";
import { JsonWebTokens } from "../../lib/auth/json_web_tokens.ts";
import type { TestBroker } from "./broker.ts";
import { type Answered, type TestApp, testApp, type TestAppOptions } from "./http_app.ts";

/** A browser with a session of root's. */
export interface TestDashboard extends AsyncDisposable {
  readonly app: TestApp;
  readonly broker: TestBroker;
  /** The `cookie` header. */
  readonly cookie: string;
  /** A page that has to be there, as HTML. */
  page(path: string): Promise<string>;
  /** Asks with the session. */
  ask(method: string, path: string, headers?: Record<string, string>): Promise<Answered>;
}

export async function testDashboard(options: TestAppOptions = {}): Promise<TestDashboard> {
  const app = await testApp(options);
  const cookie = sessionCookieOf(await app.tokenOf(0));
  const ask = (method: string, path: string, headers: Record<string, string> = {}) =>
    app.ask(method, path, {
      token: null,
      headers: { cookie, "sec-fetch-site": "same-origin", accept: "text/html", ...headers },
    });
  return {
    app,
    broker: app.broker,
    cookie,
    ask,
    async page(path) {
      const { status, text } = await ask("GET", path);
      assertEquals(status, 200, text);
      return text;
    },
    [Symbol.asyncDispose]: () => app[Symbol.asyncDispose](),
  };
}

/** The `cookie` header of a session that holds this. */
export function sessionCookieOf(bearer: string): string {
  return `whippet-session=${encodeURIComponent(bearer)}`;
}

/** A look at an address of the dashboard; root's unless the user's `permissions` are given. */
export function visitOf(
  broker: TestBroker,
  { path = "/ui", params = {}, permissions }: {
    readonly path?: string;
    readonly params?: Readonly<Record<string, string>>;
    readonly permissions?: Permissions;
  } = {},
): Visit {
  const config = simConfig().httpApi;
  const client = new HttpClient({ hostname: "127.0.0.1", port: 50_000 }, "localhost");
  client.login(permissions === undefined ? 0 : broker.connectUser("visitor", permissions).userId!);
  const url = new URL(path, "http://localhost");
  const services = {
    broker,
    config,
    accessTokens: new JsonWebTokens(config.jwt, {}, broker),
    members: new GroupMembers(broker),
    loginThrottle: new LoginThrottle(broker.clock),
    draining: new AbortController().signal,
    history: new History(),
    tlsFacts: () => undefined,
    census: new Census(broker),
  };
  const user = broker.catalog.users.find(client.userId!)!;
  return new Visit(services, client, new Request(url), url, params, user, false);
}

/** No rights at all. */
export const NO_RIGHTS: Permissions = {
  global: {
    manageServers: false,
    readServers: false,
    manageUsers: false,
    readUsers: false,
    manageStreams: false,
    readStreams: false,
    manageTopics: false,
    readTopics: false,
    pollMessages: false,
    sendMessages: false,
  },
  streams: new Map(),
};
