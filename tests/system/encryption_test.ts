import { assert, assertEquals, assertRejects } from "@std/assert";
import { Buffer } from "node:buffer";
import { EncryptionError } from "../../lib/encryption/keys.ts";
import { systemClock } from "../../lib/os/clock.ts";
import type { Clock } from "../../lib/ports.ts";
import type { OutgoingMessage } from "../../protocol/message_codec.ts";
import { eventually } from "../support/eventually.ts";
import { startNode } from "../support/node.ts";
import { DIALECTS, dialRoot } from "../support/raw_peer.ts";
import { base64Of, testKey } from "../support/sealing.ts";

const TOPIC = { streamId: "orders", topicId: "events" };
const SECRET = "nobody may read this ";

/** The time between two looks at files passes a hundred times as fast. */
const hastyClock: Clock = {
  nowMicros: systemClock.nowMicros,
  monotonicMs: systemClock.monotonicMs,
  after: (delayMs, task) => systemClock.after(delayMs === 5000 ? 50 : delayMs, task),
};

Deno.test("Keys change under load, and every message is read back, also after a restart", async () => {
  const directory = Deno.makeTempDirSync({ prefix: "whippet-encryption-" });
  const keyFile = `${directory}/keys`;
  const keys = [1, 2, 3, 4].map(testKey);
  const write = (count: number) => {
    const lines = keys.slice(0, count).reverse().map(base64Of);
    Deno.writeTextFileSync(`${keyFile}.new`, `# current first\n${lines.join("\n")}\n`, {
      mode: 0o600,
    });
    Deno.renameSync(`${keyFile}.new`, keyFile);
  };
  const data = `${directory}/data`;
  Deno.mkdirSync(data);
  const options = (environment: Record<string, string>) => ({
    directory: data,
    ports: { clock: hastyClock },
    environment: {
      IGGY_SYSTEM_ENCRYPTION_ENABLED: "true",
      WHIPPET_SYSTEM_ENCRYPTION_KEY_FILE: keyFile,
      ...environment,
    },
  });
  try {
    write(1);
    let node = await startNode(options({}));
    using admin = await dialRoot("vsr_0_11", node.port);
    await admin.ask("createStream", { name: "orders" });
    const topic = { streamId: "orders", name: "events", partitionsCount: 2, options: {} };
    await admin.ask("createTopic", topic);

    let isOver = false;
    const sent = DIALECTS.map(async (dialect, partitionId) => {
      using peer = await dialRoot(dialect, node.port);
      let count = 0;
      while (!isOver) {
        await peer.send({ ...TOPIC, partitionId }, [message(count++)]);
        const from = { strategy: "offset", value: count - 1 } as const;
        const { messages } = await peer.poll({ ...TOPIC, partitionId, ...from, count: 1 });
        assertEquals(text(messages[0].payload), `${SECRET}${count - 1}`);
      }
      return count;
    });
    for (let count = 2; count <= keys.length; count++) {
      write(count);
      const { id } = keys[count - 1];
      await eventually("the new key is used", () => record(data).includes(id));
    }
    isOver = true;
    const counts = await Promise.all(sent);
    admin.close();
    await expectAll(node.port, counts);
    await node.stop();

    expectSealed(data, keys.map((key) => key.secret));
    for (const enabled of ["true", "false"]) {
      node = await startNode(options({ IGGY_SYSTEM_ENCRYPTION_ENABLED: enabled }));
      await expectAll(node.port, counts);
      await node.stop();
    }
    Deno.writeTextFileSync(keyFile, keys.slice(1).map(base64Of).join("\n"), { mode: 0o600 });
    await assertRejects(() => startNode(options({})), EncryptionError, keys[0].id);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});

/** Every partition holds its messages in their order, by either framing. */
async function expectAll(port: number, counts: readonly number[]): Promise<void> {
  for (const dialect of DIALECTS) {
    using peer = await dialRoot(dialect, port);
    for (const [partitionId, expected] of counts.entries()) {
      let at = 0;
      while (at < expected) {
        const from = { strategy: "offset", value: at } as const;
        const { messages } = await peer.poll({ ...TOPIC, partitionId, ...from });
        assert(messages.length > 0, `${dialect}: nothing at ${at} of ${expected}`);
        for (const { payload } of messages) assertEquals(text(payload), `${SECRET}${at++}`);
      }
    }
  }
}

/** No file of the directory holds a message or a key. */
function expectSealed(directory: string, secrets: readonly Uint8Array[]): void {
  const forbidden = [
    new TextEncoder().encode(SECRET),
    ...secrets,
    ...secrets.map((secret) => new TextEncoder().encode(btoa(String.fromCharCode(...secret)))),
  ];
  let logs = 0;
  for (const path of files(directory)) {
    const bytes = Buffer.from(Deno.readFileSync(path));
    if (path.endsWith(".log")) logs++;
    for (const each of forbidden) assertEquals(bytes.indexOf(each), -1, path);
  }
  assertEquals(logs, 2);
}

function* files(directory: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(directory)) {
    if (isDirectory) yield* files(`${directory}/${name}`);
    else yield `${directory}/${name}`;
  }
}

function record(directory: string): string {
  return Deno.readTextFileSync(`${directory}/encryption`);
}

function message(at: number): OutgoingMessage {
  const payload = new TextEncoder().encode(`${SECRET}${at}`);
  return { id: BigInt(at + 1), originTimestamp: 1_000_000, payload };
}

function text(payload: Uint8Array): string {
  return new TextDecoder().decode(payload);
}
