/**
 * How far consumer groups are, as every table of groups shows it.
 *
 * @module
 */
import type { GroupFigures } from "../census.ts";
import { count } from "../format.ts";
import { Sparkline } from "./chart.tsx";
import type { Column } from "./table.tsx";

/** Trend, messages behind, members: to follow what names the group. */
export const GROUP_COLUMNS: readonly Column<GroupFigures>[] = [
  { key: "trend", label: "", cell: ({ lags }) => <Sparkline values={lags} /> },
  {
    key: "lag",
    label: "Behind",
    numeric: true,
    value: ({ lag }) => lag,
    cell: ({ lag }) => count(lag),
  },
  {
    key: "members",
    label: "Members",
    numeric: true,
    value: ({ members }) => members.length,
    cell: ({ members }) => count(members.length),
  },
];
