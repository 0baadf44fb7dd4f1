// Chart data → ECharts' option, by the family of its kind. Pure: the page and the server's pictures share it.
import { bars } from "./bars.ts";
import type { ChartData, Look, Option } from "./data.ts";
import { gauge } from "./gauge.ts";
import { heat } from "./heat.ts";
import { lines } from "./lines.ts";
import { map } from "./map.ts";
import { pie } from "./pie.ts";
import { scatter } from "./scatter.ts";
import { funnel } from "./tracks.ts";

const FAMILIES: Record<string, (data: ChartData, look: Look) => Option> = { bar: bars, column: bars, line: lines, area: lines, pie, funnel, gauge, scatter, heat, map };

export function optionFor(data: ChartData, look: Look): Option {
  return (FAMILIES[data.type] ?? bars)(data, look);
}
