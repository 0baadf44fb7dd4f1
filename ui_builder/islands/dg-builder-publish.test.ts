import { expect, it } from "vitest";
import { sentence } from "./dg-builder-publish.ts";

it("says how far a publish is", () => {
  expect(sentence({ state: "preparing", done: 2 }, 5)).toBe("2 of about 5 steps done");
  expect(sentence({ state: "preparing", done: 7 }, 5)).toBe("7 of about 7 steps done");
  expect(sentence({ state: "switched" }, 5)).toBe("Switched; cleaning up");
  expect(sentence({}, 5)).toBe("Starting");
});
