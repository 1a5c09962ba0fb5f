/**
 * The dashboard's icons: strokes on a grid of 16.
 *
 * @module
 */

const PATHS = {
  overview: "M2 9.5 5.5 6l3 3L14 3.5M2 13.5h12",
  streams: "M2 4h12M2 8h8M2 12h11",
  groups:
    "M5.5 7a2 2 0 1 0 0-4 2 2 0 0 0 0 4ZM1.5 13c0-2.5 1.8-4 4-4s4 1.5 4 4M10.5 3.3a2 2 0 0 1 0 3.4M11.5 9.2c1.8.4 3 1.8 3 3.8",
  clients: "M2.5 3h11v7.5h-11ZM6 13.5h4M8 10.5v3",
  users: "M8 7.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM3 13.5c0-2.8 2.2-4.5 5-4.5s5 1.7 5 4.5",
  security: "M8 1.8 3 3.6v4c0 3.2 2.1 5.6 5 6.6 2.9-1 5-3.4 5-6.6v-4ZM5.8 8l1.6 1.6 2.9-3",
  logs: "M3.5 2h6l3 3v9h-9ZM9.5 2v3h3M5.8 8h4.4M5.8 11h4.4",
  settings:
    "M2 4.5h7M12 4.5h2M2 11.5h2M7 11.5h7M10.5 6a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3ZM5.5 13a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3Z",
  search: "M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9ZM10.3 10.3 14 14",
  theme: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM8 2v12",
  leave: "M6 2.5H3v11h3M7 8h7M11.5 5.2 14.2 8l-2.7 2.8",
  mark: "M2 10.5c2-6 3.5-6 4.5-2s2.5 4 3.5 0 2-4 4-1",
} as const;

/** Decoration: what it stands for is said beside it. */
export function Icon({ name }: { readonly name: keyof typeof PATHS }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
