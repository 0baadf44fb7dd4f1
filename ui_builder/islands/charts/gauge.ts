// One number against its target: an open ring, full at the target; of several numbers each has a bar of its own.
import type { ChartData, Look, Option } from "./data.ts";
import { word } from "./data.ts";
import { ground } from "./frame.ts";
import { progress } from "./tracks.ts";

const OPEN = { startAngle: 210, endAngle: -30 };

export function gauge(data: ChartData, look: Look): Option {
  if (data.categories.length > 1) return progress(data, look);
  const value = data.number?.value ?? data.series[0]?.data[0] ?? null;
  const text = data.number?.text ?? data.series[0]?.texts[0] ?? "—";
  const full = data.target ?? (data.format === "percent" ? 1 : value ?? 1);
  const done = full > 0 ? Math.min(1, Math.max(0, (value ?? 0) / full)) : 0;
  const radius = Math.round(Math.min(look.height * 0.54, look.width * 0.42));
  const ring = { type: "pie", radius: [Math.round(radius * 0.8), radius], center: ["50%", "58%"], ...OPEN, itemStyle: { borderRadius: 4 }, emphasis: { scale: false } };
  return {
    ...ground(data, look),
    series: [
      {
        ...ring, cursor: "pointer", label: { show: false }, labelLine: { show: false },
        data: [{ value: done, itemStyle: { color: look.colours[0] } }, { value: 1 - done, itemStyle: { color: look.mute }, emphasis: { disabled: true } }],
      },
      {
        ...ring, silent: true, animation: false, tooltip: { show: false }, itemStyle: { color: "transparent" }, emphasis: { disabled: true },
        label: {
          show: true, position: "center", formatter: `{value|${text}}\n{meta|${below(data, value, full)}}`,
          rich: {
            value: { color: look.ink, fontSize: radius > 70 ? 24 : 18, fontWeight: 600, lineHeight: 32, fontFamily: look.font },
            meta: { color: look.ink3, fontSize: 12, lineHeight: 18, fontFamily: look.font },
          },
        },
        data: [{ value: 1 }],
      },
    ],
  };
}

/** "89% of ¥7.2m", in Chinese "89% / ¥720 万". */
function below(data: ChartData, value: number | null, full: number): string {
  if (data.target === null || value === null || !full) return data.series[0]?.name ?? "";
  return `${Math.round((100 * value) / full)}% ${word("of", data)} ${data.target_text ?? ""}`;
}
