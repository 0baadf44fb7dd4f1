// Bars over a grey track: a funnel with the share that goes on from each step, and progress against a target.
import type { ChartData, Look, Option } from "./data.ts";
import { WIDE } from "./data.ts";
import { grid, ground, targetLine, widthOf } from "./frame.ts";

interface Track {
  most: number;
  thick: number;
  pale: (at: number) => number;
  beside: (at: number) => string;
}

export function funnel(data: ChartData, look: Look): Option {
  const numbers = data.series[0]?.data ?? [];
  const most = Math.max(1, ...numbers.map((number) => number ?? 0));
  const each = look.height / Math.max(1, numbers.length);
  return tracks(data, look, { most, thick: Math.min(38, Math.max(12, each * 0.78)), pale: (at) => Math.max(0.4, 1 - 0.13 * at), beside: (at) => data.steps?.[at] ?? goesOn(numbers, at) });
}

export function progress(data: ChartData, look: Look): Option {
  const most = Math.max(data.target ?? 0, ...(data.series[0]?.data ?? []).map((number) => number ?? 0)) * 1.08 || 1;
  const option = tracks(data, look, { most, thick: 12, pale: () => 1, beside: () => "" });
  const [series, ...others] = option.series as Option[];
  return { ...option, series: [{ ...series, ...mark(data, look) }, ...others] };
}

function tracks(data: ChartData, look: Look, track: Track): Option {
  const series = data.series[0];
  const texts = series?.texts ?? [];
  const room = Math.max(36, ...texts.map((text) => widthOf(text) * 1.08)) + 6;
  const beside = data.categories.some((_, at) => track.beside(at)) ? 44 : 0;
  const edge = leftEdge(data, look);
  const axis = { type: "category", inverse: true, axisTick: { show: false }, axisLine: { show: false }, data: data.categories.map((category) => category.label) };
  return {
    ...ground(data, look),
    grid: grid(data, look, { containLabel: false, left: edge + 12, right: room + beside + 6, top: data.type !== "funnel" && data.target !== null ? 22 : 2, bottom: 2 }),
    xAxis: { type: "value", show: false, min: 0, max: track.most },
    yAxis: [
      { ...axis, axisLabel: { color: look.ink3, fontSize: 12, fontFamily: look.font, width: edge, margin: edge + 12, align: "left", overflow: "truncate", interval: 0 } },
    ],
    series: [
      {
        type: "bar", name: series?.name ?? "", barWidth: track.thick, showBackground: true, backgroundStyle: { color: look.mute, borderRadius: 3 }, cursor: "pointer",
        emphasis: { itemStyle: { opacity: 0.82 } }, data: (series?.data ?? []).map((number, at) => ({ value: number, itemStyle: { color: look.colours[0], opacity: track.pale(at), borderRadius: 3 } })),
      },
      numbers(data, look, track, room, beside),
    ],
  };
}

/** Labels begin at the left edge: room for the longest of them, within bounds. */
function leftEdge(data: ChartData, look: Look): number {
  const most = Math.min(130, look.width * (look.width < WIDE ? 0.26 : 0.3));
  return Math.min(most, Math.max(0, ...data.categories.map((category) => widthOf(category.label))) + 2);
}

/** The numbers stand in columns at the right: what it is, and beside it the share. */
function numbers(data: ChartData, look: Look, track: Track, room: number, beside: number): Option {
  const texts = data.series[0]?.texts ?? [];
  return {
    type: "bar", silent: true, barGap: "-100%", barWidth: track.thick, animation: false, itemStyle: { color: "transparent" }, tooltip: { show: false }, emphasis: { disabled: true },
    data: texts.map((text, at) => ({
      value: track.most,
      label: {
        show: true, position: "right", distance: 8, formatter: `{value|${text}}${beside ? `{share|${track.beside(at)}}` : ""}`,
        rich: {
          value: { color: look.ink, fontWeight: 600, fontSize: 12, fontFamily: look.font, width: room - 8, align: beside ? "left" : "right" },
          share: { color: look.ink3, fontSize: 12, fontFamily: look.font, width: beside, align: "right" },
        },
      },
    })),
  };
}

/** The share of the step before that came this far: "35%". */
export function goesOn(numbers: (number | null)[], at: number): string {
  const [before, now] = [numbers[at - 1], numbers[at]];
  return at > 0 && before && now !== null && now !== undefined ? `${Math.round((100 * now) / before)}%` : "";
}

function mark(data: ChartData, look: Look): Option {
  const line = targetLine(data, look, true).markLine as Option | undefined;
  return line ? { markLine: { ...line, lineStyle: { color: look.ink, type: "solid", width: 2 } } } : {};
}
