/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/**
 * Dialogs and the forms in them that ask the REST API for a change (`parts/forms.tsx`).
 *
 * @module
 */
import { bodyOf, type FormValue } from "./form_values.ts";
import { follow } from "./live.ts";
import { ask } from "./rest.ts";
import { toast } from "./toast.ts";

/** Listens for all forms, those that come later too. */
export function listenToForms(): void {
  document.addEventListener("click", (event) => {
    const target = event.target as Element;
    const opener = target.closest("[data-open]");
    if (opener !== null) open(opener.getAttribute("data-open")!);
    if (target.closest("[data-close]") !== null) target.closest("dialog")?.close();
  });
  document.addEventListener("input", ({ target }) => {
    const input = target as HTMLInputElement;
    const name = input.dataset.confirm;
    if (name === undefined) return;
    input.form!.querySelector<HTMLButtonElement>("[type=submit]")!.disabled = input.value !== name;
  });
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (form.dataset.rest === undefined) return;
    event.preventDefault();
    void submit(form);
  });
}

/** Opens a dialog with its fields as they were made. */
export function open(id: string): void {
  const dialog = document.getElementById(id) as HTMLDialogElement | null;
  if (dialog === null || dialog.open) return;
  dialog.querySelector("form")?.reset();
  dialog.querySelectorAll<HTMLElement>(".form-error, .revealed").forEach((each) =>
    each.hidden = true
  );
  dialog.showModal();
}

async function submit(form: HTMLFormElement): Promise<void> {
  const button = form.querySelector<HTMLButtonElement>("[type=submit]")!;
  const { rest, path, next, reveal } = form.dataset;
  const values = valuesOf(form);
  button.disabled = true;
  try {
    const answer = await ask(
      rest!.toUpperCase(),
      path!,
      values.length > 0 ? bodyOf(values) : undefined,
    );
    const found = (answer ?? {}) as Record<string, unknown>;
    if (reveal !== undefined) return showOnce(form, String(found[reveal]));
    form.closest("dialog")?.close();
    if (next !== undefined) location.assign(filled(next, found));
    else {
      toast("Done");
      follow();
    }
  } catch (fault) {
    showError(form, fault instanceof Error ? fault : new Error(String(fault)));
  } finally {
    button.disabled = false;
  }
}

function valuesOf(form: HTMLFormElement): FormValue[] {
  const values: FormValue[] = [];
  for (const field of form.elements) {
    const input = field as HTMLInputElement;
    if (!input.name || input.disabled) continue;
    const text = input.type === "checkbox" ? String(input.checked) : input.value;
    values.push({ name: input.name, kind: input.dataset.kind ?? "text", text });
  }
  return values;
}

function filled(template: string, answer: Record<string, unknown>): string {
  // Only the last one is of the answer; those before are in the page's own address.
  return template.replace("{id}", encodeURIComponent(String(answer.id)));
}

function showError(
  form: HTMLFormElement,
  { message, ...fault }: Error & { field?: string | null },
) {
  const box = form.querySelector<HTMLElement>(".form-error")!;
  box.textContent = message;
  box.hidden = false;
  const field = fault.field;
  if (field) form.querySelector<HTMLInputElement>(`[name="${CSS.escape(field)}"]`)?.focus();
}

/** A secret is in the page until the dialog closes, and nowhere else. */
function showOnce(form: HTMLFormElement, secret: string): void {
  const box = form.querySelector<HTMLElement>(".revealed")!;
  box.querySelector("code")!.textContent = secret;
  box.querySelector("button")!.dataset.copy = secret;
  box.hidden = false;
  follow();
}
