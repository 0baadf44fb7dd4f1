import { beforeEach, expect, test } from "vitest";
import "./dg-people.ts";

beforeEach(() => {
  const made = document.createElement("div");
  made.innerHTML = `<dg-people><div data-chosen><span class="dg-chip"><span>Ann</span><input type="hidden" name="people" value="1"></span></div>
    <dg-lookup><input type="hidden" name="people" value=""><input type="text" name="people:text"></dg-lookup></dg-people>`;
  document.body.replaceChildren(made);
});

function choose(id: string, name: string): void {
  const lookup = document.querySelector("dg-lookup");
  const [hidden, text] = [...document.querySelectorAll<HTMLInputElement>("dg-lookup input")];
  if (hidden) hidden.value = id;
  if (text) text.value = name;
  lookup?.dispatchEvent(new CustomEvent("change", { bubbles: true, detail: { id } }));
}

const ids = (): string[] => [...document.querySelectorAll<HTMLInputElement>("[data-chosen] input")].map((input) => input.value);

test("each person who is chosen becomes a chip, once", () => {
  choose("2", "Bea");
  choose("2", "Bea");
  expect(ids()).toEqual(["1", "2"]);
  expect(document.querySelector("[data-chosen]")?.textContent).toContain("Bea");
  expect(document.querySelector<HTMLInputElement>("dg-lookup input[type=text]")?.value).toBe("");
  expect(document.querySelector<HTMLInputElement>("dg-lookup input[type=hidden]")?.value).toBe("");
});

test("a chip is taken out by its button", () => {
  choose("2", "Bea");
  document.querySelector<HTMLButtonElement>("[data-chosen] .dg-chip > button")?.click();
  expect(ids()).toEqual(["2"]);
});
