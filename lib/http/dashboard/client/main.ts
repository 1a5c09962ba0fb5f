/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/**
 * What runs in the dashboard's pages. The pages are made by the node; this keeps them live and takes
 * what a person does.
 *
 * @module
 */
import { startBrowser } from "./browser.ts";
import { listenToCharts } from "./charts.ts";
import { listenToForms } from "./forms.ts";
import { listenToKeys } from "./keys.ts";
import { follow } from "./live.ts";
import { listenToOffsetForm } from "./offset_form.ts";
import { switchTheme } from "./theme.ts";
import { toast } from "./toast.ts";

function listenToClicks(): void {
  document.addEventListener("click", (event) => {
    const target = event.target as HTMLElement;
    const copied = target.closest<HTMLElement>("[data-copy]");
    if (copied !== null) void copy(copied.dataset.copy!);
    if (target.closest("[data-theme-switch]") !== null) switchTheme();
    const row = target.closest<HTMLElement>("tr[data-href]");
    // What is in a row has its own meaning; the rest of it opens.
    if (row !== null && target.closest("a, button, input") === null && !hasSelection()) {
      location.assign(row.dataset.href!);
    }
  });
}

async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toast("Copied");
  } catch {
    toast("The browser does not let this page copy");
  }
}

function hasSelection(): boolean {
  return (getSelection()?.toString() ?? "") !== "";
}

/** Filters of tables apply while they are typed, and are in the address. */
function listenToFilters(): void {
  document.addEventListener("input", ({ target }) => {
    const input = target as HTMLInputElement;
    if (!input.matches("[data-live-filter]")) return;
    const query = new URLSearchParams(location.search);
    if (input.value === "") query.delete(input.name);
    else query.set(input.name, input.value);
    history.replaceState(null, "", `${location.pathname}${query.size > 0 ? `?${query}` : ""}`);
    follow();
  });
}

/** Who came by a link of another site brought no cookie: asked from here, it comes along. */
async function resumeSession(): Promise<void> {
  const next = document.querySelector<HTMLElement>("[data-login]")?.dataset.login;
  if (next === undefined || document.referrer.startsWith(location.origin)) return;
  const { status } = await fetch("/ui/session");
  if (status === 204) location.replace(next);
}

listenToClicks();
listenToFilters();
listenToForms();
listenToKeys();
listenToCharts();
listenToOffsetForm();
startBrowser();
follow();
void resumeSession();
