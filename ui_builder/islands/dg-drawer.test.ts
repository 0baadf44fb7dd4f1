import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import "./dg-drawer.ts";

describe("the drawer", () => {
  beforeEach(() => {
    const page = document.createElement("div");
    page.innerHTML = '<a href="/o/shelf/1" data-drawer>Peek</a><dg-drawer><dialog></dialog></dg-drawer>';
    document.body.replaceChildren(page);
  });
  afterEach(() => vi.unstubAllGlobals());

  const link = (): HTMLElement => document.querySelector("a") as HTMLElement;
  const dialog = (): HTMLDialogElement => document.querySelector("dialog") as HTMLDialogElement;

  it("loads the link's address and empties itself when closed", async () => {
    const ask = vi.fn().mockResolvedValue(new Response("<h2 data-first-focus tabindex=-1>Shelf</h2><button data-closes>x</button>"));
    vi.stubGlobal("fetch", ask);
    link().click();
    await vi.waitFor(() => expect(dialog().open).toBe(true));
    expect(ask.mock.calls[0]?.[0]).toBe("/o/shelf/1");
    dialog().querySelector("button")?.click();
    expect(dialog().open).toBe(false);
    expect(dialog().innerHTML).toBe("");
  });

  it("says so when the address cannot be loaded, and stays shut", async () => {
    vi.stubGlobal("fetch", vi.fn().mockRejectedValue(new Error("away")));
    const said = vi.fn();
    document.addEventListener("dg:toast", said, { once: true });
    link().click();
    await vi.waitFor(() => expect(said).toHaveBeenCalled());
    expect(dialog().open).toBe(false);
  });
});
