// A heat map: one hue, the larger the stronger; a number in each cell that has room for it.
import { inkOn, shade } from "./colours.ts";
import type { ChartData, Look, Option } from "./data.ts";
import { grid, ground, widthOf } from "./frame.ts";

export function heat(data: ChartData, look: Look): Option {
  const all = data.series.flatMap((series) => series.data.filter((number) => number !== null));
  const [least, most] = [Math.min(0, ...all), Math.max(0, ...all)];
  const labels = data.categories.map((category) => category.label);
  const left = Math.min(look.width * 0.28, Math.max(0, ...labels.map(widthOf)) + 14);
  const room = (look.width - left) / Math.max(1, data.series.length);
  const written = data.series.every((series) => series.texts.every((text) => widthOf(text) + 3 <= room));
  const quiet = { axisTick: { show: false }, axisLine: { show: false }, splitArea: { show: false } };
  return {
    ...ground(data, look),
    grid: grid(data, look, { left: 0, right: 2, top: 2, bottom: 0 }),
    xAxis: { type: "category", data: data.series.map((series) => series.name), ...quiet, axisLabel: { color: look.ink3, fontSize: 12, fontFamily: look.font, interval: data.series.every((series) => widthOf(series.name) <= room - 2) ? 0 : "auto", hideOverlap: true } },
    yAxis: { type: "category", inverse: true, data: labels, ...quiet, axisLabel: { color: look.ink3, fontSize: 12, fontFamily: look.font, interval: look.height / labels.length > 14 ? 0 : "auto", width: left - 10, overflow: "truncate" } },
    series: [
      {
        type: "heatmap", cursor: "pointer", emphasis: { itemStyle: { borderColor: look.ink, borderWidth: 1.5 } },
        itemStyle: { borderColor: look.surface, borderWidth: 2, borderRadius: 4 },
        label: { show: written, opacity: 1, fontSize: 12, fontFamily: look.font, formatter: (p: { dataIndex: number }) => text(data, p.dataIndex) },
        data: data.categories.flatMap((_, row) => data.series.map((series, column) => cell(series.data[row] ?? null, column, row, least, most, look))),
      },
    ],
  };
}

function cell(number: number | null, column: number, row: number, least: number, most: number, look: Look): Option {
  const colour = look.colours[0] ?? look.ink;
  if (number === null) return { value: [column, row, "-"], itemStyle: { color: look.mute, opacity: 0.4 }, label: { show: false } };
  const opacity = number === 0 ? 0.05 : shade(most > least ? (number - least) / (most - least) : 1);
  return { value: [column, row, number], itemStyle: { color: colour, opacity }, label: { color: inkOn(colour, opacity, look) } };
}

function text(data: ChartData, at: number): string {
  return data.series[at % data.series.length]?.texts[Math.floor(at / data.series.length)] ?? "";
}
