/// <reference lib="dom" />
/**
 * The form that produces a message.
 *
 * @module
 */
import { headersOf } from "./message.ts";
import { ask } from "./rest.ts";
import { toast } from "./toast.ts";

/** Listens to the page's form, if it has one. */
export function listenToProduce(): void {
  const form = document.getElementById("produce-form") as HTMLFormElement | null;
  form?.addEventListener("submit", (event) => {
    event.preventDefault();
    void send(form);
  });
}

async function send(form: HTMLFormElement): Promise<void> {
  const field = (name: string) => (form.elements.namedItem(name) as HTMLInputElement).value;
  const error = form.querySelector<HTMLElement>(".form-error")!;
  error.hidden = true;
  try {
    await ask("POST", `${form.dataset.resource}/messages`, {
      partitioning: partitioningOf(field("partition"), field("key")),
      messages: [{
        payload: base64(utf8(field("payload"))),
        user_headers: userHeaders(field("headers")),
      }],
    });
    toast("Sent");
    form.querySelector("textarea")!.select();
  } catch (fault) {
    error.textContent = fault instanceof Error ? fault.message : String(fault);
    error.hidden = false;
  }
}

function partitioningOf(partition: string, key: string): { kind: string; value: string } {
  if (partition !== "") {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, Number(partition), true);
    return { kind: "partition_id", value: base64(bytes) };
  }
  if (key !== "") return { kind: "messages_key", value: base64(utf8(key)) };
  return { kind: "balanced", value: "" };
}

function userHeaders(list: string) {
  const headers = headersOf(list);
  if (headers === undefined) return undefined;
  const field = (text: string) => ({ kind: "string", value: base64(utf8(text)) });
  return Object.entries(headers).map(([key, value]) => ({ key: field(key), value: field(value) }));
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function base64(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}
