import { afterEach, describe, expect, it, vi } from "vitest";
import "./dg-quick-create.ts";
import * as pages from "./pages.ts";

describe("quick creation", () => {
  afterEach(() => vi.restoreAllMocks());

  it("tells the page about the new record and closes", async () => {
    const made = { object: "shelf", id: "7", title: "North", url: "/o/shelf/7" };
    vi.spyOn(pages, "send").mockResolvedValue({ status: 200, text: JSON.stringify(made), to: null });
    const told = vi.fn();
    document.addEventListener("dg:created", (event) => told((event as CustomEvent).detail), { once: true });
    const page = document.createElement("div");
    page.innerHTML = '<dialog open><dg-quick-create data-object="shelf"><form><input name="q.name"></form></dg-quick-create></dialog>';
    document.body.replaceChildren(page);
    document.querySelector("form")?.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
    await vi.waitFor(() => expect(told).toHaveBeenCalledWith(made));
    expect(document.querySelector("dialog")?.open).toBe(false);
  });
});
