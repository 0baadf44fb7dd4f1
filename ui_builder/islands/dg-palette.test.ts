import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import "./dg-palette.ts";

describe("the palette", () => {
  beforeEach(() => {
    vi.stubGlobal("fetch", vi.fn().mockImplementation(() => Promise.resolve(new Response('<a role="option" href="/o/book/1">Found</a>'))));
    const page = document.createElement("div");
    page.innerHTML = '<dg-palette><input><div role="listbox"><a role="option" href="#books" data-text="books">Books</a><a role="option" href="#shelves" data-text="shelves">Shelves</a></div></dg-palette>';
    document.body.replaceChildren(page);
  });
  afterEach(() => vi.unstubAllGlobals());

  const input = (): HTMLInputElement => document.querySelector("input") as HTMLInputElement;
  const chosen = (): string | undefined => document.querySelector("[aria-selected=true]")?.textContent ?? undefined;
  const type = (words: string): void => {
    input().value = words;
    input().dispatchEvent(new Event("input", { bubbles: true }));
  };

  it("filters what the page holds at once", () => {
    type("she");
    expect(chosen()).toBe("Shelves");
    expect(document.querySelector<HTMLElement>("[data-text=books]")?.hidden).toBe(true);
  });

  it("puts the server's records first", async () => {
    type("bo");
    await vi.waitFor(() => expect(chosen()).toBe("Found"));
  });

  it("goes where the arrows point on Enter", () => {
    const gone = vi.fn((event: Event) => event.preventDefault());
    document.querySelector("[data-text=shelves]")?.addEventListener("click", gone);
    for (const key of ["ArrowDown", "Enter"]) input().dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    expect(gone).toHaveBeenCalledOnce();
  });
});
