// <dg-select>: makes the <select multiple> (or a long single one) inside searchable with Tom Select; without
// JavaScript the native list stays. data-create lets people type values of their own.
import TomSelect from "tom-select/base";
import removeButton from "tom-select/plugins/remove_button/plugin.js";
import { t } from "./strings.ts";

TomSelect.define("remove_button", removeButton);

export class DgSelect extends HTMLElement {
  private control: TomSelect | undefined;

  connectedCallback(): void {
    const select = this.querySelector("select");
    if (!select || this.control) return;
    this.control = new TomSelect(select, {
      plugins: select.multiple ? { remove_button: { title: t("Remove") } } : {},
      placeholder: select.dataset.placeholder ?? "",
      hidePlaceholder: true,
      create: this.hasAttribute("data-create"),
      maxOptions: 500,
      refreshThrottle: 0, // Enter right after the last letter takes what matches it
      render: { no_results: () => `<div class="no-results">${escapeHtml(t("Nothing matches"))}</div>` },
    });
    this.control.wrapper.classList.remove("dg-input"); // Tom Select copies the select's classes onto its box
    select.setAttribute("aria-hidden", "true"); // the label now names the control that replaced it
    this.control.control_input.setAttribute("aria-describedby", select.getAttribute("aria-describedby") ?? "");
  }

  disconnectedCallback(): void {
    this.control?.destroy();
    this.control = undefined;
  }
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c] ?? c);
}

if (!customElements.get("dg-select")) customElements.define("dg-select", DgSelect);
