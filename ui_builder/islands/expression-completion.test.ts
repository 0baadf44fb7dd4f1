import { describe, expect, it } from "vitest";
import { type Word, fitting, spotAt } from "./expression-completion.ts";

const word = (text: string, label = text): Word => ({ text, label, kind: "field", detail: "", icon: "x" });

describe("what is typed at the caret", () => {
  it("is the word before it, and the path that leads to it", () => {
    expect(spotAt("pri", 3)).toEqual({ path: "", word: "pri", start: 0, of: "" });
    expect(spotAt("price > shelf.ro", 16)).toEqual({ path: "shelf", word: "ro", start: 14, of: "" });
    expect(spotAt("$user.dep", 9)).toEqual({ path: "$user", word: "dep", start: 6, of: "" });
  });
  it("is a value after a comparison with a text", () => {
    expect(spotAt('genre = "no', 11)).toEqual({ path: "", word: "no", start: 9, of: "genre" });
  });
  it("is nothing inside other texts and after operators", () => {
    expect(spotAt('CONTAINS(title, "pri', 20)).toBeNull();
    expect(spotAt("price > ", 8)).toBeNull();
  });
  it("counts only inside braces where the text has them", () => {
    expect(spotAt("Read pri", 8, true)).toBeNull();
    expect(spotAt("Read {{ pri", 11, true)).toMatchObject({ word: "pri", start: 8 });
    expect(spotAt("Read {{ title }} now", 20, true)).toBeNull();
  });
});

describe("what fits", () => {
  it("begins with it before it holds it, by name or by label", () => {
    const words = [word("list_price"), word("price"), word("title", "Price tag"), word("genre")];
    expect(fitting(words, "pri").map((one) => one.text)).toEqual(["price", "title", "list_price"]);
  });
});
