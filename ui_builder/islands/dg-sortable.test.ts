import { beforeEach, describe, expect, it } from "vitest";
import "./dg-sortable.ts";
import { orderOf, type Sorted } from "./dg-sortable.ts";

const press = (target: Element, key: string): boolean => target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));

describe("sorting by keyboard", () => {
  let list: HTMLElement;
  let last: Sorted | undefined;

  beforeEach(() => {
    document.body.innerHTML = '<dg-sortable><ul>' + ["a", "b", "c"].map((i) => `<li data-id="${i}"><button class="dg-handle">${i}</button></li>`).join("") + "</ul></dg-sortable>";
    list = document.querySelector("ul") as HTMLElement;
    last = undefined;
    document.addEventListener("dg:sorted", (event) => (last = (event as CustomEvent<Sorted>).detail), { once: true });
  });

  it("lifts with Space, moves with arrows, drops with Enter", () => {
    const handle = list.querySelector(".dg-handle") as Element;
    press(handle, " ");
    press(handle, "ArrowDown");
    press(handle, "Enter");
    expect(last).toEqual({ ids: ["b", "a", "c"], moved: "a" });
  });

  it("puts back with Esc and tells nobody", () => {
    const handle = list.querySelector(".dg-handle") as Element;
    press(handle, " ");
    press(handle, "ArrowDown");
    press(handle, "ArrowDown");
    press(handle, "Escape");
    expect(orderOf(list)).toEqual(["a", "b", "c"]);
    expect(last).toBeUndefined();
  });
});
