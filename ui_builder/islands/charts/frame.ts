// What charts with axes share: room, axes, legend, the target's line, and how the pointer is answered.
import { short } from "./numbers.ts";
import type { ChartData, Look, Option } from "./data.ts";
import { word } from "./data.ts";
import { tip } from "./tip.ts";

const LEGEND_ROOM = 28;
const NAMED = 14; // pixels of a lying bar's row, the axis below it counted in, that its name needs

/** Font, and what is said of a point that is pointed at. `axis`: of all series at its place together. */
export function ground(data: ChartData, look: Look, axis = false): Option {
  return {
    animation: false, // people look at it all day: it is there at once, also for those who asked for no movement
    textStyle: { fontFamily: look.font, fontSize: 12, color: look.ink3 },
    ...(look.picture ? {} : {
      tooltip: {
        trigger: axis ? "axis" : "item", confine: true, className: "dg-chart-tip", transitionDuration: 0, hideDelay: 50,
        backgroundColor: look.surface, borderColor: look.line, borderWidth: 1, padding: [8, 12], textStyle: { color: look.ink, fontSize: 12, fontFamily: look.font },
        axisPointer: { type: data.type === "line" || data.type === "area" ? "line" : "shadow", lineStyle: { color: look.ink3, type: "solid", width: 1 }, shadowStyle: { color: look.mute, opacity: 0.6 }, animation: false },
        formatter: tip(data, look),
      },
    }),
  };
}

/** Where the axes' labels leave room for the drawing; a picture carries its legend itself. */
export function grid(data: ChartData, look: Look, more: Record<string, unknown> = {}): Option {
  return { left: 2, right: 12, top: 12, bottom: look.picture && hasLegend(data) ? LEGEND_ROOM : 2, containLabel: true, ...more };
}

export function hasLegend(data: ChartData): boolean {
  return data.series.length > 1;
}

/** Names of the series, below a picture; the page has them as buttons (legend.ts). */
export function legend(data: ChartData, look: Look): Option | undefined {
  if (!look.picture || !hasLegend(data)) return undefined;
  return {
    bottom: 0, left: 0, itemWidth: 10, itemHeight: 10, itemGap: 14, icon: "roundRect", itemStyle: { borderWidth: 0 },
    textStyle: { color: look.ink2, fontSize: 12, fontFamily: look.font },
    data: data.series.map((series) => ({ name: series.name, ...(series.before && isLine(data) ? { icon: "path://M0 4h4v2H0zM6 4h4v2H6z" } : {}) })),
  };
}

/** The axis of places; labels that have no room are cut or left out, never laid over each other. */
export function placeAxis(data: ChartData, look: Look, lying: boolean): Option {
  const labels = data.categories.map((category) => category.label);
  const room = Math.max(24, (look.width - 60) / Math.max(1, labels.length) - 8);
  const fits = lying || labels.every((label) => widthOf(label) <= room);
  const few = labels.length <= 12 && room >= 44;
  const row = look.height / Math.max(1, labels.length);
  const upright = lying ? { width: Math.min(150, look.width * 0.3), overflow: "truncate", ...(row >= NAMED ? { interval: 0, fontSize: row >= 17 ? 12 : 11 } : { interval: "auto", hideOverlap: true }) }
    : data.dates ? { hideOverlap: true } : fits ? { interval: 0 }
      : few ? { interval: 0, width: room, overflow: "truncate" } : { interval: 0, rotate: 40, width: 84, overflow: "truncate", hideOverlap: true };
  return {
    type: "category", data: labels, axisTick: { show: false }, axisLine: { show: !lying, lineStyle: { color: look.line } },
    axisLabel: { color: look.ink3, fontSize: 12, fontFamily: look.font, ...upright },
    ...(isLine(data) ? { boundaryGap: labels.length < 2 } : {}),
  };
}

/** The axis of numbers; it reaches up to the target. */
export function numberAxis(data: ChartData, look: Look, format = data.format): Option {
  return {
    type: "value", splitNumber: look.height < 200 ? 3 : 4, splitLine: { lineStyle: { color: look.line } }, axisLine: { show: false }, axisTick: { show: false },
    axisLabel: { color: look.ink3, fontSize: 12, fontFamily: look.font, hideOverlap: true, formatter: (value: number) => short(value, format, data.locale) },
    ...(data.target === null ? {} : reaching(data, look.height < 200 ? 3 : 4)),
    ...(wholeNumbers(data) ? { minInterval: 1 } : {}),
  };
}

/** A dashed line at the target, for the first series. */
export function targetLine(data: ChartData, look: Look, lying: boolean): Option {
  if (data.target === null) return {};
  return {
    markLine: {
      silent: true, symbol: "none", animation: false, data: [{ [lying ? "xAxis" : "yAxis"]: data.target }], lineStyle: { color: look.ink3, type: [3, 3], width: 1.5 },
      label: { formatter: `${word("target", data)} ${data.target_text ?? ""}`.trim(), position: lying ? "start" : "insideStartTop", color: look.ink2, fontSize: 12, fontFamily: look.font },
    },
  };
}

/** Ends of an axis that reaches up to the target, by round steps. */
export function reaching(data: ChartData, steps: number): Option {
  const shown = data.categories.map((_, at) => {
    const numbers = data.series.map((series) => series.data[at] ?? 0);
    return data.stacked ? numbers.reduce((sum, number) => sum + Math.max(0, number), 0) : Math.max(0, ...numbers);
  });
  if (data.series.some((series) => series.data.some((number) => (number ?? 0) < 0))) return {};
  const top = Math.max(data.target ?? 0, ...shown) * 1.02;
  const rough = top / steps || 1;
  const unit = 10 ** Math.floor(Math.log10(rough));
  const interval = ([1, 2, 2.5, 5, 10].find((step) => step * unit >= rough) ?? 10) * unit;
  return { min: 0, max: Math.ceil(top / interval) * interval, interval };
}

/** About how wide the numbers along the upright axis are, with the gap beside them. */
export function numbersRoom(data: ChartData): number {
  const most = Math.max(0, ...data.series.flatMap((series) => series.data.map((number) => Math.abs(number ?? 0))));
  return widthOf(short(Number(most.toPrecision(1)), data.format, data.locale)) + 8;
}

/** About how wide a text is at 12 px: Han characters are as wide as high. */
export function widthOf(text: string): number {
  return [...text].reduce((sum, c) => sum + (c.charCodeAt(0) > 0x2e7f ? 12 : /[mwMW@%]/.test(c) ? 11 : /[A-Z¥$€£]/.test(c) ? 8.5 : /[ijlI.,:' ]/.test(c) ? 3.8 : 7.2), 0);
}

function isLine(data: ChartData): boolean {
  return data.type === "line" || data.type === "area";
}

function wholeNumbers(data: ChartData): boolean {
  return data.format === "number" && data.series.every((series) => series.data.every((n) => n === null || Number.isInteger(n)));
}
