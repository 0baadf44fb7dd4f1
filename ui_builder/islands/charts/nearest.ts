// The datum that a click beside the marks means: of its place the only line's, or the line that runs nearest.
import type { ECharts } from "echarts/core";
import type { ChartData, Point } from "./data.ts";

export function nearest(chart: ECharts, data: ChartData, x: number, y: number): Point | null {
  if (!["bar", "column", "line", "area", "funnel", "gauge"].includes(data.type) || !chart.containPixel({ gridIndex: 0 }, [x, y])) return null;
  const at = chart.convertFromPixel({ gridIndex: 0 }, [x, y]) as unknown as number[];
  const lying = data.type === "bar" || data.type === "funnel" || data.type === "gauge";
  return meant(data, Math.round((lying ? at[1] : at[0]) ?? -1), (lying ? at[0] : at[1]) ?? 0);
}

/** Of the lines at a place the one whose number is nearest, of areas on each other the one that lies there; columns side by
 * side must be hit themselves. */
export function meant(data: ChartData, category: number, number: number): Point | null {
  const now = data.series.map((series, at) => ({ series, at })).filter(({ series }) => !series.before && (series.data[category] ?? null) !== null);
  if (!now.length || (now.length > 1 && !["line", "area"].includes(data.type))) return null;
  if (data.stacked && now.length > 1) {
    let top = 0;
    const there = now.find(({ series }) => number <= (top += series.data[category] ?? 0));
    return there && number >= 0 ? { series: there.at, category } : null;
  }
  const gap = ({ series }: (typeof now)[number]): number => Math.abs((series.data[category] ?? 0) - number);
  const best = now.reduce((a, b) => (gap(b) < gap(a) ? b : a));
  return { series: best.at, category };
}
