/** Register and Logout (VSR.md section 5): how a session begins and ends. */
import { assert, assertEquals } from "@std/assert";
import { hashToken } from "../../../lib/auth/tokens.ts";
import { COMMANDS } from "../../../protocol/commands.ts";
import { packVersion, PROTOCOL_VERSION, type RegisterRequest } from "../../../protocol/register.ts";
import { decodeResult, type EvictionReason, VsrEviction } from "../../../protocol/vsr.ts";
import { WireReader } from "../../../protocol/wire.ts";
import {
  LOGOUT,
  REGISTER,
  registerBody,
  withVsrClient,
  withVsrSession,
} from "../../support/vsr_client.ts";

function password(username: string, password: string): Partial<RegisterRequest> {
  return { byPassword: { username, password, context: "" } };
}

function token(token: string): Partial<RegisterRequest> {
  return { byPassword: undefined, byToken: { token, context: "" } };
}

function version(...numbers: Parameters<typeof packVersion>): Partial<RegisterRequest> {
  return { protocolVersion: packVersion(...numbers) };
}

Deno.test("Register takes a password or a token, and tells user, session and versions", () =>
  withVsrClient(async (client, { broker }) => {
    broker.catalog.tokens.create(0, { name: "token", hash: await hashToken("secret") });
    for (const login of [password("iggy", "iggy"), token("secret")]) {
      const reply = await client.reply(REGISTER, registerBody(login));
      const body = new WireReader(reply.body);
      assertEquals(decodeResult(body), 0);
      assertEquals(COMMANDS.register.response.vsr_0_11!.decode(body), {
        userId: 0,
        session: reply.op,
        serverProtocolVersion: PROTOCOL_VERSION,
        serverVersion: broker.version,
      });
      assertEquals(reply.commit, reply.op);
    }
  }));

Deno.test("Register is answered with an eviction when it fails, and may be tried again", () =>
  withVsrClient(async (client, { broker }) => {
    const { users, tokens } = broker.catalog;
    users.create({ name: "asleep", passwordHash: "plain:asleep", status: "inactive", at: 1 });
    tokens.create("asleep", { name: "asleep", hash: await hashToken("asleep") });
    tokens.create("iggy", { name: "old", hash: await hashToken("old"), expiryAt: 1 });
    const failures: [EvictionReason, Uint8Array][] = [
      ["malformed_login", new Uint8Array()],
      ["malformed_login", registerBody().subarray(0, 10)],
      ["malformed_login", registerBody({ byPassword: undefined })],
      ["incompatible_protocol", registerBody(version(0, 10, 9))],
      ["incompatible_protocol", registerBody(version(0, 12, 0))],
      ["incompatible_protocol", registerBody({ ...version(0, 12, 2), byPassword: undefined })],
      ["invalid_credentials", registerBody(password("iggy", "wrong"))],
      ["invalid_credentials", registerBody(password("nobody", "iggy"))],
      ["invalid_credentials", registerBody(password("asleep", "asleep"))],
      ["invalid_credentials", registerBody(password("ab", "shorter names do not exist"))],
      ["invalid_token", registerBody(token("unknown"))],
      ["invalid_token", registerBody(token("old"))],
      ["user_inactive", registerBody(token("asleep"))],
    ];
    for (const [reason, body] of failures) {
      assertEquals(await client.eviction(REGISTER, body), reason);
      assertEquals(client.line.outbox.ending, false);
      assertEquals(client.line.session.userId, undefined);
    }
    await client.login();
  }));

Deno.test("Register tries a body that reads both ways as a token when the password is wrong", () =>
  withVsrClient(async (client, { broker }) => {
    // A name of 4 bytes, a password of 0 and a context of 0; or a token of 4 bytes and such a context.
    const both = registerBody(token("tokn"));
    const { byPassword, byToken } = COMMANDS.register.request.vsr_0_11!.decode(
      new WireReader(both),
    );
    assertEquals([byPassword, byToken?.token], [undefined, "tokn"]);
    const longer = Uint8Array.of(...both, 0);
    const ambiguous = COMMANDS.register.request.vsr_0_11!.decode(new WireReader(longer));
    assertEquals([ambiguous.byPassword?.username, ambiguous.byToken?.token], ["tokn", "tokn"]);
    assertEquals(await client.eviction(REGISTER, longer), "invalid_token");
    broker.catalog.tokens.create(0, { name: "token", hash: await hashToken("tokn") });
    assertEquals((await client.reply(REGISTER, longer)).status, 0);
  }));

Deno.test("Register tells the versions the node takes when that was the reason, and only then", () =>
  withVsrClient(async (client) => {
    const refused = await client.say(REGISTER, registerBody(version(0, 12, 2))) as VsrEviction;
    assertEquals(refused.versions, { min: PROTOCOL_VERSION, max: PROTOCOL_VERSION });
    const wrong = await client.say(REGISTER, registerBody(password("iggy", "x"))) as VsrEviction;
    assertEquals(wrong.versions, { min: 0, max: 0 });
  }));

Deno.test("Register takes a later patch of the version whose body is one of this one's", () =>
  withVsrClient(async (client) => {
    await client.login(version(0, 11, 1));
    const longer = Uint8Array.of(...registerBody(version(0, 11, 1)), 0);
    assertEquals(await client.eviction(REGISTER, longer), "incompatible_protocol");
  }));

Deno.test("Register looks at the version before the stamp, which 0.11.1 fills with something else", () =>
  withVsrClient(async (client) => {
    const stamped = { ...REGISTER, requestChecksum: 5n };
    const later = registerBody(version(0, 12, 2));
    assertEquals(await client.eviction(stamped, later), "incompatible_protocol");
    assertEquals((await client.reply(stamped, registerBody())).status, 4);
  }));

Deno.test("Register on the same connection begins another session, higher than all before", () =>
  withVsrSession(async (client, { broker }) => {
    const first = client.session;
    await client.login();
    assert(client.session > first);
    assertEquals(client.session, broker.commits.last);
    assertEquals((await client.createStream(1)).status, 0);
    assertEquals(await client.eviction({ operation: 128, session: first }), "session_too_low");
  }));

Deno.test("Register ends the session before, memberships too, whatever becomes of it", () =>
  withVsrSession(async (client, { broker }) => {
    broker.topic();
    const group = broker.catalog.groups.create("orders", "events", "workers");
    assertEquals((await client.ask("joinConsumerGroup")).status, 0);
    await client.eviction(REGISTER, registerBody(password("iggy", "wrong")));
    assertEquals(broker.groups.membersCount(group), 0);
    assertEquals((await client.ask("getMe")).status, 40);
    assertEquals(await client.eviction({ operation: 128 }), "no_session");
  }));

Deno.test("Logout is answered with or without a session, and a login may follow", () =>
  withVsrClient(async (client) => {
    for (let turn = 0; turn < 2; turn++) {
      const without = await client.reply(LOGOUT);
      assertEquals([without.status, without.op, without.body.length], [0, 0, 0]);
      await client.login();
      const { status, op, commit, body } = await client.reply(LOGOUT);
      assertEquals([status, op, body.length], [0, client.session, 0]);
      assert(commit > client.session);
      assertEquals((await client.ask("getMe")).status, 40);
    }
  }));

Deno.test("Logout takes the client out of its groups, as the end of its connection does", async () => {
  for (const leave of ["logout", "end"] as const) {
    await withVsrSession(async (client, { broker, sessions }) => {
      broker.topic();
      const group = broker.catalog.groups.create("orders", "events", "workers");
      await client.ask("joinConsumerGroup");
      assertEquals(broker.groups.membersCount(group), 1);
      if (leave === "logout") await client.reply(LOGOUT);
      else client.line.close();
      assertEquals(broker.groups.membersCount(group), 0);
      assertEquals(sessions.count, leave === "logout" ? 1 : 0);
    });
  }
});

Deno.test("Logout with a stamp that is not its body's hash is refused with 4", () =>
  withVsrSession(async (client) => {
    assertEquals((await client.reply({ ...LOGOUT, requestChecksum: 5n })).status, 4);
    const empty = 0x2d06800538d394c2n;
    assertEquals((await client.reply({ ...LOGOUT, requestChecksum: empty })).status, 0);
  }));
