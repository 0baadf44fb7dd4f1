import { afterEach, beforeEach, expect, test, vi } from "vitest";
import "./dg-approvals.ts";

const asked = vi.fn<typeof fetch>();
const html = (body: string): Response => new Response(body, { headers: { "Content-Type": "text/html" } });
const FORM = `<form class="dg-ask" method="post" action="/approvals/1/decide"><h2>Approve</h2><button>Approve</button></form>`;

beforeEach(() => {
  asked.mockReset();
  vi.stubGlobal("fetch", asked);
  vi.stubGlobal("matchMedia", () => ({ matches: true }));
  document.body.innerHTML = `<div class="dg-app dg-many"><div id="approvals-head"></div><dg-approvals>
    <div class="dg-approval-list"><div class="dg-approval-row dg-current"><a href="/approvals/1" data-approval aria-current="true">One</a></div>
    <div class="dg-approval-row" data-swipe="/approvals/2"><a href="/approvals/2" data-approval>Two</a></div></div>
    <section id="approval"><h2 id="approval-title">One</h2><a id="act-approve" href="/approvals/1/decide?verdict=approve" data-ask>Approve</a></section></dg-approvals></div>`;
});

afterEach(() => vi.unstubAllGlobals());

test("a row opens beside the list and is marked", async () => {
  asked.mockResolvedValue(html(`<div class="dg-app dg-one"><div id="approvals-head"></div><section id="approval"><h2 id="approval-title">Two</h2></section></div>`));
  document.querySelector<HTMLElement>('a[href="/approvals/2"]')?.click();
  await vi.waitFor(() => expect(document.getElementById("approval-title")?.textContent).toBe("Two"));
  expect(document.querySelector(".dg-current a")?.getAttribute("href")).toBe("/approvals/2");
  expect(document.querySelectorAll("[aria-current]").length).toBe(1);
  expect(document.querySelector(".dg-app")?.classList.contains("dg-one")).toBe(true);
});

test("what asks first is shown as a dialog; nothing is sent before", async () => {
  asked.mockResolvedValue(html(FORM));
  HTMLDialogElement.prototype.showModal ??= function show(this: HTMLDialogElement) {
    this.open = true;
  };
  document.getElementById("act-approve")?.click();
  await vi.waitFor(() => expect(document.querySelector("dialog.dg-asking form")).not.toBeNull());
  expect(asked).toHaveBeenCalledTimes(1);
  expect(asked.mock.calls[0]?.[1]?.method ?? "GET").toBe("GET");
});

test("on a phone a row swiped far enough asks; a short or a slanting swipe does not", () => {
  vi.stubGlobal("matchMedia", () => ({ matches: false }));
  asked.mockResolvedValue(html(FORM));
  const row = document.querySelector<HTMLElement>("[data-swipe]");
  const swipe = (x: number, y: number): void => {
    const at = (type: string, to: [number, number], list: string): Event =>
      Object.assign(new Event(type, { bubbles: true, cancelable: true }), { [list]: [{ clientX: to[0], clientY: to[1] }], ...(list === "touches" ? {} : { touches: [] }) });
    row?.dispatchEvent(at("touchstart", [100, 100], "touches"));
    row?.dispatchEvent(at("touchend", [100 + x, 100 + y], "changedTouches"));
  };
  swipe(40, 0);
  swipe(90, 80);
  expect(asked).not.toHaveBeenCalled();
  swipe(90, 5);
  swipe(-90, 5);
  expect(asked.mock.calls.map(([url]) => String(url).replace(/^.*\/approvals/, "/approvals"))).toEqual([
    "/approvals/2/decide?verdict=approve",
    "/approvals/2/decide?verdict=return",
  ]);
});
