import { assert, assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { sessionCookieOf, testDashboard } from "../../../support/dashboard.ts";

const HOSTILE = `<img src=x onerror=alert(1)>"'&`;

Deno.test("The dashboard is at / for browsers, and the API for everybody else", async () => {
  await using dashboard = await testDashboard();
  assertStringIncludes(await dashboard.page("/"), "<title>Overview");
  const { headers } = await dashboard.ask("GET", "/", { accept: "*/*" });
  assertFalse(headers.get("content-type")?.includes("html") ?? false);
});

Deno.test("The dashboard is nowhere when http.web_ui is false", async () => {
  await using dashboard = await testDashboard({ config: { webUi: false } });
  for (const path of ["/ui", "/ui/login", "/ui/assets/main.js"]) {
    assertEquals((await dashboard.ask("GET", path)).status, 404);
  }
});

Deno.test("The dashboard shows the login page in place of any other, and leads back", async () => {
  await using dashboard = await testDashboard();
  const { status, text } = await dashboard.ask("GET", "/ui/streams?a=b", { cookie: "" });
  assertEquals(status, 200);
  assertStringIncludes(text, 'name="next" value="/ui/streams?a=b"');
  assertFalse(text.includes("rail"));
});

Deno.test("The dashboard's pages run nothing but its own script, and go nowhere else", async () => {
  await using dashboard = await testDashboard();
  const pages = ["/ui", "/ui/streams", "/ui/login", "/ui/nowhere"];
  for (const path of pages) {
    const { headers, text } = await dashboard.ask("GET", path);
    assertEquals(
      headers.get("content-security-policy"),
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " +
        "img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    );
    assertEquals(headers.get("cache-control"), "no-store");
    assertFalse(/\s(style|on\w+)=/.test(text), path);
    assertEquals(text.match(/<script/g)?.length, 1, path);
  }
});

Deno.test("The dashboard shows hostile names as text", async () => {
  await using dashboard = await testDashboard();
  const { catalog, clock } = dashboard.broker;
  await dashboard.app.expect(200, "POST", "/streams", { body: { name: HOSTILE } });
  await dashboard.app.expect(200, "POST", `/streams/0/topics`, {
    body: {
      name: HOSTILE,
      partitions_count: 1,
      compression_algorithm: "none",
      message_expiry: 0,
      max_topic_size: 0,
    },
  });
  catalog.groups.create(0, 0, HOSTILE);
  clock.advance(2000);
  const pages = ["/ui", "/ui/streams", "/ui/streams/0", "/ui/streams/0/topics/0"];
  for (const path of [...pages, `/ui/streams?streams-filter=${encodeURIComponent(HOSTILE)}`]) {
    const text = await dashboard.page(path);
    assertFalse(text.includes("<img"), path);
    assertStringIncludes(text, "&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;");
  }
});

Deno.test("The dashboard says what is not there, and what is not for this user", async () => {
  await using dashboard = await testDashboard();
  const { status, text } = await dashboard.ask("GET", "/ui/streams/9");
  assertEquals(status, 404);
  assertStringIncludes(text, "See what there is");
  const { userId } = dashboard.broker.connectUser("visitor");
  const cookie = sessionCookieOf(await dashboard.app.tokenOf(userId!));
  const refused = await dashboard.ask("GET", "/ui/streams", { cookie });
  assertEquals(refused.status, 403);
  assertStringIncludes(refused.text, "Ask whoever manages users");
});

Deno.test("registerDashboard() has no page for what looks like a file", async () => {
  await using dashboard = await testDashboard();
  for (const path of ["/ui/x.js", "/ui/assets/x.js", "/ui/.env"]) {
    assertEquals((await dashboard.ask("GET", path)).status, 404, path);
  }
});

Deno.test("The REST API takes the session's cookie from the dashboard's own pages only", async () => {
  await using dashboard = await testDashboard();
  assertEquals((await dashboard.ask("GET", "/streams")).status, 200);
  const foreign = await dashboard.ask("GET", "/streams", { "sec-fetch-site": "same-site" });
  assertEquals(foreign.status, 401);
  const change = (headers: Record<string, string>) =>
    dashboard.ask("DELETE", "/streams/0/purge", headers);
  assertEquals((await change({})).status, 401);
  const [, token] = /name="csrf-token" content="(\w+)"/.exec(await dashboard.page("/ui"))!;
  assertEquals((await change({ "x-csrf-token": token })).status, 404);
});

Deno.test("The dashboard's live page comes once, and again when it has changed", async () => {
  await using dashboard = await testDashboard();
  const events = await liveEvents(dashboard, "/ui/streams");
  assertStringIncludes(await events.next(), "No streams yet");
  dashboard.broker.topic(1);
  dashboard.broker.clock.advance(1000);
  const second = await events.next();
  assertStringIncludes(second, "event: page");
  assertStringIncludes(second, "orders");
  await events.cancel();
});

Deno.test("The dashboard's live page says when its session has been revoked", async () => {
  await using dashboard = await testDashboard();
  const events = await liveEvents(dashboard, "/ui");
  await events.next();
  const token = decodeURIComponent(dashboard.cookie.split("=")[1]);
  dashboard.app.accessTokens.revoke(await dashboard.app.accessTokens.verify(token));
  dashboard.broker.clock.advance(1000);
  assertStringIncludes(await events.next(), "event: gone");
  assert(await events.ended());
});

Deno.test("The dashboard's live page is refused without a session and to other origins", async () => {
  await using dashboard = await testDashboard();
  assertEquals((await dashboard.ask("GET", "/ui/live?page=/ui", { cookie: "" })).status, 401);
  const foreign = { "sec-fetch-site": "cross-site" };
  assertEquals((await dashboard.ask("GET", "/ui/live?page=/ui", foreign)).status, 401);
});

/** Events of a live page, one at a time. */
async function liveEvents(
  { app, cookie }: Awaited<ReturnType<typeof testDashboard>>,
  page: string,
) {
  const { body } = await app.fetch("GET", `/ui/live?page=${encodeURIComponent(page)}`, {
    token: null,
    headers: { cookie, "sec-fetch-site": "same-origin" },
  });
  const reader = body!.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = "";
  return {
    async next(): Promise<string> {
      for (;;) {
        const end = buffer.indexOf("\n\n");
        if (end >= 0) {
          const event = buffer.slice(0, end);
          buffer = buffer.slice(end + 2);
          if (event.startsWith("event:")) return event;
        } else {
          const { value, done } = await reader.read();
          if (done) throw new Error("The stream has ended");
          buffer += value;
        }
      }
    },
    ended: async () => (await reader.read()).done,
    cancel: () => reader.cancel(),
  };
}
