// Lines and areas: gaps stay gaps, the newest number is said, the earlier period is dashed.
import { expect, test } from "vitest";
import { lines } from "./lines.ts";
import { at, chart, LOOK, series } from "./sample.test-data.ts";

test("a month without a number is a gap, not a zero", () => {
  const option = lines(chart("line", { series: [series("Spent", [40, null, 10])] }), LOOK);
  expect(at(option, "series", 0, "data")).toEqual([40, null, 10]);
  expect(at(option, "series", 0, "connectNulls")).toBe(false);
});

test("the newest number of a lone line is written beside its point", () => {
  const option = lines(chart("area", { series: [series("Spent", [40, 20, null])] }), LOOK);
  expect(at(option, "series", 1, "data")).toEqual([[1, 20]]);
  expect(at(option, "series", 1, "label", "formatter")).toBe("¥20");
  expect(at(option, "series", 1, "silent")).toBe(true);
});

test("it stands below a line that falls, above one that rises or has come down to nothing", () => {
  const position = (...numbers: number[]): unknown => at(lines(chart("line", { series: [series("Spent", numbers)] }), LOOK), "series", 1, "label", "position");
  expect([position(10, 40, 20), position(10, 20, 40), position(10, 40, 1)]).toEqual(["bottom", "top", "top"]);
});

test("of several lines none is preferred", () => {
  const option = lines(chart("line", { series: [series("A", [1, 2, 3]), series("B", [3, 2, 1])] }), LOOK);
  expect(option.series).toHaveLength(2);
});

test("the earlier period is a dashed line of the same hue without a filled ground", () => {
  const option = lines(chart("area", { series: [series("Now", [1, 2, 3]), series("Before", [1, 1, 1], { before: true })] }), LOOK);
  expect(at(option, "series", 1, "lineStyle", "type")).toEqual([4, 4]);
  expect(at(option, "series", 1, "areaStyle")).toBeUndefined();
  expect(at(option, "series", 0, "areaStyle", "opacity")).toBe(0.1);
});

test("areas of parts lie on each other", () => {
  const option = lines(chart("area", { stacked: true, series: [series("A", [1, 2, 3]), series("B", [3, 2, 1])] }), LOOK);
  expect([at(option, "series", 0, "stack"), at(option, "series", 1, "stack")]).toEqual(["parts", "parts"]);
});

test("a single point is drawn as one", () => {
  const one = chart("line", { categories: [{ label: "2026", keys: ["2026"] }], series: [series("Spent", [40])] });
  expect(at(lines(one, LOOK), "series", 0, "showSymbol")).toBe(true);
});
