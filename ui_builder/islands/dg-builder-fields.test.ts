import { expect, it } from "vitest";
import { matches } from "./dg-builder-fields.ts";

it("finds fields by words, type and change together", () => {
  document.body.innerHTML = '<p data-text="书名 title" data-type="text" data-changed></p><p data-text="价格 price" data-type="currency"></p>';
  const [title, price] = [...document.querySelectorAll("p")] as unknown as [HTMLElement, HTMLElement];
  expect([matches(title, "书名", "", false), matches(price, "书名", "", false)]).toEqual([true, false]);
  expect([matches(title, "", "currency", false), matches(price, "", "currency", false)]).toEqual([false, true]);
  expect([matches(title, "", "", true), matches(price, "", "", true)]).toEqual([true, false]);
});
