import { afterEach, beforeEach, expect, test, vi } from "vitest";
import "./dg-inbox.ts";

const asked = vi.fn<typeof fetch>();

beforeEach(() => {
  asked.mockReset();
  asked.mockResolvedValue(new Response(null, { status: 204 }));
  vi.stubGlobal("fetch", asked);
  document.head.innerHTML = `<meta name="dg-csrf" content="token">`;
  document.body.innerHTML = `<dg-inbox data-latest="b"><div id="inbox-entries"><ul>
    <li class="dg-new" data-notification="b"><span class="dg-inbox-dot"></span><a href="#there" data-open>News</a><button data-mark>read</button></li>
    <li data-notification="a"><a href="#there" data-open>Old</a></li></ul></div></dg-inbox>`;
});

afterEach(() => vi.unstubAllGlobals());

test("opening an unread notification marks it on the way", () => {
  document.querySelector<HTMLElement>(".dg-new a")?.click();
  expect(asked).toHaveBeenCalledTimes(1);
  const [url, request] = asked.mock.calls[0] ?? [];
  expect(url).toBe("/inbox/read");
  expect(request?.keepalive).toBe(true);
  expect(String(request?.body)).toBe("id=b&csrf_token=token");
  expect(document.querySelector(".dg-new")).toBeNull();
});

test("opening one that was read says nothing", () => {
  document.querySelector<HTMLElement>("[data-notification=a] a")?.click();
  expect(asked).not.toHaveBeenCalled();
});

test("M presses the mark of the row that has the focus, never while an IME composes", () => {
  const pressed = vi.fn();
  document.querySelector("[data-mark]")?.addEventListener("click", pressed);
  document.querySelector<HTMLElement>(".dg-new a")?.focus();
  document.dispatchEvent(new KeyboardEvent("keydown", { key: "m", isComposing: true }));
  expect(pressed).not.toHaveBeenCalled();
  document.dispatchEvent(new KeyboardEvent("keydown", { key: "m" }));
  expect(pressed).toHaveBeenCalledTimes(1);
});

test("what arrives is fetched; what is known is not", async () => {
  document.dispatchEvent(new CustomEvent("dg:unread", { detail: { unread: 1, latest: "b" } }));
  expect(asked).not.toHaveBeenCalled();
  asked.mockResolvedValue(new Response(`<div id="inbox-entries">fresh</div>`, { headers: { "Content-Type": "text/html" } }));
  document.dispatchEvent(new CustomEvent("dg:unread", { detail: { unread: 2, latest: "c" } }));
  await vi.waitFor(() => expect(document.getElementById("inbox-entries")?.textContent).toBe("fresh"));
});
