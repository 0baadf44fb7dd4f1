// The names of the series as buttons below the drawing: each hides and shows its own.
import { colourOf } from "./frame.ts";
import type { ChartData, Look } from "./data.ts";

/** Kinds whose series have colours of their own. */
export function hasButtons(data: ChartData): boolean {
  return data.series.length > 1 && !["heat", "scatter"].includes(data.type);
}

/** Without the hidden series; the others keep their colours. */
export function without(data: ChartData, hidden: ReadonlySet<number>): ChartData {
  if (!hidden.size) return data;
  const now = data.series.filter((series) => !series.before);
  const coloured = data.series.map((series) => ({ ...series, colour: series.before ? now.findIndex((other) => other.value === series.value) : now.indexOf(series) }));
  return { ...data, series: coloured.filter((_, at) => !hidden.has(at)) };
}

/** The buttons, anew. */
export function buttons(data: ChartData, hidden: ReadonlySet<number>, look: Look): HTMLElement[] {
  return data.series.map((series, at) => {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.series = String(at);
    button.setAttribute("aria-pressed", String(!hidden.has(at)));
    const mark = document.createElement("i");
    const { color, opacity } = colourOf(data, series, look);
    const dashed = series.before && ["line", "area"].includes(data.type);
    mark.className = dashed ? "dg-dashed" : "";
    Object.assign(mark.style, dashed ? { borderColor: color } : { background: color, opacity: String(opacity) });
    const name = document.createElement("span");
    name.textContent = series.name;
    button.append(mark, name);
    return button;
  });
}
