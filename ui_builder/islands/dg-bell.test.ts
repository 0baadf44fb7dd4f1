import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { countWords, pause } from "./dg-bell.ts";

function answer(unread: number, etag: string, status = 200): Response {
  return new Response(status === 200 ? JSON.stringify({ unread, latest: "a" }) : null, { status, headers: { ETag: etag } });
}

const asked = vi.fn<typeof fetch>();

beforeEach(() => {
  vi.useFakeTimers();
  sessionStorage.clear();
  asked.mockReset();
  vi.stubGlobal("fetch", asked);
  document.head.innerHTML = `<meta name="dg-csrf" content="token">`;
  document.body.innerHTML = "";
});

afterEach(() => {
  document.body.innerHTML = "";
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function bell(): HTMLElement {
  document.body.innerHTML = `<dg-bell><a href="/inbox" data-unread="{n} unread">Inbox<span data-spoken></span><em data-count hidden></em></a></dg-bell>`;
  return document.querySelector("[data-count]") as HTMLElement;
}

test("the number is shown, asked for again every half a minute, and stays on a 304", async () => {
  asked.mockResolvedValueOnce(answer(3, '"3-a"')).mockResolvedValueOnce(answer(0, '"3-a"', 304)).mockResolvedValue(answer(0, '"0-0"'));
  const count = bell();
  await vi.advanceTimersByTimeAsync(0);
  expect(count.textContent).toBe("3");
  expect(count.hidden).toBe(false);
  expect(document.querySelector("[data-spoken]")?.textContent).toBe(", 3 unread");
  await vi.advanceTimersByTimeAsync(30_000);
  expect(asked).toHaveBeenCalledTimes(2);
  expect((asked.mock.calls[1]?.[1]?.headers as Record<string, string>)["If-None-Match"]).toBe('"3-a"');
  expect(count.textContent).toBe("3");
  await vi.advanceTimersByTimeAsync(30_000);
  expect(count.hidden).toBe(true);
});

test("it asks at once when the window is looked at again", async () => {
  asked.mockImplementation(async () => answer(1, '"1-a"'));
  bell();
  await vi.advanceTimersByTimeAsync(0);
  window.dispatchEvent(new Event("focus"));
  await vi.advanceTimersByTimeAsync(0);
  expect(asked).toHaveBeenCalledTimes(2);
});

test("it asks less and less often while the server does not answer", async () => {
  asked.mockRejectedValue(new TypeError("network"));
  bell();
  await vi.advanceTimersByTimeAsync(30_000);
  expect(asked).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(30_000);
  expect(asked).toHaveBeenCalledTimes(2);
  expect([pause(0), pause(1), pause(3), pause(20)]).toEqual([30_000, 60_000, 240_000, 600_000]);
});

test("it is silent once the session has ended", async () => {
  asked.mockResolvedValue(new Response(null, { status: 401 }));
  bell();
  await vi.advanceTimersByTimeAsync(0);
  window.dispatchEvent(new Event("focus"));
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(asked).toHaveBeenCalledTimes(1);
});

test("it asks nothing where nobody is signed in", async () => {
  document.head.innerHTML = "";
  bell();
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(asked).not.toHaveBeenCalled();
});

test("what the page before knew is shown while it asks", () => {
  asked.mockReturnValue(new Promise(() => undefined));
  const count = bell();
  sessionStorage.setItem("dg-unread", "7");
  document.body.append(document.querySelector("dg-bell") as HTMLElement); // as on a page that arrives whole
  expect(count.textContent).toBe("7");
});

test("many are not counted out", () => {
  expect([countWords(0), countWords(1), countWords(99), countWords(100)]).toEqual(["", "1", "99", "99+"]);
});
