// <dg-colour>: the browser's colour picker beside the text input before it; both always agree.
import { t } from "./strings.ts";

export class DgColour extends HTMLElement {
  connectedCallback(): void {
    const text = this.previousElementSibling;
    if (!(text instanceof HTMLInputElement) || this.querySelector("input")) return;
    const picker = document.createElement("input");
    picker.type = "color";
    picker.className = "dg-input";
    picker.setAttribute("aria-label", t("Pick a colour"));
    const follow = (): void => {
      if (/^#[0-9a-f]{6}$/i.test(text.value)) picker.value = text.value.toLowerCase();
    };
    follow();
    text.addEventListener("input", follow);
    picker.addEventListener("input", () => {
      text.value = picker.value;
      text.dispatchEvent(new Event("change", { bubbles: true }));
    });
    this.append(picker);
  }
}

if (!customElements.get("dg-colour")) customElements.define("dg-colour", DgColour);
