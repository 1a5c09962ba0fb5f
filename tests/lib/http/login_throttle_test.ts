import { assertEquals } from "@std/assert";
import { LoginThrottle } from "../../../lib/http/login_throttle.ts";
import { SimClock } from "../../support/sim_clock.ts";

function fail(throttle: LoginThrottle, times: number, hostname = "a", username = "u"): void {
  for (let each = 0; each < times; each++) throttle.failed(hostname, username);
}

Deno.test("LoginThrottle lets five failures pass, then asks for pauses that double up to a minute", () => {
  const throttle = new LoginThrottle(new SimClock());
  const waits = Array.from({ length: 14 }, () => {
    fail(throttle, 1);
    return throttle.waitSeconds("a", "u");
  });
  assertEquals(waits, [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60]);
});

Deno.test("LoginThrottle.waitSeconds() runs out", () => {
  const clock = new SimClock();
  const throttle = new LoginThrottle(clock);
  fail(throttle, 6);
  clock.advance(1500);
  assertEquals(throttle.waitSeconds("a", "u"), 1);
  clock.advance(500);
  assertEquals(throttle.waitSeconds("a", "u"), 0);
});

Deno.test("LoginThrottle locks nobody out from another address", () => {
  const throttle = new LoginThrottle(new SimClock());
  fail(throttle, 20);
  assertEquals(throttle.waitSeconds("b", "u"), 0);
  assertEquals(throttle.waitSeconds("a", "other"), 0);
});

Deno.test("LoginThrottle slows an address down that tries many names", () => {
  const throttle = new LoginThrottle(new SimClock());
  for (let name = 0; name < 50; name++) throttle.failed("a", `u${name}`);
  assertEquals(throttle.waitSeconds("a", "new"), 1);
  assertEquals(throttle.waitSeconds("b", "new"), 0);
});

Deno.test("LoginThrottle forgets failures after a success, and after a while", () => {
  const clock = new SimClock();
  const throttle = new LoginThrottle(clock);
  fail(throttle, 5);
  throttle.succeeded("a", "u");
  assertEquals(throttle.waitSeconds("a", "u"), 0);
  fail(throttle, 5);
  clock.advance(15 * 60 * 1000 + 1);
  fail(throttle, 1);
  assertEquals(throttle.waitSeconds("a", "u"), 0);
});

Deno.test("LoginThrottle remembers so many at most, the newest", () => {
  const throttle = new LoginThrottle(new SimClock(), 4);
  fail(throttle, 6, "a", "old");
  for (let name = 0; name < 4; name++) throttle.failed("b", `u${name}`);
  assertEquals(throttle.waitSeconds("a", "old"), 0);
});
