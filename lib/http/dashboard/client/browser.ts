/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/**
 * The message browser (`pages/messages.tsx`): pages of messages that load while somebody scrolls, and
 * the live tail.
 *
 * ```text
 * address --read--> place (partition, from) --ask the REST API--> rows --scroll--> more rows
 *                                            \--live tail--> rows on top, until paused
 * ```
 *
 * @module
 */
import { type BrowsedMessage, filterOf, messageOf, previewOf } from "./message.ts";
import { fillSide } from "./message_panel.ts";
import { listenToProduce } from "./produce.ts";

/** Fills the browser, if this page has one. */
export function startBrowser(): void {
  const root = document.getElementById("browser");
  if (root === null) return;
  const browser = new Browser(root);
  listenToProduce();
  void browser.start();
}

class Browser {
  readonly #root: HTMLElement;
  readonly #resource: string;
  readonly #isChecked: boolean;
  readonly #allPartitions: readonly number[];
  readonly #form: HTMLFormElement;
  readonly #rows: HTMLElement;
  readonly #status: HTMLElement;
  readonly #tailButton: HTMLElement;
  #messages: BrowsedMessage[] = [];
  /** Where each partition goes on downwards; a partition that is read to its end is not in here. */
  #next = new Map<number, number>();
  #isLoading = false;
  #tail: EventSource | undefined;
  #tailed = 0;
  #rateTimer = 0;

  constructor(root: HTMLElement) {
    this.#root = root;
    this.#resource = root.dataset.resource!;
    this.#isChecked = root.dataset.checked !== undefined;
    this.#allPartitions = root.dataset.partitions!.split(",").filter((each) => each !== "").map(
      Number,
    );
    this.#form = root.querySelector("#browse-form")!;
    this.#rows = root.querySelector("tbody")!;
    this.#status = root.querySelector("#browse-status")!;
    this.#tailButton = root.querySelector("#tail")!;
  }

  async start(): Promise<void> {
    this.#readAddress();
    this.#listen();
    await this.#load();
    const opened = new URLSearchParams(location.search).get("message");
    if (opened !== null) this.#openFirst();
    if (new URLSearchParams(location.search).has("tail")) this.#startTail();
  }

  #listen(): void {
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#stopTail();
      this.#writeAddress();
      void this.#load();
    });
    this.#form.addEventListener("change", ({ target }) => {
      if ((target as HTMLInputElement).name === "from") this.#showFields();
    });
    this.#field("filter").addEventListener("input", () => this.#draw());
    this.#form.addEventListener("click", ({ target }) => {
      const chip = (target as Element).closest<HTMLElement>(".chip");
      if (chip !== null) this.#choosePartition(chip.dataset.partition!);
    });
    this.#tailButton.addEventListener("click", () => {
      if (this.#tail === undefined) this.#startTail();
      else this.#stopTail();
    });
    this.#rows.addEventListener("click", ({ target }) => {
      const row = (target as Element).closest<HTMLElement>("tr");
      if (row !== null) this.#open(row);
    });
    const scroller = this.#root.querySelector("#messages")!;
    scroller.addEventListener("scroll", () => {
      const left = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight;
      if (left < 400) void this.#loadMore();
    });
    document.addEventListener("close-panel", (event) => {
      if (this.#side.hidden) return;
      event.preventDefault();
      this.#close();
    });
    this.#side.addEventListener("click", ({ target }) => {
      if ((target as Element).closest("[data-close-side]") !== null) this.#close();
    });
    addEventListener("popstate", () => {
      this.#readAddress();
      void this.#load();
    });
  }

  get #side(): HTMLElement {
    return this.#root.querySelector("#side")!;
  }

  get #partitions(): readonly number[] {
    const chosen = this.#root.querySelector<HTMLElement>('.chip[aria-pressed="true"]');
    const partition = chosen?.dataset.partition ?? "";
    return partition === "" ? this.#allPartitions : [Number(partition)];
  }

  #field(name: string): HTMLInputElement {
    return this.#form.elements.namedItem(name) as HTMLInputElement;
  }

  #readAddress(): void {
    const query = new URLSearchParams(location.search);
    this.#field("from").value = query.get("from") ?? "latest";
    this.#field("offset").value = query.get("offset") ?? "";
    this.#field("time").value = query.get("time") ?? "";
    this.#field("filter").value = query.get("filter") ?? "";
    this.#pressChip(query.get("partition") ?? "");
    this.#showFields();
  }

  #writeAddress(): void {
    const query = new URLSearchParams();
    const from = this.#field("from").value;
    const partitions = this.#partitions;
    if (from !== "latest") query.set("from", from);
    if (from === "offset") query.set("offset", this.#field("offset").value);
    if (from === "timestamp") query.set("time", this.#field("time").value);
    if (this.#field("filter").value !== "") query.set("filter", this.#field("filter").value);
    if (partitions.length === 1 && this.#allPartitions.length > 1) {
      query.set("partition", String(partitions[0]));
    }
    history.pushState(null, "", `${location.pathname}${query.size > 0 ? `?${query}` : ""}`);
  }

  #showFields(): void {
    const from = this.#field("from").value;
    this.#field("offset").hidden = from !== "offset";
    this.#field("time").hidden = from !== "timestamp";
  }

  #pressChip(partition: string): void {
    for (const chip of this.#root.querySelectorAll<HTMLElement>(".chip")) {
      chip.setAttribute("aria-pressed", String(chip.dataset.partition === partition));
    }
  }

  #choosePartition(partition: string): void {
    this.#pressChip(partition);
    this.#writeAddress();
    const wasTailing = this.#tail !== undefined;
    this.#stopTail();
    void this.#load().then(() => wasTailing && this.#startTail());
  }

  /** The messages at the place that the form names, in place of those that are there. */
  async #load(): Promise<void> {
    this.#messages = [];
    this.#next.clear();
    const from = this.#field("from").value;
    const each = Math.max(5, Math.ceil(PAGE_MESSAGES / Math.max(1, this.#partitions.length)));
    this.#isLoading = true;
    try {
      await Promise.all(this.#partitions.map(async (partition) => {
        const found = await this.#poll(partition, this.#startOf(from), each);
        if (from === "latest") return;
        const last = found.at(-1);
        if (last !== undefined && found.length === each) this.#next.set(partition, last.offset + 1);
      }));
      this.#draw();
    } catch (fault) {
      this.#say(fault instanceof Error ? fault.message : String(fault));
    } finally {
      this.#isLoading = false;
    }
  }

  async #loadMore(): Promise<void> {
    if (this.#isLoading || this.#next.size === 0 || this.#tail !== undefined) return;
    if (this.#messages.length >= MESSAGES_MAX) return;
    this.#isLoading = true;
    const each = Math.ceil(PAGE_MESSAGES / this.#next.size);
    try {
      await Promise.all(Array.from(this.#next, async ([partition, offset]) => {
        const found = await this.#poll(partition, { kind: "offset", value: String(offset) }, each);
        if (found.length < each) this.#next.delete(partition);
        else this.#next.set(partition, found.at(-1)!.offset + 1);
      }));
      this.#draw();
    } catch (fault) {
      this.#say(fault instanceof Error ? fault.message : String(fault));
    } finally {
      this.#isLoading = false;
    }
  }

  #startOf(from: string): { kind: string; value: string } {
    if (from === "latest") return { kind: "last", value: "0" };
    if (from === "first") return { kind: "first", value: "0" };
    if (from === "offset") return { kind: "offset", value: this.#field("offset").value || "0" };
    const ms = new Date(this.#field("time").value).getTime();
    return { kind: "timestamp", value: String(Number.isNaN(ms) ? 0 : ms * 1000) };
  }

  async #poll(
    partition: number,
    { kind, value }: { kind: string; value: string },
    count: number,
  ): Promise<BrowsedMessage[]> {
    const query = new URLSearchParams({
      partition_id: String(partition),
      kind,
      value,
      count: String(count),
    });
    const response = await fetch(`${this.#resource}/messages?${query}`, {
      headers: { accept: "application/x-ndjson" },
    });
    const text = await response.text();
    if (!response.ok) throw new Error(reasonOf(text));
    const found = text.split("\n").map(messageOf).filter((each) => each !== undefined);
    this.#messages.push(...found);
    return found;
  }

  #startTail(): void {
    const partitions = this.#partitions.join(",");
    const query = partitions === "" ? "" : `&partitions=${partitions}`;
    this.#tail = new EventSource(`${this.#resource}/messages/tail?format=sse${query}`);
    this.#tail.addEventListener("message", ({ data }) => {
      const message = messageOf(data);
      if (message === undefined) return;
      this.#tailed++;
      this.#messages.unshift(message);
      if (this.#messages.length > TAIL_MAX) this.#messages.length = TAIL_MAX;
      this.#drawSoon();
    });
    this.#tail.addEventListener("end", () => this.#stopTail());
    this.#tailButton.setAttribute("aria-pressed", "true");
    this.#tailButton.textContent = "Pause";
    this.#next.clear();
    this.#say("Waiting for messages");
    let before = this.#tailed;
    this.#rateTimer = setInterval(() => {
      const rate = this.#tailed - before;
      before = this.#tailed;
      this.#say(`Live, ${rate} msg/s`);
    }, 1000) as unknown as number;
  }

  #stopTail(): void {
    if (this.#tail === undefined) return;
    this.#tail.close();
    this.#tail = undefined;
    clearInterval(this.#rateTimer);
    this.#tailButton.setAttribute("aria-pressed", "false");
    this.#tailButton.textContent = "Live tail";
    this.#say("Paused");
  }

  #isDrawing = false;

  /** At most once a picture, however many messages come. */
  #drawSoon(): void {
    if (this.#isDrawing) return;
    this.#isDrawing = true;
    requestAnimationFrame(() => {
      this.#isDrawing = false;
      this.#draw();
    });
  }

  #draw(): void {
    const isNewestFirst = this.#tail !== undefined || this.#field("from").value === "latest";
    const order = isNewestFirst ? -1 : 1;
    const passes = filterOf(this.#field("filter").value);
    const shown = this.#messages.filter(passes).sort((a, b) =>
      order * (a.timestamp - b.timestamp || a.partitionId - b.partitionId || a.offset - b.offset)
    );
    const known = new Map(
      Array.from(this.#rows.children, (row) => [(row as HTMLElement).dataset.row!, row]),
    );
    const isFirst = known.size === 0;
    this.#rows.replaceChildren(
      ...shown.slice(0, ROWS_MAX).map((message) => {
        const key = keyOf(message);
        return known.get(key) ?? rowOf(message, key, !isFirst && this.#tail !== undefined);
      }),
    );
    if (this.#tail === undefined) this.#say(this.#summary(shown.length));
  }

  #summary(shown: number): string {
    const total = this.#messages.length;
    if (total === 0) return "No messages here. Produce one, or start the live tail and wait.";
    const filtered = shown < total
      ? `${shown} of ${total} messages pass the filter`
      : `${total} messages`;
    return this.#next.size > 0 ? `${filtered}; scroll for more` : filtered;
  }

  #openFirst(): void {
    const row = this.#rows.querySelector<HTMLElement>("tr");
    if (row !== null) this.#open(row);
  }

  #open(row: HTMLElement): void {
    const message = this.#messages.find((each) => keyOf(each) === row.dataset.row);
    if (message === undefined) return;
    for (const each of this.#rows.querySelectorAll("[aria-selected]")) {
      each.removeAttribute("aria-selected");
    }
    row.setAttribute("aria-selected", "true");
    this.#root.classList.add("open");
    this.#side.hidden = false;
    fillSide(this.#side, message, this.#resource, this.#isChecked);
  }

  #close(): void {
    this.#side.hidden = true;
    this.#root.classList.remove("open");
    this.#rows.querySelector("[aria-selected]")?.removeAttribute("aria-selected");
  }

  #say(text: string): void {
    this.#status.textContent = text;
  }
}

function rowOf(message: BrowsedMessage, key: string, isNew: boolean): HTMLElement {
  const row = document.createElement("tr");
  row.dataset.row = key;
  if (isNew) row.className = "new";
  const cells: readonly (readonly [text: string, kind: string])[] = [
    [message.offset.toLocaleString("en-US"), "right num"],
    [String(message.partitionId), "right num"],
    [timeOf(message.timestamp), "when num"],
    [previewOf(message), "preview"],
    [`${message.bytes.length.toLocaleString("en-US")} B`, "right num bytes"],
  ];
  for (const [text, kind] of cells) {
    const cell = row.insertCell();
    cell.className = kind;
    cell.textContent = text;
  }
  return row;
}

/** `02:43:28.948`, with the day before it unless that is today. */
function timeOf(micros: number): string {
  const at = new Date(micros / 1000);
  const pad = (value: number, digits = 2) => String(value).padStart(digits, "0");
  const time = `${pad(at.getHours())}:${pad(at.getMinutes())}:${pad(at.getSeconds())}.${
    pad(at.getMilliseconds(), 3)
  }`;
  if (at.toDateString() === new Date().toDateString()) return time;
  return `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())} ${time.slice(0, 8)}`;
}

function keyOf({ partitionId, offset }: BrowsedMessage): string {
  return `${partitionId}:${offset}`;
}

function reasonOf(text: string): string {
  try {
    return JSON.parse(text).reason ?? text;
  } catch {
    return text || "The node does not answer";
  }
}

const PAGE_MESSAGES = 60;
const MESSAGES_MAX = 5000;
const TAIL_MAX = 1000;
const ROWS_MAX = 2000;
