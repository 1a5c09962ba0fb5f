/// <reference lib="dom" />
/**
 * A word that something was done, which goes away by itself.
 *
 * @module
 */

let hiding = 0;

/** Says it at the bottom of the page, and to screen readers. */
export function toast(text: string): void {
  const box = document.getElementById("toast");
  if (box === null) return;
  box.textContent = text;
  box.classList.add("shown");
  clearTimeout(hiding);
  hiding = setTimeout(() => box.classList.remove("shown"), SHOWN_MS) as unknown as number;
}

const SHOWN_MS = 2000;
