import { assertEquals } from "@std/assert";
import { testApp } from "../../support/http_app.ts";

const JSON_TYPE = { "content-type": "application/json" };

Deno.test("checkedCall() refuses a body that is no JSON with 400, of another shape with 422", async () => {
  await using app = await testApp();
  const post = async (body: string) =>
    (await app.ask("POST", "/streams", { body, headers: JSON_TYPE })).status;
  assertEquals(await post("{bad"), 400);
  assertEquals(await post('{"nam":"x"}'), 422);
  assertEquals(await post('{"name":5}'), 422);
  assertEquals(await post('{"name":"x","unknown":[1]}'), 200);
});

Deno.test("checkedCall() refuses a body that does not say it is JSON with 415", async () => {
  await using app = await testApp();
  const post = async (type: string) => {
    const headers = { "content-type": type };
    return (await app.ask("POST", "/streams", { body: '{"name":"a"}', headers })).status;
  };
  assertEquals(await post("text/plain"), 415);
  assertEquals(await post("application/jsonx"), 415);
  assertEquals(await post("application/json; charset=utf-8"), 200);
});

Deno.test("readBody() refuses a body over the limit with 413, announced or not", async () => {
  await using app = await testApp();
  const long = new Uint8Array(2_000_001).fill(32);
  const announced = { ...JSON_TYPE, "content-length": String(long.length) };
  const one = await app.ask("POST", "/streams", { body: long, headers: announced });
  assertEquals([one.status, one.headers.get("connection")], [413, "close"]);
  const streamed = new ReadableStream({
    start(controller) {
      for (let at = 0; at < long.length; at += 100_000) {
        controller.enqueue(long.subarray(at, at + 100_000));
      }
      controller.close();
    },
  });
  const two = await app.ask("POST", "/streams", { body: streamed, headers: JSON_TYPE });
  assertEquals(two.status, 413);
});

Deno.test("checkedCall() refuses text that is not UTF-8", async () => {
  await using app = await testApp();
  const body = new Uint8Array([0x22, 0xff, 0x22]);
  assertEquals((await app.ask("POST", "/streams", { body, headers: JSON_TYPE })).status, 400);
});
