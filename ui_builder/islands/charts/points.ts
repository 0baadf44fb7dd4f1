// Which datum ECharts' numbers of a series and an item mean, in each kind of drawing; and where a datum's records are.
import type { ChartData, Key, Point } from "./data.ts";

const ONE_SERIES = ["pie", "funnel", "gauge", "scatter", "map"];

/** The datum of ECharts' item; null where it has none. */
export function pointAt(data: ChartData, seriesIndex: number, dataIndex: number): Point | null {
  const lines = data.series.length;
  const point = data.type === "heat" ? { series: dataIndex % lines, category: Math.floor(dataIndex / lines) }
    : { series: ONE_SERIES.includes(data.type) ? 0 : seriesIndex, category: dataIndex };
  return data.series[point.series] && data.categories[point.category] ? point : null;
}

/** ECharts' item of a datum. */
export function itemOf(data: ChartData, point: Point): { seriesIndex: number; dataIndex: number } {
  if (data.type === "heat") return { seriesIndex: 0, dataIndex: point.category * data.series.length + point.series };
  return { seriesIndex: ONE_SERIES.includes(data.type) ? 0 : point.series, dataIndex: point.category };
}

/** The next datum that has a number, `by` places or lines further; the same where there is none. */
export function moved(data: ChartData, from: Point, by: { series?: number; category?: number }): Point {
  const { series = 0, category = 0 } = by;
  let point = { series: from.series + series, category: from.category + category };
  while (data.series[point.series] && data.categories[point.category]) {
    if ((data.series[point.series]?.data[point.category] ?? null) !== null) return point;
    point = { series: point.series + series, category: point.category + category };
  }
  return from;
}

export interface Behind {
  url: string;
  row: Key[];
  column: Key[];
  value: string;
}

/** Where the records of a datum are listed; null where none stand behind it. */
export function behind(data: ChartData, point: Point): Behind | null {
  const category = data.categories[point.category];
  const series = data.series[point.series];
  if (!data.drill || !category?.keys || !series?.open || (series.data[point.category] ?? null) === null) return null;
  const row = [...category.keys, ...series.row_keys];
  const column = [...(category.column ?? []), ...series.keys];
  const query = new URLSearchParams({ row: JSON.stringify(row), column: JSON.stringify(column), value: series.value });
  return { url: `${data.drill}${data.drill.includes("?") ? "&" : "?"}${query}`, row, column, value: series.value };
}
