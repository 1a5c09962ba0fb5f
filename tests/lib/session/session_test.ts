import { assertEquals } from "@std/assert";
import { addressText, Session } from "../../../lib/session/session.ts";

function session(peer = { hostname: "127.0.0.1", port: 54_321 }): Session {
  return new Session(7, "classic", "tcp", peer, { hostname: "10.0.0.5", port: 8090 }, 1000);
}

Deno.test("Session starts without a user, heard of when it began", () => {
  const { id, dialect, transport, userId, heartbeats, lastActiveMs } = session();
  assertEquals({ id, dialect, transport }, { id: 7, dialect: "classic", transport: "tcp" });
  assertEquals({ userId, heartbeats, lastActiveMs }, {
    userId: undefined,
    heartbeats: false,
    lastActiveMs: 1000,
  });
});

Deno.test("Session.login() replaces the user, and logout() leaves nobody", () => {
  const client = session();
  client.login(0);
  assertEquals(client.userId, 0);
  client.login(3);
  assertEquals(client.userId, 3);
  client.logout();
  assertEquals(client.userId, undefined);
});

Deno.test("Session.interrupt() ends the wait that began last, and nothing when there is none", () => {
  const client = session();
  client.interrupt();
  let waits = 0;
  client.whenWaiting = () => waits++;
  const first = client.beginWait();
  const second = client.beginWait();
  client.interrupt();
  assertEquals([first.aborted, second.aborted, waits], [false, true, 2]);
});

Deno.test("Session.pinged() says for good that the client sends heartbeats", () => {
  const client = session();
  client.pinged();
  client.logout();
  assertEquals(client.heartbeats, true);
});

Deno.test("Session.clientId is the hash that clients are shown (CLASSIC.md section 1, lifecycle 2)", () => {
  assertEquals(session().clientId, 2650268133);
});

Deno.test("Session shows the peer's address as clients write it, and where it dialled", () => {
  assertEquals(session().address, "127.0.0.1:54321");
  assertEquals(session({ hostname: "::1", port: 5000 }).address, "[::1]:5000");
  assertEquals(session().localHostname, "10.0.0.5");
});

Deno.test("addressText() puts IPv6 in brackets", () => {
  assertEquals(addressText({ hostname: "localhost", port: 1 }), "localhost:1");
  assertEquals(addressText({ hostname: "fe80::2", port: 65_535 }), "[fe80::2]:65535");
});
