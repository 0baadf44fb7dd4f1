// The names beside the drawing as buttons: a series' hides and shows it, a slice's leads to its records.
import { colourOf } from "./colours.ts";
import type { ChartData, Look } from "./data.ts";
import { shares, sliceColour } from "./pie.ts";

/** Kinds in which colours are names. */
export function hasButtons(data: ChartData): boolean {
  return data.type === "pie" || (data.series.length > 1 && !["heat", "scatter"].includes(data.type));
}

/** Without the hidden series; the others keep their colours. */
export function without(data: ChartData, hidden: ReadonlySet<number>): ChartData {
  if (!hidden.size) return data;
  const now = data.series.filter((series) => !series.before);
  const coloured = data.series.map((series) => ({ ...series, colour: series.before ? now.findIndex((other) => other.of === series.of) : now.indexOf(series) }));
  return { ...data, series: coloured.filter((_, at) => !hidden.has(at)) };
}

/** The buttons, anew. */
export function buttons(data: ChartData, hidden: ReadonlySet<number>, look: Look): HTMLElement[] {
  if (data.type === "pie") {
    const parts = shares(data);
    return data.categories.map((category, at) => {
      const share = document.createElement("b");
      share.textContent = parts[at] ?? "";
      return button("slice", at, category.label, mark(sliceColour(data, at, look)), share);
    });
  }
  return data.series.map((series, at) => {
    const dashed = series.before && ["line", "area"].includes(data.type);
    const made = button("series", at, series.name, mark(colourOf(data, series, look), dashed));
    made.setAttribute("aria-pressed", String(!hidden.has(at)));
    return made;
  });
}

function button(kind: "series" | "slice", at: number, name: string, ...more: HTMLElement[]): HTMLElement {
  const [first, ...rest] = more;
  const made = document.createElement("button");
  made.type = "button";
  made.dataset[kind] = String(at);
  const words = document.createElement("span");
  words.textContent = name;
  made.append(first ?? "", words, ...rest);
  return made;
}

function mark({ color, opacity }: { color: string; opacity: number }, dashed = false): HTMLElement {
  const made = document.createElement("i");
  if (dashed) made.className = "dg-dashed";
  Object.assign(made.style, dashed ? { borderColor: color } : { background: color, opacity: String(opacity) });
  return made;
}
