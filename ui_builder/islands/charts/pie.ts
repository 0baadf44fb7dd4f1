// A ring: parts of a whole, the largest first from twelve o'clock, names and shares beside it, the whole in its middle.
import { seriesColour } from "./colours.ts";
import type { ChartData, Look, Option } from "./data.ts";
import { WIDE } from "./data.ts";
import { ground } from "./frame.ts";

export function pie(data: ChartData, look: Look): Option {
  const numbers = data.series[0]?.data ?? [];
  const sum = numbers.reduce<number>((total, number) => total + (number ?? 0), 0);
  const wide = look.width >= WIDE;
  const side = Math.min(look.height, wide ? look.width * 0.5 : look.width);
  const radius = Math.round(side * (wide ? 0.42 : 0.33));
  return {
    ...ground(data, look),
    series: [
      {
        type: "pie", startAngle: 90, clockwise: true, radius: [Math.round(radius * 0.64), radius], center: ["50%", "50%"], cursor: "pointer", minShowLabelAngle: 6,
        itemStyle: { borderColor: look.surface, borderWidth: 2, borderRadius: 3 }, emphasis: { scale: true, scaleSize: 4 }, avoidLabelOverlap: true,
        label: { color: look.ink2, fontSize: 12, lineHeight: 16, fontFamily: look.font, overflow: "truncate", width: Math.max(56, look.width / 2 - radius - 34), rich: { share: { color: look.ink, fontWeight: 600, fontSize: 12, fontFamily: look.font } } },
        labelLine: { length: 8, length2: 8, lineStyle: { color: look.line } },
        data: numbers.map((number, at) => ({
          value: number ?? 0, name: data.categories[at]?.label ?? "", itemStyle: colour(data, at, look),
          label: { formatter: `${bare(data.categories[at]?.label ?? "")}\n{share|${share(number ?? 0, sum)}}` },
        })),
      },
      ...(data.whole ? [middle(data.whole, look, radius)] : []),
    ],
  };
}

/** The whole, written into the ring. */
function middle(text: string, look: Look, radius: number): Option {
  return {
    type: "pie", silent: true, radius: [0, radius * 0.6], center: ["50%", "50%"], animation: false, tooltip: { show: false }, emphasis: { disabled: true },
    label: { show: true, position: "center", formatter: bare(text), color: look.ink, fontSize: radius > 80 ? 20 : 16, fontWeight: 600, fontFamily: look.font },
    itemStyle: { color: "transparent" }, data: [{ value: 1, name: "" }],
  };
}

function colour(data: ChartData, at: number, look: Look): Option {
  return data.categories[at]?.other ? { color: look.ink3, opacity: 0.45 } : { ...seriesColour(at, look) };
}

/** "12%", or "0.4%" below one. */
export function share(part: number, sum: number): string {
  const percent = sum ? (100 * part) / sum : 0;
  return `${percent > 0 && percent < 1 ? percent.toFixed(1) : Math.round(percent)}%`;
}

/** Braces and bars are ECharts' own marks in a formatter. */
function bare(text: string): string {
  return text.replaceAll("{", "(").replaceAll("}", ")").replaceAll("|", "/");
}
