import { assertEquals } from "@std/assert";
import { HttpClient } from "../../../lib/http/client.ts";

Deno.test("HttpClient is nobody until it logs in, and after it logged out", () => {
  const client = new HttpClient({ hostname: "127.0.0.1", port: 5000 }, "localhost");
  assertEquals(client.userId, undefined);
  client.login(3);
  assertEquals(client.userId, 3);
  client.logout();
  assertEquals(client.userId, undefined);
});

Deno.test("HttpClient says where it comes from and what it dialled", () => {
  const { address, localHostname, transport } = new HttpClient({
    hostname: "127.0.0.1",
    port: 5000,
  }, "localhost");
  assertEquals([address, localHostname, transport], ["127.0.0.1:5000", "localhost", "http"]);
});

Deno.test("HttpClient.withId() is the same user at the same place", () => {
  const client = new HttpClient({ hostname: "192.0.2.7", port: 5000 }, "localhost");
  client.login(3);
  const member = client.withId(9);
  assertEquals([member.id, member.userId, member.address, member.localHostname], [
    9,
    3,
    "192.0.2.7:5000",
    "localhost",
  ]);
});
