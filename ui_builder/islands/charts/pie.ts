// A ring: parts of a whole, the largest first from twelve o'clock, names and shares beside it, the whole in its middle.
import { seriesColour } from "./colours.ts";
import type { ChartData, Look, Option } from "./data.ts";
import { ground } from "./frame.ts";

export function pie(data: ChartData, look: Look): Option {
  const numbers = data.series[0]?.data ?? [];
  const labelled = look.picture === true; // the page lists the names beside (legend.ts)
  const radius = Math.round(Math.min(look.height, look.width * (labelled ? 0.5 : 1)) * (labelled ? 0.42 : 0.46));
  return {
    ...ground(data, look),
    series: [
      {
        type: "pie", startAngle: 90, clockwise: true, radius: [Math.round(radius * 0.64), radius], center: ["50%", "50%"], cursor: "pointer", minShowLabelAngle: 4,
        itemStyle: { borderColor: look.surface, borderWidth: 2, borderRadius: 3 }, emphasis: { scale: true, scaleSize: 4 },
        label: { show: labelled, color: look.ink2, fontSize: 12, lineHeight: 16, fontFamily: look.font, overflow: "truncate", width: Math.max(56, look.width / 2 - radius - 34), rich: { share: { color: look.ink, fontWeight: 600, fontSize: 12, fontFamily: look.font } } },
        labelLine: { show: labelled, length: 8, length2: 8, lineStyle: { color: look.line } },
        data: shares(data).map((share, at) => ({
          value: numbers[at] ?? 0, name: data.categories[at]?.label ?? "", itemStyle: sliceColour(data, at, look),
          label: { formatter: `${bare(data.categories[at]?.label ?? "")}\n{share|${share}}` },
        })),
      },
      ...(data.whole ? [middle(data.whole, look, radius)] : []),
    ],
  };
}

/** "12%" of each slice, "0.4%" below one. */
export function shares(data: ChartData): string[] {
  const numbers = data.series[0]?.data ?? [];
  const sum = numbers.reduce<number>((total, number) => total + (number ?? 0), 0);
  return numbers.map((number) => {
    const percent = sum ? (100 * (number ?? 0)) / sum : 0;
    return `${percent > 0 && percent < 1 ? percent.toFixed(1) : Math.round(percent)}%`;
  });
}

/** All others are grey. */
export function sliceColour(data: ChartData, at: number, look: Look): { color: string; opacity: number } {
  return data.categories[at]?.other ? { color: look.ink3, opacity: 0.45 } : seriesColour(at, look);
}

/** The whole, written into the ring. */
function middle(text: string, look: Look, radius: number): Option {
  return {
    type: "pie", silent: true, radius: [0, radius * 0.6], center: ["50%", "50%"], animation: false, tooltip: { show: false }, emphasis: { disabled: true },
    label: { show: true, position: "center", formatter: bare(text), color: look.ink, fontSize: radius > 80 ? 20 : 16, fontWeight: 600, fontFamily: look.font },
    itemStyle: { color: "transparent" }, data: [{ value: 1, name: "" }],
  };
}

/** Braces and bars are ECharts' own marks in a formatter. */
function bare(text: string): string {
  return text.replaceAll("{", "(").replaceAll("}", ")").replaceAll("|", "/");
}
