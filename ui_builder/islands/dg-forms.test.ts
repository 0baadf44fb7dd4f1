import { describe, expect, it } from "vitest";
import { plainNumber } from "./dg-forms.ts";

describe("numbers that people type", () => {
  it("lose thousands, full-width digits and the typographic minus", () => {
    expect(plainNumber("1,234.50")).toBe("1234.50");
    expect(plainNumber("１２３４")).toBe("1234");
    expect(plainNumber("−5")).toBe("-5");
  });

  it("stay as typed when they are no numbers", () => {
    expect(plainNumber("about 5")).toBe("about 5");
    expect(plainNumber("")).toBe("");
  });
});
