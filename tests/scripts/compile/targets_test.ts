import { assertEquals, assertThrows } from "@std/assert";
import { binaryName, runtimeFor, targetNamed } from "../../../scripts/compile/targets.ts";

const LINUX = targetNamed("aarch64-unknown-linux-gnu");
const WINDOWS = targetNamed("x86_64-pc-windows-msvc");

Deno.test("targetNamed() names the targets there are when it knows none of that name", () => {
  const words = 'Target "riscv64" is not one of x86_64-unknown-linux-gnu, ';
  assertThrows(() => targetNamed("riscv64"), RangeError, words);
});

Deno.test("binaryName() ends as a program's name does on the target", () => {
  assertEquals(binaryName("1.2.3", LINUX), "whippet-1.2.3-aarch64-unknown-linux-gnu");
  assertEquals(binaryName("1.2.3", WINDOWS), "whippet-1.2.3-x86_64-pc-windows-msvc.exe");
});

Deno.test("runtimeFor() takes a file as it is, and puts the target in where there is a place for it", () => {
  assertEquals(runtimeFor("/tmp/denort", WINDOWS), "/tmp/denort");
  assertEquals(runtimeFor("/tmp/d-{target}", LINUX), "/tmp/d-aarch64-unknown-linux-gnu");
  assertEquals(runtimeFor("/tmp/d-{target}", WINDOWS), "/tmp/d-x86_64-pc-windows-msvc.exe");
});
