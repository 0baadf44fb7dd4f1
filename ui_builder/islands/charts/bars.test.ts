// Bars and columns: which way they lie, what they carry, how parts and earlier periods look.
import { expect, test } from "vitest";
import { bars } from "./bars.ts";
import { at, chart, LOOK, series } from "./sample.test-data.ts";

test("bars lie with the first place on top, columns stand", () => {
  const lying = bars(chart("bar"), LOOK);
  expect(at(lying, "yAxis", "data")).toEqual(["East", "South", "North"]);
  expect(at(lying, "yAxis", "inverse")).toBe(true);
  const standing = bars(chart("column"), LOOK);
  expect(at(standing, "xAxis", "type")).toBe("category");
  expect(at(standing, "series", 0, "data")).toEqual([40, 20, 10]);
});

test("a lone series carries its numbers as the server wrote them, several do not", () => {
  const label = at(bars(chart("bar"), LOOK), "series", 0, "label") as { show: boolean; formatter: (p: { dataIndex: number }) => string };
  expect(label.show).toBe(true);
  expect(label.formatter({ dataIndex: 1 })).toBe("¥20");
  const both = chart("column", { series: [series("A", [1, 2, 3]), series("B", [1, 2, 3])] });
  expect(at(bars(both, LOOK), "series", 0, "label", "show")).toBe(false);
});

test("numbers that have no room above their columns are left out", () => {
  const wide = chart("column", { series: [series("Spent", [1_000_000, 2, 3], { texts: ["¥1,000,000.00", "¥2", "¥3"] })] });
  expect(at(bars(wide, { ...LOOK, width: 200 }), "series", 0, "label", "show")).toBe(false);
});

test("parts lie on each other with a line of the ground between them", () => {
  const parts = bars(chart("column", { stacked: true, series: [series("A", [1, 2, 3]), series("B", [1, 2, 3])] }), LOOK);
  expect(at(parts, "series", 0, "stack")).toBe(at(parts, "series", 1, "stack"));
  expect(at(parts, "series", 1, "itemStyle", "borderColor")).toBe(LOOK.surface);
});

test("the earlier period has the same hue, pale, and stands beside, never on top", () => {
  const option = bars(chart("column", { stacked: true, series: [series("Now", [1, 2, 3]), series("Before", [1, 1, 1], { before: true })] }), LOOK);
  expect(at(option, "series", 1, "itemStyle", "color")).toBe(LOOK.colours[0]);
  expect(at(option, "series", 1, "itemStyle", "opacity")).toBeLessThan(0.5);
  expect(at(option, "series", 1, "stack")).toBeUndefined();
});

test("columns reach up to a target beyond them, which is a dashed line", () => {
  const option = bars(chart("column", { target: 90, target_text: "¥90" }), LOOK);
  expect(at(option, "yAxis", "max")).toBeGreaterThanOrEqual(90);
  expect(at(option, "series", 0, "markLine", "lineStyle", "type")).toEqual([3, 3]);
  expect(at(option, "series", 0, "markLine", "label", "formatter")).toBe("Target ¥90");
});

test("lying bars against a target have a track, so that no number lies on the line", () => {
  const option = bars(chart("bar", { target: 30, target_text: "¥30" }), LOOK);
  expect(at(option, "series", 0, "showBackground")).toBe(true);
  expect(at(option, "series", 0, "markLine", "data", 0, "xAxis")).toBe(30);
});

test("nothing moves, and nobody points at a picture", () => {
  expect(bars(chart("bar"), LOOK).animation).toBe(false);
  expect(bars(chart("bar"), LOOK).tooltip).toBeDefined();
  expect(bars(chart("bar"), { ...LOOK, picture: true }).tooltip).toBeUndefined();
});

test("only a picture carries a legend: the page has buttons", () => {
  const both = chart("column", { series: [series("A", [1, 2, 3]), series("B", [1, 2, 3])] });
  expect(bars(both, LOOK).legend).toBeUndefined();
  expect(at(bars(both, { ...LOOK, picture: true }), "legend", "data", 1, "name")).toBe("B");
});
