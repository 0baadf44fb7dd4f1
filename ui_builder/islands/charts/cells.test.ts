// Rings, dots, heat maps and the map: sizes, shades, and inks that read.
import { expect, test } from "vitest";
import { inkOn, shade } from "./colours.ts";
import { cells, heat } from "./heat.ts";
import { map } from "./map.ts";
import { pie, shares } from "./pie.ts";
import { at, chart, LOOK, series } from "./sample.test-data.ts";
import { scatter } from "./scatter.ts";

test("the shares of a ring are of the whole, with a decimal below one", () => {
  expect(shares(chart("pie", { series: [series("Spent", [75, 24.5, 0.5])] }))).toEqual(["75%", "25%", "0.5%"]);
  expect(shares(chart("pie", { series: [series("Spent", [0, 0, 0])] }))).toEqual(["0%", "0%", "0%"]);
});

test("the whole stands in the ring's middle where the server could add it up", () => {
  expect(at(pie(chart("pie"), LOOK), "series", 1)).toBeUndefined();
  expect(at(pie(chart("pie", { whole: "¥70" }), LOOK), "series", 1, "label", "formatter")).toBe("¥70");
});

test("all others are grey in a ring", () => {
  const data = chart("pie");
  data.categories.push({ label: "Other", keys: null, other: true });
  data.series = [series("Spent", [4, 3, 2, 1])];
  expect(at(pie(data, LOOK), "series", 0, "data", 3, "itemStyle", "color")).toBe(LOOK.ink3);
});

test("names cannot write ECharts' own marks into a picture", () => {
  const data = chart("pie");
  data.categories = [{ label: "{share|all}", keys: ["a"] }];
  expect(at(pie(data, { ...LOOK, picture: true }), "series", 0, "data", 0, "label", "formatter")).toBe("(share/all)\n{share|57%}");
});

test("a dot stands at two numbers, and the third is its size", () => {
  const option = scatter(chart("scatter", { series: [series("Books", [1, 2, 3]), series("Spent", [40, 20, 10]), series("Weight", [4, 0, 1])] }), LOOK);
  expect(at(option, "series", 0, "data", 1, "value")).toEqual([2, 20]);
  const size = at(option, "series", 0, "symbolSize") as (value: unknown, at: { dataIndex: number }) => number;
  expect(size(null, { dataIndex: 0 })).toBeGreaterThan(size(null, { dataIndex: 2 }));
});

test("the axes of a scatter chart are called after their numbers", () => {
  const option = scatter(chart("scatter", { series: [series("Books", [1, 2, 3]), series("Spent", [40, 20, 10])] }), LOOK);
  expect([at(option, "xAxis", "name"), at(option, "yAxis", "name")]).toEqual(["Books", "Spent"]);
});

test("a heat map has a cell for each place and series, the larger the stronger, and none where there is no number", () => {
  const found = cells(chart("heat", { series: [series("9", [1, null, 3]), series("10", [4, 5, 6])] }), LOOK);
  expect(found.map((cell) => [cell.column, cell.row, cell.number])).toEqual([[0, 0, 1], [1, 0, 4], [0, 1, null], [1, 1, 5], [0, 2, 3], [1, 2, 6]]);
  expect(found[5]?.opacity).toBeGreaterThan(found[0]?.opacity ?? 1);
});

test("numbers are written into the cells where all have room", () => {
  const option = heat(chart("heat", { series: [series("9", [1, null, 3])] }), LOOK);
  const draw = at(option, "series", 0, "renderItem") as (item: { dataIndex: number }, drawing: unknown) => unknown;
  const drawing = { coord: () => [50, 50], size: () => [40, 20] };
  expect(at(draw({ dataIndex: 0 }, drawing), "textContent", "style", "text")).toBe("¥1");
  expect(at(draw({ dataIndex: 0 }, drawing), "shape", "width")).toBe(38);
  expect(draw({ dataIndex: 1 }, drawing)).toBeUndefined();
  const low = heat(chart("heat", { series: [series("9", [1, null, 3])] }), { ...LOOK, height: 40 });
  expect(at((at(low, "series", 0, "renderItem") as typeof draw)({ dataIndex: 0 }, drawing), "textContent")).toBeUndefined();
  const tight = heat(chart("heat", { series: [series("9", [1, null, 3])] }), { ...LOOK, width: 20 });
  expect(at((at(tight, "series", 0, "renderItem") as typeof draw)({ dataIndex: 0 }, drawing), "textContent")).toBeUndefined();
});

test("ink on a cell is the one that reads", () => {
  expect(inkOn("#2B59C3", 1, LOOK)).toBe(LOOK.surface);
  expect(inkOn("#2B59C3", 0.2, LOOK)).toBe(LOOK.ink);
  expect(shade(0)).toBeGreaterThan(0);
  expect(shade(2)).toBeLessThanOrEqual(0.95);
});

test("provinces are found by their short names, whatever the data calls them", () => {
  const option = map(chart("map", { categories: [{ label: "Guangdong", place: "广东", keys: ["g"] }], series: [series("Readers", [7])] }), LOOK);
  expect(at(option, "series", 0, "data", 0, "name")).toBe("广东");
});

test("the country keeps its shape in a wide box and in a high one", () => {
  const size = (width: number, height: number): unknown => at(map(chart("map"), { ...LOOK, width, height }), "series", 0, "layoutSize");
  expect(size(1000, 300)).toBe(size(360, 300));
  expect(size(360, 300)).toBe(size(360, 900));
});
