import { beforeEach, describe, expect, it } from "vitest";
import "./dg-dialog.ts";

describe("a dialog", () => {
  beforeEach(() => {
    const page = document.createElement("div");
    page.innerHTML = '<button id="opener" data-opens="d">Delete…</button><dg-dialog><dialog id="d"><button data-closes data-first-focus>Cancel</button></dialog></dg-dialog>';
    document.body.replaceChildren(page);
  });

  const dialog = (): HTMLDialogElement => document.getElementById("d") as HTMLDialogElement;

  it("opens from any element that names it, with the focus on Cancel", () => {
    document.getElementById("opener")?.click();
    expect(dialog().open).toBe(true);
    expect(document.activeElement?.textContent).toBe("Cancel");
  });

  it("gives the focus back to its opener", () => {
    document.getElementById("opener")?.focus();
    document.getElementById("opener")?.click();
    dialog().querySelector("button")?.click();
    expect(dialog().open).toBe(false);
    expect(document.activeElement?.id).toBe("opener");
  });

  it("gives the focus to what took its opener's place meanwhile", () => {
    document.getElementById("opener")?.click();
    const fresh = document.createElement("button");
    fresh.id = "opener";
    document.getElementById("opener")?.replaceWith(fresh);
    dialog().querySelector("button")?.click();
    expect(document.activeElement).toBe(fresh);
  });
});
