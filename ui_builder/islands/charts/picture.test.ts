// @vitest-environment node
// The server's pictures: every kind is drawn, in the light tokens' colours, and data stays data.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { heightOf, LIGHT, picture } from "./picture.ts";
import { chart, series } from "./sample.test-data.ts";

test("a picture has the colours of the light tokens", () => {
  const tokens = readFileSync("assets/css/tokens.css", "utf8").split("[data-bs-theme")[0] ?? "";
  const token = (name: string): string => new RegExp(`--dg-${name}: *(#[0-9A-F]{6})`).exec(tokens)?.[1] ?? "";
  expect(LIGHT.colours).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((n) => token(`c${n}`)));
  expect([LIGHT.ink, LIGHT.ink2, LIGHT.ink3, LIGHT.line, LIGHT.surface, LIGHT.mute]).toEqual(["ink", "ink-2", "ink-3", "line", "surface", "mute-soft"].map(token));
});

test.each(["bar", "column", "line", "area", "pie", "funnel", "gauge", "heat"])("a %s is drawn with its numbers or its places", (type) => {
  const drawn = picture(chart(type), 640);
  expect(drawn).toMatch(/^<svg /);
  expect(drawn).toContain("#2B59C3");
  expect(drawn).toMatch(/East|¥40/);
});

test("a scatter chart and a map are drawn", () => {
  expect(picture(chart("scatter", { series: [series("Books", [1, 2, 3]), series("Spent", [40, 20, 10])] }), 640)).toContain("South");
  const china = chart("map", { categories: [{ label: "Guangdong", place: "广东", keys: ["g"] }], series: [series("Readers", [7])] });
  expect(picture(china, 640).match(/<path/g)?.length).toBeGreaterThan(34);
});

test("a number is written with how it changed", () => {
  const number = { name: "Spent", value: 40, text: "¥40", full: "¥40.00", before: "¥20", change: { text: "100%", way: "up" as const, good: true } };
  const drawn = picture(chart("number", { number }), 640);
  expect(drawn).toContain("¥40");
  expect(drawn).toContain("↑ 100%");
});

test("a name is never markup", () => {
  const hostile = chart("bar", { categories: [{ label: "<script>alert(1)</script>", keys: ["a"] }] });
  expect(picture(hostile, 640)).not.toContain("<script");
  const number = { name: "<b>&", value: 1, text: "1", full: "1", before: null, change: null };
  expect(picture(chart("number", { number }), 640)).toContain("&lt;b&gt;&amp;");
});

test("many bars make a higher picture", () => {
  const many = chart("bar", { categories: Array.from({ length: 30 }, (_, n) => ({ label: String(n), keys: [n] })) });
  expect(heightOf(many)).toBeGreaterThan(heightOf(chart("bar")));
});
