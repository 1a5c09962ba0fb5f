/**
 * Small things that all pages say in the same way.
 *
 * @module
 */
import type { Child } from "hono/jsx";
import { ago, exactTime } from "../format.ts";

/** `12 s ago`, with the exact time on hover. `at` and `now` in micros since the Unix epoch. */
export function Ago({ at, now }: { readonly at: number; readonly now: number }) {
  const exact = exactTime(at);
  return (
    <time class="num" datetime={`${exact.slice(0, 19).replace(" ", "T")}Z`} title={exact}>
      {ago(at, now)}
    </time>
  );
}

/** A value that a click copies. */
export function Copy({ text, children }: { readonly text: string; readonly children?: Child }) {
  return (
    <button type="button" class="copy" data-copy={text} title="Copy">
      {children ?? text}
    </button>
  );
}

/** A command to copy. */
export function Command({ text, label }: { readonly text: string; readonly label?: string }) {
  return (
    <div class="command">
      {label !== undefined && <span class="label">{label}</span>}
      <pre tabindex={0}>{text}</pre>
      <button type="button" class="button small" data-copy={text}>Copy</button>
    </div>
  );
}

/** What a place says that holds nothing yet: what it is for, and what to do. */
export function Empty({ title, children }: { readonly title: string; readonly children?: Child }) {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      {children}
    </div>
  );
}

export type State = "good" | "attention" | "broken" | "quiet";

/** A state in a shape and a word, so that no colour is needed to read it. */
export function Mark({ state, children }: { readonly state: State; readonly children?: Child }) {
  return (
    <span class={`mark ${state}`}>
      <svg class="shape" viewBox="0 0 10 10" aria-hidden="true">
        <path d={SHAPES[state]} />
      </svg>
      {children}
    </span>
  );
}

/** A box with a heading. */
export function Panel(
  { title, aside, children }: {
    readonly title: string;
    readonly aside?: Child;
    readonly children?: Child;
  },
) {
  return (
    <section class="panel">
      <div class="panel-head">
        <h2>{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  );
}

/** Figures side by side. */
export function Facts(
  { facts }: { readonly facts: readonly (readonly [label: string, value: Child])[] },
) {
  return (
    <dl class="facts">
      {facts.map(([label, value]) => (
        <div>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Circle, triangle, crossed square, small ring. */
const SHAPES: Readonly<Record<State, string>> = {
  good: "M5 1a4 4 0 1 0 0 8 4 4 0 0 0 0-8Z",
  attention: "M5 .8 9.6 9H.4Z",
  broken: "M1 1h8v8H1ZM3.2 3.2l3.6 3.6M6.8 3.2 3.2 6.8",
  quiet: "M5 2a3 3 0 1 0 0 6 3 3 0 0 0 0-6Z",
};
