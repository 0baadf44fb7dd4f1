import { beforeEach, describe, expect, it, vi } from "vitest";
import "./dg-keys.ts";
import "./dg-dialog.ts";

const press = (key: string, more: KeyboardEventInit = {}): KeyboardEvent => {
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more });
  (document.activeElement ?? document.body).dispatchEvent(event);
  return event;
};

describe("the keyboard map", () => {
  const pressed = vi.fn();

  beforeEach(() => {
    document.body.innerHTML = `<button data-key="c">New</button><input id="q"><dg-keys></dg-keys>
      <div data-row><a href="#1">one</a><input type="checkbox"></div><div data-row><a href="#2">two</a></div>
      <dialog id="dg-keys-dialog"></dialog><dialog id="dg-palette-dialog"></dialog>`;
    document.documentElement.dataset.keys = "on";
    document.querySelector("button")?.addEventListener("click", pressed);
  });

  it("presses the element that names the letter", () => {
    press("c");
    expect(pressed).toHaveBeenCalledOnce();
  });

  it("leaves letters to inputs", () => {
    document.getElementById("q")?.focus();
    press("c");
    expect(pressed).not.toHaveBeenCalled();
  });

  it("does nothing while an input method composes", () => {
    press("c", { isComposing: true });
    press("k", { isComposing: true, ctrlKey: true });
    expect(pressed).not.toHaveBeenCalled();
    expect(document.querySelector("dialog[open]")).toBeNull();
  });

  it("rests when single letters are turned off, but keeps Ctrl", () => {
    document.documentElement.dataset.keys = "off";
    press("c");
    expect(pressed).not.toHaveBeenCalled();
    press("k", { ctrlKey: true });
    expect(document.getElementById("dg-palette-dialog")?.hasAttribute("open")).toBe(true);
  });

  it("walks rows with J and K and selects with X", () => {
    press("j");
    expect(document.activeElement?.textContent).toBe("one");
    press("x");
    expect(document.querySelector<HTMLInputElement>("[data-row] input")?.checked).toBe(true);
    press("j");
    expect(document.activeElement?.textContent).toBe("two");
    press("k");
    expect(document.activeElement?.textContent).toBe("one");
  });

  it("narrows the navigation and remembers it", () => {
    press("b", { ctrlKey: true });
    expect(document.documentElement.dataset.nav).toBe("narrow");
    expect(document.cookie).toContain("dg_nav=narrow");
  });
});
