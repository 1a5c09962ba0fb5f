import { assertEquals } from "@std/assert";
import { systemCliPorts } from "../../../lib/os/cli_ports.ts";

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
