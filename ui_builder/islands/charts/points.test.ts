// Which records a datum leads to, how the arrow keys walk, what a click beside the marks means, how axes number.
import { expect, test } from "vitest";
import { buttons, hasButtons, without } from "./legend.ts";
import { meant } from "./nearest.ts";
import { short } from "./numbers.ts";
import { behind, itemOf, moved, pointAt } from "./points.ts";
import { chart, LOOK, series } from "./sample.test-data.ts";

const BOTH = (type: string) => chart(type, { series: [series("A", [1, null, 3], { keys: ["a"] }), series("B", [4, 5, 6], { keys: ["b"], row_keys: [null] })] });

test("a datum's address has the keys of its row and its column, and the value", () => {
  const found = behind(BOTH("column"), { series: 1, category: 2 });
  expect(found?.row).toEqual(["north", null]);
  const url = new URL(found?.url ?? "", "http://x");
  expect(JSON.parse(url.searchParams.get("row") ?? "")).toEqual(["north", null]);
  expect(JSON.parse(url.searchParams.get("column") ?? "")).toEqual(["b"]);
  expect(url.searchParams.get("value")).toBe("total");
});

test("what the visitor has set stays in the address", () => {
  expect(behind(chart("bar", { drill: "/r?period=this_year" }), { series: 0, category: 0 })?.url).toMatch(/^\/r\?period=this_year&row=/);
});

test("no records stand behind the sum of all others, a closed series, a blank, or where the server names no address", () => {
  const other = chart("bar");
  other.categories[0] = { label: "Other", keys: null };
  expect(behind(other, { series: 0, category: 0 })).toBeNull();
  expect(behind(chart("bar", { series: [series("Before", [1, 2, 3], { open: false })] }), { series: 0, category: 0 })).toBeNull();
  expect(behind(BOTH("column"), { series: 0, category: 1 })).toBeNull();
  expect(behind(chart("bar", { drill: null }), { series: 0, category: 0 })).toBeNull();
});

test.each(["bar", "line", "heat", "pie", "funnel", "scatter"])("what ECharts numbers in a %s is the datum again", (type) => {
  const data = ["pie", "funnel", "scatter"].includes(type) ? chart(type) : BOTH(type);
  for (let category = 0; category < 3; category++) {
    const point = { series: data.series.length - 1, category };
    const item = itemOf(data, point);
    expect(pointAt(data, item.seriesIndex, item.dataIndex)).toEqual(point);
  }
  expect(pointAt(data, 0, 99)).toBeNull();
});

test("arrow keys pass over blanks and stop at the ends", () => {
  const data = BOTH("column");
  expect(moved(data, { series: 0, category: 0 }, { category: 1 })).toEqual({ series: 0, category: 2 });
  expect(moved(data, { series: 0, category: 2 }, { category: 1 })).toEqual({ series: 0, category: 2 });
  expect(moved(data, { series: 0, category: 0 }, { series: 1 })).toEqual({ series: 1, category: 0 });
});

test("a click beside the marks means the only line's number at that place, or the line that runs nearest", () => {
  expect(meant(chart("column"), 1, 999)).toEqual({ series: 0, category: 1 });
  expect(meant(BOTH("line"), 2, 5.5)).toEqual({ series: 1, category: 2 });
  expect(meant(BOTH("column"), 2, 5.5)).toBeNull();
  expect(meant(chart("column"), 9, 1)).toBeNull();
});

test("a click into an area on others means the one that lies there", () => {
  const layers = chart("area", { stacked: true, series: [series("A", [10, 20, 30]), series("B", [5, null, 7])] });
  expect(meant(layers, 2, 29)).toEqual({ series: 0, category: 2 });
  expect(meant(layers, 2, 36)).toEqual({ series: 1, category: 2 });
  expect(meant(layers, 2, 38)).toBeNull();
  expect(meant(layers, 1, 21)).toEqual({ series: 0, category: 1 });
});

test("hiding a series leaves the others their colours", () => {
  const shown = without(BOTH("column"), new Set([0]));
  expect(shown.series.map((one) => [one.name, one.colour])).toEqual([["B", 1]]);
});

test("names are buttons that say whether their series shows; of a ring they have the share", () => {
  const [first, second] = buttons(BOTH("column"), new Set([1]), LOOK);
  expect([first?.getAttribute("aria-pressed"), second?.getAttribute("aria-pressed")]).toEqual(["true", "false"]);
  expect(buttons(chart("pie"), new Set(), LOOK)[0]?.textContent).toBe("East57%");
  expect([hasButtons(chart("bar")), hasButtons(BOTH("bar")), hasButtons(chart("pie")), hasButtons(BOTH("heat"))]).toEqual([false, true, true, false]);
});

test("axes number in the reader's units", () => {
  expect([0, 250, 9500, 25_000, 2_500_000, -1_200_000, 3e9].map((n) => short(n, "money", "en"))).toEqual(["0", "250", "9,500", "25k", "2.5m", "−1.2m", "3bn"]);
  expect([250, 25_000, 2_500_000, 3e9].map((n) => short(n, "money", "zh"))).toEqual(["250", "2.5万", "250万", "30亿"]);
  expect([0.2, 1, -0.055].map((n) => short(n, "percent", "en"))).toEqual(["20%", "100%", "−5.5%"]);
});
