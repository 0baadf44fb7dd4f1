// Chart data and a look for tests: three halls, and what varies given.
import type { ChartData, Look, Series } from "./data.ts";

export const LOOK: Look = {
  colours: ["#2B59C3", "#E1981E", "#05C094", "#8D3E35", "#B398FF", "#8FB7D4", "#8C6600", "#65576D"],
  ink: "#1D2129", ink2: "#474E59", ink3: "#5F6670", line: "#E8E8E3", surface: "#FFFFFF", mute: "#F0F0EC",
  font: "sans-serif", width: 600, height: 300,
};

export function series(name: string, data: (number | null)[], more: Partial<Series> = {}): Series {
  const texts = data.map((number) => (number === null ? "" : `¥${number}`));
  return { name, value: "total", of: "total", keys: [], row_keys: [], open: true, before: false, format: "money", data, texts, full: texts.map((text) => text && `${text}.00`), ...more };
}

export function chart(type: string, more: Partial<ChartData> = {}): ChartData {
  return {
    type, title: "Spent", format: "money", currency: "CNY", locale: "en", stacked: false, smooth: false, dates: false, target: null, target_text: null,
    before: false, drill: "/reports/spent/records", notes: [], sentence: "Spent",
    categories: ["East", "South", "North"].map((label) => ({ label, keys: [label.toLowerCase()] })),
    series: [series("Spent", [40, 20, 10])], ...more,
  };
}

/** The parts of an option by their path: at(option, "series", 0, "type"). */
export function at(option: unknown, ...path: (string | number)[]): unknown {
  return path.reduce<unknown>((found, key) => (found as Record<string | number, unknown> | undefined)?.[key], option);
}
