import { describe, expect, it } from "vitest";
import { relativeWords } from "./dg-relative-time.ts";

const DAY = 86_400;

describe("relative times", () => {
  it("speak both languages, with a half space in Chinese", () => {
    expect(relativeWords(-18 * DAY, "zh-CN")).toBe("18 天前");
    expect(relativeWords(-18 * DAY, "en")).toBe("18 days ago");
    expect(relativeWords(-3 * 3600, "zh-CN")).toBe("3 小时前");
    expect(relativeWords(2 * DAY + 60, "en")).toBe("in 2 days");
  });

  it("leave the server's date alone beyond 30 days", () => {
    expect(relativeWords(-31 * DAY, "en")).toBeNull();
  });
});
