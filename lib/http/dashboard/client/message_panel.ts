/// <reference lib="dom" />
/**
 * The side panel: all there is to know of one message.
 *
 * @module
 */
import { parseJson } from "../../json.ts";
import { exactTime } from "../format.ts";
import { type BrowsedMessage, hexDump, jsonOf } from "./message.ts";
import { treeOf } from "./json_tree.ts";

/**
 * Fills the panel. `resource`: where the REST API has the topic; `isChecked`: whether the node checks
 * what it reads.
 */
export function fillSide(
  side: HTMLElement,
  message: BrowsedMessage,
  resource: string,
  isChecked: boolean,
): void {
  const head = make("div", "panel-head");
  const title = make("h2");
  title.textContent = `Partition ${message.partitionId}, offset ${
    message.offset.toLocaleString("en-US")
  }`;
  const close = button("Close", "button small");
  close.dataset.closeSide = "";
  head.append(title, close);
  const body = make("div", "body");
  const mark = make("span");
  mark.textContent = isChecked ? "checking" : "reading";
  body.append(
    facts([
      ["Time", exactTime(message.timestamp)],
      ["Size", `${message.bytes.length.toLocaleString("en-US")} B`],
      ["Id", message.id],
      ["Checksum", mark],
    ]),
    headers(message),
    payload(message),
    copies(message, resource),
  );
  side.replaceChildren(head, body);
  void showChecksum(mark, message, resource, isChecked);
}

/**
 * What is stored beside the message. A node that checks what it reads gives no message whose sum is
 * wrong, so that one which comes at all is intact; another one sends the sum as it finds it.
 */
async function showChecksum(
  mark: HTMLElement,
  message: BrowsedMessage,
  resource: string,
  isChecked: boolean,
): Promise<void> {
  const query = `partition_id=${message.partitionId}&kind=offset&value=${message.offset}&count=1`;
  try {
    const response = await fetch(`${resource}/messages?${query}`, {
      headers: { accept: "application/json" },
    });
    const { messages: [whole] } = parseJson(await response.text()) as PolledMessages;
    const sum = BigInt(whole.header.checksum).toString(16).padStart(16, "0");
    mark.textContent = isChecked ? "✓ verified" : `${sum}, not verified`;
    mark.title = isChecked
      ? `XXH3 ${sum}, checked by the node as it read the message`
      : "XXH3 as it was stored: the node reads unchecked, by system.partition.validate_checksum";
  } catch {
    mark.textContent = "✗ not to be had: the message is gone, or damaged";
  }
}

/** What the REST API says of one message, as far as it is shown here. */
interface PolledMessages {
  readonly messages: readonly { readonly header: { readonly checksum: number | bigint } }[];
}

function headers({ headers }: BrowsedMessage): HTMLElement {
  const entries = Object.entries(headers);
  if (entries.length === 0) return make("div");
  const table = make("table", "headers") as HTMLTableElement;
  for (const [name, value] of entries) {
    const row = table.insertRow();
    for (const text of [name, String(value), typeof value === "object" ? "raw" : typeof value]) {
      row.insertCell().textContent = text;
    }
    row.cells[2].className = "quiet";
  }
  return table;
}

function payload(message: BrowsedMessage): HTMLElement {
  const box = make("div");
  const tabs = make("div", "tabs");
  tabs.setAttribute("role", "group");
  tabs.setAttribute("aria-label", "Payload as");
  const view = make("div");
  const json = jsonOf(message);
  const forms: [string, () => HTMLElement][] = [["Hex", () => pre(hexDump(message.bytes), "hex")]];
  if (message.text !== undefined) forms.unshift(["Text", () => pre(message.text!)]);
  if (json !== undefined) forms.unshift(["JSON", () => treeOf(json)]);
  for (const [name, form] of forms) {
    const tab = button(name, "button small");
    tab.addEventListener("click", () => {
      for (const each of tabs.children) each.setAttribute("aria-pressed", String(each === tab));
      view.replaceChildren(form());
    });
    tabs.append(tab);
  }
  (tabs.firstElementChild as HTMLElement).click();
  box.append(tabs, view);
  return box;
}

function copies(
  { partitionId, offset, text, bytes }: BrowsedMessage,
  resource: string,
): HTMLElement {
  const [, stream, topic] = /^\/streams\/(\d+)\/topics\/(\d+)$/.exec(resource)!;
  const box = make("div", "tabs");
  const offers: [string, string][] = [
    ["Copy payload", text ?? btoa(String.fromCharCode(...bytes.subarray(0, 65_536)))],
    [
      "Copy as curl",
      `curl '${location.origin}${resource}/messages/${partitionId}/${offset}' -H "Authorization: Bearer $TOKEN"`,
    ],
    [
      "Copy as TypeScript",
      `await client.messages.poll(${stream}, ${topic}, { partitionId: ${partitionId}, offset: ${offset}, count: 1 });`,
    ],
    [
      "Copy link",
      `${location.origin}${location.pathname}?from=offset&offset=${offset}&partition=${partitionId}&message`,
    ],
  ];
  for (const [name, copied] of offers) {
    const offer = button(name, "button small");
    offer.dataset.copy = copied;
    box.append(offer);
  }
  return box;
}

function facts(entries: readonly (readonly [string, string | HTMLElement])[]): HTMLElement {
  const list = make("dl", "facts");
  for (const [label, value] of entries) {
    const pair = make("div");
    const term = make("dt");
    const detail = make("dd");
    term.textContent = label;
    if (typeof value === "string") {
      const copy = button(value, "copy");
      copy.dataset.copy = value;
      detail.append(copy);
    } else detail.append(value);
    pair.append(term, detail);
    list.append(pair);
  }
  return list;
}

function pre(text: string, kind = ""): HTMLElement {
  const box = make("pre", kind);
  box.tabIndex = 0;
  box.textContent = text;
  return box;
}

function button(text: string, kind: string): HTMLElement {
  const made = make("button", kind) as HTMLButtonElement;
  made.type = "button";
  made.textContent = text;
  return made;
}

function make(name: string, kind = ""): HTMLElement {
  const element = document.createElement(name);
  if (kind !== "") element.className = kind;
  return element;
}
