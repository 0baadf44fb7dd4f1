// Arrow keys move a widget; it is saved once after a pause, and can be undone, also after the page came anew.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import "./dg-dashboard-designer.ts";

const GIVEN = { body: { widgets: { one: { type: "number", at: [0, 0, 3, 3] } } }, token: "t1", url: "/dashboards/x/design", key: "x", least: { number: [2, 2] } };

function draw(given: object = GIVEN): void {
  const page = document.createElement("main");
  page.innerHTML = `<button data-design="undo"></button><button data-design="redo"></button><p data-design-said></p>
    <dg-dashboard-designer><script type="application/json">${JSON.stringify(given)}</script>
    <div class="grid-stack"><div class="grid-stack-item" gs-id="one" gs-x="0" gs-y="0" gs-w="3" gs-h="3"><div class="grid-stack-item-content"><div class="dg-design-card" tabindex="0"></div></div></div></div></dg-dashboard-designer>`;
  document.body.replaceChildren(page);
}

const button = (what: string): HTMLButtonElement => document.querySelector(`[data-design="${what}"]`)!;
const press = (key: string, more: KeyboardEventInit = {}): boolean =>
  document.querySelector(".dg-design-card")!.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more }));
const places = (): unknown[] => vi.mocked(fetch).mock.calls.map(([, init]) => JSON.parse(String(init?.body)).body.widgets.one.at);

beforeEach(() => {
  vi.useFakeTimers();
  sessionStorage.clear();
  vi.stubGlobal("fetch", vi.fn().mockImplementation(() => Promise.resolve(new Response('{"token": "t2"}'))));
  draw();
});
afterEach(() => vi.useRealTimers());

test("arrows move and resize, and all of it is saved once", async () => {
  press("ArrowRight");
  press("ArrowRight");
  press("ArrowDown", { shiftKey: true });
  await vi.advanceTimersByTimeAsync(450);
  expect(places()).toEqual([[2, 0, 3, 4]]);
  expect(document.querySelector("[data-design-said]")?.textContent).toBe("Saved");
});

test("what was moved can be put back and moved again", async () => {
  expect(button("undo").disabled).toBe(true);
  press("ArrowRight");
  await vi.advanceTimersByTimeAsync(450);
  button("undo").click();
  await vi.advanceTimersByTimeAsync(50);
  button("redo").click();
  await vi.advanceTimersByTimeAsync(50);
  expect(places()).toEqual([[1, 0, 3, 3], [0, 0, 3, 3], [1, 0, 3, 3]]);
});

test("undoing goes on where a form has brought the page anew", async () => {
  press("ArrowRight");
  await vi.advanceTimersByTimeAsync(450);
  draw({ ...GIVEN, body: { widgets: { one: { type: "number", at: [1, 0, 3, 3] } } } });
  expect(button("undo").disabled).toBe(false);
});

const leave = (): boolean => window.dispatchEvent(new Event("beforeunload", { cancelable: true }));

test("nobody leaves without a word what is not saved yet", async () => {
  expect(leave()).toBe(true);
  press("ArrowRight");
  expect(leave()).toBe(false);
  await vi.advanceTimersByTimeAsync(450);
  expect(leave()).toBe(true);
  vi.mocked(fetch).mockImplementation(() => Promise.reject(new Error("offline")));
  press("ArrowRight");
  await vi.advanceTimersByTimeAsync(450);
  expect(leave()).toBe(false);
});

test("where somebody else was faster one says whose state shall count", async () => {
  vi.mocked(fetch).mockImplementationOnce(() => Promise.resolve(new Response('{"detail": "Changed meanwhile", "token": "t9"}', { status: 409 })));
  press("ArrowRight");
  await vi.advanceTimersByTimeAsync(450);
  const note = document.querySelector("[data-overtaken]")!;
  expect(note.textContent).toContain("Changed meanwhile");
  expect(leave()).toBe(false);
  [...note.querySelectorAll("button")].at(-1)!.click();
  await vi.advanceTimersByTimeAsync(50);
  const last = JSON.parse(String(vi.mocked(fetch).mock.calls.at(-1)?.[1]?.body)) as { token: string };
  expect(last.token).toBe("t9");
  expect(document.querySelector("[data-overtaken]")).toBeNull();
  expect(leave()).toBe(true);
});

test("no key acts while an input method composes", async () => {
  press("ArrowRight", { isComposing: true });
  await vi.advanceTimersByTimeAsync(450);
  expect(places()).toEqual([]);
});
