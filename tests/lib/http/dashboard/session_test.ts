import { assert, assertEquals, assertFalse, assertNotEquals } from "@std/assert";
import {
  csrfToken,
  endedCookie,
  isSameOrigin,
  mayUseCookie,
  sessionCookie,
  sessionOf,
  themeOf,
} from "../../../../lib/http/dashboard/session.ts";

Deno.test("sessionCookie() is for nobody but this node's own pages", () => {
  const request = asked({});
  assertEquals(
    sessionCookie(request, "a+b/c=", { isTls: true, seconds: 60 }),
    "whippet-3000=a%2Bb%2Fc%3D; Path=/; HttpOnly; SameSite=Strict; Max-Age=60; Secure",
  );
  assertFalse(sessionCookie(request, "x", { isTls: false }).includes("Secure"));
  assertEquals(
    endedCookie(request),
    "whippet-3000=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0",
  );
});

Deno.test("sessionOf() reads the cookie of this port among others", () => {
  assertEquals(sessionOf(asked({ cookie: "a=1; whippet-3000=a%2Bb; whippet-3001=z" })), "a+b");
  assertEquals(sessionOf(asked({ cookie: "whippet-3001=z" })), undefined);
  assertEquals(sessionOf(asked({ cookie: "whippet-3000=%E0%A4%A" })), undefined);
  assertEquals(sessionOf(asked({})), undefined);
});

Deno.test("themeOf() takes the two there are", () => {
  assertEquals(themeOf(asked({ cookie: "whippet-theme=dark" })), "dark");
  assertEquals(themeOf(asked({ cookie: 'whippet-theme="><script>' })), undefined);
});

Deno.test("isSameOrigin() believes what browsers say of themselves", () => {
  const may = (method: string, headers: Record<string, string>) =>
    isSameOrigin(asked(headers, method));
  assert(may("POST", { "sec-fetch-site": "same-origin", origin: "null" }));
  assert(may("GET", { "sec-fetch-site": "none" }));
  // Another port of the same host is the same site, and no origin of ours.
  for (const site of ["same-site", "cross-site"]) {
    assertFalse(may("GET", { "sec-fetch-site": site }));
    assertFalse(may("POST", { "sec-fetch-site": site, origin: "http://localhost:3000" }));
  }
  assert(may("POST", { origin: "https://localhost:3000" }));
  assertFalse(may("POST", { origin: "http://localhost:5000" }));
  assertFalse(may("POST", { origin: "null" }));
  assertFalse(may("POST", {}));
  assert(may("GET", {}));
});

Deno.test("mayUseCookie() asks for the session's token with every change", async () => {
  const own = { "sec-fetch-site": "same-origin" };
  assert(await mayUseCookie(asked(own), "bearer"));
  assertFalse(await mayUseCookie(asked(own, "DELETE"), "bearer"));
  const token = await csrfToken("bearer");
  assert(await mayUseCookie(asked({ ...own, "x-csrf-token": token }, "DELETE"), "bearer"));
  assertFalse(await mayUseCookie(asked({ ...own, "x-csrf-token": token }, "DELETE"), "another"));
  assertFalse(
    await mayUseCookie(asked({ "sec-fetch-site": "cross-site", "x-csrf-token": token }), "bearer"),
  );
});

Deno.test("csrfToken() differs by session", async () => {
  assertNotEquals(await csrfToken("a"), await csrfToken("b"));
});

function asked(headers: Record<string, string>, method = "GET"): Request {
  return new Request("http://localhost:3000/streams", { method, headers });
}
