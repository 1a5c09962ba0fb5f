import { assertEquals, assertThrows } from "@std/assert";
import * as codes from "../../lib/log/kernels/codes.ts";
import * as errorCodes from "../../protocol/error_codes.ts";
import { compileKernel, KERNELS, modulePath } from "../../scripts/kernels.ts";

for (const kernel of KERNELS) {
  Deno.test(`compileKernel() makes of ${kernel.entry} the module that is committed`, async () => {
    assertEquals(await compileKernel(kernel), Deno.readFileSync(modulePath(kernel)));
  });

  Deno.test(`${kernel.entry} asks for no imports and cannot grow its memory`, async () => {
    const module = new WebAssembly.Module(Deno.readFileSync(modulePath(kernel)));
    assertEquals(WebAssembly.Module.imports(module), []);
    const { exports } = await WebAssembly.instantiate(module);
    const memory = exports.memory as WebAssembly.Memory;
    assertEquals(memory.buffer.byteLength, kernel.memoryBytes);
    assertThrows(() => memory.grow(1), RangeError);
  });
}

Deno.test("the kernels' codes are those of protocol/error_codes.ts", () => {
  const known = new Map<string, unknown>(Object.entries(errorCodes));
  for (const [name, code] of Object.entries(codes)) assertEquals(code, known.get(name), name);
});
