// One number against another, a dot for each group; a third number is the dot's size.
import { short } from "./numbers.ts";
import type { ChartData, Look, Option } from "./data.ts";
import { grid, ground, numberAxis, widthOf } from "./frame.ts";

const FEW = 12; // dots that can carry their names

export function scatter(data: ChartData, look: Look): Option {
  const [across, up, size] = data.series;
  const largest = Math.max(0, ...(size?.data ?? []).map((number) => Math.abs(number ?? 0)));
  const named = data.categories.length <= FEW && look.width >= 260;
  const title = { nameTextStyle: { color: look.ink2, fontSize: 12, fontFamily: look.font } };
  return {
    ...ground(data, look),
    grid: grid(data, look, { top: 30, right: 16, bottom: 24 }),
    xAxis: { ...numberAxis({ ...data, target: null }, look, across?.format), ...title, name: across?.name ?? "", nameLocation: "middle", nameGap: 28, scale: true, axisLine: { show: true, lineStyle: { color: look.line } }, splitLine: { show: false } },
    yAxis: { ...numberAxis({ ...data, target: null }, look, up?.format), ...title, name: up?.name ?? "", nameLocation: "end", nameGap: 12, nameTextStyle: { ...title.nameTextStyle, align: "left", padding: [0, 0, 0, -6 - widthOf(short(Number(Math.max(0, ...(up?.data ?? []).map((number) => number ?? 0)).toPrecision(1)), up?.format ?? "number", data.locale))] } },
    series: [
      {
        type: "scatter", cursor: "pointer", itemStyle: { color: look.colours[0], opacity: 0.75, borderColor: look.surface, borderWidth: 1 }, emphasis: { itemStyle: { opacity: 1 }, scale: 1.2 },
        symbolSize: (_: unknown, at: { dataIndex: number }) => (size && largest ? 8 + 30 * Math.sqrt(Math.abs(size.data[at.dataIndex] ?? 0) / largest) : 11),
        label: { show: named, opacity: 1, position: "top", distance: 4, color: look.ink2, fontSize: 12, fontFamily: look.font, width: 110, overflow: "truncate", formatter: (p: { dataIndex: number }) => data.categories[p.dataIndex]?.label ?? "" },
        labelLayout: { hideOverlap: true },
        data: data.categories.map((category, at) => ({ value: [across?.data[at] ?? "-", up?.data[at] ?? "-"], ...edge(data, at, category.label) })),
      },
    ],
  };
}

/** The name of a dot at the right edge stands to its left. */
function edge(data: ChartData, at: number, label: string): Option {
  const all = (data.series[0]?.data ?? []).filter((number) => number !== null);
  const [least, most] = [Math.min(...all), Math.max(...all)];
  const place = most > least ? ((data.series[0]?.data[at] ?? least) - least) / (most - least) : 0.5;
  if (place > 0.85 && widthOf(label) > 24) return { label: { position: "left" } };
  return place < 0.08 && widthOf(label) > 24 ? { label: { position: "right" } } : {};
}
