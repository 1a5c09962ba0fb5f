import { assertEquals, assertFalse, assertStringIncludes } from "@std/assert";
import { sessionCookieOf, testDashboard } from "../../../support/dashboard.ts";

type Dashboard = Awaited<ReturnType<typeof testDashboard>>;

Deno.test("login() begins a session and leads where the person wanted to go", async () => {
  await using dashboard = await testDashboard();
  const { status, headers } = await signIn(dashboard, { next: "/ui/streams/0" });
  assertEquals([status, headers.get("location")], [303, "/ui/streams/0"]);
  const cookie = headers.get("set-cookie")!;
  assertStringIncludes(cookie, "HttpOnly; SameSite=Strict; Max-Age=3600");
  assertFalse(cookie.includes("Secure"));
  assertEquals(
    (await dashboard.ask("GET", "/ui/session", { cookie: cookieOf(cookie) })).status,
    204,
  );
});

Deno.test("login() marks the cookie Secure over TLS", async () => {
  await using dashboard = await testDashboard();
  const { headers } = await signIn(dashboard, { isTls: true });
  assertStringIncludes(headers.get("set-cookie")!, "; Secure");
});

Deno.test("login() leads nowhere but to this dashboard's pages", async () => {
  await using dashboard = await testDashboard();
  for (
    const next of ["https://evil.example/ui", "//evil.example", "/ui//../x\\", "/ui/logout", ""]
  ) {
    const { headers } = await signIn(dashboard, { next });
    assertEquals(headers.get("location"), "/ui");
  }
});

Deno.test("login() tells the reason, and what to do", async () => {
  await using dashboard = await testDashboard();
  const { status, text, headers } = await signIn(dashboard, { password: "wrong" });
  assertEquals([status, headers.get("set-cookie")], [401, null]);
  assertStringIncludes(text, "Invalid credentials");
  assertStringIncludes(text, "try again");
});

Deno.test("login() is refused to forms of other origins", async () => {
  await using dashboard = await testDashboard();
  assertEquals((await signIn(dashboard, { site: "cross-site" })).status, 403);
});

Deno.test("login() by a personal access token lasts until that is revoked", async () => {
  await using dashboard = await testDashboard();
  const { token } = await dashboard.app.expect(200, "POST", "/personal-access-tokens", {
    body: { name: "phone", expiry: 0 },
  }) as { token: string };
  const { headers } = await post(dashboard, "/ui/login", { token });
  const cookie = cookieOf(headers.get("set-cookie")!);
  const isGood = async () => (await dashboard.ask("GET", "/ui/session", { cookie })).status === 204;
  assertEquals(await isGood(), true);
  await dashboard.app.expect(204, "DELETE", "/personal-access-tokens/phone");
  assertEquals(await isGood(), false);
});

Deno.test("logout() revokes the session, whoever still holds its cookie", async () => {
  await using dashboard = await testDashboard();
  const { status, headers } = await dashboard.ask("POST", "/ui/logout");
  assertEquals([status, headers.get("location")], [303, "/ui/login"]);
  assertStringIncludes(headers.get("set-cookie")!, "Max-Age=0");
  assertEquals((await dashboard.ask("GET", "/ui/session")).status, 401);
});

Deno.test("logout() is refused to other origins", async () => {
  await using dashboard = await testDashboard();
  const foreign = { "sec-fetch-site": "cross-site" };
  assertEquals((await dashboard.ask("POST", "/ui/logout", foreign)).status, 403);
  assertEquals((await dashboard.ask("GET", "/ui/session")).status, 204);
});

Deno.test("sessionUser() knows no user who was deleted or whose token is forged", async () => {
  await using dashboard = await testDashboard();
  for (const cookie of [sessionCookieOf("a.b.c"), sessionCookieOf("forged"), ""]) {
    assertEquals((await dashboard.ask("GET", "/ui/session", { cookie })).status, 401);
  }
});

function signIn(
  dashboard: Dashboard,
  { password = "iggy", next = "/ui", isTls = false, site = "same-origin" },
) {
  return post(dashboard, "/ui/login", { username: "iggy", password, next }, isTls, site);
}

function post(
  { app }: Dashboard,
  path: string,
  form: Record<string, string>,
  isTls = false,
  site = "same-origin",
) {
  return app.ask("POST", path, {
    token: null,
    isTls,
    headers: { "sec-fetch-site": site, "content-type": "application/x-www-form-urlencoded" },
    body: String(new URLSearchParams(form)),
  });
}

function cookieOf(setCookie: string): string {
  return setCookie.split(";")[0];
}

Deno.test("login() lets whoever guesses wait", async () => {
  await using dashboard = await testDashboard();
  const guesses = [];
  for (let guess = 0; guess < 12; guess++) {
    guesses.push(await signIn(dashboard, { password: "wrong" }));
  }
  assertStringIncludes(guesses.at(-1)!.text, "Too many failed logins");
});
