// <dg-chart data-chart='…'>: draws chart data with ECharts into its .dg-chart-area. A click on a datum, or Enter on the one
// the arrow keys have reached, fires `dg-drill` and opens the records behind it in the drawer.
import type { ECharts } from "echarts/core";
import { type ChartData, type Point, WIDE } from "./charts/data.ts";
import { init } from "./charts/engine.ts";
import { buttons, hasButtons, without } from "./charts/legend.ts";
import { lookOf } from "./charts/look.ts";
import { optionFor } from "./charts/option.ts";
import { nearest } from "./charts/nearest.ts";
import { behind, itemOf, moved, pointAt } from "./charts/points.ts";
import type { DgDrawer } from "./dg-drawer.ts";

const STEPS: Record<string, { series?: number; category?: number }> = {
  ArrowRight: { category: 1 }, ArrowLeft: { category: -1 }, ArrowDown: { series: 1 }, ArrowUp: { series: -1 },
};

// In a low box names stand beside the drawing already from this width on, CSS pixels.
const LOW = 300;
const NARROW = 240;

/** Texts are measured once for all: not before the page's font is there, or a second has gone by. */
const font = Promise.race([document.fonts?.load('12px "Inter Variable"'), new Promise((resolve) => setTimeout(resolve, 1000))]);

/** What drawing needs besides: the font, and the outlines of a map. */
async function ready(map: boolean): Promise<void> {
  await font;
  if (map) await import("./charts/china.ts");
}

export class DgChart extends HTMLElement {
  static readonly observedAttributes = ["data-chart"];
  private all: ChartData | null = null;
  private data: ChartData | null = null; // without the hidden series
  private readonly leftOut = new Set<number>();
  private chart: ECharts | null = null;
  private at: Point | null = null;
  private hit = false;
  private waiting = 0;
  private coloured = ""; // the palette that the names were made with
  private readonly names = document.createElement("div");
  private readonly said = document.createElement("span");
  private readonly resized = new ResizeObserver(() => this.drawSoon());
  private readonly themed = new MutationObserver(() => this.drawSoon());
  private readonly dark = matchMedia("(prefers-color-scheme: dark)");
  private readonly redraw = (): void => this.drawSoon();

  private get area(): HTMLElement | null {
    return this.querySelector<HTMLElement>(".dg-chart-area");
  }

  connectedCallback(): void {
    const area = this.area;
    if (!area) return;
    if (!this.names.className) this.furnish(area); // once, though the page may move it about
    this.read();
    this.resized.observe(area);
    this.themed.observe(document.documentElement, { attributes: true, attributeFilter: ["data-bs-theme", "data-density"] });
    this.dark.addEventListener("change", this.redraw);
  }

  private furnish(area: HTMLElement): void {
    this.said.className = "dg-sr";
    this.said.setAttribute("aria-live", "polite");
    this.names.className = "dg-chart-names";
    this.names.addEventListener("click", (event) => this.named(event));
    area.after(this.names);
    this.append(this.said);
    area.tabIndex = 0;
    area.addEventListener("keydown", (event) => this.key(event));
    area.addEventListener("blur", () => this.leave());
  }

  disconnectedCallback(): void {
    cancelAnimationFrame(this.waiting);
    this.resized.disconnect();
    this.themed.disconnect();
    this.dark.removeEventListener("change", this.redraw);
    this.chart?.dispose();
    this.chart = null;
  }

  attributeChangedCallback(_name: string, before: string | null): void {
    if (before === null || !this.isConnected) return;
    this.read();
    this.drawSoon();
  }

  private read(): void {
    this.all = JSON.parse(this.dataset.chart || "null") as ChartData | null;
    this.leftOut.clear();
    this.coloured = "";
    this.names.hidden = !this.all || !hasButtons(this.all);
    this.choose();
  }

  private choose(): void {
    this.data = this.all && without(this.all, this.leftOut);
    this.at = null;
  }

  /** Hide a series, or show it again; the last one stays. A slice's name leads to its records. */
  private named(event: MouseEvent): void {
    const button = (event.target as Element).closest<HTMLElement>("[data-series], [data-slice]");
    if (!button || !this.all) return;
    if (button.dataset.slice) return this.open({ series: 0, category: Number(button.dataset.slice) });
    const series = Number(button.dataset.series);
    if (!this.leftOut.delete(series) && this.leftOut.size < this.all.series.length - 1) this.leftOut.add(series);
    this.choose();
    this.drawSoon();
    button.setAttribute("aria-pressed", String(!this.leftOut.has(series)));
  }

  private drawSoon(): void {
    cancelAnimationFrame(this.waiting);
    this.waiting = requestAnimationFrame(() => void this.draw());
  }

  private async draw(): Promise<void> {
    const area = this.area;
    await ready(this.data?.type === "map");
    if (!this.isConnected || !area || !this.data || !area.clientWidth || !area.clientHeight) return; // in a closed tab: drawn when it opens
    this.toggleAttribute("data-wide", this.clientWidth >= (this.clientHeight < LOW ? NARROW : WIDE));
    const look = lookOf(area);
    if (this.all && !this.names.hidden && this.coloured !== look.colours.join()) {
      this.coloured = look.colours.join();
      this.names.replaceChildren(...buttons(this.all, this.leftOut, look));
    }
    if (this.chart) this.chart.resize({ width: look.width, height: look.height });
    else this.begin(area);
    this.chart?.setOption(optionFor(this.data, look), { notMerge: true });
    this.dataset.drawn = "";
  }

  private begin(area: HTMLElement): void {
    const chart = init(area, null, { renderer: "svg" });
    this.chart = chart;
    chart.on("click", (event) => {
      const point = this.data && pointAt(this.data, event.seriesIndex ?? 0, event.dataIndex ?? -1);
      if (!point) return;
      this.hit = true;
      this.open(point);
    });
    chart.getZr().on("click", (event) => {
      if (this.hit || !this.data) this.hit = false; // ECharts has already found the datum
      else this.open(nearest(chart, this.data, event.offsetX, event.offsetY));
    });
  }

  private key(event: KeyboardEvent): void {
    if (!this.data || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && this.at) this.leave();
    else if (event.key === "Enter" && this.at) this.open(this.at);
    else if (STEPS[event.key]) this.point(this.at ? moved(this.data, this.at, STEPS[event.key] ?? {}) : moved(this.data, { series: 0, category: -1 }, { category: 1 }));
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Show and say the datum. */
  private point(point: Point): void {
    const series = this.data?.series[point.series];
    const category = this.data?.categories[point.category];
    if (!this.data || !series || !category) return;
    this.at = point;
    this.chart?.dispatchAction({ type: "downplay" });
    this.chart?.dispatchAction({ type: "highlight", ...itemOf(this.data, point) });
    this.chart?.dispatchAction({ type: "showTip", ...itemOf(this.data, point) });
    const names = [category.label, this.data.series.length > 1 ? series.name : ""].filter(Boolean).join(", ");
    this.said.textContent = `${names}: ${series.full[point.category] ?? ""}`;
  }

  private leave(): void {
    this.at = null;
    this.said.textContent = "";
    this.chart?.dispatchAction({ type: "downplay" });
    this.chart?.dispatchAction({ type: "hideTip" });
  }

  private open(point: Point | null): void {
    const found = this.data && point && behind(this.data, point);
    if (!found) return;
    const event = new CustomEvent("dg-drill", { detail: found, bubbles: true, cancelable: true });
    if (!this.dispatchEvent(event)) return; // somebody else shows them
    const drawer = document.querySelector<DgDrawer>("dg-drawer");
    if (drawer) void drawer.open(found.url, this.area);
    else location.assign(found.url);
  }
}

if (!customElements.get("dg-chart")) customElements.define("dg-chart", DgChart);
