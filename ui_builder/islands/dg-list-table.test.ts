import { describe, expect, it } from "vitest";
import { withSortKey } from "./dg-list-table.ts";
import { shownValue } from "./list-editing.ts";
import { between, Selection, sumOf } from "./list-selection.ts";

describe("a further sort key", () => {
  it("comes last, and turns round when it is there already", () => {
    expect(withSortKey("http://x/o/book?view=a", "title", "price")).toBe("http://x/o/book?view=a&sort=title%2Cprice");
    expect(withSortKey("http://x/o/book", "-price,title", "title")).toBe("http://x/o/book?sort=-price%2C-title");
    expect(withSortKey("http://x/o/book", "-price", "price")).toBe("http://x/o/book?sort=price");
  });
});

describe("a range", () => {
  it("holds both ends in either direction", () => {
    expect(between([1, 2, 3, 4], 2, 4)).toEqual([2, 3, 4]);
    expect(between([1, 2, 3, 4], 4, 2)).toEqual([2, 3, 4]);
    expect(between([1, 2], 9, 1)).toEqual([]);
  });
});

function cell(sum: string, text: string, currency = ""): HTMLElement {
  const made = document.createElement("td");
  Object.assign(made.dataset, { sum, currency });
  made.textContent = text;
  return made;
}

describe("the sum of selected rows", () => {
  it("carries the currency's symbol and no float's rounding", () => {
    expect(sumOf([cell("0.10", "¥0.10"), cell("0.20", "¥0.20"), null])).toBe("¥0.30");
    expect(sumOf([cell("1000000", "$1,000,000", "USD"), cell("5", "$5", "USD")])).toBe("$1,000,005");
  });
  it("says nothing of mixed currencies", () => {
    expect(sumOf([cell("1", "¥1", "CNY"), cell("1", "$1", "USD")])).toBe("");
    expect(sumOf([])).toBe("");
  });
});

describe("selection", () => {
  it("marks rows, the head's box and the bar's words", () => {
    const root = document.createElement("div");
    root.innerHTML = `<table><thead><tr><th><input type="checkbox" data-all></th></tr></thead><tbody>
      <tr><td><input type="checkbox" name="id" value="a"><input type="hidden" name="id" value="a"></td></tr>
      <tr><td><input type="checkbox" name="id" value="b"></td></tr></tbody></table><b data-chosen data-words="{n} selected"></b>`;
    document.body.append(root);
    const selection = new Selection(root);
    const [first] = selection.boxes();
    first?.click();
    expect(root.querySelector("[data-chosen]")?.textContent).toBe("1 selected");
    expect(root.querySelector<HTMLInputElement>("[data-all]")?.indeterminate).toBe(true);
    root.querySelector<HTMLInputElement>("[data-all]")?.click();
    expect(selection.chosen().length).toBe(2);
    selection.clear();
    expect(root.querySelector("tr.dg-selected")).toBeNull();
  });
});

describe("what a cell shows while it is saved", () => {
  it("is the choice's label or the typed text", () => {
    const form = document.createElement("form");
    form.innerHTML = `<input type="hidden" name="version" value="3"><select><option value="a">Open</option><option value="b" selected>Done</option></select>`;
    expect(shownValue(form)).toBe("Done");
    form.innerHTML = `<input type="hidden" name="version" value="3"><input value="1,234">`;
    expect(shownValue(form)).toBe("1,234");
  });
});
