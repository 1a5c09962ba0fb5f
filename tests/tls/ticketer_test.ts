import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { RotatingTicketer } from "../../tls/ticketer.ts";
import { reference } from "../../tls/provider/reference.ts";
import { utf8 } from "../support/bytes.ts";
import { seededRandom } from "../support/tls_pair.ts";

/** A ticketer whose clock is set by hand. */
function ticketer(seed = 1) {
  const clock = { nowMs: 0 };
  const made = new RotatingTicketer({
    suite: reference.cipherSuites[0],
    random: seededRandom(seed),
    now: () => clock.nowMs,
    rotationMs: 1_000,
  });
  return { made, clock };
}

Deno.test("RotatingTicketer.open() gives back what seal() was given", () => {
  const { made } = ticketer();
  assertEquals(made.open(made.seal(utf8("state"))), utf8("state"));
  assertEquals(made.open(made.seal(new Uint8Array())), new Uint8Array());
});

Deno.test("RotatingTicketer.seal() gives another ticket every time, and hides the state", () => {
  const { made } = ticketer();
  const [one, two] = [made.seal(utf8("state")), made.seal(utf8("state"))];
  assertNotEquals(one, two);
  assert(!String.fromCharCode(...one).includes("state"));
});

Deno.test("RotatingTicketer.open() gives nothing for a ticket with any byte changed, cut off, or of another key", () => {
  const { made } = ticketer();
  const ticket = made.seal(utf8("state"));
  for (let at = 0; at < ticket.length; at++) {
    const changed = ticket.slice();
    changed[at] ^= 1;
    assertEquals(made.open(changed), undefined);
    assertEquals(made.open(ticket.slice(0, at)), undefined);
  }
  assertEquals(ticketer(2).made.open(ticket), undefined);
});

Deno.test("RotatingTicketer.open() leaves the ticket as it was", () => {
  const { made } = ticketer();
  const ticket = made.seal(utf8("state"));
  made.open(ticket);
  assertEquals(made.open(ticket), utf8("state"));
});

Deno.test("RotatingTicketer opens tickets of the last key, not of the one before", () => {
  const { made, clock } = ticketer();
  const ticket = made.seal(utf8("state"));
  clock.nowMs = 1_500;
  assertEquals(made.open(ticket), utf8("state"));
  clock.nowMs = 2_600;
  assertEquals(made.open(ticket), undefined);
});

Deno.test("RotatingTicketer does not open a ticket of a key that ended while nobody came", () => {
  const { made, clock } = ticketer();
  const ticket = made.seal(utf8("state"));
  clock.nowMs = 2_000;
  assertEquals(made.open(ticket), undefined);
});
