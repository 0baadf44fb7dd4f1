// <dg-row-filter data-for="id">: a search box that leaves only those [data-row-text] under #id whose text holds what is
// typed, without asking the server, so that what was changed in other rows stays. Hidden without JavaScript.
import { t } from "./strings.ts";

export class DgRowFilter extends HTMLElement {
  connectedCallback(): void {
    const input = this.querySelector("input");
    if (!input) return;
    this.hidden = false;
    input.addEventListener("input", () => this.filter(input.value));
    input.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      if (event.key === "Enter") event.preventDefault(); // it stands in a form
      if (event.key === "Escape" && input.value) {
        event.stopPropagation();
        input.value = "";
        this.filter("");
      }
    });
    if (input.value) this.filter(input.value);
  }

  private filter(typed: string): void {
    const words = typed.trim().toLowerCase().split(/\s+/).filter(Boolean);
    const rows = [...document.querySelectorAll<HTMLElement>(`#${CSS.escape(this.dataset.for ?? "")} [data-row-text]`)];
    let shown = 0;
    for (const row of rows) {
      const text = (row.dataset.rowText ?? "").toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
      if (!row.hidden) shown += 1;
    }
    const said = this.querySelector("[data-said]");
    if (said) said.textContent = words.length ? t("{shown} of {all}", { shown, all: rows.length }) : "";
  }
}

if (!customElements.get("dg-row-filter")) customElements.define("dg-row-filter", DgRowFilter);
