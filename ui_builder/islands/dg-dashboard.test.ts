import { beforeEach, describe, expect, it, vi } from "vitest";
import "./dg-dashboard.ts";
import type { DgDashboard } from "./dg-dashboard.ts";

const MARKUP = `
  <span data-as-of-text>Data as of 08:00</span><a data-dash="refresh" href="/dashboards/a">Refresh</a>
  <dg-dashboard><section class="dg-widget" id="w-a" hx-get="/a"><div class="dg-inside">1</div><a data-refresh="a" href="/a">Again</a></section>
  <section class="dg-widget" id="w-b" hx-get="/b"><div class="dg-inside">2</div></section>
  <section class="dg-widget" id="w-c"><div class="dg-inside">words</div></section></dg-dashboard>`;

describe("<dg-dashboard>", () => {
  let room: DgDashboard;
  const asked: string[] = [];

  beforeEach(() => {
    document.body.innerHTML = MARKUP;
    room = document.querySelector("dg-dashboard") as DgDashboard;
    asked.length = 0;
    for (const card of room.querySelectorAll(".dg-widget")) card.addEventListener("dg:refresh", () => asked.push(card.id));
  });

  it("asks again for every card that loads by itself, and says when", () => {
    vi.setSystemTime(new Date(2026, 0, 5, 9, 7));
    (document.querySelector("[data-dash]") as HTMLElement).click();
    expect(asked).toEqual(["w-a", "w-b"]);
    expect(document.querySelector("[data-as-of-text]")?.textContent).toBe("Data as of 09:07");
    vi.useRealTimers();
  });

  it("asks again for one card alone", () => {
    (document.querySelector("[data-refresh]") as HTMLElement).click();
    expect(asked).toEqual(["w-a"]);
  });

  it("waits in the height that a card had, until its answer is there", () => {
    localStorage.setItem("dg-card-heights", JSON.stringify({ [`${location.pathname} ${innerWidth}`]: { "w-a": 90 } }));
    document.body.append(room); // it comes anew
    const card = document.getElementById("w-a") as HTMLElement;
    expect(card.style.height).toBe("90px");
    card.dispatchEvent(new CustomEvent("htmx:afterSwap", { bubbles: true }));
    expect(card.style.height).toBe("");
    localStorage.clear();
  });

  const answer = (card: HTMLElement, text: string): boolean => {
    const detail = { xhr: { status: 200, responseText: text }, target: card, shouldSwap: true };
    card.dispatchEvent(new CustomEvent("htmx:beforeSwap", { bubbles: true, detail }));
    return detail.shouldSwap;
  };

  it("leaves a card as it is whose answer is the same, and draws it anew where a part of it has changed", () => {
    const card = document.getElementById("w-a") as HTMLElement;
    expect([answer(card, "<p>1</p>"), answer(card, "<p>1</p>"), answer(card, "<p>2</p>")]).toEqual([true, false, true]);
    card.querySelector(".dg-inside")!.dispatchEvent(new CustomEvent("htmx:afterSwap", { bubbles: true })); // a row was ticked off
    expect(answer(card, "<p>2</p>")).toBe(true);
  });

  it("keeps the numbers of somebody who was signed out, and shows the way back once", () => {
    for (const id of ["w-a", "w-b"]) {
      const card = document.getElementById(id) as HTMLElement;
      card.dispatchEvent(new CustomEvent("htmx:responseError", { bubbles: true, detail: { xhr: { status: 401 } } }));
    }
    expect(room.querySelectorAll("[data-ended]")).toHaveLength(1);
    expect(room.querySelector("[data-ended] a")?.getAttribute("href")).toContain("/sign-in?next=");
    expect(document.getElementById("w-a")?.textContent).toContain("1");
    expect(document.querySelectorAll(".dg-widget-fault")).toHaveLength(0);
  });

  it("says in the card what could not be loaded, with a button to try again", () => {
    const card = document.getElementById("w-b") as HTMLElement;
    card.dispatchEvent(new CustomEvent("htmx:sendError", { bubbles: true }));
    card.dispatchEvent(new CustomEvent("htmx:sendError", { bubbles: true }));
    expect(card.querySelectorAll(".dg-widget-fault")).toHaveLength(1);
    expect(document.querySelectorAll(".dg-widget-fault")).toHaveLength(1);
    (card.querySelector("button") as HTMLElement).click();
    expect(asked).toEqual(["w-b"]);
  });
});
