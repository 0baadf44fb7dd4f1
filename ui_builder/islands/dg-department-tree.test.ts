import { beforeEach, describe, expect, it } from "vitest";
import "./dg-department-tree.ts";
import { step } from "./dg-department-tree.ts";

const item = (id: string): HTMLElement => document.querySelector(`[data-id="${id}"]`) as HTMLElement;
const press = (id: string, key: string): boolean =>
  (item(id).querySelector(".dg-handle") as Element).dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
const shape = (list: Element): unknown =>
  [...list.children].map((li) => [(li as HTMLElement).dataset.id, shape(li.querySelector(":scope > ul") as Element)]);
const one = (id: string, inside = ""): string => `<li data-id="${id}"><button class="dg-handle">${id}</button><ul data-parent="${id}">${inside}</ul></li>`;

describe("moving departments by keyboard", () => {
  beforeEach(() => {
    document.body.innerHTML = `<dg-department-tree><ul data-parent="">${one("a", one("b"))}${one("c")}</ul></dg-department-tree>`;
  });
  const tree = (): unknown => shape(document.querySelector("ul") as Element);

  it("goes under the one above, and out of it", () => {
    expect(step(item("c"), "ArrowRight")).toBe(true);
    expect(tree()).toEqual([["a", [["b", []], ["c", []]]]]);
    step(item("c"), "ArrowLeft");
    expect(tree()).toEqual([["a", [["b", []]]], ["c", []]]);
  });

  it("stays where a step leads nowhere", () => {
    step(item("a"), "ArrowUp");
    step(item("a"), "ArrowRight");
    step(item("a"), "ArrowLeft");
    expect(step(item("a"), "x")).toBe(false);
    expect(tree()).toEqual([["a", [["b", []]]], ["c", []]]);
  });

  it("is put back with Esc", () => {
    press("b", " ");
    press("b", "ArrowLeft");
    press("b", "Escape");
    expect(tree()).toEqual([["a", [["b", []]]], ["c", []]]);
    expect(document.querySelector(".dg-lifted")).toBeNull();
  });
});
