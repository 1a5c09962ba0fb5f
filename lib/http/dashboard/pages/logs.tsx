/**
 * The last log lines, live.
 *
 * @module
 */
import { LOG_LEVELS, type LogLevel, type LogLine, logs, recentLogs } from "../../../telemetry.ts";
import { count } from "../format.ts";
import { Heading } from "../parts/layout.tsx";
import { Empty, Panel } from "../parts/words.tsx";
import type { Page, Visit } from "../visit.ts";

export const LOGS: Page = {
  path: "logs",
  section: "logs",
  title: () => "Logs",
  async render(visit) {
    // What the node logs is for those who may read its state; the snapshot asks for the same right.
    await visit.perform("getStats", undefined);
    const level = levelOf(visit);
    const category = visit.query.get("category") ?? "";
    const text = (visit.query.get("text") ?? "").toLowerCase();
    const { logs: lines } = recentLogs.since(0, {
      level,
      categories: category === "" ? undefined : new Set([category]),
    });
    const found = lines.filter(({ message }) =>
      text === "" || message.toLowerCase().includes(text)
    );
    return (
      <>
        <Heading title="Logs">
          <a class="button" href="/ui/logs/download" download="whippet.log">Download</a>
        </Heading>
        <Panel title={`${count(found.length)} lines`}>
          <form class="toolbar" method="get" action="/ui/logs">
            <Select
              name="level"
              label="Level"
              value={level}
              options={LOG_LEVELS.map((each) => [each, `${each} and above`])}
            />
            <Select
              name="category"
              label="Part"
              value={category}
              options={[["", "all"], ...Object.keys(logs).map((each) => [each, each] as const)]}
            />
            <input
              type="search"
              name="text"
              value={visit.query.get("text") ?? ""}
              placeholder="Filter"
              aria-label="Filter lines"
              data-live-filter
              data-first-field
            />
            <button type="submit" class="button">Show</button>
          </form>
          {found.length === 0
            ? (
              <Empty title="No such lines">
                <p>Choose a lower level, or set system.logging.level to see more from now on.</p>
              </Empty>
            )
            : (
              <div class="log-lines" tabindex={0} role="log" aria-label="Log lines">
                {found.slice(-LINES_MAX).toReversed().map((line) => <LogRow line={line} />)}
              </div>
            )}
        </Panel>
      </>
    );
  },
};

/** One line of the log. */
export function LogRow(
  { line: { sequence, atMs, level, category, message } }: { readonly line: LogLine },
) {
  const [date, time] = new Date(atMs).toISOString().split("T");
  return (
    <div class={`log-line ${level}`} data-key={String(sequence)}>
      <time class="quiet num" datetime={`${date}T${time}`} title={date}>{time.slice(0, 12)}</time>
      <span class="level">{level}</span>
      <span class="quiet">{category}</span>
      <span class="text">{message}</span>
    </div>
  );
}

function Select({ name, label, value, options }: {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly [value: string, label: string])[];
}) {
  return (
    <label>
      {label}
      <select name={name} data-live-filter>
        {options.map(([each, text]) => (
          <option value={each} selected={each === value}>{text}</option>
        ))}
      </select>
    </label>
  );
}

function levelOf({ query }: Visit): LogLevel {
  const wanted = query.get("level");
  return LOG_LEVELS.find((each) => each === wanted) ?? "info";
}

const LINES_MAX = 400;
