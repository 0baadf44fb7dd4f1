// <dg-copy>: a readable input with a secret or a link, and a button [data-copies] that copies it; the button stays
// hidden without JavaScript. Where the browser does not let us copy, the text is selected for Ctrl C.
import { t } from "./strings.ts";

export class DgCopy extends HTMLElement {
  connectedCallback(): void {
    const input = this.querySelector("input");
    const button = this.querySelector<HTMLButtonElement>("[data-copies]");
    if (!input || !button) return;
    button.hidden = false;
    input.addEventListener("focus", () => input.select());
    button.addEventListener("click", () => void copy(input));
  }
}

async function copy(input: HTMLInputElement): Promise<void> {
  let text = t("Copied");
  try {
    await navigator.clipboard.writeText(input.value);
  } catch {
    input.focus();
    input.select();
    text = t("Selected: copy it with Ctrl C");
  }
  document.dispatchEvent(new CustomEvent("dg:toast", { detail: { text } }));
}

if (!customElements.get("dg-copy")) customElements.define("dg-copy", DgCopy);
