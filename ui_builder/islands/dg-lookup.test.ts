import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import "./dg-lookup.ts";

const OPTIONS = '<a role="option" class="dg-nav-item" data-id="7" data-text="North shelf">North shelf</a><a role="option" data-id="8" data-text="Northwest">Northwest</a>';
const text = (): HTMLInputElement => document.querySelector("input[type=text]") as HTMLInputElement;
const id = (): HTMLInputElement => document.querySelector("input[type=hidden]") as HTMLInputElement;
const press = (key: string, more: KeyboardEventInit = {}): boolean => text().dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more }));

describe("a lookup", () => {
  beforeEach(() => {
    vi.stubGlobal("fetch", vi.fn().mockImplementation(() => Promise.resolve(new Response(OPTIONS))));
    const page = document.createElement("div");
    page.innerHTML = '<dg-lookup data-object="shelf" data-field="book.shelf"><input type="hidden" name="shelf" value="3"><input type="text" name="shelf:text" value="Old shelf"></dg-lookup>';
    document.body.replaceChildren(page); // whole, as a browser upgrades what it has parsed
    text().focus();
  });
  afterEach(() => vi.unstubAllGlobals());

  const type = async (words: string): Promise<void> => {
    text().value = words;
    text().dispatchEvent(new Event("input", { bubbles: true }));
    await vi.waitFor(() => expect(document.querySelectorAll("[role=option]")).toHaveLength(2));
  };

  it("takes the suggestion chosen with arrows and Enter", async () => {
    await type("nor");
    press("ArrowDown");
    press("Enter");
    expect(id().value).toBe("8");
    expect(text().value).toBe("Northwest");
    expect(text().getAttribute("aria-expanded")).toBe("false");
  });

  it("forgets the old record as soon as other words are typed", async () => {
    await type("nor");
    expect(id().value).toBe("");
  });

  it("asks another address where the element names one", async () => {
    document.querySelector("dg-lookup")?.setAttribute("data-source", "/ui/subjects");
    await type("nor");
    expect(String(vi.mocked(fetch).mock.calls[0]?.[0])).toMatch(/^\/ui\/subjects\?q=nor/);
  });

  it("leaves Enter to the input method while it composes", async () => {
    await type("nor");
    press("Enter", { isComposing: true });
    expect(id().value).toBe("");
  });

  it("closes on Esc without closing what lies around it", async () => {
    await type("nor");
    const outside = vi.fn();
    document.addEventListener("keydown", outside);
    press("Escape");
    expect(outside).not.toHaveBeenCalled();
    expect(document.querySelector<HTMLElement>("[role=listbox]")?.hidden).toBe(true);
    document.removeEventListener("keydown", outside);
  });
});
