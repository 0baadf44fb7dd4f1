import { expect, it } from "vitest";
import { Typing } from "./list-typing.ts";

function raise(name: string, target: Element): void {
  document.dispatchEvent(new CustomEvent(name, { detail: { target } }));
}

it("carries what was typed meanwhile into the new form, and nothing else", () => {
  document.body.innerHTML = `<form id="f"><input name="a" value="1"><input name="b" value="2"></form>`;
  new Typing("f");
  const form = document.getElementById("f") as HTMLElement;
  raise("htmx:beforeRequest", form);
  (form.querySelector("[name=a]") as HTMLInputElement).value = "typed";
  raise("htmx:beforeSwap", form);
  form.innerHTML = `<input name="a" value=""><input name="b" value="from the server">`;
  raise("htmx:afterSettle", form);
  expect((form.querySelector("[name=a]") as HTMLInputElement).value).toBe("typed");
  expect((form.querySelector("[name=b]") as HTMLInputElement).value).toBe("from the server");
});
