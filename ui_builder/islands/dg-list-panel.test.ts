import { beforeEach, describe, expect, it, vi } from "vitest";
import "./dg-list-panel.ts";

const answer = (text: string, status = 200): void => void vi.stubGlobal("fetch", vi.fn().mockResolvedValue(new Response(text, { status })));
const link = (): HTMLElement => document.querySelector("a") as HTMLElement;
const dialog = (): HTMLDialogElement => document.querySelector("dialog") as HTMLDialogElement;

describe("the popover of a list", () => {
  beforeEach(() => {
    const page = document.createElement("main");
    page.innerHTML = '<dg-list-panel><dialog></dialog></dg-list-panel><a href="/o/book/list/filter" data-panel="center">Filter</a>';
    document.body.replaceChildren(page);
  });

  it("loads what its link leads to, and is empty again once closed", async () => {
    answer("<p>A filter</p>");
    link().click();
    await vi.waitFor(() => expect(dialog().textContent).toBe("A filter"));
    expect(dialog().open).toBe(true);
    dialog().close();
    expect(dialog().childNodes.length).toBe(0);
  });

  it("says so when that cannot be loaded", async () => {
    answer("", 500);
    const said = new Promise<CustomEvent>((resolve) => document.addEventListener("dg:toast", (event) => resolve(event as CustomEvent), { once: true }));
    link().click();
    expect((await said).detail.tone).toBe("bad");
    expect(dialog().open).toBe(false);
  });

  it("leaves a link alone that is opened in another tab", () => {
    answer("");
    const event = new MouseEvent("click", { bubbles: true, cancelable: true, ctrlKey: true });
    link().dispatchEvent(event);
    expect(event.defaultPrevented).toBe(false);
    expect(fetch).not.toHaveBeenCalled();
  });
});
