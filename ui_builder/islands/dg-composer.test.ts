import { describe, expect, it } from "vitest";
import { mentionAt } from "./dg-composer.ts";

describe("a mention", () => {
  it("begins with an @ at the start of a word", () => {
    expect(mentionAt("ask @bo", 7)).toBe("bo");
    expect(mentionAt("@", 1)).toBe("");
    expect(mentionAt("请 @林", 4)).toBe("林");
  });

  it("is no e-mail address and ends with a space", () => {
    expect(mentionAt("to a@b.test", 11)).toBeNull();
    expect(mentionAt("ask @bob now", 12)).toBeNull();
  });
});
