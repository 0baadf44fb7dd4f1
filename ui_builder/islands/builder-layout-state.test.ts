import { describe, expect, it } from "vitest";
import { type Layout, Steps, addSection, changeSection, meets, moveSection, placeOf, put, removeSection, step, withWords, without } from "./builder-layout-state.ts";

const layout: Layout = { object: "book", sections: [{ name: "one", fields: ["a", "b"] }, { name: "two", fields: ["c"] }] };
const order = (given: Layout): string => given.sections.map((section) => section.fields.join("")).join("|");

describe("fields", () => {
  it("move within and across sections, and stop at both ends", () => {
    expect(order(step(layout, "a", 1))).toBe("ba|c");
    expect(order(step(layout, "b", 1))).toBe("a|bc");
    expect(order(step(layout, "c", -1))).toBe("abc|");
    expect(order(step(layout, "a", -1))).toBe("ab|c");
    expect(order(step(layout, "c", 1))).toBe("ab|c");
  });

  it("are put anywhere, come from outside, and leave", () => {
    expect(order(put(layout, "c", { section: 0, index: 1 }))).toBe("acb|");
    expect(order(put(layout, "d", { section: 1, index: 0 }))).toBe("ab|dc");
    expect(order(without(layout, "a"))).toBe("b|c");
    expect(placeOf(layout, "d")).toBeNull();
  });
});

describe("sections", () => {
  it("are added with a free name, moved, changed and removed", () => {
    const more = addSection(addSection(layout, "New"), "New");
    expect(more.sections.map((section) => section.name)).toEqual(["one", "two", "section_3", "section_4"]);
    expect(order(moveSection(layout, 1, 0))).toBe("c|ab");
    expect(moveSection(layout, 0, -1)).toBe(layout);
    expect(order(removeSection(layout, 0))).toBe("c");
    expect(changeSection(changeSection(layout, 0, { collapsed: true }), 0, { collapsed: false }).sections[0]).toEqual({ name: "one", fields: ["a", "b"] });
  });

  it("keep the label's other language", () => {
    expect(withWords({ en: "Money", zh: "钱" }, "zh", "金额")).toEqual({ en: "Money", zh: "金额" });
    expect(withWords("Money", "zh", "金额")).toEqual({ en: "Money", zh: "金额" });
  });
});

it("undoes and redoes until something new is done", () => {
  const steps = new Steps(1);
  steps.go(2);
  steps.go(3);
  expect([steps.undo(), steps.present, steps.redo(), steps.present]).toEqual([true, 2, true, 3]);
  steps.undo();
  steps.go(4);
  expect([steps.canRedo, steps.present]).toEqual([false, 4]);
});

it("tries conditions on what is typed", () => {
  const row = (operator: string, ...texts: string[]) => ({ path: "x", operator, values: texts.map((text) => ({ kind: "text", text })) });
  expect(meets([row("!=", "CNY")], "all", { x: "EUR" })).toBe(true);
  expect(meets([row(">", "9")], "all", { x: "10" })).toBe(true);
  expect(meets([row("in", "a", "b"), row("blank")], "all", { x: "a" })).toBe(false);
  expect(meets([row("in", "a", "b"), row("blank")], "any", { x: "a" })).toBe(true);
  expect(meets([], "all", {})).toBe(true);
});
