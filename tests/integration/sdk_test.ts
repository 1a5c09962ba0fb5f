import { assertEquals, assertRejects } from "@std/assert";
import { IggyClient } from "../../lib/browser/sdk.ts";
import { SDK_SCRIPT } from "../../lib/http/sdk_bundle.ts";
import { IggyError } from "../../protocol/errors.ts";
import { startNode, type TestNode } from "../support/node.ts";

const FRAMINGS = ["vsr", "classic"] as const;

async function post(node: TestNode, path: string, bearer?: string, body?: unknown) {
  const response = await fetch(`http://127.0.0.1:${node.port}${path}`, {
    method: "POST",
    headers: {
      ...bearer === undefined ? {} : { authorization: `Bearer ${bearer}` },
      ...body === undefined ? {} : { "content-type": "application/json" },
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  assertEquals(response.status, 200, path);
  return await response.json();
}

/** What a page does: one login over HTTP, then a token for each over WebSocket. */
async function tokensOf(node: TestNode): Promise<() => Promise<string>> {
  const root = { username: "iggy", password: "iggy" };
  const { access_token } = await post(node, "/users/login", undefined, root);
  return async () => (await post(node, "/users/web-socket-token", access_token.token)).token;
}

/** A way to a node that can be cut; what is dialled afterwards goes through again. */
function startLine(port: number) {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open: Deno.TcpConn[] = [];
  const cut = () => open.splice(0).forEach((each) => each.close());
  const serving = (async () => {
    for await (const near of listener) {
      const far = await Deno.connect({ hostname: "127.0.0.1", port });
      open.push(near, far);
      for (const [from, to] of [[near, far], [far, near]]) {
        from.readable.pipeTo(to.writable).catch(() => {});
      }
    }
  })();
  return {
    port: listener.addr.port,
    cut,
    async [Symbol.asyncDispose]() {
      listener.close();
      await serving;
    },
  };
}

for (const framing of FRAMINGS) {
  Deno.test(`A token from HTTP logs in over WebSocket, once (${framing})`, async () => {
    await using node = await startNode();
    const url = `ws://127.0.0.1:${node.port}`;
    const token = await (await tokensOf(node))();
    await using client = await IggyClient.connect({ url, framing, token });
    assertEquals((await client.me()).userId, 0);
    await assertRejects(() => IggyClient.connect({ url, framing, token }), IggyError);
  });

  Deno.test(`A client that asks for a token ahead of each login survives its connection (${framing})`, async () => {
    await using node = await startNode();
    const next = await tokensOf(node);
    let asked = 0;
    const token = () => {
      asked++;
      return next();
    };
    await using line = startLine(node.port);
    const url = `ws://127.0.0.1:${line.port}`;
    await using client = await IggyClient.connect({ url, framing, token });
    line.cut();
    assertEquals((await client.me()).userId, 0);
    assertEquals(asked, 2);
  });
}

Deno.test("The bundle that a node serves is that client", async () => {
  await using node = await startNode();
  const response = await fetch(`http://127.0.0.1:${node.port}/sdk.js`);
  const script = await response.text();
  assertEquals(script, SDK_SCRIPT);
  const sdk = await import(`data:text/javascript,${encodeURIComponent(script)}`);
  const token = await (await tokensOf(node))();
  await using client = await sdk.IggyClient.connect({ url: `ws://127.0.0.1:${node.port}`, token });
  await client.streams.create("orders");
  await client.topics.create("orders", "events", { partitionsCount: 1 });
  await client.messages.send("orders", "events", [{ payload: "hello" }, { payload: "world" }]);
  const polled: Iterable<{ text(): string }> = await client.messages.poll("orders", "events", {
    offset: 0,
  });
  const texts = Array.from(polled, (each) => each.text());
  assertEquals(texts, ["hello", "world"]);
});
