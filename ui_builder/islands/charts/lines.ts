// Lines and areas over time or any other order; the earlier period dashed and pale, the last point of a lone line said.
import type { ChartData, Look, Option, Series } from "./data.ts";
import { colourOf } from "./colours.ts";
import { grid, ground, legend, numberAxis, numbersRoom, placeAxis, targetLine, widthOf } from "./frame.ts";

export function lines(data: ChartData, look: Look): Option {
  const lone = data.series.filter((series) => !series.before).length === 1;
  const edge = Math.max(8, widthOf(data.categories.at(-1)?.label ?? "") / 2);
  return {
    ...ground(data, look, true),
    grid: grid(data, look, { top: lone ? 24 : 12, right: edge, left: Math.max(2, widthOf(data.categories[0]?.label ?? "") / 2 - numbersRoom(data)) }),
    legend: legend(data, look),
    xAxis: placeAxis(data, look, false),
    yAxis: numberAxis(data, look),
    series: [
      ...data.series.map((series, at) => ({ ...one(data, series, look), ...(at === 0 ? targetLine(data, look, false) : {}) })),
      ...(lone ? lastPoint(data, look) : []),
    ],
  };
}

function one(data: ChartData, series: Series, look: Look): Option {
  const { color, opacity } = colourOf(data, series, look);
  const filled = data.type === "area" && !series.before;
  const stacked = data.stacked && !series.before;
  const known = series.data.filter((number) => number !== null).length;
  return {
    type: "line", name: series.name, smooth: data.smooth ? 0.3 : false, smoothMonotone: "x", connectNulls: false, cursor: "pointer",
    symbol: "circle", symbolSize: 7, showSymbol: known === 1, triggerLineEvent: true,
    ...(stacked ? { stack: "parts" } : {}),
    lineStyle: { color, width: 2, opacity, ...(series.before ? { type: [4, 4], width: 1.5, opacity: 0.6 } : {}) },
    itemStyle: { color, borderColor: look.surface, borderWidth: 2, opacity: 1 },
    ...(filled ? { areaStyle: { color, opacity: stacked ? 0.85 : 0.1 } } : {}),
    emphasis: { disabled: false, scale: 1.2, lineStyle: { width: 2 } },
    data: series.data,
  };
}

/** The newest number of a lone line is said beside its point. */
function lastPoint(data: ChartData, look: Look): Option[] {
  const series = data.series.find((one) => !one.before);
  const at = series ? series.data.findLastIndex((number) => number !== null) : -1;
  if (!series || at < 1) return [];
  const late = at > series.data.length / 2;
  const [before, now] = [series.data[at - 1] ?? 0, series.data[at] ?? 0];
  const below = before > now && now > 0.2 * Math.max(...series.data.map((number) => number ?? 0)); // beside the falling line, not on it
  return [{
    type: "scatter", silent: true, animation: false, symbolSize: 8, tooltip: { show: false }, z: 5,
    itemStyle: { color: colourOf(data, series, look).color, borderColor: look.surface, borderWidth: 2, opacity: 1 },
    label: { opacity: 1, show: true, textBorderColor: look.surface, textBorderWidth: 3, position: !late ? "right" : below ? "bottom" : "top", offset: late ? [6 - widthOf(series.texts[at] ?? "") / 2, 0] : [0, 0], color: look.ink, fontWeight: 600, fontSize: 12, fontFamily: look.font, formatter: series.texts[at] ?? "" },
    data: [[at, series.data[at]]],
  }];
}
