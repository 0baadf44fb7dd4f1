// <dg-people>: several people, chosen one after the other in the <dg-lookup> inside; each becomes a chip with a hidden
// input. Without JavaScript names are typed with commas between them.
import { t } from "./strings.ts";

export class DgPeople extends HTMLElement {
  connectedCallback(): void {
    this.addEventListener("change", this.taken);
    this.addEventListener("click", this.clicked);
    for (const chip of this.querySelectorAll<HTMLElement>("[data-chosen] > .dg-chip")) this.closable(chip);
  }

  private readonly taken = (event: Event): void => {
    const id = (event as CustomEvent<{ id?: string } | undefined>).detail?.id;
    const text = this.querySelector<HTMLInputElement>("dg-lookup input[type=text]");
    const hidden = this.querySelector<HTMLInputElement>("dg-lookup input[type=hidden]");
    const list = this.querySelector("[data-chosen]");
    if (!id || !text || !hidden || !list) return;
    const known = [...list.querySelectorAll<HTMLInputElement>("input")].some((input) => input.value === id);
    if (!known) list.append(this.closable(chip(text.value, hidden.name, id)));
    hidden.value = "";
    text.value = "";
    text.removeAttribute("aria-invalid");
  };

  private closable(one: HTMLElement): HTMLElement {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "✕";
    button.setAttribute("aria-label", t("Remove {name}", { name: one.textContent?.trim() ?? "" }));
    one.append(button);
    return one;
  }

  private readonly clicked = (event: Event): void => {
    const button = (event.target as Element).closest("[data-chosen] .dg-chip > button");
    if (!button) return;
    button.closest(".dg-chip")?.remove();
    this.querySelector<HTMLInputElement>("dg-lookup input[type=text]")?.focus();
  };
}

function chip(name: string, field: string, id: string): HTMLElement {
  const made = document.createElement("span");
  made.className = "dg-chip";
  const words = document.createElement("span");
  words.className = "dg-clip";
  words.textContent = name;
  const input = document.createElement("input");
  Object.assign(input, { type: "hidden", name: field, value: id });
  made.append(words, input);
  return made;
}

if (!customElements.get("dg-people")) customElements.define("dg-people", DgPeople);
