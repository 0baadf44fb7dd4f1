// How the page looks right now: the chart's colours come from its tokens, so that dark mode and a tenant's accent hold.
import type { Look } from "./data.ts";

export function lookOf(element: HTMLElement): Look {
  const style = getComputedStyle(element);
  const token = (name: string): string => style.getPropertyValue(`--dg-${name}`).trim();
  return {
    colours: [1, 2, 3, 4, 5, 6, 7, 8].map((n) => token(`c${n}`) || "#2B59C3"),
    ink: token("ink") || "#1D2129", ink2: token("ink-2") || "#474E59", ink3: token("ink-3") || "#5F6670",
    line: token("line") || "#E8E8E3", surface: token("surface") || "#FFFFFF", mute: token("mute-soft") || "#F0F0EC",
    font: style.fontFamily || "sans-serif", width: element.clientWidth, height: element.clientHeight,
  };
}
