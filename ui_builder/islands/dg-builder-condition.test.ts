import { beforeEach, describe, expect, it, vi } from "vitest";
import "./dg-builder-condition.ts";

const FIELDS = [
  { name: "genre", label: "Genre", icon: "list", type: "picklist", expression: "text", operators: ["=", "!="], required: false, system: false, wide: false, values: [["novel", "Novel", "mute"], ["manual", "Manual", "mute"]] },
];
const input = (): HTMLTextAreaElement => document.querySelector("textarea[name]") as HTMLTextAreaElement;

function page(text: string, answer: unknown): void {
  vi.stubGlobal("fetch", vi.fn().mockImplementation(() => Promise.resolve(new Response(JSON.stringify(answer)))));
  const main = document.createElement("main");
  main.innerHTML =
    '<form><select id="object"><option value="book" selected>Book</option><option value="shelf">Shelf</option></select>' +
    `<dg-builder-condition data-object="book" data-for="object" data-url="/fields" data-fields='${JSON.stringify(FIELDS)}'><textarea name="when">${text}</textarea></dg-builder-condition></form>`;
  document.body.replaceChildren(main);
}

describe("a condition of a form", () => {
  beforeEach(() => vi.useRealTimers());

  it("is built from rows, and the form is told of each change", async () => {
    const rows = [{ path: "genre", operator: "=", values: [{ kind: "text", text: "novel" }] }];
    page('genre = "novel"', { ok: true, text: 'genre = "novel"', rows, joined: "all" });
    expect(input().hidden).toBe(true);
    await vi.waitFor(() => expect(document.querySelectorAll(".dg-builder-condition select")).toHaveLength(3));
    const told = vi.fn();
    document.querySelector("form")?.addEventListener("change", told);
    vi.stubGlobal("fetch", vi.fn().mockImplementation(() => Promise.resolve(new Response(JSON.stringify({ ok: true, text: 'genre = "manual"', rows, joined: "all" })))));
    const value = document.querySelectorAll<HTMLSelectElement>(".dg-builder-condition select")[2];
    if (!value) throw new Error("no value");
    value.value = "manual";
    value.dispatchEvent(new Event("change"));
    await vi.waitFor(() => expect(input().value).toBe('genre = "manual"'));
    expect(told).toHaveBeenCalled();
  });

  it("stays a formula where rows would say something else", async () => {
    const rows = [{ path: "keeper", operator: "=", values: [{ kind: "user", text: "" }] }];
    page("keeper = $user", { ok: true, text: "keeper = $user", rows, joined: "all" });
    await vi.waitFor(() => expect(document.querySelector<HTMLTextAreaElement>("#condition-formula")?.value).toBe("keeper = $user"));
    expect(input().value).toBe("keeper = $user");
  });

  it("asks for the fields of another object and shows plain text where there are none", async () => {
    page("", []);
    const object = document.getElementById("object") as HTMLSelectElement;
    object.value = "shelf";
    object.dispatchEvent(new Event("change"));
    await vi.waitFor(() => expect(input().hidden).toBe(false));
  });
});
