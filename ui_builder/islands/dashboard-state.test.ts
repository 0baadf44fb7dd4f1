import { describe, expect, it } from "vitest";
import { type Body, onlyMoved, placeOf, same, stepped, withPlaces } from "./dashboard-state.ts";

const body: Body = { filters: { owner: true }, widgets: { a: { type: "number", at: [0, 0, 3, 3] }, b: { type: "text", at: [3, 0, 4, 3] } } };

describe("a dashboard's body", () => {
  it("takes up where widgets stand, and stays itself where nothing moved", () => {
    const moved = withPlaces(body, { a: [1, 0, 2, 3], b: [3, 0, 4, 3], gone: [0, 0, 1, 1] });
    expect(placeOf(moved, "a")).toEqual([1, 0, 2, 3]);
    expect(moved.widgets?.["gone"]).toBeUndefined();
    expect(placeOf(body, "a")).toEqual([0, 0, 3, 3]);
    expect(withPlaces(body, { a: [0, 0, 3, 3] })).toBe(body);
  });

  it("says the same in whatever order", () => {
    expect(same({ a: 1, b: [1, 2] }, { b: [1, 2], a: 1 })).toBe(true);
    expect(same({ b: [1, 2] }, { b: [2, 1] })).toBe(false);
  });

  it("knows whether widgets only moved", () => {
    expect(onlyMoved(body, withPlaces(body, { a: [5, 5, 3, 3] }))).toBe(true);
    expect(onlyMoved(body, { ...body, widgets: { a: { type: "number", at: [0, 0, 3, 3] } } })).toBe(false);
  });
});

describe("arrow keys", () => {
  it("move by one cell and stay on the grid", () => {
    expect(stepped([0, 0, 3, 3], "ArrowRight", false, [2, 2])).toEqual([1, 0, 3, 3]);
    expect(stepped([0, 0, 3, 3], "ArrowLeft", false, [2, 2])).toBeNull();
    expect(stepped([9, 0, 3, 3], "ArrowRight", false, [2, 2])).toBeNull();
    expect(stepped([0, 0, 3, 3], "Enter", false, [2, 2])).toBeNull();
  });

  it("change the size, never below the least", () => {
    expect(stepped([0, 0, 3, 3], "ArrowDown", true, [2, 2])).toEqual([0, 0, 3, 4]);
    expect(stepped([0, 0, 2, 3], "ArrowLeft", true, [2, 2])).toBeNull();
    expect(stepped([9, 0, 3, 3], "ArrowRight", true, [2, 2])).toBeNull();
  });
});
