// China by province, one hue, the larger the stronger. The outlines are registered by china.ts, a chunk of their own.
import { shade } from "./colours.ts";
import type { ChartData, Look, Option } from "./data.ts";
import { ground } from "./frame.ts";

export const CHINA = "china";
const SHAPE = 1.2; // how much wider than high the country is drawn
const ISLANDS = "南海诸岛"; // lines in a box, which ECharts adds; never a datum

export function map(data: ChartData, look: Look): Option {
  const numbers = data.series[0]?.data ?? [];
  const most = Math.max(0, ...numbers.map((number) => number ?? 0));
  const border = { borderColor: look.surface, borderWidth: 0.75 };
  return {
    ...ground(data, look),
    series: [
      {
        type: "map", map: CHINA, nameProperty: "name", roam: false, selectedMode: false, cursor: "pointer", layoutCenter: ["50%", "50%"], layoutSize: Math.round(Math.min(look.width, look.height * SHAPE) * 0.98),
        itemStyle: { areaColor: look.mute, ...border }, label: { show: false },
        emphasis: { label: { show: false }, itemStyle: { areaColor: null, borderColor: look.ink, borderWidth: 1 } },
        data: [...data.categories.map((category, at) => ({
          name: category.place ?? category.label, value: numbers[at] ?? 0,
          itemStyle: { areaColor: look.colours[0], opacity: numbers[at] ? shade((numbers[at] ?? 0) / (most || 1)) : 0.05, ...border },
          emphasis: { itemStyle: { areaColor: look.colours[0] } },
        })), { name: ISLANDS, value: "-", itemStyle: { areaColor: look.ink3, borderColor: look.ink3, borderWidth: 0.5, opacity: 0.7 } }],
      },
    ],
  };
}
