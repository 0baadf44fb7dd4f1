import { expect, it } from "vitest";
import { show } from "./dg-builder-icon.ts";

it("shows another symbol of the same sprite, and nothing for what is no name", () => {
  document.body.innerHTML = '<div><svg><use href="/assets/icons.svg#box"></use></svg></div>';
  show(document.body, "book");
  expect(document.querySelector("use")?.getAttribute("href")).toBe("/assets/icons.svg#book");
  show(document.body, '"><script');
  expect(document.querySelector("use")?.getAttribute("href")).toBe("/assets/icons.svg#book");
});
