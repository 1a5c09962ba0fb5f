/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/**
 * The keyboard (`parts/layout.tsx` lists the keys).
 *
 * @module
 */

let isGoing = false;

/** Listens for keys that no field takes. */
export function listenToKeys(): void {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target as HTMLElement;
    if (target.matches("input, textarea, select")) {
      if (event.key === "Escape") target.blur();
      return;
    }
    if (document.querySelector("dialog[open]") !== null) return;
    if (press(event.key)) event.preventDefault();
  });
}

/** Whether the key means something here. */
function press(key: string): boolean {
  if (isGoing) {
    isGoing = false;
    if (PLACES[key] === undefined) return false;
    location.assign(PLACES[key]);
    return true;
  }
  switch (key) {
    case "g":
      return isGoing = true;
    case "/":
      focusSearch();
      return true;
    case "?":
      (document.getElementById("keys") as HTMLDialogElement | null)?.showModal();
      return true;
    case "j":
      return step(1);
    case "k":
      return step(-1);
    case "Enter":
      return openRow();
    case "Escape":
      return goUp();
    default:
      return false;
  }
}

function focusSearch(): void {
  const fields = document.querySelectorAll<HTMLElement>("main [data-first-field], #search");
  const field = [...fields].at(-1);
  field?.focus();
}

function rows(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>("main tbody tr[data-href], main [data-row]")];
}

function step(by: number): boolean {
  const all = rows();
  if (all.length === 0) return false;
  const at = all.findIndex((row) => row.hasAttribute("data-at"));
  const next = at < 0
    ? (by > 0 ? 0 : all.length - 1)
    : Math.max(0, Math.min(all.length - 1, at + by));
  all[at]?.removeAttribute("data-at");
  all[next].setAttribute("data-at", "");
  all[next].scrollIntoView({ block: "nearest" });
  return true;
}

function openRow(): boolean {
  const focused = document.activeElement;
  if (focused !== null && focused.matches("a, button, summary")) return false;
  const row = rows().find((each) => each.hasAttribute("data-at"));
  if (row === undefined) return false;
  if (row.dataset.href === undefined) row.click();
  else location.assign(row.dataset.href);
  return true;
}

function goUp(): boolean {
  const closed = document.dispatchEvent(new Event("close-panel", { cancelable: true }));
  if (!closed) return true;
  const above = document.querySelector<HTMLAnchorElement>(".trail a:last-of-type");
  if (above === null) return false;
  location.assign(above.href);
  return true;
}

const PLACES: Readonly<Record<string, string>> = {
  o: "/ui",
  s: "/ui/streams",
  g: "/ui/groups",
  c: "/ui/clients",
  u: "/ui/users",
  t: "/ui/security",
  l: "/ui/logs",
  e: "/ui/settings",
};
