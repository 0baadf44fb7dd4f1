// <dg-builder-fields data-order="url">: the fields' table of an object: found by words, type or change; reordered by dg-sortable.
import { postJson } from "./builder-requests.ts";
import { t } from "./strings.ts";

export class DgBuilderFields extends HTMLElement {
  private changedOnly = false;

  connectedCallback(): void {
    this.addEventListener("input", () => this.filter());
    this.addEventListener("change", () => this.filter());
    this.addEventListener("click", (event) => this.toggleChanged(event));
    this.addEventListener("dg:sorted", (event) => void this.sorted((event as CustomEvent<{ ids: string[] }>).detail.ids));
    document.addEventListener("keydown", this.escape);
    this.querySelector("tr.dg-selected")?.scrollIntoView({ block: "nearest" });
  }

  disconnectedCallback(): void {
    document.removeEventListener("keydown", this.escape);
  }

  private filter(): void {
    const words = this.querySelector<HTMLInputElement>("[data-find]")?.value.trim().toLowerCase() ?? "";
    const type = this.querySelector<HTMLSelectElement>("[data-find-type]")?.value ?? "";
    let shown = 0;
    for (const row of this.querySelectorAll<HTMLElement>("[data-row]")) {
      row.hidden = !matches(row, words, type, this.changedOnly);
      if (!row.hidden) shown++;
    }
    const none = this.querySelector<HTMLElement>("[data-none]");
    if (none) none.hidden = shown > 0;
  }

  private toggleChanged(event: Event): void {
    const chip = (event.target as Element).closest<HTMLElement>("[data-find-changed]");
    if (!chip) return;
    this.changedOnly = !this.changedOnly;
    chip.classList.toggle("dg-on", this.changedOnly);
    chip.setAttribute("aria-pressed", String(this.changedOnly));
    this.filter();
  }

  private async sorted(ids: string[]): Promise<void> {
    try {
      await postJson(this.dataset.order ?? "", { ids });
      document.dispatchEvent(new CustomEvent("dg:toast", { detail: { text: t("Order saved in the draft") } }));
    } catch (error) {
      document.dispatchEvent(new CustomEvent("dg:toast", { detail: { text: (error as Error).message, tone: "bad" } }));
    }
  }

  private readonly escape = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || event.isComposing || event.defaultPrevented || document.querySelector("dialog[open], details[open] .dg-menu-items, .dg-lifted")) return;
    if ((event.target as Element).closest?.("input, textarea, select")) return;
    document.querySelector<HTMLElement>("[data-close-inspector]")?.click();
  };
}

/** Whether a row holds the words, has the type, and is changed if only changed ones are wanted. */
export function matches(row: HTMLElement, words: string, type: string, changedOnly: boolean): boolean {
  return (!words || (row.dataset.text ?? "").includes(words)) && (!type || row.dataset.type === type) && (!changedOnly || "changed" in row.dataset);
}

if (!customElements.get("dg-builder-fields")) customElements.define("dg-builder-fields", DgBuilderFields);
