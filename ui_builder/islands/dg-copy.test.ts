import { describe, expect, it, vi } from "vitest";
import "./dg-copy.ts";

describe("copying a secret", () => {
  it("shows its button, copies the text and says so", async () => {
    const written = vi.fn().mockResolvedValue(undefined);
    Object.defineProperty(navigator, "clipboard", { value: { writeText: written }, configurable: true });
    const page = document.createElement("main");
    page.innerHTML = '<dg-copy><input value="dg_abc"><button data-copies hidden>Copy</button></dg-copy>';
    document.body.replaceChildren(page);
    const said = new Promise<CustomEvent>((resolve) => document.addEventListener("dg:toast", (event) => resolve(event as CustomEvent), { once: true }));
    const button = document.querySelector("button") as HTMLButtonElement;
    expect(button.hidden).toBe(false);
    button.click();
    expect((await said).detail.text).toBe("Copied");
    expect(written).toHaveBeenCalledWith("dg_abc");
  });
});
