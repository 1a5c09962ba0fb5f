import { assert, assertEquals, assertRejects } from "@std/assert";
import { type CallName, type RequestOf, requestOf } from "../../../lib/client/calls.ts";
import { ClassicFraming } from "../../../lib/client/classic.ts";
import { Connection } from "../../../lib/client/connection.ts";
import { ConnectionError } from "../../../lib/client/errors.ts";
import { Exchange, ExchangeQueue, type Request } from "../../../lib/client/exchange.ts";
import { loginRequest } from "../../../lib/client/logins.ts";
import { PreparedBatch } from "../../../lib/client/prepared_batch.ts";
import { COMMANDS } from "../../../protocol/commands.ts";
import { IggyError } from "../../../protocol/errors.ts";
import { xxh3_64 } from "../../../protocol/xxhash.ts";
import { hex } from "../../support/codec_laws.ts";
import { someMessages } from "../../support/messages.ts";
import { pipe, type PipeEnd, type PipeOptions } from "../../support/pipe.ts";

/** A classic connection that takes its requests from a queue, and the node's end of it. */
class Scene {
  readonly node: PipeEnd;
  readonly connection: Connection;
  readonly queue = new ExchangeQueue();
  /** How it ended, once it did. */
  ending: { reason: ConnectionError; unanswered: Exchange[] } | undefined;

  constructor(inFlightMax = 64, options: PipeOptions = {}) {
    const { client, server } = pipe(options);
    this.node = server;
    this.connection = new Connection(client, new ClassicFraming(), {
      refused: (_, exchange, error) => exchange.reject(error),
      ended: (_, reason, unanswered) => this.ending = { reason, unanswered },
    }, inFlightMax);
    this.connection.serve(this.queue);
  }

  /** Sends requests that are due together. */
  ask(...exchanges: Exchange[]): void {
    for (const exchange of exchanges) this.queue.push(exchange);
    this.connection.pump();
  }

  /** Codes of the requests in the next write. */
  async codes(): Promise<number[]> {
    const bytes = await this.node.message();
    const codes: number[] = [];
    for (let at = 0; bytes !== null && at < bytes.length;) {
      const view = new DataView(bytes.buffer, at);
      codes.push(view.getUint32(4, true));
      at += 4 + view.getUint32(0, true);
    }
    return codes;
  }

  /** The end of the connection, and of all that it does. */
  async close(): Promise<void> {
    this.connection.end(new ConnectionError("Test is over"));
    await this.connection.finish();
  }
}

function call<Name extends CallName>(name: Name, request: RequestOf<Name>): Exchange {
  return new Exchange<unknown>(requestOf("classic", name, request), 0);
}

const ping = () => call("ping", undefined);
const login = () => new Exchange<unknown>(loginRequest("classic", { personalAccessToken: "t" }), 0);

function send(batch: PreparedBatch): Exchange {
  const request: Request<unknown> = {
    command: COMMANDS.sendMessages,
    batch,
    writeBody: (writer) => writer.u32(7),
    readBody() {},
  };
  return new Exchange(request, 0);
}

const OK = hex("00000000 00000000");
/** Id 5, made at 0, no topics, no bytes, no messages, name "a". */
const STREAM = "05000000 0000000000000000 00000000 0000000000000000 0000000000000000 01 61";

Deno.test("Connection answers requests in their order", async () => {
  const scene = new Scene();
  const create = call("createStream", { name: "a" });
  const token = call("createPersonalAccessToken", { name: "deploy", expiry: 0n });
  const last = ping();
  scene.ask(create, token, last);
  await scene.codes();
  await scene.node.write(hex(`00000000 22000000 ${STREAM} 00000000 03000000 02 6162`));
  assertEquals((await create.answer as { id: number }).id, 5);
  assertEquals(await token.answer, { token: "ab" });
  await scene.node.write(OK);
  await last.answer;
  await scene.close();
});

Deno.test("Connection.deadlineMs is that of the unanswered request which is late first", async () => {
  const scene = new Scene();
  const [patient, hasty] = [30, 20].map((deadlineMs) =>
    new Exchange<unknown>(requestOf("classic", "ping", undefined), deadlineMs)
  );
  assertEquals(scene.connection.deadlineMs, Infinity);
  scene.ask(patient, hasty);
  await scene.codes();
  assertEquals(scene.connection.deadlineMs, 20);
  await scene.node.write(hex("00000000 00000000 00000000 00000000"));
  await hasty.answer;
  assertEquals(scene.connection.deadlineMs, Infinity);
  await scene.close();
});

Deno.test("Connection puts requests that are due together into one write", async () => {
  const scene = new Scene();
  scene.ask(ping(), call("getStats", undefined), call("getMe", undefined));
  assertEquals(await scene.codes(), [1, 10, 20]);
  await scene.close();
});

Deno.test("Connection writes each request by itself into a stream of whole messages", async () => {
  const scene = new Scene(64, { wholeMessages: true });
  scene.ask(ping(), call("getStats", undefined));
  assertEquals(await scene.codes(), [1]);
  assertEquals(await scene.codes(), [10]);
  await scene.close();
});

Deno.test("Connection goes on when what it writes is slow to leave", async () => {
  const scene = new Scene(64, { capacityBytes: 3 });
  scene.ask(ping(), call("getStats", undefined));
  assertEquals(await scene.node.take(16), hex("04000000 01000000 04000000 0a000000"));
  await scene.close();
});

Deno.test("Connection has no more in flight than the window lets", async () => {
  const scene = new Scene(2);
  const exchanges = [ping(), ping(), call("getStats", undefined)];
  scene.ask(...exchanges);
  assertEquals(await scene.codes(), [1, 1]);
  await scene.node.write(OK);
  assertEquals(await scene.codes(), [10]);
  await scene.close();
});

Deno.test("Connection sends an exclusive request alone", async () => {
  const scene = new Scene();
  const exclusive = login();
  scene.ask(ping(), exclusive, call("getStats", undefined));
  assertEquals(await scene.codes(), [1]);
  await scene.node.write(OK);
  assertEquals(await scene.codes(), [44]);
  await scene.node.write(hex("00000000 04000000 00000000"));
  assertEquals(await scene.codes(), [10]);
  await scene.close();
});

Deno.test("Connection.send() goes ahead of what waits", async () => {
  const scene = new Scene(1);
  scene.ask(ping(), call("getStats", undefined));
  await scene.codes();
  scene.connection.send(call("getMe", undefined));
  await scene.node.write(OK);
  assertEquals(await scene.codes(), [20]);
  await scene.close();
});

Deno.test("Connection gives a prepared batch a write of its own, from where it lies", async () => {
  const scene = new Scene();
  const batch = new PreparedBatch("classic", someMessages(2, 100), xxh3_64);
  scene.ask(ping(), send(batch), send(batch), ping());
  assertEquals(await scene.codes(), [1]);
  const [first, second] = [await scene.node.message(), await scene.node.message()];
  assertEquals(first?.length, 8 + 4 + batch.byteLength);
  assertEquals(first, second);
  assertEquals(await scene.codes(), [1]);
  const memory = batch.lend(new Uint8Array(8)).buffer;
  batch.giveBack(new Uint8Array(memory));
  assertEquals(batch.lend(new Uint8Array(8)).buffer === memory, true);
  await scene.close();
});

Deno.test("Connection rejects a request that cannot be encoded, and only that", async () => {
  const scene = new Scene();
  const bad = call("createStream", { name: "" });
  const good = ping();
  scene.ask(bad, good);
  await assertRejects(() => bad.answer, IggyError, "Name is empty");
  assertEquals(await scene.codes(), [1]);
  await scene.node.write(OK);
  await good.answer;
  await scene.close();
});

Deno.test("Connection hands a refusal over and goes on", async () => {
  const scene = new Scene();
  const create = call("createStream", { name: "a" });
  const next = ping();
  scene.ask(create, next);
  await scene.codes();
  await scene.node.write(hex("f4030000 00000000 00000000 00000000"));
  const error = await assertRejects(() => create.answer, IggyError);
  assertEquals(error.code, 1012);
  await next.answer;
  await scene.close();
});

Deno.test("Connection reads answers however they are cut", async () => {
  const scene = new Scene();
  const create = call("createStream", { name: "a" });
  scene.ask(create);
  await scene.codes();
  for (const byte of hex(`00000000 22000000 ${STREAM}`)) {
    await scene.node.write(Uint8Array.of(byte));
  }
  assertEquals((await create.answer as { name: string }).name, "a");
  await scene.close();
});

Deno.test("Connection tells what stays unanswered, in order, when the node hangs up", async () => {
  const scene = new Scene(2);
  const exchanges = [call("deleteStream", { streamId: 1 }), ping(), ping()];
  scene.ask(...exchanges);
  await scene.codes();
  scene.node.close();
  await scene.connection.finish();
  assertEquals(scene.connection.isEnded, true);
  assertEquals(scene.ending?.reason.message, "Connection was closed by the node");
  assertEquals(scene.ending?.unanswered.map((each) => exchanges.indexOf(each)), [0, 1]);
  assertEquals(scene.queue.peek() === exchanges[2], true);
});

Deno.test("Connection ends when the node answers what nobody asked", async () => {
  const scene = new Scene();
  await scene.node.write(OK);
  await scene.connection.finish();
  assertEquals(scene.ending?.reason.message, "Node answers what nobody asked");
});

Deno.test("Connection ends when the node sends what is no answer", async () => {
  const scene = new Scene();
  await scene.node.write(hex("00000000 ffffffff"));
  await scene.connection.finish();
  assert(scene.ending?.reason.message.startsWith("Node sends no answer: "));
});

Deno.test("Connection.end() closes once, and nothing is sent after it", async () => {
  const scene = new Scene();
  const reason = new ConnectionError("Client is closed");
  scene.connection.end(reason);
  scene.connection.end(new ConnectionError("Again"));
  scene.ask(ping());
  await scene.connection.finish();
  assertEquals(scene.ending?.reason === reason, true);
  assertEquals(await scene.node.message(), null);
});

Deno.test("Connection ends when a write fails", async () => {
  const scene = new Scene(64, { capacityBytes: 4 });
  scene.ask(ping());
  scene.node.fail();
  await scene.connection.finish();
  assertEquals(scene.ending?.unanswered.length, 1);
});
