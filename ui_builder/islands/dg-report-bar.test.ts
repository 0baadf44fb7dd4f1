import { beforeEach, expect, test, vi } from "vitest";
import "./dg-report-bar.ts";

let sent: string[];

beforeEach(() => {
  document.body.innerHTML = `<dg-report-bar><form method="get" action="/reports/x">
    <select name="period"><option value="" selected>This year</option><option value="last_year">Last year</option><option value="custom">From … to …</option></select>
    <input type="date" name="from"><input type="date" name="to">
    <select name="owner"><option value="" selected>everybody</option><option value="u1">Ann</option></select><button>Apply</button></form></dg-report-bar>`;
  sent = [];
  document.addEventListener("submit", (event) => {
    event.preventDefault();
    const inputs = [...(event.target as HTMLFormElement).querySelectorAll<HTMLInputElement | HTMLSelectElement>("input, select")];
    sent.push(inputs.filter((one) => !one.disabled).map((one) => `${one.name}=${one.value}`).join("&"));
  }, { once: true });
});

function choose(name: string, value: string): void {
  const select = document.querySelector<HTMLSelectElement>(`[name=${name}]`)!;
  select.value = value;
  select.dispatchEvent(new Event("change", { bubbles: true }));
}

test("a choice sends the form, and what was left alone stays out of the address", () => {
  choose("owner", "u1");
  expect(sent).toEqual(["owner=u1"]);
});

test("a period of one's own waits for its days", () => {
  choose("period", "custom");
  expect(sent).toEqual([]);
  expect(document.activeElement).toBe(document.querySelector("[name=from]"));
  document.querySelector<HTMLInputElement>("[name=from]")!.value = "2026-01-01";
  document.querySelector("form")!.requestSubmit();
  expect(sent).toEqual(["period=custom&from=2026-01-01"]);
});

test("inputs can be used again after the form was sent", async () => {
  vi.useFakeTimers();
  choose("period", "last_year");
  expect(sent).toEqual(["period=last_year"]);
  vi.runAllTimers();
  vi.useRealTimers();
  expect(document.querySelectorAll(":disabled")).toHaveLength(0);
});
