import { assertEquals } from "@std/assert";
import type { Limits } from "../../../lib/limits.ts";
import { LargeBuffers } from "../../../lib/transport/ciphertext_buffer.ts";
import { TlsStream } from "../../../lib/transport/tls.ts";
import { turns } from "../../support/partition_logs.ts";
import { pipe, type PipeEnd, type PipeOptions } from "../../support/pipe.ts";
import { scripted, ScriptedHost } from "../../support/scripted_conversation.ts";
import { CountingPool, record, ScriptedTls } from "../../support/scripted_tls.ts";
import { SimClock } from "../../support/sim_clock.ts";
import * as classic from "../../vectors/classic_frames.ts";
import * as vsr from "../../vectors/vsr_frames.ts";

const HTTP = new TextEncoder().encode("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");

/** How a ClientHello of 512 bytes begins. */
const TLS_HEAD = Uint8Array.of(0x16, 3, 1, 2);

/** A connection that is served by a port with TLS, or without. */
function connected(
  options: PipeOptions & { limits?: Partial<Limits>; tls?: "optional" | "required" } = {},
) {
  const { limits, tls, ...rest } = options;
  const host = new ScriptedHost(limits);
  if (tls !== undefined) {
    host.tls = {
      isRequired: tls === "required",
      buffers: new LargeBuffers(new CountingPool(), 4),
      open: () => new ScriptedTls("server"),
    };
  }
  const { client, server } = pipe(rest);
  return {
    host,
    client,
    server,
    ...host.serve(server, rest.wholeMessages ? "websocket" : "tcp"),
  };
}

/** A client's inside of a TLS connection that is up. */
async function secured(client: PipeEnd): Promise<TlsStream> {
  const tls = new ScriptedTls("client");
  const buffers = new LargeBuffers(new CountingPool(), 4);
  const stream = new TlsStream(client, tls, { buffers, clock: new SimClock() });
  await stream.handshake();
  return stream;
}

for (const tls of ["optional", "required"] as const) {
  Deno.test(`Connection speaks both framings and HTTP inside of TLS where it is ${tls}`, async () => {
    for (
      const [framing, bytes] of [
        ["classic", classic.PING_REQUEST],
        ["vsr", vsr.PING_REQUEST],
        ["http", HTTP],
      ] as const
    ) {
      const { host, client, end } = connected({ tls });
      const stream = await secured(client);
      await stream.write(bytes);
      stream.close();
      await end;
      assertEquals([host.framings, host.refusals], [[framing], []]);
      if (framing === "http") assertEquals(host.bridged, [bytes]);
    }
  });
}

Deno.test("Connection answers inside of TLS, and says close_notify at the end", async () => {
  const { client, connection, end } = connected({ tls: "optional" });
  const stream = await secured(client);
  await stream.write(scripted("echo", 1, 2, 3));
  const answer = new Uint8Array(8);
  assertEquals(await stream.read(answer), 3);
  connection.close();
  await end;
  assertEquals([...await client.rest()], [...record("end")]);
});

Deno.test("Connection speaks plain text beside TLS where that is optional", async () => {
  const { host, client, end } = connected({ tls: "optional" });
  await client.write(classic.PING_REQUEST);
  client.end();
  await end;
  assertEquals(host.framings, ["classic"]);
});

Deno.test("Connection answers plain text with an alert where TLS is required, and says what came", async () => {
  for (
    const [bytes, what] of [
      [HTTP, "plain HTTP"],
      [classic.LOGIN_REQUEST, "the classic protocol in plain text"],
      [vsr.PING_REQUEST, "VSR in plain text"],
      [new Uint8Array(61), "nothing known"],
    ] as const
  ) {
    const { host, client, end } = connected({ tls: "required" });
    await client.write(bytes);
    await end;
    assertEquals(await client.rest(), record("alert"));
    assertEquals(host.refusals, [`It speaks ${what}, and this port takes TLS only`]);
    assertEquals([host.framings, host.handshakes], [[], 0]);
  }
});

Deno.test("Connection ends its direction behind an alert, and takes what is still coming", async () => {
  const { host, client, server, end } = connected({ tls: "required", canFinish: true });
  const sending = client.write(new Uint8Array(100_000).fill(0x20));
  assertEquals(await client.rest(), record("alert"));
  await sending;
  assertEquals([server.closes, host.refusals.length], [0, 1]);
  client.end();
  await end;
  assertEquals(server.closes, 1);
});

Deno.test("Connection waits no longer than a second for who was sent an alert", async () => {
  const { host, client, end } = connected({ tls: "required", canFinish: true });
  await client.write(HTTP);
  assertEquals(await client.rest(), record("alert"));
  host.clock.advance(1000);
  await end;
  const endless = connected({ tls: "required", canFinish: true });
  await endless.client.write(new Uint8Array(2 * 1024 * 1024).fill(0x20));
  await endless.end;
});

Deno.test("Connection refuses TLS inside of TLS, and inside of a WebSocket", async () => {
  const inTls = connected({ tls: "optional" });
  const stream = await secured(inTls.client);
  await stream.write(TLS_HEAD);
  await inTls.end;
  assertEquals(inTls.host.refusals, ["TLS inside of TLS"]);

  const inWebSocket = connected({ wholeMessages: true });
  await inWebSocket.client.write(TLS_HEAD);
  await inWebSocket.end;
  assertEquals(inWebSocket.host.refusals, ["TLS inside a WebSocket"]);
});

Deno.test("Connection says why a handshake failed, and why it ended later", async () => {
  const failed = connected({ tls: "optional" });
  await failed.client.write(TLS_HEAD);
  failed.client.end();
  await failed.end;
  assertEquals(failed.host.refusals, ["TLS handshake is cut off"]);

  const later = connected({ tls: "optional" });
  await secured(later.client);
  await later.client.write(record("wrong"));
  await later.end;
  assertEquals(later.host.refusals, [
    "TLS fails with illegal_parameter: Record of type 27 is wrong",
  ]);
  const cut = connected({ tls: "optional" });
  await secured(cut.client);
  cut.client.end();
  await cut.end;
  assertEquals([cut.host.refusals, cut.host.cuts], [[], ["Stream was cut off"]]);
});

Deno.test("Connection is overdue when its handshake takes too long, however much comes", async () => {
  const { host, client, connection, end } = connected({
    tls: "optional",
    limits: { handshakeTimeMsMax: 1000 },
  });
  await client.write(TLS_HEAD);
  await turns();
  assertEquals(host.handshakes, 1);
  for (let at = 0; at < 10; at++) {
    host.clock.advance(100);
    await client.write(Uint8Array.of(1));
    await turns();
    assertEquals(connection.overdue(host.clock.monotonicMs()), undefined);
  }
  host.clock.advance(1);
  assertEquals(
    connection.overdue(host.clock.monotonicMs()),
    "TLS handshake is not complete after 1000 ms",
  );
  connection.close();
  await end;
  assertEquals([host.handshakes, host.refusals], [0, []]);
});
