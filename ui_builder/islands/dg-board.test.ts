import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { neighbour } from "./board-lanes.ts";
import "./dg-board.ts";

const lane = (stage: string, ...cards: string[]): string => `<section class="dg-lane" data-stage="${stage}"><header><div data-head><h2>${stage}</h2><span data-count="${cards.length}">${cards.length}</span></div><p data-note hidden></p></header>
  <div data-cards>${cards.map((id) => `<article class="dg-lane-card" data-id="${id}"><a href="/o/book/${id}" data-card id="card-${id}">${id}</a></article>`).join("")}</div></section>`;
const board = (): HTMLElement => document.querySelector("dg-board") as HTMLElement;
const card = (id: string): HTMLElement => document.querySelector(`[data-id="${id}"]`) as HTMLElement;
const stageOf = (id: string): string | undefined => card(id).closest<HTMLElement>(".dg-lane")?.dataset.stage;
const count = (stage: string): string | null => (document.querySelector(`[data-stage="${stage}"] [data-count]`) as HTMLElement).textContent;
const press = (id: string, ...keys: string[]): void => keys.forEach((key) => card(id).querySelector("a")?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true })));
const json = (body: unknown, status = 200): Response => new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json" } });

describe("the board", () => {
  let answer: (url: string) => Response;
  const ask = vi.fn((url: string) => Promise.resolve(answer(url)));
  beforeEach(() => {
    vi.stubGlobal("fetch", ask);
    answer = (url) => (url.includes("/ways/") ? json({ b: { open: true, text: "1 missing: Price" }, c: { open: false, text: "Not from here" } }) : url.includes("/heads") ? json({}) : json({ moved: true, text: "Moved", undo: "/undo" }));
    const page = document.createElement("main");
    page.innerHTML = `<dg-board data-object="book" data-pipeline="p" data-moves>${lane("a", "1", "2")}${lane("b")}${lane("c", "3")}<p data-say></p></dg-board>`;
    document.body.replaceChildren(page);
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    ask.mockClear();
  });

  it("walks with the arrows, past empty lanes", () => {
    expect(neighbour(board(), card("1"), "ArrowDown")).toBe(card("2"));
    expect(neighbour(board(), card("2"), "ArrowRight")).toBe(card("3"));
    expect(neighbour(board(), card("3"), "ArrowLeft")).toBe(card("1"));
    expect(neighbour(board(), card("1"), "ArrowUp")).toBeNull();
  });

  it("lifts by Space, says what the lane lacks, and drops by Enter at once", async () => {
    press("1", " ");
    await vi.waitFor(() => expect(document.querySelector('[data-stage="c"]')?.classList.contains("dg-shut")).toBe(true));
    press("1", "ArrowRight");
    expect(stageOf("1")).toBe("b");
    expect(document.querySelector('[data-stage="b"] [data-note]')?.textContent).toContain("1 missing: Price");
    press("1", "Enter");
    expect([count("a"), count("b")]).toEqual(["1", "1"]);
    await vi.waitFor(() => expect(ask.mock.calls.some(([url]) => url === "/o/book/1/stage")).toBe(true));
  });

  it("shuts no lane once the card is dropped, however late the answer about the lanes comes", async () => {
    const now = answer;
    let release = (): void => undefined;
    const late = new Promise<Response>((resolve) => (release = () => resolve(now("/ways/1"))));
    ask.mockImplementation((url: string) => (url.includes("/ways/") ? late : Promise.resolve(answer(url))));
    press("1", " ", "ArrowRight", "Escape");
    release();
    await new Promise((resolve) => setTimeout(resolve));
    expect(document.querySelectorAll(".dg-shut")).toHaveLength(0);
    ask.mockImplementation((url: string) => Promise.resolve(answer(url)));
  });

  it("keeps a card lifted over a lane that it may not enter, and puts it back by Esc", async () => {
    press("2", " ");
    await vi.waitFor(() => expect(document.querySelector(".dg-shut")).not.toBeNull());
    press("2", "ArrowRight", "ArrowRight", "Enter");
    expect(stageOf("2")).toBe("c");
    expect(document.querySelector("[data-say]")?.textContent).toBe("Not from here");
    press("2", "Escape");
    expect(stageOf("2")).toBe("a");
    expect(ask.mock.calls.filter(([url]) => url.endsWith("/stage"))).toEqual([]);
  });

  it("puts the card back where it was when the server refuses, and says why", async () => {
    const ways = answer;
    answer = (url) => (url.endsWith("/stage") ? json({ moved: false, text: "Closed" }, 409) : ways(url));
    const said = new Promise<CustomEvent>((resolve) => document.addEventListener("dg:toast", (event) => resolve(event as CustomEvent), { once: true }));
    press("1", " ", "ArrowRight", "Enter");
    expect(stageOf("1")).toBe("b");
    expect((await said).detail).toEqual({ text: "Closed", tone: "bad" });
    expect(stageOf("1")).toBe("a");
    expect([count("a"), count("b")]).toEqual(["2", "0"]);
    expect(card("1").nextElementSibling).toBe(card("2"));
  });

  it("asks for what is missing, and puts the card back when the person cancels", async () => {
    const ways = answer;
    answer = (url) => (url.endsWith("/stage") ? new Response('<form class="dg-ask dg-move"><h2>Move</h2><input name="m.price"><div class="dg-move-foot"><a href="/o">Cancel</a></div></form>', { status: 422, headers: { "Content-Type": "text/html" } }) : ways(url));
    press("1", " ", "ArrowRight", "Enter");
    await vi.waitFor(() => expect(document.querySelector("dialog")?.open).toBe(true));
    expect(stageOf("1")).toBe("b");
    document.querySelector<HTMLElement>("dialog a")?.click();
    await vi.waitFor(() => expect(stageOf("1")).toBe("a"));
  });
});
