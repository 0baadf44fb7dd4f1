import { afterEach, describe, expect, it, vi } from "vitest";
import { arrived, type Arriving } from "./arriving.ts";

describe("what arrives", () => {
  let stop = (): void => undefined;
  const answer = (...waits: Promise<unknown>[]): void => {
    const listener = (event: Event): void => void (event as CustomEvent<Arriving>).detail.waits.push(...waits);
    document.addEventListener("dg:arriving", listener);
    stop = () => document.removeEventListener("dg:arriving", listener);
  };
  afterEach(() => {
    stop();
    vi.useRealTimers();
  });

  it("waits for the islands in it", async () => {
    let loaded = (): void => undefined;
    answer(new Promise<void>((resolve) => (loaded = resolve)));
    const shown = vi.fn();
    const waiting = arrived("<dg-sortable></dg-sortable>").then(shown);
    await Promise.resolve();
    expect(shown).not.toHaveBeenCalled();
    loaded();
    await waiting;
    expect(shown).toHaveBeenCalled();
  });

  it("is shown all the same when an island cannot be had, or takes too long", async () => {
    answer(Promise.reject(new Error("away")));
    await arrived("<dg-sortable></dg-sortable>");
    stop();
    vi.useFakeTimers();
    answer(new Promise(() => undefined));
    const waiting = arrived("<dg-sortable></dg-sortable>");
    await vi.advanceTimersByTimeAsync(5000);
    await waiting;
  });
});
