// What is said of a point: made of elements, so that no text of the data is ever read as markup.
import type { ChartData, Look, Point } from "./data.ts";
import { colourOf } from "./colours.ts";
import { pointAt } from "./points.ts";

interface Pointed {
  seriesIndex: number;
  dataIndex: number;
}

/** The formatter of ECharts' tooltip: one row for each series at the place, or the one point. */
export function tip(data: ChartData, look: Look): (pointed: Pointed | Pointed[]) => HTMLElement | string {
  return (pointed) => {
    const points = (Array.isArray(pointed) ? pointed : [pointed]).map((p) => pointAt(data, p.seriesIndex, p.dataIndex)).filter((p) => p !== null);
    return points.length ? said(data, look, points) : "";
  };
}

function said(data: ChartData, look: Look, points: Point[]): HTMLElement {
  const box = document.createElement("div");
  const rows = data.type === "scatter" ? data.series.map((_, series) => ({ series, category: points[0]?.category ?? 0 })) : points;
  box.append(element("b", data.categories[points[0]?.category ?? 0]?.label || data.title));
  for (const point of rows) {
    const series = data.series[point.series];
    if (!series || (series.data[point.category] ?? null) === null) continue;
    const row = element("div", "");
    if (data.series.length > 1 && data.type !== "scatter" && data.type !== "heat") {
      const mark = element("i", "");
      const { color, opacity } = colourOf(data, series, look);
      Object.assign(mark.style, { background: color, opacity: String(opacity) });
      row.append(mark);
    }
    row.append(element("span", series.name), element("strong", series.full[point.category] ?? ""));
    box.append(row);
  }
  return box;
}

function element(tag: string, text: string): HTMLElement {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}
