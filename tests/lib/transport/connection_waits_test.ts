/** What becomes of a request that waits for messages, as the connection sees it. */
import { assertEquals } from "@std/assert";
import { turns } from "../../support/partition_logs.ts";
import { connected, FAREWELL, scripted } from "../../support/scripted_conversation.ts";

Deno.test("Connection ends a wait when its client says more, and answers both in order", async () => {
  const connection = connected();
  const { client } = connection;
  await client.write(scripted("waits", 1));
  await turns();
  await client.write(scripted("echo", 2));
  assertEquals([...await client.take(2)], [1, 2]);
  // Also when only a part of it has come.
  await client.write(scripted("waits", 3));
  await turns();
  await client.write(scripted("echo", 4).subarray(0, 3));
  assertEquals([...await client.take(1)], [3]);
  await client.write(scripted("echo", 4).subarray(3));
  assertEquals([...await client.take(1)], [4]);
  client.end();
  await connection.end;
});

Deno.test("Connection does not wait with a request behind which there is another", async () => {
  const { client, end } = connected();
  await client.write(scripted("echo", 1));
  assertEquals([...await client.take(1)], [1]);
  await client.write(
    Uint8Array.of(...scripted("waits", 2), ...scripted("waits", 3), ...scripted("echo", 4)),
  );
  assertEquals([...await client.take(3)], [2, 3, 4]);
  client.end();
  await end;
});

Deno.test("Connection goes on reading where it read while a request waited", async () => {
  const connection = connected();
  const { client } = connection;
  for (let turn = 0; turn < 20; turn++) {
    await client.write(scripted("waits", 1, turn));
    await turns();
    connection.conversation.pending.pop()!();
    assertEquals([...await client.take(2)], [1, turn]);
    await client.write(scripted("echo", 2));
    assertEquals([...await client.take(1)], [2]);
  }
  client.end();
  await connection.end;
});

Deno.test("Connection sends what is answered before it waits", async () => {
  const connection = connected();
  const { client } = connection;
  await client.write(scripted("echo", 1));
  assertEquals([...await client.take(1)], [1]);
  await client.write(Uint8Array.of(...scripted("echo", 2), ...scripted("waits", 3)));
  assertEquals([...await client.take(1)], [2]);
  client.end();
  assertEquals([...await client.take(1)], [3]);
  await connection.end;
});

Deno.test("Connection whose client goes away while it waits ends at once", async () => {
  for (const go of ["end", "close", "fail"] as const) {
    const connection = connected();
    await connection.client.write(scripted("waits", 1));
    await turns();
    connection.client[go]();
    await connection.end;
    assertEquals(connection.conversation.ends, 1);
  }
});

Deno.test("Connection.drain() ends a wait, then says farewell", async () => {
  const { connection, client, end } = connected();
  await client.write(scripted("waits", 1));
  await turns();
  connection.drain();
  assertEquals([...await client.take(2)], [1, FAREWELL.shutdown]);
  await end;
});
