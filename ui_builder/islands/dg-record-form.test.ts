import { describe, expect, it } from "vitest";
import { narrowChoices } from "./dg-record-form.ts";

const OPTIONS = '<option value=""></option><option value="crime" data-parents="fiction">Crime</option><option value="travel" data-parents="fact essay">Travel</option><option value="other">Other</option>';

function form(kind: string, genre: string): { form: HTMLFormElement; select: HTMLSelectElement } {
  document.body.innerHTML = `<form><select name="kind"><option value="fiction">F</option><option value="fact">A</option></select><select name="genre" data-controlled-by="kind">${OPTIONS}</select></form>`;
  const found = document.querySelector("form") as HTMLFormElement;
  (found.querySelector("[name=kind]") as HTMLSelectElement).value = kind;
  const select = found.querySelector("[name=genre]") as HTMLSelectElement;
  select.value = genre;
  return { form: found, select };
}

const offered = (select: HTMLSelectElement): string[] => [...select.options].filter((one) => !one.disabled).map((one) => one.value);

describe("dependent choices", () => {
  it("offer what goes with the choice above, and what goes with every one", () => {
    const { form: whole, select } = form("fact", "");
    narrowChoices(select, whole);
    expect(offered(select)).toEqual(["", "travel", "other"]);
  });

  it("empty a choice that no longer fits, and keep one that does", () => {
    const wrong = form("fact", "crime");
    narrowChoices(wrong.select, wrong.form);
    expect(wrong.select.value).toBe("");
    const right = form("fiction", "crime");
    narrowChoices(right.select, right.form);
    expect(right.select.value).toBe("crime");
  });
});
