import { beforeEach, expect, test } from "vitest";
import "./dg-report-place.ts";

const PAGE = `<main id="body"><form class="dg-report-bar"><span class="dg-report-chip"><select id="set-owner"></select><a class="dg-chip-x" href="#">x</a></span></form>
  <div class="dg-report-scroll"><table class="dg-report-grid"><thead><tr><th><a id="by-1-2" href="#">Total</a></th></tr></thead></table></div><dg-report-place></dg-report-place></main>`;

function come(): void {
  document.body.innerHTML = "";
  document.body.innerHTML = PAGE;
}

beforeEach(() => {
  sessionStorage.clear();
  come();
});

test("a head that was used has the focus again, and the table stands where it stood", () => {
  const scroll = document.querySelector(".dg-report-scroll")!;
  scroll.scrollLeft = 240;
  document.getElementById("by-1-2")!.click();
  come();
  expect(document.activeElement?.id).toBe("by-1-2");
  expect(document.querySelector(".dg-report-scroll")!.scrollLeft).toBe(240);
});

test("after a condition was taken away the focus is on what sets it", () => {
  document.querySelector<HTMLElement>(".dg-chip-x")!.click();
  come();
  expect(document.activeElement?.id).toBe("set-owner");
});

test("what was chosen keeps the focus", () => {
  document.getElementById("set-owner")!.focus();
  document.querySelector("form")!.dispatchEvent(new Event("submit", { bubbles: true }));
  come();
  expect(document.activeElement?.id).toBe("set-owner");
});

test("a page that one comes to in another way begins at its top", () => {
  come();
  expect(document.activeElement).toBe(document.body);
  sessionStorage.setItem("dg-report-place", JSON.stringify({ path: "/reports/other", focus: "by-1-2", left: 9, top: 0, body: 0, at: Date.now() }));
  come();
  expect(document.activeElement).toBe(document.body);
  expect(sessionStorage.length).toBe(0);
});
