import { beforeEach, expect, test, vi } from "vitest";
import { heightsOf, keepHeight } from "./card-heights.ts";

beforeEach(() => localStorage.clear());

test("a card's height is kept for its page at that width", () => {
  keepHeight("/a", "w-one", 120.4);
  keepHeight("/a", "w-two", 80);
  expect(heightsOf("/a")).toEqual({ "w-one": 120, "w-two": 80 });
  expect(heightsOf("/b")).toEqual({});
  vi.stubGlobal("innerWidth", 390);
  expect(heightsOf("/a")).toEqual({});
  vi.unstubAllGlobals();
});

test("pages seen longest ago are forgotten", () => {
  for (let page = 0; page < 30; page++) keepHeight(`/${page}`, "w", 1);
  keepHeight("/10", "w", 2);
  keepHeight("/99", "w", 1);
  expect(heightsOf("/9")).toEqual({});
  expect(heightsOf("/10")).toEqual({ w: 2 });
});
