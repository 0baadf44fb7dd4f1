// Charts as SVG pictures, for mails and documents: bundled for Node (static/chart-picture.mjs) and run by chart_pictures.py.
// Standard input: {"charts": [chart data], "width": 640}; standard output: a JSON list of SVG texts.
import "echarts/lib/component/legendPlain";
import { setPlatformAPI } from "echarts/core";
import "./china.ts";
import type { ChartData, Look } from "./data.ts";
import { init } from "./engine.ts";
import { widthOf } from "./frame.ts";
import { optionFor } from "./option.ts";

/** The light tokens (tokens.css); a mail has no dark mode of ours. */
export const LIGHT = {
  colours: ["#2B59C3", "#E1981E", "#05C094", "#8D3E35", "#B398FF", "#8FB7D4", "#8C6600", "#65576D"],
  ink: "#1D2129", ink2: "#474E59", ink3: "#5F6670", line: "#E8E8E3", surface: "#FFFFFF", mute: "#F0F0EC",
};
const EDGE = 12;
const GOOD = "#0B6E5B";
const BAD = "#B3341F";
const FONT = "Inter, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif";

// There is no canvas to measure by.
setPlatformAPI({ measureText: (text: string, font?: string) => ({ width: (widthOf(text) * parseFloat(/([\d.]+)px/.exec(font ?? "")?.[1] ?? "12")) / 12 }) as TextMetrics });

/** One chart as an SVG text. */
export function picture(data: ChartData, width: number): string {
  const look: Look = { ...LIGHT, font: FONT, width: width - 2 * EDGE, height: heightOf(data), picture: true };
  if (data.type === "number") return headline(data, look);
  const chart = init(null, null, { renderer: "svg", ssr: true, width: look.width, height: look.height });
  try {
    chart.setOption(optionFor(data, look));
    return framed(chart.renderToSVGString(), look);
  } finally {
    chart.dispose();
  }
}

/** Lying bars need room for each, all others are half as high as wide. */
export function heightOf(data: ChartData): number {
  const rows = data.categories.length * (data.type === "bar" ? Math.max(1, data.stacked ? 1 : data.series.length * 0.6) : 1);
  if (data.type === "number") return 96;
  if (data.type === "bar" || (data.type === "gauge" && data.categories.length > 1)) return Math.round(Math.min(1600, 40 + 34 * rows));
  if (data.type === "funnel") return 20 + 44 * rows;
  if (data.type === "heat") return Math.min(1200, Math.max(160, 40 + 36 * rows));
  return data.type === "map" ? 460 : 320;
}

/** On white, with room around it. */
function framed(drawn: string, look: Look): string {
  const [width, height] = [look.width + 2 * EDGE, look.height + 2 * EDGE];
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"><rect width="${width}" height="${height}" fill="${look.surface}"/>`
    + drawn.replace("<svg ", `<svg x="${EDGE}" y="${EDGE}" overflow="visible" `) + "</svg>";
}

function headline(data: ChartData, look: Look): string {
  const number = data.number;
  const change = number?.change;
  const tone = change?.good === true ? GOOD : change?.good === false ? BAD : look.ink2;
  const arrow = change?.way === "up" ? "↑ " : change?.way === "down" ? "↓ " : "";
  const text = (y: number, size: number, colour: string, weight: number, said: string): string =>
    `<text x="0" y="${y}" font-size="${size}" font-weight="${weight}" fill="${colour}" font-family="${FONT}">${escaped(said)}</text>`;
  return framed(`<svg width="${look.width}" height="${look.height}">`
    + text(20, 13, look.ink2, 400, number?.name ?? data.title) + text(54, 28, look.ink, 600, number?.text ?? "—") + (change ? text(80, 13, tone, 500, arrow + change.text) : "") + "</svg>", look);
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
