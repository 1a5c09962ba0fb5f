import { assertEquals, assertRejects } from "@std/assert";
import { requestOf } from "../../../lib/client/calls.ts";
import { earliest, Exchange, ExchangeQueue } from "../../../lib/client/exchange.ts";
import { loginRequest } from "../../../lib/client/logins.ts";
import { WireError } from "../../../protocol/errors.ts";
import { WireReader } from "../../../protocol/wire.ts";
import { hex } from "../../support/codec_laws.ts";

function ping(): Exchange {
  return new Exchange<unknown>(requestOf("classic", "ping", undefined), 0);
}

Deno.test("Exchange.resolve() reads the answer", async () => {
  const exchange = new Exchange(
    requestOf("classic", "createPersonalAccessToken", {
      name: "deploy",
      expiry: 0n,
    }),
    0,
  );
  exchange.resolve(new WireReader(hex("02 6162")));
  assertEquals(await exchange.answer, { token: "ab" });
});

Deno.test("Exchange.resolve() rejects when the answer does not decode", async () => {
  const exchange = new Exchange(requestOf("classic", "getStats", undefined), 0);
  exchange.resolve(new WireReader(hex("01")));
  await assertRejects(() => exchange.answer, WireError);
});

Deno.test("Exchange.isRepeatable holds for what only reads", () => {
  const topic = { streamId: 1, topicId: 1 };
  assertEquals(ping().isRepeatable, true);
  const get = new Exchange(requestOf("vsr_0_11", "getTopic", topic), 0);
  assertEquals(get.isRepeatable, true);
  const purge = new Exchange(requestOf("vsr_0_11", "purgeTopic", topic), 0);
  assertEquals(purge.isRepeatable, false);
  // Its operation is that of reads, which says nothing about classic.
  const login = loginRequest("classic", { personalAccessToken: "t" });
  assertEquals(new Exchange(login, 0).isRepeatable, false);
});

Deno.test("Exchange.isChange holds for what outlasts the connection", () => {
  const purge = requestOf("classic", "purgeStream", { streamId: 1 });
  assertEquals(new Exchange(purge, 0).isChange, true);
  assertEquals(ping().isChange, false);
  for (const dialect of ["classic", "vsr_0_11"] as const) {
    const login = loginRequest(dialect, { personalAccessToken: "t" });
    assertEquals(new Exchange(login, 0).isChange, false);
  }
});

Deno.test("ExchangeQueue keeps the order, behind what is put ahead", () => {
  const [first, second, third, fourth] = [ping(), ping(), ping(), ping()];
  const queue = new ExchangeQueue();
  queue.push(third);
  queue.push(fourth);
  queue.unshift(first, second);
  assertEquals(queue.peek() === first, true);
  assertEquals(queue.shift() === first, true);
  assertEquals(queue.drain().map((each) => [second, third, fourth].indexOf(each)), [0, 1, 2]);
  assertEquals(queue.shift(), undefined);
});

Deno.test("ExchangeQueue.takeLate() takes what is late, wherever it stands", () => {
  const at = (deadlineMs: number) =>
    new Exchange<unknown>(requestOf("classic", "ping", undefined), deadlineMs);
  const exchanges = [at(30), at(10), at(20)];
  const queue = new ExchangeQueue();
  for (const exchange of exchanges) queue.push(exchange);
  assertEquals([earliest([]), earliest(exchanges), queue.deadlineMs], [Infinity, 10, 10]);
  assertEquals(queue.takeLate(9), []);
  assertEquals(queue.takeLate(20).map(({ deadlineMs }) => deadlineMs), [10, 20]);
  assertEquals([queue.deadlineMs, queue.peek() === exchanges[0]], [30, true]);
});
