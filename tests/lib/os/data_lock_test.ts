import { assertEquals, assertRejects } from "@std/assert";
import { lockDataDirectory } from "../../../lib/os/data_lock.ts";

function directory() {
  const root = Deno.makeTempDirSync({ prefix: "whippet-lock-" });
  return {
    path: `${root}/data`,
    [Symbol.dispose]: () => Deno.removeSync(root, { recursive: true }),
  };
}

Deno.test("lockDataDirectory() makes the directory and can be had again once it is given back", async () => {
  using data = directory();
  (await lockDataDirectory(data.path))();
  assertEquals([...Deno.readDirSync(data.path)].map(({ name }) => name), ["lock"]);
  (await lockDataDirectory(data.path))();
});

Deno.test("lockDataDirectory() refuses a directory in use, and says what to do", async () => {
  using data = directory();
  const unlock = await lockDataDirectory(data.path);
  const message = `Data directory ${data.path} is in use by another process: ` +
    "stop it, or name another in system.path";
  await assertRejects(() => lockDataDirectory(data.path), Error, message);
  unlock();
  // Who was refused does not hold on to it later.
  (await lockDataDirectory(data.path))();
});

Deno.test("lockDataDirectory() has the directory when the process before was killed", async () => {
  using data = directory();
  const module = new URL("../../../lib/os/data_lock.ts", import.meta.url).href;
  const program = `import { lockDataDirectory } from ${JSON.stringify(module)};
    await lockDataDirectory(${JSON.stringify(data.path)});
    console.log("locked");
    setTimeout(() => {}, 600_000);`;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", program],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const output = child.stdout.getReader();
  await output.read();
  child.kill("SIGKILL");
  await child.status;
  await output.cancel();
  (await lockDataDirectory(data.path))();
});
