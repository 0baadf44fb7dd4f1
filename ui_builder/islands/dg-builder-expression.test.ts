import { describe, expect, it } from "vitest";
import { marked, savingIn } from "./dg-builder-expression.ts";

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

describe("whether what a save changes may be asked for", () => {
  const inside = (html: string): HTMLElement => {
    document.body.innerHTML = `<form>${html}</form>`;
    return document.querySelector<HTMLElement>("dg-builder-expression") as HTMLElement;
  };
  it("is what the element says", () => {
    expect(savingIn(inside("<dg-builder-expression data-saving></dg-builder-expression>"))).toBe(true);
    expect(savingIn(inside("<dg-builder-expression></dg-builder-expression>"))).toBe(false);
  });
  it("depends on the trigger of an automation", () => {
    const trigger = (value: string): string => `<input type="radio" name="@on" value="${value}" checked><dg-builder-expression data-saving></dg-builder-expression>`;
    expect(savingIn(inside(trigger("updated")))).toBe(true);
    expect(savingIn(inside(trigger("cron")))).toBe(false);
  });
});
