// Numbers along an axis: short, in the reader's units (万, 亿; k, m, bn). Labels of data come from the server.
import type { ChartData } from "./data.ts";

const UNITS = {
  zh: [[1e8, "亿"], [1e4, "万"]],
  en: [[1e9, "bn"], [1e6, "m"], [1e4, "k"]],
} as const;

/** 2500000 → "250万" or "2.5m"; fractions as percents where the value is one. */
export function short(value: number, format: string, locale: ChartData["locale"]): string {
  if (format === "percent") return `${plain(value * 100)}%`.replace("-", "−");
  const size = Math.abs(value);
  for (const [unit, name] of UNITS[locale]) {
    // "k" names thousands, yet only where four digits would not do
    if (size >= unit) return plain(value / (name === "k" ? 1e3 : unit)).replace("-", "−") + name;
  }
  return plain(value).replace("-", "−");
}

function plain(value: number): string {
  const digits = Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3));
  return digits.toLocaleString("en", { maximumFractionDigits: 6 });
}
