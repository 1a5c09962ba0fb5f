import { assert, assertEquals } from "@std/assert";
import type { ServerConfig, TicketConfig } from "../../tls/config.ts";
import type { EarlyDataReason } from "../../tls/connection.ts";
import { decodeNewSessionTicket } from "../../tls/messages.ts";
import { reference } from "../../tls/provider/reference.ts";
import { CipherSuiteId } from "../../tls/registry.ts";
import { MemoryReplayStore } from "../../tls/replay_store.ts";
import {
  binder,
  decodeTicketState,
  encodeTicketState,
  type TicketState,
} from "../../tls/resumption.ts";
import {
  acceptEarlyData,
  findSession,
  type OfferedSession,
  sendTickets,
} from "../../tls/server_sessions.ts";
import type { HandshakeIo } from "../../tls/state.ts";
import { Transcript } from "../../tls/transcript.ts";
import { credulous, seededRandom } from "../support/tls_pair.ts";
import { assertRefused } from "../support/refusals.ts";
import { receivedHello } from "../support/tls_samples.ts";

const NOW_MS = 1_000_000;
const suiteOf = (id: CipherSuiteId) => reference.cipherSuites.find((suite) => suite.id === id)!;
const suite = suiteOf(CipherSuiteId.TLS_AES_128_GCM_SHA256);

/** Tickets that are the state itself behind one byte, so that a test reads what it wrote. */
const plain = {
  seal: (state: Uint8Array) => new Uint8Array([0x54, ...state]),
  open: (ticket: Uint8Array) => ticket[0] === 0x54 ? ticket.slice(1) : undefined,
};

const STATE: TicketState = {
  resumptionPsk: new Uint8Array(32).fill(1),
  cipherSuite: suite.id,
  serverName: "example.org",
  alpnProtocol: undefined,
  issuedMs: NOW_MS - 10_000,
  lifetimeSeconds: 100,
  ageAdd: 0xfffffff0,
  earlyDataBytesMax: 1_000,
  peer: undefined,
};

function config(
  tickets: Partial<TicketConfig> = {},
  fields: Partial<ServerConfig> = {},
): ServerConfig {
  return {
    provider: reference,
    random: seededRandom(1),
    now: () => NOW_MS,
    credentials: [],
    tickets: { ticketer: plain, ...tickets },
    ...fields,
  };
}

function emptyTranscript(): Transcript {
  const transcript = new Transcript();
  transcript.start(suite.hash);
  return transcript;
}

/** A ClientHello that offers these states (or tickets), with binders that are right. */
function offering(...offers: (Partial<TicketState> | Uint8Array)[]) {
  const tickets = offers.map((each) =>
    each instanceof Uint8Array ? each : plain.seal(encodeTicketState({ ...STATE, ...each }))
  );
  const identities = tickets.map((identity) => ({
    identity,
    obfuscatedTicketAge: (10_000 + STATE.ageAdd) % 0x100000000,
  }));
  const make = (binders: Uint8Array[]) =>
    receivedHello({
      serverName: "example.org",
      pskKeyExchangeModes: [1],
      preSharedKey: { identities, binders },
    });
  const blank = make(identities.map(() => new Uint8Array(32)));
  const digest = suite.hash.digest(blank.truncated);
  const psk = STATE.resumptionPsk;
  return make(identities.map(() => binder(suite.hash, psk, "resumption", digest)));
}

const find = (hello = offering({}), own = config()) =>
  findSession(own, hello, suite, emptyTranscript());

Deno.test("findSession() gives the session that the client proves to have (RFC 8446 §4.2.11)", () => {
  const found = find();
  assertEquals([found?.state, found?.index, found?.ageSkewMs], [STATE, 0, 0]);
});

Deno.test("findSession() passes over identities that are no tickets of its own", () => {
  assertEquals(find(offering(Uint8Array.of(1), {}))?.index, 1);
});

Deno.test("findSession() looks at few identities only: each costs a decryption", () => {
  const foreign = Uint8Array.of(1);
  assertEquals(find(offering(foreign, foreign, foreign, {}))?.index, 3);
  assertEquals(find(offering(foreign, foreign, foreign, foreign, {})), undefined);
});

Deno.test("findSession() passes over a session that is too old, of the future, of another hash or name", () => {
  const useless: Partial<TicketState>[] = [
    { issuedMs: NOW_MS - 100_001 },
    { issuedMs: NOW_MS + 1 },
    { cipherSuite: CipherSuiteId.TLS_AES_256_GCM_SHA384 },
    { cipherSuite: 0x1399 as CipherSuiteId },
    { serverName: "other.example" },
    { serverName: undefined },
  ];
  for (const state of useless) assertEquals(find(offering(state)), undefined);
});

Deno.test("findSession() takes a session of another suite with the same hash that the client offers still (RFC 8446 §4.2.11)", () => {
  const other = offering({ cipherSuite: CipherSuiteId.TLS_CHACHA20_POLY1305_SHA256 });
  assertEquals(find(other), undefined);
  const cipherSuites = [suite.id, CipherSuiteId.TLS_CHACHA20_POLY1305_SHA256];
  assert(find({ ...other, cipherSuites }) !== undefined);
});

Deno.test("findSession() passes over a session without a certificate where one is required", () => {
  const required = config({}, { clientAuth: { mode: "required", verifier: credulous } });
  assertEquals(find(offering({}), required), undefined);
  const optional = config({}, { clientAuth: { mode: "optional", verifier: credulous } });
  assert(find(offering({}), optional) !== undefined);
});

Deno.test("findSession() finds nothing without tickets, without a PSK, or without psk_dhe_ke (RFC 8446 §4.2.9)", () => {
  const { tickets: _, ...ticketless } = config();
  assertEquals(find(offering({}), ticketless), undefined);
  assertEquals(find(receivedHello()), undefined);
  assertEquals(find({ ...offering({}), pskKeyExchangeModes: [0] }), undefined);
});

Deno.test("findSession() ends the connection for a wrong binder (RFC 8446 §4.2.11)", () => {
  const hello = offering({ resumptionPsk: new Uint8Array(32).fill(2) });
  assertRefused(() => find(hello), "badFinished", "decrypt_error");
  const short = offering({});
  const preSharedKey = {
    ...short.preSharedKey!,
    binders: [short.preSharedKey!.binders[0].subarray(1)],
  };
  assertRefused(() => find({ ...short, preSharedKey }), "badFinished", "decrypt_error");
});

/** Why early data is taken or not, when all is well but for what is given. */
function early(
  given: {
    hello?: Parameters<typeof acceptEarlyData>[1];
    session?: Partial<OfferedSession> | null;
    state?: Partial<TicketState>;
    alpnProtocol?: string;
    retried?: boolean;
    tickets?: Partial<TicketConfig>;
  },
): EarlyDataReason {
  const replays = new MemoryReplayStore(() => NOW_MS, 10);
  const session = given.session === null ? undefined : {
    state: { ...STATE, ...given.state },
    index: 0,
    binder: new Uint8Array(32),
    ageSkewMs: 0,
    ...given.session,
  };
  return acceptEarlyData(
    config({ earlyDataBytesMax: 100, replays, ...given.tickets }),
    given.hello ?? { ...offering({}), earlyData: true },
    { session, suite, alpnProtocol: given.alpnProtocol, retried: given.retried ?? false },
  );
}

Deno.test("acceptEarlyData() says why 0-RTT data is not taken (RFC 8446 §4.2.10, §8)", () => {
  const otherSuite = CipherSuiteId.TLS_CHACHA20_POLY1305_SHA256;
  assertEquals(early({}), "accepted");
  assertEquals(early({ tickets: { earlyDataBytesMax: 0 } }), "disabled");
  assertEquals(early({ tickets: { replays: undefined! } }), "disabled");
  assertEquals(early({ retried: true }), "hello retry request");
  assertEquals(early({ hello: receivedHello() }), "no session offered");
  assertEquals(early({ session: null }), "session not resumed");
  assertEquals(early({ state: { earlyDataBytesMax: 0 } }), "unsupported for session");
  assertEquals(early({ hello: offering({}) }), "peer declined");
  assertEquals(early({ session: { index: 1 } }), "session not resumed");
  assertEquals(early({ state: { cipherSuite: otherSuite } }), "session not resumed");
  assertEquals(early({ alpnProtocol: "h2" }), "ALPN mismatch");
  assertEquals(early({ session: { ageSkewMs: 60_001 } }), "ticket age skew");
  assertEquals(early({ session: { ageSkewMs: -60_001 } }), "ticket age skew");
});

Deno.test("acceptEarlyData() takes a binder once (RFC 8446 §8.2)", () => {
  const replays = new MemoryReplayStore(() => NOW_MS, 10);
  assertEquals(early({ tickets: { replays } }), "accepted");
  assertEquals(early({ tickets: { replays } }), "replayed");
  assertEquals(
    early({ tickets: { replays }, session: { binder: new Uint8Array(32).fill(1) } }),
    "accepted",
  );
});

Deno.test("acceptEarlyData() remembers a binder as long as its age may be believed (RFC 8446 §8.3)", () => {
  let untilMs = 0;
  early({ tickets: { replays: { admit: (_id, until) => (untilMs = until, true) } } });
  assertEquals(untilMs, NOW_MS + 120_000);
});

/** The messages that `sendTickets` sends. */
function ticketsOf(tickets: Partial<TicketConfig>, own = config(tickets), resumed = false) {
  const sent: Uint8Array[] = [];
  const io = { send: (message: Uint8Array) => void sent.push(message) } as HandshakeIo;
  const session = { config: own, suite, serverName: "example.org", alpnProtocol: "h2", resumed };
  sendTickets(session, undefined, new Uint8Array(32).fill(3), io);
  return sent.map((message) => decodeNewSessionTicket(message.subarray(4)));
}

Deno.test("sendTickets() sends tickets with nonces and PSKs of their own (RFC 8446 §4.6.1)", () => {
  const sent = ticketsOf({ count: 3, lifetimeSeconds: 60 });
  assertEquals(sent.map(({ nonce }) => [...nonce]), [[0], [1], [2]]);
  const states = sent.map(({ ticket }) => decodeTicketState(plain.open(ticket)!)!);
  assertEquals(new Set(states.map(({ resumptionPsk }) => resumptionPsk.toHex())).size, 3);
  assertEquals(new Set(sent.map(({ ageAdd }) => ageAdd)).size, 3);
  for (const [at, state] of states.entries()) {
    assertEquals(state.ageAdd, sent[at].ageAdd);
    assertEquals([state.serverName, state.alpnProtocol, state.issuedMs], [
      "example.org",
      "h2",
      NOW_MS,
    ]);
    assertEquals([state.lifetimeSeconds, sent[at].lifetimeSeconds], [60, 60]);
  }
});

Deno.test("sendTickets() sends two, for six hours, without early data, unless it is told otherwise", () => {
  const sent = ticketsOf({});
  assertEquals(sent.map(({ lifetimeSeconds }) => lifetimeSeconds), [21_600, 21_600]);
  assertEquals(sent.map(({ earlyDataBytesMax }) => earlyDataBytesMax), [0, 0]);
});

Deno.test("sendTickets() sends one for the one that was used, where there are any", () => {
  assertEquals(ticketsOf({}, config({}), true).length, 1);
  assertEquals(ticketsOf({}, config({ count: 0 }), true).length, 0);
});

Deno.test("sendTickets() allows no lifetime beyond seven days (RFC 8446 §4.6.1)", () => {
  assertEquals(ticketsOf({ lifetimeSeconds: 1e6, count: 1 })[0].lifetimeSeconds, 604_800);
});

Deno.test("sendTickets() promises early data only where replays are remembered (RFC 8446 §8)", () => {
  const replays = new MemoryReplayStore(() => NOW_MS, 10);
  assertEquals(ticketsOf({ earlyDataBytesMax: 50, count: 1 })[0].earlyDataBytesMax, 0);
  assertEquals(ticketsOf({ earlyDataBytesMax: 50, replays, count: 1 })[0].earlyDataBytesMax, 50);
});

Deno.test("sendTickets() sends no ticket that does not fit its field, and none without a ticketer", () => {
  const long = { seal: () => new Uint8Array(65_536), open: () => undefined };
  assertEquals(ticketsOf({ ticketer: long }), []);
  const { tickets: _, ...ticketless } = config();
  assertEquals(ticketsOf({}, ticketless), []);
});
