import { beforeEach, describe, expect, it } from "vitest";
import { closeMenu, openMenu } from "./report-designer-menu.ts";

const ZONES: [string, string][] = [["rows", "Rows"], ["values", "Values"]];

describe("the menu of a field", () => {
  let opener: HTMLElement;

  beforeEach(() => {
    document.body.innerHTML = '<button class="dg-rd-field">Shelf</button>';
    opener = document.querySelector("button") as HTMLElement;
  });

  function press(key: string): void {
    document.activeElement?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  }

  it("is walked with arrows and closed with Escape, which goes back to the field", () => {
    openMenu(opener, ZONES, () => undefined);
    expect(document.activeElement?.textContent).toBe("Add to Rows");
    press("ArrowDown");
    expect(document.activeElement?.textContent).toBe("Add to Values");
    press("ArrowDown");
    expect(document.activeElement?.textContent).toBe("Add to Rows");
    expect(opener.getAttribute("aria-expanded")).toBe("true");
    press("Escape");
    expect(document.getElementById("rd-menu")).toBeNull();
    expect(document.activeElement).toBe(opener);
    expect(opener.hasAttribute("aria-expanded")).toBe(false);
  });

  it("says where the field goes, and is gone then", () => {
    const chosen: string[] = [];
    openMenu(opener, ZONES, (zone) => chosen.push(zone));
    document.querySelector<HTMLElement>('[data-to="values"]')?.click();
    expect(chosen).toEqual(["values"]);
    expect(document.getElementById("rd-menu")).toBeNull();
  });

  it("is there once", () => {
    openMenu(opener, ZONES, () => undefined);
    openMenu(opener, ZONES, () => undefined);
    expect(document.querySelectorAll("[role=menu]")).toHaveLength(1);
    closeMenu();
    expect(document.querySelectorAll("[role=menu]")).toHaveLength(0);
  });
});
