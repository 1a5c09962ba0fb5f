import { assertEquals } from "@std/assert";
import { configFolder, systemClientCliPorts, systemCliPorts } from "../../../lib/os/cli_ports.ts";

Deno.test("CliPorts.writeFile() writes new files, and replaces old ones when told to", () => {
  const ports = systemCliPorts({ print() {}, complain() {} });
  const folder = Deno.makeTempDirSync();
  const path = `${folder}/f`;
  try {
    const write = (text: string, secret: boolean, replace: boolean) =>
      ports.writeFile(path, text, { secret, replace });
    assertEquals([write("one", false, false), write("two", false, false)], [true, false]);
    assertEquals(Deno.readTextFileSync(path), "one");
    assertEquals(write("three", true, true), true);
    assertEquals(Deno.readTextFileSync(path), "three");
    if (Deno.build.os !== "windows") assertEquals(Deno.statSync(path).mode! & 0o777, 0o600);
    assertEquals(ports.readFile(path)?.length, 5);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("ClientCliPorts open files and make folders that nobody else looks into", async () => {
  const ports = systemClientCliPorts({ print() {}, complain() {} });
  const folder = Deno.makeTempDirSync();
  try {
    const path = `${folder}/a/b`;
    ports.makeSecretFolder(path);
    if (Deno.build.os !== "windows") assertEquals(Deno.statSync(path).mode! & 0o777, 0o700);
    const bytes = new Uint8Array([1, 2]);
    assertEquals([1, 2].map(() => ports.writeBytes(`${path}/f`, bytes)), [true, false]);
    assertEquals(await new Response(ports.openInput(`${path}/f`)).bytes(), bytes);
    assertEquals(ports.openInput(`${path}/nothing`), undefined);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("ClientCliPorts.onInterrupt() listens until it is released", () => {
  const ports = systemClientCliPorts({ print() {}, complain() {} });
  ports.onInterrupt(() => {})();
});

Deno.test("ClientCliPorts.askSecret() asks nobody where there is no terminal", async () => {
  const ports = systemClientCliPorts({ print() {}, complain() {} });
  if (!ports.terminal.input) assertEquals(await ports.askSecret("Password: "), undefined);
});

Deno.test("configFolder() is where the system keeps the settings of a user", () => {
  const of = (os: string, variables: Record<string, string>) =>
    configFolder(os, (name) => variables[name]);
  assertEquals(of("linux", { HOME: "/home/a" }), "/home/a/.config/whippet");
  assertEquals(of("linux", { HOME: "/home/a", XDG_CONFIG_HOME: "/x" }), "/x/whippet");
  assertEquals(of("darwin", { HOME: "/a" }), "/a/Library/Application Support/whippet");
  assertEquals(of("windows", { APPDATA: "C:/a" }), "C:/a/whippet");
  assertEquals(of("linux", {}), undefined);
});
