import { beforeEach, describe, expect, it, vi } from "vitest";
import "./dg-record.ts";

const FACT = '<div data-fact="title"><dt>Title</dt><dd class="dg-fact-value">Old</dd><button class="dg-fact-edit">Edit</button></div>';
const value = (): HTMLElement => document.querySelector(".dg-fact-value") as HTMLElement;
const press = (key: string, target: Element): boolean => target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));

describe("a fact edited where it stands", () => {
  beforeEach(() => {
    vi.stubGlobal("fetch", vi.fn().mockImplementation(() => Promise.resolve(new Response('<form class="dg-fact-form"><input name="title" value="Old"></form>'))));
    const page = document.createElement("main");
    page.innerHTML = `<dg-record data-url="/o/book/1">${FACT}</dg-record>`;
    document.body.replaceChildren(page);
  });

  it("becomes its form by a click, and is itself again by Escape", async () => {
    value().click();
    await vi.waitFor(() => expect(value().querySelector("input")).not.toBeNull());
    expect(vi.mocked(fetch).mock.calls[0]?.[0]).toBe("/o/book/1/field/title");
    press("Escape", value().querySelector("input") as Element);
    expect(value().innerHTML).toBe("Old");
  });

  it("becomes its form by the letter E, unless letters are switched off", async () => {
    const button = document.querySelector(".dg-fact-edit") as Element;
    document.documentElement.dataset.keys = "off";
    press("e", button);
    expect(fetch).not.toHaveBeenCalled();
    delete document.documentElement.dataset.keys;
    press("e", button);
    await vi.waitFor(() => expect(value().querySelector("form")).not.toBeNull());
  });

  it("forgets the draft of the form that led here", () => {
    localStorage.setItem("dg-draft", "typed");
    sessionStorage.setItem("dg-draft-sent", "dg-draft");
    document.body.append(document.createElement("dg-record"));
    expect([localStorage.getItem("dg-draft"), sessionStorage.getItem("dg-draft-sent")]).toEqual([null, null]);
  });
});
