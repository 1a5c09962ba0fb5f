import { assertEquals, assertThrows } from "@std/assert";
import { parseAddress, settingsFrom, tlsOptionsFrom } from "../../../lib/client/options.ts";

Deno.test("parseAddress() reads names, IPv4, IPv6, with port and without", () => {
  assertEquals(parseAddress("localhost"), { hostname: "localhost", port: 8090 });
  assertEquals(parseAddress("127.0.0.1:9000"), { hostname: "127.0.0.1", port: 9000 });
  assertEquals(parseAddress("[::1]:9000"), { hostname: "::1", port: 9000 });
  assertEquals(parseAddress("[2001:db8::1]"), { hostname: "2001:db8::1", port: 8090 });
});

Deno.test("parseAddress() refuses what is no host and port", () => {
  for (const text of ["", ":8090", "::1", "host:", "host:port", "host:65536", "tcp://host:1"]) {
    assertThrows(() => parseAddress(text), TypeError, `Address "${text}" is not host:port`);
  }
});

Deno.test("settingsFrom() makes every choice that is left open", () => {
  assertEquals(settingsFrom({ address: { hostname: "h", port: 1 } }), {
    address: { hostname: "h", port: 1 },
    framing: "vsr",
    credentials: undefined,
    reconnect: { attemptsMax: Infinity, delayMs: 100, delayMsMax: 5_000 },
    timeoutMs: 30_000,
    heartbeatMs: 5_000,
    requestsInFlightMax: 64,
  });
});

Deno.test("settingsFrom() takes a name and password, or a token", () => {
  const address = "localhost";
  assertEquals(settingsFrom({ address, username: "iggy", password: "" }).credentials, {
    username: "iggy",
    password: "",
  });
  assertEquals(settingsFrom({ address, personalAccessToken: "t" }).credentials, {
    personalAccessToken: "t",
  });
});

Deno.test("settingsFrom() takes a name alone where a certificate stands for the password", () => {
  const tls = { certificate: "PEM", key: "PEM" };
  assertEquals(settingsFrom({ address: "h", username: "iggy", tls }).credentials, {
    username: "iggy",
    password: "",
  });
  assertEquals(settingsFrom({ address: "h", tls }).credentials, undefined);
  assertThrows(() => settingsFrom({ address: "h", username: "iggy", tls: true }), TypeError);
});

Deno.test("tlsOptionsFrom() gives the options of TLS, or none", () => {
  assertEquals(tlsOptionsFrom({ address: "h" }), undefined);
  assertEquals(tlsOptionsFrom({ address: "h", tls: false }), undefined);
  assertEquals(tlsOptionsFrom({ address: "h", tls: true }), {});
  assertEquals(tlsOptionsFrom({ address: "h", tls: { ca: "PEM" } }), { ca: "PEM" });
});

Deno.test("settingsFrom() refuses half a login and two logins", () => {
  const address = "localhost";
  assertThrows(() => settingsFrom({ address, username: "iggy" }), TypeError, "password is missing");
  assertThrows(() => settingsFrom({ address, password: "iggy" }), TypeError, "name is missing");
  assertThrows(
    () => settingsFrom({ address, username: "iggy", personalAccessToken: "t" }),
    TypeError,
    "not both",
  );
});

Deno.test("settingsFrom() refuses a window without room", () => {
  for (const requestsInFlightMax of [0, -1, NaN]) {
    assertThrows(
      () => settingsFrom({ address: "localhost", requestsInFlightMax }),
      TypeError,
      `not ${requestsInFlightMax}`,
    );
  }
});

Deno.test("settingsFrom() knows no reconnect when it is switched off", () => {
  assertEquals(settingsFrom({ address: "localhost", reconnect: false }).reconnect, undefined);
});
