import { afterEach, beforeEach, expect, test, vi } from "vitest";
import "./dg-print.ts";

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("print", vi.fn());
  window.print = print;
});
afterEach(() => vi.useRealTimers());

test("a page that was opened to be printed asks for it once", () => {
  document.body.innerHTML = "<dg-print></dg-print>";
  vi.advanceTimersByTime(150);
  expect(print).toHaveBeenCalledTimes(1);
});

test("charts get the time to be drawn", () => {
  document.body.innerHTML = "<dg-chart></dg-chart><dg-print></dg-print>";
  vi.advanceTimersByTime(500);
  expect(print).not.toHaveBeenCalled();
  vi.advanceTimersByTime(500);
  expect(print).toHaveBeenCalledTimes(1);
});
