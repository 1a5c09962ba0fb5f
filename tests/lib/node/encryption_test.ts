import { assert, assertEquals, assertRejects } from "@std/assert";
import type { EncryptionConfig } from "../../../lib/config.ts";
import { EncryptionError } from "../../../lib/encryption/keys.ts";
import { NodeEncryption } from "../../../lib/node/encryption.ts";
import { batchKernel } from "../../../lib/log/checksum.ts";
import { DIRECTORY, PartitionLogs, turns } from "../../support/partition_logs.ts";
import { base64Of, testKey } from "../../support/sealing.ts";
import { SimPorts } from "../../support/sim_ports.ts";
import { SimStorage } from "../../support/sim_storage.ts";

const OFF: EncryptionConfig = {
  enabled: false,
  key: undefined,
  keyFile: undefined,
  algorithm: "chacha20-poly1305",
};
const FILE = { ...OFF, enabled: true, keyFile: "/keys" };

function write(ports: SimPorts, ...keys: number[]): void {
  const text = keys.map((byte) => `${base64Of(testKey(byte))}\n`).join("");
  ports.files.set("/keys", new TextEncoder().encode(text));
}

/** The id of the key that new batches are sealed with; `undefined` when they are not. */
function sealedBy(encryption: NodeEncryption): string | undefined {
  const { memory, input: { at } } = batchKernel;
  const length = new PartitionLogs(new SimStorage()).load(1);
  encryption.cipher.seal(memory, at, length, DIRECTORY);
  const id = Array.from(memory.subarray(at + 53, at + 61), (byte) => byte.toString(16));
  return memory[at + 52] === 0 ? undefined : id.map((each) => each.padStart(2, "0")).join("");
}

/** Lets one look at the key file happen. */
async function look(ports: SimPorts): Promise<void> {
  ports.clock.advance(5000);
  await turns();
}

Deno.test("NodeEncryption.open() is nothing, and writes nothing, without keys", async () => {
  const ports = new SimPorts();
  assertEquals(await NodeEncryption.open(OFF, ports), undefined);
  assertEquals(ports.storage.paths(), []);
});

Deno.test("NodeEncryption.open() seals with a key of the configuration", async () => {
  const key = base64Of(testKey(1));
  const encryption = await NodeEncryption.open({ ...OFF, enabled: true, key }, new SimPorts());
  assertEquals(sealedBy(encryption!), testKey(1).id);
});

Deno.test("NodeEncryption.open() only opens where encryption is off", async () => {
  const ports = new SimPorts();
  const encryption = await NodeEncryption.open({ ...OFF, key: base64Of(testKey(1)) }, ports);
  assertEquals(sealedBy(encryption!), undefined);
  assertEquals(ports.storage.paths(), []);
});

Deno.test("NodeEncryption.open() refuses a directory whose keys are not all given", async () => {
  const ports = new SimPorts();
  for (const byte of [1, 2]) {
    write(ports, byte, 1);
    await NodeEncryption.open(FILE, ports);
  }
  write(ports, 3, 2);
  const refused = (config: EncryptionConfig) =>
    assertRejects(
      () => NodeEncryption.open(config, ports),
      EncryptionError,
      `that are not given, by their ids ${testKey(1).id}`,
    );
  const { message } = await refused(FILE);
  assert(message.includes("system.encryption.key_file"), message);
  await refused(OFF);
  await refused({ ...OFF, enabled: true, key: base64Of(testKey(2)) });
  write(ports, 3, 2, 1);
  assertEquals(sealedBy((await NodeEncryption.open(FILE, ports))!), testKey(3).id);
});

Deno.test("NodeEncryption.open() names a key file that is not there", async () => {
  await assertRejects(
    () => NodeEncryption.open(FILE, new SimPorts()),
    EncryptionError,
    "There is no key file /keys",
  );
});

Deno.test("NodeEncryption.watch() seals with a new first key once it is recorded", async () => {
  const ports = new SimPorts();
  write(ports, 1);
  const encryption = (await NodeEncryption.open(FILE, ports))!;
  const stop = encryption.watch(ports.clock);
  write(ports, 2, 1);
  const release = ports.storage.holdSyncs();
  await look(ports);
  assertEquals(sealedBy(encryption), testKey(1).id);
  release();
  await turns();
  assertEquals(sealedBy(encryption), testKey(2).id);
  stop();
  write(ports, 3);
  await look(ports);
  assertEquals(sealedBy(encryption), testKey(2).id);
});

Deno.test("NodeEncryption.watch() keeps its keys while the file is broken, or the disk is", async () => {
  const ports = new SimPorts();
  write(ports, 1);
  const encryption = (await NodeEncryption.open(FILE, ports))!;
  encryption.watch(ports.clock);
  ports.files.set("/keys", new TextEncoder().encode("broken"));
  await look(ports);
  ports.files.delete("/keys");
  await look(ports);
  assertEquals(sealedBy(encryption), testKey(1).id);
  write(ports, 2, 1);
  ports.storage.fail({ operation: "append" });
  await look(ports);
  assertEquals(sealedBy(encryption), testKey(1).id);
  await look(ports);
  assertEquals(sealedBy(encryption), testKey(2).id);
});
