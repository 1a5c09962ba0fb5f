/**
 * Tables that sort and filter by their address, so that what somebody sees can be sent as a link.
 *
 * @module
 */
import type { Child } from "hono/jsx";
import { count } from "../format.ts";
import type { Visit } from "../visit.ts";

/** One column over rows of some kind. */
export interface Column<Row> {
  /** In the address. */
  readonly key: string;
  readonly label: string;
  readonly numeric?: boolean;
  /** What it sorts by; a column without is not sorted. */
  readonly value?: (row: Row) => number | string;
  readonly cell: (row: Row) => Child;
}

interface TableProps<Row> {
  readonly visit: Visit;
  /** Tells the tables of a page apart in its address. */
  readonly name: string;
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  /** What the filter looks into; without, there is no filter. */
  readonly text?: (row: Row) => string;
  /** Where a row leads. */
  readonly link?: (row: Row) => string;
  /** In place of a table without rows. */
  readonly empty: Child;
}

/** See the module comment. */
export function Table<Row>(props: TableProps<Row>) {
  const { visit, name, rows, text, empty } = props;
  if (rows.length === 0) return <>{empty}</>;
  const filter = visit.query.get(`${name}-filter`) ?? "";
  const wanted = filter.toLowerCase();
  const found = text === undefined || wanted === ""
    ? rows
    : rows.filter((row) => text(row).toLowerCase().includes(wanted));
  const hasFilter = text !== undefined && (rows.length > FILTER_FROM || wanted !== "");
  return (
    <>
      {hasFilter && (
        <form class="filter" method="get" action={visit.url.pathname} role="search">
          <input
            type="search"
            name={`${name}-filter`}
            value={filter}
            placeholder="Filter"
            aria-label={`Filter ${props.caption.toLowerCase()}`}
            data-live-filter
          />
          {found.length < rows.length && (
            <span class="quiet num">{count(found.length)} of {count(rows.length)}</span>
          )}
        </form>
      )}
      <div class="table-scroll" tabindex={0} role="region" aria-label={props.caption}>
        <Rows {...props} rows={sort(props, found).slice(0, ROWS_MAX)} />
      </div>
      {found.length === 0 && <p class="quiet pad">Nothing matches “{filter}”</p>}
      {found.length > ROWS_MAX && (
        <p class="quiet pad">
          The first {count(ROWS_MAX)} of {count(found.length)}: filter to see the others
        </p>
      )}
    </>
  );
}

function Rows<Row>({ visit, name, caption, columns, rows, link }: TableProps<Row>) {
  return (
    <table>
      <caption class="hidden">{caption}</caption>
      <thead>
        <tr>{columns.map((column) => <Head visit={visit} name={name} column={column} />)}</tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr data-href={link?.(row)}>
            {columns.map((column, at) => (
              <td class={column.numeric ? "right num" : ""} data-label={column.label}>
                {at === 0 && link !== undefined
                  ? <a class="row-link" href={link(row)}>{column.cell(row)}</a>
                  : column.cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Head<Row>(
  { visit, name, column }: {
    readonly visit: Visit;
    readonly name: string;
    readonly column: Column<Row>;
  },
) {
  const { key, isDown } = order(visit, name);
  const isSorted = column.key === key;
  const sorting = !isSorted ? undefined : isDown ? "descending" : "ascending";
  // Of numbers, people want the largest first.
  const isDownNext = isSorted ? !isDown : column.numeric === true;
  const next = `${column.key}-${isDownNext ? "down" : "up"}`;
  return (
    <th scope="col" class={column.numeric ? "right" : ""} aria-sort={sorting}>
      {column.value === undefined ? column.label : (
        <a href={visit.link({ [`${name}-sort`]: next })}>
          {column.label}
          {isSorted && <span aria-hidden="true">{isDown ? " ↓" : " ↑"}</span>}
        </a>
      )}
    </th>
  );
}

function sort<Row>({ visit, name, columns }: TableProps<Row>, rows: readonly Row[]): Row[] {
  const { key, isDown } = order(visit, name);
  const value = columns.find((column) => column.key === key)?.value;
  if (value === undefined) return [...rows];
  const sign = isDown ? -1 : 1;
  return rows.toSorted((one, other) => {
    const [a, b] = [value(one), value(other)];
    return sign * (typeof a === "string" ? a.localeCompare(String(b)) : a - Number(b));
  });
}

function order({ query }: Visit, name: string): { key: string; isDown: boolean } {
  const [, key = "", way = ""] = /^(.*)-(up|down)$/.exec(query.get(`${name}-sort`) ?? "") ?? [];
  return { key, isDown: way === "down" };
}

const FILTER_FROM = 4;
const ROWS_MAX = 500;
