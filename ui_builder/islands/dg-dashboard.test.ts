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
