/**
 * The frame around every page: rail, top bar, and the part that moves.
 *
 * @module
 */
import type { Child } from "hono/jsx";
import type { Section, Visit } from "../visit.ts";
import { Icon } from "./icons.tsx";
import { Mark, type State } from "./words.tsx";

/** How the node is, for the top bar. */
export interface Health {
  readonly state: State;
  readonly words: string;
}

/** A whole document. */
export function Document(
  { title, theme, csrf, children }: {
    readonly title: string;
    /** `light` or `dark` where the person chose. */
    readonly theme: string | undefined;
    readonly csrf?: string;
    readonly children?: Child;
  },
) {
  return (
    <html lang="en" data-theme={theme}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        {csrf !== undefined && <meta name="csrf-token" content={csrf} />}
        <title>{title} · whippet</title>
        <link rel="icon" href="/ui/assets/icon.svg" />
        <link rel="stylesheet" href="/ui/assets/style.css" />
        <script src="/ui/assets/main.js" type="module"></script>
      </head>
      <body>{children}</body>
    </html>
  );
}

/** The frame with a page in it. */
export function Frame(
  { section, children }: { readonly section: Section; readonly children?: Child },
) {
  return (
    <>
      <a class="skip" href="#main">Skip to the content</a>
      <nav class="rail" aria-label="Sections">
        <a class="brand" href="/ui" aria-label="whippet, overview">
          <Icon name="mark" />
          <span>whippet</span>
        </a>
        {SECTIONS.map(([name, label, path]) => (
          <a
            class="rail-link"
            href={path}
            aria-current={name === section ? "page" : undefined}
            title={label}
          >
            <Icon name={name} />
            <span>{label}</span>
          </a>
        ))}
      </nav>
      <div id="live" class="live">{children}</div>
      <div id="offline" class="offline" role="status" hidden></div>
      <div id="toast" class="toast" role="status"></div>
      <KeyList />
    </>
  );
}

/** What a live stream sends again when it has changed: all inside of `#live`. */
export function Live(
  { visit, health, children }: {
    readonly visit: Visit;
    readonly health: Health;
    readonly children?: Child;
  },
) {
  return (
    <>
      <header class="top">
        <span class="node" title="This node">{visit.broker.host.hostname}</span>
        <Mark state={health.state}>
          <span class="health">{health.words}</span>
        </Mark>
        <form class="search" method="get" action="/ui/streams" role="search">
          <Icon name="search" />
          <input
            id="search"
            type="search"
            name="topics-filter"
            placeholder="Find a topic"
            aria-label="Find a topic"
          />
          <kbd aria-hidden="true">/</kbd>
        </form>
        <button type="button" class="plain" data-theme-switch title="Light or dark">
          <Icon name="theme" />
          <span class="hidden">Light or dark</span>
        </button>
        <a class="plain user" href={`/ui/users/${visit.user.id}`}>{visit.user.name}</a>
        <form method="post" action="/ui/logout">
          <button type="submit" class="plain" title="Sign out">
            <Icon name="leave" />
            <span class="hidden">Sign out</span>
          </button>
        </form>
      </header>
      <main id="main" tabindex={-1}>{children}</main>
    </>
  );
}

/** A page's heading, with what it is below of, and beside it what can be done. */
export function Heading(
  { title, trail = [], children }: {
    readonly title: Child;
    readonly trail?: readonly (readonly [label: string, path: string])[];
    readonly children?: Child;
  },
) {
  return (
    <div class="heading">
      <div>
        {trail.length > 0 && (
          <nav class="trail" aria-label="Above">
            {trail.map(([label, path], at) => (
              <>
                {at > 0 && <span aria-hidden="true">/</span>}
                <a href={path}>{label}</a>
              </>
            ))}
          </nav>
        )}
        <h1>{title}</h1>
      </div>
      {children !== undefined && <div class="actions">{children}</div>}
    </div>
  );
}

function KeyList() {
  return (
    <dialog id="keys" aria-labelledby="keys-title">
      <h2 id="keys-title">Keys</h2>
      <dl class="keys">
        {KEYS.map(([keys, meaning]) => (
          <div>
            <dt>{keys.split(" ").map((key) => <kbd>{key}</kbd>)}</dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      <form method="dialog">
        <button type="submit" class="button">Close</button>
      </form>
    </dialog>
  );
}

const SECTIONS: readonly (readonly [name: Section, label: string, path: string])[] = [
  ["overview", "Overview", "/ui"],
  ["streams", "Streams", "/ui/streams"],
  ["groups", "Groups", "/ui/groups"],
  ["clients", "Clients", "/ui/clients"],
  ["users", "Users", "/ui/users"],
  ["security", "Security", "/ui/security"],
  ["logs", "Logs", "/ui/logs"],
  ["settings", "Settings", "/ui/settings"],
];

const KEYS: readonly (readonly [keys: string, meaning: string])[] = [
  ["/", "Find a topic"],
  ["g o", "Overview"],
  ["g s", "Streams"],
  ["g g", "Groups"],
  ["g c", "Clients"],
  ["g u", "Users"],
  ["g t", "Security (TLS)"],
  ["g l", "Logs"],
  ["g e", "Settings"],
  ["j k", "Next row, row before"],
  ["Enter", "Open the row"],
  ["Esc", "Close, or go up"],
  ["?", "This list"],
];
