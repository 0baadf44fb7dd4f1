// Buttons and keys of the report builder send the form with their command, and what comes back takes its parts' place.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import "./dg-report-designer.ts";

const panel = (body: string, said = ""): string => `<div id="rd-panel" data-touched=""><input type="hidden" name="body" value='${body}'>
  <ul data-zone="rows"><li class="dg-rd-chip" data-id="rows.0"><button type="button" class="dg-rd-handle" id="rd-h-rows-0"></button></li></ul><p id="said">${said}</p></div>`;
let sent: URLSearchParams[];

beforeEach(() => {
  vi.useFakeTimers();
  sent = [];
  vi.stubGlobal("fetch", vi.fn().mockImplementation((_: string, init: RequestInit) => {
    sent.push(new URLSearchParams(init.body as string));
    return Promise.resolve(new Response(panel('{"n":2}', "drawn anew")));
  }));
  const page = document.createElement("main");
  page.innerHTML = `<dg-report-designer data-address="/reports/design"><form id="rd-form"><input name="csrf_token" value="t">
    <button name="do" value="remove:rows.0" id="gone"></button><button name="do" value="save" id="save"></button>${panel('{"n":1}')}</form></dg-report-designer>`;
  document.body.replaceChildren(page);
});
afterEach(() => vi.useRealTimers());

const commands = (): (string | null)[] => sent.map((one) => one.get("do")).filter((one) => one !== "look" && one !== "preview");
const submit = (id: string): SubmitEvent => {
  const event = new SubmitEvent("submit", { bubbles: true, cancelable: true, submitter: document.getElementById(id) });
  document.querySelector("form")!.dispatchEvent(event);
  return event;
};

test("a button sends its command with the form, and the panel that comes back stands there", async () => {
  expect(submit("gone").defaultPrevented).toBe(true);
  await vi.advanceTimersByTimeAsync(50);
  expect(commands()[0]).toBe("remove:rows.0");
  expect(sent[0]?.get("body")).toBe('{"n":1}');
  expect(document.getElementById("said")?.textContent).toBe("drawn anew");
});

test("saving goes the browser's own way", async () => {
  expect(submit("save").defaultPrevented).toBe(false);
  await vi.advanceTimersByTimeAsync(50);
  expect(commands()).not.toContain("save");
});

test("saving waits for what is on its way", async () => {
  const form = document.querySelector("form")!;
  const heard: string[] = [];
  form.addEventListener("submit", (event) => heard.push(`${(event.submitter as HTMLButtonElement).id} ${event.defaultPrevented ? "waits" : "goes"}`));
  submit("gone");
  submit("save");
  expect(heard).toEqual(["gone waits", "save waits"]);
  await vi.advanceTimersByTimeAsync(50);
  expect(heard).toEqual(["gone waits", "save waits", "save goes"]);
});

test("what could not be taken up is not left behind by saving", async () => {
  vi.stubGlobal("fetch", vi.fn().mockResolvedValue(new Response("", { status: 503 })));
  const heard: (string | undefined)[] = [];
  document.querySelector("form")!.addEventListener("submit", (event) => heard.push((event.submitter ?? undefined)?.id));
  submit("gone");
  submit("save");
  await vi.advanceTimersByTimeAsync(50);
  expect(heard).toEqual(["gone", "save"]);
  expect(document.getElementById("save")?.hasAttribute("aria-busy")).toBe(false);
});

test("Ctrl Z sends the body from before", async () => {
  submit("gone");
  await vi.advanceTimersByTimeAsync(50);
  document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "z", ctrlKey: true, bubbles: true, cancelable: true }));
  await vi.advanceTimersByTimeAsync(50);
  const undone = sent.find((one) => one.get("do") === "draw");
  expect(undone?.get("body")).toBe('{"n":1}');
});

test("no key acts while an input method composes", async () => {
  const handle = document.getElementById("rd-h-rows-0")!;
  handle.dispatchEvent(new KeyboardEvent("keydown", { key: "Delete", bubbles: true, isComposing: true }));
  await vi.advanceTimersByTimeAsync(50);
  expect(commands()).toEqual([]);
  handle.dispatchEvent(new KeyboardEvent("keydown", { key: "Delete", bubbles: true }));
  await vi.advanceTimersByTimeAsync(50);
  expect(commands()).toEqual(["remove:rows.0"]);
});
