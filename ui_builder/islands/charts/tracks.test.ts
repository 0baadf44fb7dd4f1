// Funnels and bars against a target: the share that goes on, the track, the mark.
import { expect, test } from "vitest";
import { chart, LOOK, at, series } from "./sample.test-data.ts";
import { gauge } from "./gauge.ts";
import { funnel, goesOn } from "./tracks.ts";

test("each step says how many of the step before came this far", () => {
  expect([0, 1, 2].map((step) => goesOn([3204, 1126, 688], step))).toEqual(["", "35%", "61%"]);
  expect(goesOn([0, 5], 1)).toBe("");
  expect(goesOn([5, null], 1)).toBe("");
});

test("a funnel's bars are measured by the widest step and grow paler", () => {
  const option = funnel(chart("funnel"), LOOK);
  expect(at(option, "xAxis", "max")).toBe(40);
  expect(at(option, "series", 0, "showBackground")).toBe(true);
  const opacities = [0, 1, 2].map((step) => at(option, "series", 0, "data", step, "itemStyle", "opacity") as number);
  expect(opacities).toEqual([...opacities].sort((a, b) => b - a));
  expect(at(option, "series", 1, "data", 1, "label", "formatter")).toBe("{value|¥20}{share|50%}");
});

test("what the server says of the steps stands beside them", () => {
  const option = funnel(chart("funnel", { steps: ["", "40%", "8%"] }), LOOK);
  expect(at(option, "series", 1, "data", 2, "label", "formatter")).toBe("{value|¥10}{share|8%}");
});

test("a gauge of one number is a ring, full at the target", () => {
  const one = chart("gauge", { target: 80, target_text: "¥80", categories: [{ label: "", keys: [] }], series: [series("Spent", [40])], number: { name: "Spent", value: 40, text: "¥40", full: "¥40.00", before: null, change: null } });
  const option = gauge(one, LOOK);
  expect(at(option, "series", 0, "data", 0, "value")).toBe(0.5);
  expect(at(option, "series", 1, "label", "formatter")).toBe("{value|¥40}\n{meta|50% of ¥80}");
});

test("more than the target fills the ring, and says how much more", () => {
  const over = chart("gauge", { target: 20, target_text: "¥20", categories: [{ label: "", keys: [] }], series: [series("Spent", [40])] });
  expect(at(gauge(over, LOOK), "series", 0, "data", 0, "value")).toBe(1);
  expect(at(gauge(over, LOOK), "series", 1, "label", "formatter")).toContain("200%");
});

test("a gauge of several numbers is a bar each, with the target across them", () => {
  const option = gauge(chart("gauge", { target: 30, target_text: "¥30" }), LOOK);
  expect(at(option, "series", 0, "type")).toBe("bar");
  expect(at(option, "series", 0, "markLine", "data", 0, "xAxis")).toBe(30);
  expect(at(option, "series", 0, "markLine", "lineStyle", "type")).toBe("solid");
});
