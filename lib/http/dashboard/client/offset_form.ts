/// <reference lib="dom" />
/**
 * Sets where a group goes on (`pages/groups.tsx`). Offsets of a group are its members' to store, so
 * the dashboard is one for as long as it takes.
 *
 * @module
 */
import { follow } from "./live.ts";
import { cellsOf, changeOf } from "./offset_change.ts";
import { ask } from "./rest.ts";
import { toast } from "./toast.ts";

/** Listens for the form, whenever it comes. */
export function listenToOffsetForm(): void {
  const formOf = (target: EventTarget | null) =>
    (target as Element).closest<HTMLFormElement>("#offset-form");
  document.addEventListener("input", ({ target }) => {
    const form = formOf(target);
    if (form !== null) preview(form);
  });
  document.addEventListener("submit", (event) => {
    const form = formOf(event.target);
    if (form === null) return;
    event.preventDefault();
    void submit(form);
  });
}

function chosen(form: HTMLFormElement): { partition: number; next: number; change?: string } {
  const value = (name: string) =>
    Number((form.elements.namedItem(name) as HTMLInputElement).value || NaN);
  const [partition, next] = [value("partition"), value("next")];
  const cell = cellsOf(form.dataset.cells!).find((each) => each.partitionId === partition);
  return { partition, next, change: cell && changeOf(cell, next) };
}

function preview(form: HTMLFormElement): void {
  const { partition, change } = chosen(form);
  const cell = cellsOf(form.dataset.cells!).find((each) => each.partitionId === partition);
  form.querySelector(".preview")!.textContent = change ??
    (cell === undefined || cell.end === 0
      ? "The partition has no messages"
      : `An offset from 1 to ${cell.end}; now it goes on with ${cell.stored + 1}`);
}

async function submit(form: HTMLFormElement): Promise<void> {
  const { partition, next, change } = chosen(form);
  if (change === undefined) return preview(form);
  const { resource, group } = form.dataset;
  const error = form.querySelector<HTMLElement>(".form-error")!;
  error.hidden = true;
  const members = `${resource}/consumer-groups/${group}/members`;
  try {
    const member = await ask("POST", members) as { member_id: string };
    try {
      await ask("PUT", `${resource}/consumer-offsets`, {
        partition_id: partition,
        offset: next - 1,
        consumer_group: Number(group),
        member: member.member_id,
      });
    } finally {
      await ask("DELETE", `${members}/${encodeURIComponent(member.member_id)}`);
    }
    form.closest("dialog")!.close();
    toast(change);
    follow();
  } catch (fault) {
    error.textContent = fault instanceof Error ? fault.message : String(fault);
    error.hidden = false;
  }
}
