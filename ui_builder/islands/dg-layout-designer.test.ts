import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DgLayoutDesigner } from "./dg-layout-designer.ts";

const known = (name: string): object => ({ name, label: name.toUpperCase(), icon: "book", type: "text", expression: "text", values: [], required: false, wide: false, system: false });
const GIVEN = {
  document: { object: "book", sections: [{ name: "facts", label: "Facts", columns: 2, fields: ["title", "price"] }] },
  hash: "h1",
  url: "/builder/layouts/book/save",
  object: "book",
  locale: "en",
  fields: ["title", "price", "pages"].map(known),
  related: [],
  sample: {},
};
const designer = (): DgLayoutDesigner => document.querySelector("dg-layout-designer") as DgLayoutDesigner;
const field = (name: string): HTMLElement => designer().querySelector(`.dg-layout-field[data-name="${name}"]`) as HTMLElement;
const press = (key: string, target: Element): boolean => target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
const placed = (): string[] => designer().layout.sections.flatMap((section) => section.fields);

describe("the layout designer", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal("fetch", vi.fn().mockImplementation(() => Promise.resolve(new Response('{"hash": "h2"}'))));
    const page = document.createElement("main");
    page.innerHTML = `<dg-layout-designer><script type="application/json">${JSON.stringify(GIVEN)}</script></dg-layout-designer>`;
    document.body.replaceChildren(page);
  });
  afterEach(() => vi.useRealTimers());

  it("moves a lifted field by arrows, and puts it back by Escape", () => {
    press(" ", field("title"));
    press("ArrowDown", field("title"));
    expect(placed()).toEqual(["price", "title"]);
    press("Escape", field("title"));
    expect(placed()).toEqual(["title", "price"]);
  });

  it("places a field from the palette and takes one out by Delete", () => {
    designer().querySelector<HTMLElement>('[data-palette] [data-name="pages"] button')?.click();
    expect(placed()).toEqual(["title", "price", "pages"]);
    press("Delete", field("price"));
    expect(placed()).toEqual(["title", "pages"]);
  });

  it("saves once after a pause, with the hash of what it knew", async () => {
    press("Delete", field("price"));
    press("Delete", field("title"));
    await vi.advanceTimersByTimeAsync(600);
    expect(fetch).toHaveBeenCalledTimes(1);
    const [url, sent] = vi.mocked(fetch).mock.calls[0] as [string, RequestInit];
    expect([url, JSON.parse(sent.body as string).hash]).toEqual([GIVEN.url, "h1"]);
  });

  it("saves one after the other, each with the hash that the one before brought", async () => {
    const answers: (() => void)[] = [];
    vi.mocked(fetch).mockImplementation(() => new Promise((resolve) => answers.push(() => resolve(new Response(`{"hash": "h${answers.length + 1}"}`)))));
    press("Delete", field("price"));
    await vi.advanceTimersByTimeAsync(600);
    press("Delete", field("title"));
    await vi.advanceTimersByTimeAsync(600);
    expect(fetch).toHaveBeenCalledTimes(1);
    answers[0]?.();
    await vi.advanceTimersByTimeAsync(0);
    expect(fetch).toHaveBeenCalledTimes(2);
    const [, sent] = vi.mocked(fetch).mock.calls[1] as [string, RequestInit];
    expect(JSON.parse(sent.body as string).hash).toBe("h2");
  });

  it("asks whoever leaves before it is saved, and saves meanwhile", async () => {
    const leave = (): boolean => window.dispatchEvent(new Event("beforeunload", { cancelable: true }));
    expect(leave()).toBe(true);
    press("Delete", field("price"));
    expect(leave()).toBe(false);
    await vi.advanceTimersByTimeAsync(0);
    expect(fetch).toHaveBeenCalledTimes(1);
    expect(leave()).toBe(true);
  });
});
