import { describe, expect, it } from "vitest";
import { marked } from "./dg-builder-expression.ts";

describe("an expression's error", () => {
  it("marks the part at fault and keeps some of what stands around it", () => {
    const [message] = marked("price > 5 and titel = 1", { ok: false, message: "No such field.", position: 14, length: 5 });
    expect((message as HTMLElement).querySelector("mark")?.textContent).toBe("titel");
    expect(message?.textContent).toBe("No such field. price > 5 and titel = 1");
  });

  it("marks the end where something is missing", () => {
    const [message] = marked("price >", { ok: false, message: "Something is missing.", position: 7, length: 1 });
    expect((message as HTMLElement).querySelector("mark")?.textContent).toBe("…");
  });
});
