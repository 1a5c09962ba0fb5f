/**
 * The HTTP app over a broker in memory: requests without a socket.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { JsonWebTokens } from "../../lib/auth/json_web_tokens.ts";
import type { HttpConfig } from "../../lib/config.ts";
import { createApp } from "../../lib/http/app.ts";
import { GroupMembers } from "../../lib/http/group_members.ts";
import { History } from "../../lib/http/dashboard/history.ts";
import { ROUTES } from "../../lib/http/routes/all.ts";
import { LoginThrottle } from "../../lib/http/login_throttle.ts";
import { parseJson, stringifyJson } from "../../lib/http/json.ts";
import type { TlsFacts } from "../../lib/http/services.ts";
import { type TestBroker, testBroker, type TestBrokerOptions } from "./broker.ts";
import { simConfig } from "./sim_node.ts";

/** What a request may bring along. */
export interface Asked {
  /** Sent as JSON, or as it is when it is bytes or a text. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly isTls?: boolean;
  /** A bearer in place of root's; `null` for none. */
  readonly token?: string | null;
}

/** An answer, read to its end. */
export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON, long integers as `bigint`. */
  readonly json: unknown;
}

/** An app with root's access token. */
export interface TestApp extends AsyncDisposable {
  readonly broker: TestBroker;
  readonly accessTokens: JsonWebTokens;
  /** Aborted, it says that the node stops. */
  readonly draining: AbortController;
  /** An answer as it comes, for bodies that do not end. */
  fetch(method: string, path: string, asked?: Asked): Promise<Response>;
  ask(method: string, path: string, asked?: Asked): Promise<Answered>;
  /** Asks, and gives the body of an answer that has to have this status. */
  expect(status: number, method: string, path: string, asked?: Asked): Promise<unknown>;
  /** An access token of a user. */
  tokenOf(userId: number): Promise<string>;
}

export interface TestAppOptions extends TestBrokerOptions {
  readonly config?: Partial<HttpConfig>;
  readonly tlsFacts?: TlsFacts;
}

export async function testApp(options: TestAppOptions = {}): Promise<TestApp> {
  const broker = await testBroker(options);
  const config = { ...simConfig().httpApi, ...options.config };
  const accessTokens = new JsonWebTokens(config.jwt, {}, broker);
  const draining = new AbortController();
  const history = new History();
  const app = createApp({
    broker,
    accessTokens,
    loginThrottle: new LoginThrottle(broker.clock),
    members: new GroupMembers(broker),
    config,
    draining: draining.signal,
    history,
    tlsFacts: () => options.tlsFacts,
  });
  const tokenOf = async (userId: number) => (await accessTokens.issue(userId)).token;
  const root = await tokenOf(0);

  async function fetch(method: string, path: string, asked: Asked = {}): Promise<Response> {
    const headers = new Headers(asked.headers);
    const { body, token = root } = asked;
    if (token !== null && !headers.has("authorization")) {
      headers.set("authorization", `Bearer ${token}`);
    }
    const isRaw = typeof body === "string" || body instanceof Uint8Array ||
      body instanceof ReadableStream || body === undefined;
    if (!isRaw) headers.set("content-type", "application/json");
    const request = new Request(`http://localhost${path}`, {
      method,
      headers,
      body: isRaw ? body as BodyInit : stringifyJson(body),
    });
    return await app.fetch(request, {
      peer: { hostname: "127.0.0.1", port: 50_000 },
      isTls: asked.isTls ?? false,
    });
  }

  async function ask(method: string, path: string, asked?: Asked): Promise<Answered> {
    const response = await fetch(method, path, asked);
    const text = await response.text();
    const isJson = text !== "" && response.headers.get("content-type") === "application/json";
    const json = isJson ? parseJson(text) : undefined;
    if (isJson) checkDocumented(method, path, response.status, json);
    return { status: response.status, headers: response.headers, text, json };
  }

  return {
    broker,
    accessTokens,
    draining,
    fetch,
    ask,
    async expect(status, method, path, asked) {
      const answered = await ask(method, path, asked);
      assertEquals(answered.status, status, `${method} ${path}: ${answered.text}`);
      return answered.json;
    },
    tokenOf,
    [Symbol.asyncDispose]: () => broker[Symbol.asyncDispose](),
  };
}

/** An answer has the form that its route documents. */
function checkDocumented(method: string, path: string, status: number, json: unknown): void {
  const { pathname } = new URL(path, "http://localhost");
  const route = ROUTES.find((each) =>
    each.method === method.toLowerCase() &&
    new RegExp(`^${each.path.replaceAll(/\{\w+\}/g, "[^/]+")}$`).test(pathname)
  );
  const schema = route?.answers[status]?.schema;
  if (schema === undefined) return;
  const { error } = schema.safeParse(json);
  assertEquals(error?.issues ?? [], [], `${method} ${path} answers otherwise than documented`);
}
