// Colours of series and cells, and which ink reads on them.
import type { ChartData, Look, Series } from "./data.ts";

/** The palette in its order; from the ninth series on the same again, paler. */
export function seriesColour(at: number, look: Look): { color: string; opacity: number } {
  return { color: look.colours[at % look.colours.length] ?? look.ink, opacity: at < look.colours.length ? 1 : 0.55 };
}

/** `share` 0…1 of the largest as an opacity that even the smallest is seen by. */
export function shade(share: number): number {
  return Math.round((0.12 + 0.83 * Math.min(1, Math.max(0, share))) * 1000) / 1000;
}

/** The one of the look's two inks that is told apart better from `colour` at `opacity` over the surface. */
export function inkOn(colour: string, opacity: number, look: Look): string {
  const ground = channels(colour).map((c, i) => c * opacity + (channels(look.surface)[i] ?? 0) * (1 - opacity));
  return contrast(ground, channels(look.ink)) >= contrast(ground, channels(look.surface)) ? look.ink : look.surface;
}

function channels(colour: string): number[] {
  const hex = colour.replace("#", "");
  const full = hex.length === 3 ? [...hex].map((c) => c + c).join("") : hex;
  return [0, 2, 4].map((at) => parseInt(full.slice(at, at + 2), 16) || 0);
}

function contrast(a: number[], b: number[]): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(rgb: number[]): number {
  const [r = 0, g = 0, b = 0] = rgb.map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** A series' colour: that of the same number where it is the earlier period's, pale. */
export function colourOf(data: ChartData, series: Series, look: Look): { color: string; opacity: number } {
  if (series.colour !== undefined) return { ...seriesColour(series.colour, look), ...(series.before ? { opacity: 0.35 } : {}) };
  const now = data.series.filter((other) => !other.before);
  if (!series.before) return seriesColour(now.indexOf(series), look);
  return { ...seriesColour(Math.max(0, now.findIndex((other) => other.of === series.of)), look), opacity: 0.35 };
}
