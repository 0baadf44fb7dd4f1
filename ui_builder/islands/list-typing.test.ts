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

it("tells the new form of what was typed before anybody listened to it, once", () => {
  document.body.innerHTML = `<form id="g"><input name="a" value=""></form>`;
  new Typing("g");
  const form = document.getElementById("g") as HTMLElement;
  let heard = 0;
  form.addEventListener("input", () => { heard += 1; });
  raise("htmx:beforeRequest", form);
  raise("htmx:beforeSwap", form);
  form.innerHTML = `<input name="a" value=""><input name="b" value="">`;
  (form.querySelector("[name=a]") as HTMLInputElement).value = "between swap and settling";
  raise("htmx:afterSettle", form);
  expect(heard).toBe(1);
  raise("htmx:afterSettle", document.body);
  expect(heard).toBe(1);
});
