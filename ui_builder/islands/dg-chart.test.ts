// What arrow keys, Enter and the names do: they say a datum, lead to its records and hide a series. How it is drawn
// stands in charts/*.test.ts, and in a real browser in tests/browser/test_charts.py.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { chart, series } from "./charts/sample.test-data.ts";
import type { ChartData } from "./charts/data.ts";
import { DgChart } from "./dg-chart.ts";
import { DgDrawer } from "./dg-drawer.ts";

let drilled: { url: string; row: unknown[]; column: unknown[]; value: string }[];

beforeEach(() => {
  drilled = [];
  document.addEventListener("dg-drill", record);
});

afterEach(() => {
  document.removeEventListener("dg-drill", record);
  document.body.replaceChildren();
});

function record(event: Event): void {
  drilled.push((event as CustomEvent<(typeof drilled)[number]>).detail);
  event.preventDefault();
}

function shown(data: ChartData): { element: DgChart; area: HTMLElement; press: (key: string) => void } {
  document.body.innerHTML = '<dg-chart><div class="dg-chart-area" role="img" aria-label="Spent"></div></dg-chart><dg-drawer><dialog></dialog></dg-drawer>';
  const element = document.querySelector("dg-chart") as DgChart;
  element.dataset.chart = JSON.stringify(data);
  element.remove();
  document.body.prepend(element); // as a page has it: with its data from the start
  const area = element.querySelector(".dg-chart-area") as HTMLElement;
  return { element, area, press: (key) => area.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true })) };
}

test("the drawing can be reached by keyboard", () => {
  expect(shown(chart("bar")).area.tabIndex).toBe(0);
});

test("arrow keys say one datum after the other", () => {
  const { element, press } = shown(chart("bar"));
  const said = (): string => element.querySelector("[aria-live]")?.textContent ?? "";
  press("ArrowRight");
  expect(said()).toBe("East: ¥40.00");
  press("ArrowRight");
  expect(said()).toBe("South: ¥20.00");
  press("ArrowLeft");
  expect(said()).toBe("East: ¥40.00");
  press("Escape");
  expect(said()).toBe("");
});

test("of several series the name is said too, and up and down go from one to the other", () => {
  const { element, press } = shown(chart("column", { series: [series("Novels", [1, 2, 3]), series("Science", [4, 5, 6])] }));
  press("ArrowRight");
  press("ArrowDown");
  expect(element.querySelector("[aria-live]")?.textContent).toBe("East, Science: ¥4.00");
});

test("Enter leads to the records of the datum that was reached, and to none before", () => {
  const { press } = shown(chart("bar"));
  press("Enter");
  expect(drilled).toEqual([]);
  press("ArrowRight");
  press("Enter");
  expect(drilled).toHaveLength(1);
  expect(drilled[0]).toMatchObject({ row: ["east"], column: [], value: "total" });
});

test("nobody taking the event, the records open in the drawer", () => {
  document.removeEventListener("dg-drill", record);
  const open = vi.spyOn(DgDrawer.prototype, "open").mockResolvedValue();
  const { area, press } = shown(chart("bar"));
  press("ArrowRight");
  press("Enter");
  expect(open.mock.calls).toEqual([[expect.stringContaining("/reports/spent/records?row="), area]]);
  open.mockRestore();
});

test("no key acts while Chinese is composed, or with another key held", () => {
  const { element, area } = shown(chart("bar"));
  area.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", isComposing: true }));
  area.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", ctrlKey: true }));
  expect(element.querySelector("[aria-live]")?.textContent).toBe("");
});

test("data that changes is read anew", () => {
  const { element, press } = shown(chart("bar"));
  press("ArrowRight");
  element.dataset.chart = JSON.stringify(chart("bar", { series: [series("Spent", [7, 8, 9])] }));
  press("ArrowRight");
  expect(element.querySelector("[aria-live]")?.textContent).toBe("East: ¥7.00");
});
