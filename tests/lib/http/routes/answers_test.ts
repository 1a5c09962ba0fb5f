import { assertEquals, assertRejects } from "@std/assert";
import { absentIsNotFound, noContent } from "../../../../lib/http/routes/answers.ts";
import { IggyError } from "../../../../protocol/errors.ts";

Deno.test("noContent() is 204 without a body", () => {
  assertEquals([noContent().status, noContent().body], [204, null]);
});

Deno.test("absentIsNotFound() turns whatever is missing into one answer", async () => {
  for (const code of [20, 1009, 2010, 5000]) {
    const response = await absentIsNotFound(() => Promise.reject(new IggyError(code)));
    assertEquals([response.status, (await response.json()).code], [404, "not_found"]);
  }
});

Deno.test("absentIsNotFound() leaves every other refusal alone", async () => {
  await assertRejects(() => absentIsNotFound(() => Promise.reject(new IggyError(41))), IggyError);
});
