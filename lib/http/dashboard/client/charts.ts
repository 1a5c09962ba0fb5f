/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/**
 * The value under the pointer of a chart, at the same time in all charts.
 *
 * @module
 */

/** Listens over all charts, those that come later too. */
export function listenToCharts(): void {
  document.addEventListener("pointermove", ({ target, clientX }) => {
    const plot = (target as Element).closest?.(".plot-box");
    if (plot === null || plot === undefined) return hide();
    const { left, width } = plot.getBoundingClientRect();
    show(Math.max(0, Math.min(1, (clientX - left) / width)));
  });
  document.addEventListener("pointerleave", hide);
}

function show(part: number): void {
  for (const chart of document.querySelectorAll<HTMLElement>(".chart")) {
    const box = chart.querySelector<HTMLElement>(".plot-box")!;
    const words = [...chart.querySelectorAll<SVGPathElement>(".line")].map((line) => {
      const values = (line.dataset.values ?? "").split("|");
      const value = values[Math.round(part * (values.length - 1))];
      return `${line.dataset.name} ${value || "–"}`;
    });
    const seconds = Math.round((1 - part) * Number(chart.dataset.seconds));
    const tip = box.querySelector<HTMLElement>(".tip") ?? box.appendChild(newTip());
    tip.textContent = `${words.join(", ")} · ${spoken(seconds)}`;
    tip.style.left = `${part * 100}%`;
    tip.classList.toggle("left", part > 0.5);
  }
}

function newTip(): HTMLElement {
  const tip = document.createElement("span");
  tip.className = "tip num";
  tip.dataset.own = "";
  return tip;
}

function hide(): void {
  document.querySelectorAll(".tip").forEach((tip) => tip.remove());
}

function spoken(seconds: number): string {
  if (seconds === 0) return "now";
  return seconds < 60
    ? `${seconds} s ago`
    : `${Math.floor(seconds / 60)} min ${seconds % 60} s ago`;
}
