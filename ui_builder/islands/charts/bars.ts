// Bars (lying), columns (standing), side by side or on each other.
import type { ChartData, Look, Option, Series } from "./data.ts";
import { colourOf } from "./colours.ts";
import { grid, ground, legend, numberAxis, numbersRoom, placeAxis, targetLine, widthOf } from "./frame.ts";
import { progress } from "./tracks.ts";

const FEW = 12; // bars that can each carry their number

export function bars(data: ChartData, look: Look): Option {
  const lying = data.type === "bar";
  if (lying && data.target !== null && data.series.length === 1) return progress(data, look);
  const places = placeAxis(data, look, lying);
  const numbers = numberAxis(data, look);
  const labelled = carriesNumbers(data, look, lying);
  const longest = labelled ? Math.max(0, ...data.series.flatMap((series) => series.texts.map(widthOf))) : 0;
  const slanted = (places.axisLabel as { rotate?: number }).rotate ?? 0;
  const first = Math.min(84, widthOf(data.categories[0]?.label ?? "")) * 0.77 - (look.width - 60) / data.categories.length / 2;
  return {
    ...ground(data, look, true),
    grid: grid(data, look, { left: slanted ? Math.max(2, first - numbersRoom(data) + 6) : 2, top: lying ? (data.target === null ? 4 : 22) : labelled ? 24 : 12, right: lying ? Math.max(26, labelled ? longest + 10 : 0) : 12 }),
    legend: legend(data, look),
    xAxis: lying ? { ...numbers, splitNumber: look.width < 260 ? 2 : look.width < 420 ? 3 : 5, ...(labelled ? { axisLabel: { show: false }, splitLine: { show: false } } : {}) } : places,
    yAxis: lying ? { ...places, inverse: true } : numbers,
    series: data.series.map((series, at) => ({
      ...one(data, series, look, lying, labelled),
      ...(at === 0 ? targetLine(data, look, lying) : {}),
    })),
  };
}

function one(data: ChartData, series: Series, look: Look, lying: boolean, labelled: boolean): Option {
  const { color, opacity } = colourOf(data, series, look);
  const stacked = data.stacked && !series.before;
  return {
    type: "bar", name: series.name, barMaxWidth: lying ? 22 : 32, barGap: "15%", barCategoryGap: lying ? "34%" : "38%",
    ...(stacked ? { stack: "parts" } : {}),
    itemStyle: { color, opacity, ...(stacked ? { borderColor: look.surface, borderWidth: 1 } : {}), borderRadius: stacked ? 2 : lying ? [0, 3, 3, 0] : [3, 3, 0, 0] },
    emphasis: { itemStyle: { opacity: Math.min(1, opacity * 0.82) } },
    cursor: "pointer",
    label: labelled
      ? { show: true, position: lying ? "right" : "top", color: look.ink, fontSize: 12, fontWeight: 600, fontFamily: look.font, formatter: (p: { dataIndex: number }) => series.texts[p.dataIndex] ?? "" }
      : { show: false },
    data: series.data,
  };
}

/** One series with room for every number beside its bar. */
function carriesNumbers(data: ChartData, look: Look, lying: boolean): boolean {
  const [only] = data.series;
  if (!only || data.series.length > 1) return false;
  if (lying) return data.categories.length <= 2 * FEW && look.height / data.categories.length >= 14;
  const room = (look.width - 50) / Math.max(1, data.categories.length);
  return data.categories.length <= FEW && only.texts.every((text) => widthOf(text) <= room);
}
