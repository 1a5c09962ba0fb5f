/**
 * Lines over time as SVG, drawn by the server: what moves is the next picture.
 *
 * @module
 */

/** One line. Points are evenly spaced; `undefined` leaves a gap. */
export interface Line {
  readonly name: string;
  readonly values: readonly (number | undefined)[];
  /** As it is read at the chart's head and under the pointer. */
  readonly show: (value: number) => string;
}

/**
 * A chart of the last `seconds`. The first line is strong and filled, the second thin and dashed, and
 * both are told in words.
 */
export function Chart(
  { title, lines, seconds }: {
    readonly title: string;
    readonly lines: readonly Line[];
    readonly seconds: number;
  },
) {
  const top = niceTop(lines.flatMap(({ values }) => values));
  const shown = lines.map(({ values, show }) => {
    const last = values.findLast((each) => each !== undefined);
    return last === undefined ? "–" : show(last);
  });
  const minutes = Math.round(seconds / 60);
  const spoken = lines.map(({ name }, at) => `${name} ${shown[at]}`).join(", ");
  return (
    <figure class="chart" data-seconds={String(seconds)}>
      <figcaption>
        <span class="chart-title">{title}</span>
        <span class="legend">
          {lines.map(({ name }, at) => (
            <span class={`key line-${at}`}>
              <svg viewBox="0 0 14 4" aria-hidden="true">
                <path d="M0 2h14" />
              </svg>
              {name} <b class="num">{shown[at]}</b>
            </span>
          ))}
        </span>
      </figcaption>
      <div class="plot-box">
        <svg
          class="plot"
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={`${title} over ${minutes} minutes: now ${spoken}`}
        >
          <path class="grid" d={GRID} />
          <path class="area" d={area(lines[0].values, top)} />
          {lines.map(({ name, values, show }, at) => (
            <path
              class={`line line-${at}`}
              d={path(values, top)}
              data-name={name}
              data-values={values.map((each) => each === undefined ? "" : show(each)).join("|")}
            />
          ))}
        </svg>
        <span class="ceiling num" aria-hidden="true">{lines[0].show(top)}</span>
      </div>
      <div class="axis-line" aria-hidden="true">
        <span>{minutes} min ago</span>
        <span>now</span>
      </div>
    </figure>
  );
}

/** A line the size of a word, of the newest {@link SPARK_POINTS}. */
export function Sparkline({ values }: { readonly values: readonly number[] }) {
  const missing: (number | undefined)[] = Array(Math.max(0, SPARK_POINTS - values.length)).fill(
    undefined,
  );
  const points = [...missing, ...values].slice(-SPARK_POINTS);
  return (
    <svg
      class="spark"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <path class="line line-0" d={path(points, niceTop(points))} />
    </svg>
  );
}

/** A part of a whole, as a bar from `from` to `to`, both of 0 to 1. */
export function Bar(
  { from = 0, to, state = "" }: {
    readonly from?: number;
    readonly to: number;
    readonly state?: string;
  },
) {
  const left = Math.max(0, Math.min(1, from)) * 100;
  const width = Math.max(0, Math.min(1, to) * 100 - left);
  return (
    <svg class={`bar ${state}`} viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
      <rect class="bar-ground" width="100" height="1" />
      <rect x={left.toFixed(2)} width={width.toFixed(2)} height="1" />
    </svg>
  );
}

function path(values: readonly (number | undefined)[], top: number): string {
  let text = "";
  let isDown = false;
  values.forEach((value, at) => {
    if (value !== undefined) {
      text += `${isDown ? "L" : "M"}${x(at, values.length)} ${y(value, top)}`;
    }
    isDown = value !== undefined;
  });
  return text;
}

function area(values: readonly (number | undefined)[], top: number): string {
  const from = values.findIndex((each) => each !== undefined);
  const to = values.findLastIndex((each) => each !== undefined);
  // Less would be a bar that looks as if it meant something.
  if (from < 0 || to - from < 3) return "";
  const line = values.slice(from, to + 1)
    .map((value, at) => `L${x(from + at, values.length)} ${y(value ?? 0, top)}`).join("");
  return `M${x(from, values.length)} ${HEIGHT}${line}L${x(to, values.length)} ${HEIGHT}Z`;
}

function x(at: number, length: number): string {
  return (at / Math.max(1, length - 1) * WIDTH).toFixed(1);
}

function y(value: number, top: number): string {
  return (HEIGHT - value / top * (HEIGHT - 2) - 1).toFixed(1);
}

/** The next of 1, 2, 5 and their tenfolds: a top that stays while the line moves. */
function niceTop(values: readonly (number | undefined)[]): number {
  const largest = values.reduce((most: number, each) => Math.max(most, each ?? 0), 0);
  if (largest <= 0) return 1;
  const ten = 10 ** Math.floor(Math.log10(largest));
  return [1, 2, 5].map((each) => each * ten).find((each) => each >= largest) ?? 10 * ten;
}

const WIDTH = 600;
const HEIGHT = 100;
const SPARK_POINTS = 60;
const GRID = `M0 .5H${WIDTH}M0 ${HEIGHT / 2}H${WIDTH}M0 ${HEIGHT - .5}H${WIDTH}`;
