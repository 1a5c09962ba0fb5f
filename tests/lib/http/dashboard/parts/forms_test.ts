import { assertFalse, assertStringIncludes } from "@std/assert";
import { htmlOf } from "../../../../../lib/http/dashboard/page_response.ts";
import { Choice, Field, FormDialog } from "../../../../../lib/http/dashboard/parts/forms.tsx";

Deno.test("FormDialog() asks for a name to be typed before what cannot be undone", async () => {
  const props = { id: "d", button: "Delete", title: "T", path: "/x", submit: "Do" } as const;
  const html = await htmlOf(
    FormDialog({ ...props, method: "delete", confirm: '"orders"', isDanger: true }),
  );
  assertStringIncludes(html, 'data-confirm="&quot;orders&quot;"');
  assertStringIncludes(html, 'data-rest="delete" data-path="/x"');
  assertStringIncludes(html, "disabled");
  assertFalse((await htmlOf(FormDialog({ ...props, method: "post" }))).includes("disabled"));
});

Deno.test("Field() and Choice() carry the kind of JSON they become", async () => {
  const field = await htmlOf(Field({ name: "a.b", label: "A", kind: "integer", hint: "How many" }));
  assertStringIncludes(field, 'name="a.b"');
  assertStringIncludes(field, 'data-kind="integer"');
  const choice = await htmlOf(
    Choice({ name: "c", label: "C", options: [["1", "One"], ["2", "Two"]], value: "2" }),
  );
  assertStringIncludes(choice, '<option value="2" selected');
});
