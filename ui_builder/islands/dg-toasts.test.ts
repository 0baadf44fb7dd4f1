import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import "./dg-toasts.ts";
import type { DgToasts } from "./dg-toasts.ts";

const raise = (detail: object): boolean => document.dispatchEvent(new CustomEvent("dg:toast", { detail }));
const shown = (): string[] => [...document.querySelectorAll(".dg-toast")].map((toast) => toast.textContent ?? "");

describe("toasts", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    document.body.innerHTML = "<dg-toasts></dg-toasts>";
  });
  afterEach(() => vi.useRealTimers());

  it("are announced politely and go after 8 seconds", () => {
    raise({ text: "Moved" });
    expect(document.querySelector("dg-toasts")?.getAttribute("aria-live")).toBe("polite");
    expect(shown()).toEqual(["Moved"]);
    vi.advanceTimersByTime(8001);
    expect(shown()).toEqual([]);
  });

  it("show text as text", () => {
    raise({ text: "<img src=x onerror=alert(1)>" });
    expect(document.querySelector(".dg-toast img")).toBeNull();
  });

  it("stay while the pointer is on them", () => {
    raise({ text: "Moved" });
    document.querySelector(".dg-toast")?.dispatchEvent(new Event("pointerenter"));
    vi.advanceTimersByTime(20_000);
    expect(shown()).toHaveLength(1);
  });

  it("say why an undo failed", async () => {
    vi.stubGlobal("fetch", vi.fn().mockResolvedValue(new Response(JSON.stringify({ detail: "Too late." }), { status: 409, headers: { "Content-Type": "application/problem+json" } })));
    raise({ text: "Deleted", undo: "/undo/1" });
    expect(document.querySelector<DgToasts>("dg-toasts")?.undo()).toBe(true);
    await vi.waitFor(() => expect(shown()).toEqual(["Too late."]));
    vi.unstubAllGlobals();
  });
});
