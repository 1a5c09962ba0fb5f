import { assertEquals } from "@std/assert";
import { GroupCoordinator } from "../../../lib/catalog/consumer_groups.ts";
import { type Heartbeat, Sessions } from "../../../lib/session/sessions.ts";
import { pipe } from "../../support/pipe.ts";
import { SimClock } from "../../support/sim_clock.ts";

const GROUP = { streamId: 1, topicId: 2, id: 3 };

function fixture(heartbeat: Heartbeat = { enabled: true, intervalMs: 1000 }) {
  const clock = new SimClock();
  const groups = new GroupCoordinator({ storedOffset: () => undefined });
  const sessions = new Sessions(clock, groups, heartbeat);
  const begin = () => sessions.begin("classic", "tcp", pipe().server);
  return { clock, groups, sessions, begin };
}

Deno.test("Sessions.begin() numbers sessions, never anew, and shows them in order", () => {
  const { sessions, begin, clock } = fixture();
  clock.advance(5);
  const [first, second] = [begin(), begin()];
  sessions.end(first);
  const third = begin();
  assertEquals([first.id, second.id, third.id], [1, 2, 3]);
  assertEquals([...sessions.values()], [second, third]);
  assertEquals(sessions.count, 2);
  assertEquals(first.lastActiveMs, clock.monotonicMs());
});

Deno.test("Sessions.newId() gives a number that no session has", () => {
  const { sessions, begin } = fixture();
  const first = begin();
  const id = sessions.newId();
  assertEquals([first.id, id, begin().id, sessions.count], [1, 2, 3, 2]);
});

Deno.test("Sessions.begin() takes addresses, framing and transport from where the client came", () => {
  const { sessions } = fixture();
  const { server } = pipe({
    client: { hostname: "::1", port: 7 },
    server: { hostname: "10.0.0.1", port: 8090 },
  });
  const session = sessions.begin("vsr_0_11", "websocket", server);
  assertEquals([session.address, session.localHostname], ["[::1]:7", "10.0.0.1"]);
  assertEquals([session.dialect, session.transport], ["vsr_0_11", "websocket"]);
  assertEquals(session.certifiedName, undefined);
  assertEquals(sessions.begin("classic", "tcp", server, "alice").certifiedName, "alice");
});

Deno.test("Sessions.end() takes the session out of its groups; a second time changes nothing", () => {
  const { sessions, begin, groups } = fixture();
  const session = begin();
  groups.join(GROUP, session.id, 1, 0);
  sessions.end(session);
  sessions.end(session);
  assertEquals(groups.membersCount(GROUP), 0);
  assertEquals(sessions.count, 0);
});

Deno.test("Sessions.isStale() after 1.2 intervals of silence, of a client that sends heartbeats", () => {
  const { sessions, begin, clock } = fixture();
  const session = begin();
  session.pinged();
  const start = clock.monotonicMs();
  assertEquals(sessions.isStale(session, start + 1200), false);
  assertEquals(sessions.isStale(session, start + 1201), true);
  session.lastActiveMs = start + 1;
  assertEquals(sessions.isStale(session, start + 1201), false);
});

Deno.test("Sessions.isStale() never, of a client that neither pings nor is in a group", () => {
  const { sessions, begin, clock, groups } = fixture();
  const session = begin();
  const later = clock.monotonicMs() + 1_000_000;
  assertEquals(sessions.isStale(session, later), false);
  groups.join(GROUP, session.id, 1, 0);
  assertEquals(sessions.isStale(session, later), true);
  groups.leave(GROUP, session.id, 0);
  assertEquals(sessions.isStale(session, later), false);
});

Deno.test("Sessions.isStale() never, with heartbeats switched off", () => {
  const { sessions, begin, clock } = fixture({ enabled: false, intervalMs: 1000 });
  const session = begin();
  session.pinged();
  assertEquals(sessions.isStale(session, clock.monotonicMs() + 1_000_000), false);
});
