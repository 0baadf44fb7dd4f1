import { beforeEach, describe, expect, it } from "vitest";
import "./dg-menu.ts";

const press = (target: Element | null, key: string): boolean | undefined => target?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));

describe("a menu", () => {
  let details: HTMLDetailsElement;

  beforeEach(() => {
    const page = document.createElement("div");
    page.innerHTML = '<dg-menu><details open><summary>More</summary><div class="dg-menu-items"><a href="#1">one</a><button>two</button></div></details></dg-menu><p>elsewhere</p>';
    document.body.replaceChildren(page); // whole, as a browser upgrades what it has parsed
    details = document.querySelector("details") as HTMLDetailsElement;
  });

  it("moves with arrows, round and round", () => {
    press(details, "ArrowDown");
    expect(document.activeElement?.textContent).toBe("one");
    press(document.activeElement, "ArrowUp");
    expect(document.activeElement?.textContent).toBe("two");
  });

  it("closes with Esc and on a click elsewhere", () => {
    press(details, "Escape");
    expect(details.open).toBe(false);
    details.open = true;
    document.querySelector("p")?.click();
    expect(details.open).toBe(false);
  });
});
