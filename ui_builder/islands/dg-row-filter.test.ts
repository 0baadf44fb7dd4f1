import { beforeEach, describe, expect, it } from "vitest";
import "./dg-row-filter.ts";

function type(text: string): void {
  const input = document.querySelector("input") as HTMLInputElement;
  input.value = text;
  input.dispatchEvent(new Event("input"));
}

function shown(): string[] {
  return [...document.querySelectorAll<HTMLElement>("[data-row-text]")].filter((row) => !row.hidden).map((row) => row.dataset.rowText ?? "");
}

describe("finding a row of a long table", () => {
  beforeEach(() => {
    const page = document.createElement("main");
    page.innerHTML =
      '<dg-row-filter data-for="rows" hidden><input type="search"><span data-said></span></dg-row-filter>' +
      '<ul id="rows"><li data-row-text="Book 书 book"></li><li data-row-text="Shelf 书架 shelf"></li><li data-row-text="Reader"></li></ul>';
    document.body.replaceChildren(page);
  });

  it("is there only where it works", () => {
    expect(document.querySelector("dg-row-filter")?.hasAttribute("hidden")).toBe(false);
  });

  it("leaves the rows that hold every word, in any language, and says how many", () => {
    type("书");
    expect(shown()).toEqual(["Book 书 book", "Shelf 书架 shelf"]);
    type("书 SHELF");
    expect(shown()).toEqual(["Shelf 书架 shelf"]);
    expect(document.querySelector("[data-said]")?.textContent).toBe("1 of 3");
    type("");
    expect(shown()).toHaveLength(3);
    expect(document.querySelector("[data-said]")?.textContent).toBe("");
  });

  it("never sends the form, and Escape shows all rows again", () => {
    type("book");
    const input = document.querySelector("input") as HTMLInputElement;
    const enter = new KeyboardEvent("keydown", { key: "Enter", cancelable: true });
    input.dispatchEvent(enter);
    expect(enter.defaultPrevented).toBe(true);
    input.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" }));
    expect(input.value).toBe("");
    expect(shown()).toHaveLength(3);
  });
});
