// <dg-builder-condition data-object data-fields data-for data-url data-saving>: turns the <textarea> of a condition into rows of field,
// operator and value (or its formula). data-for names the select of the object; its fields are asked for when it changes.
import { ConditionEditor, type KnownField } from "./builder-condition.ts";
import { savingIn } from "./dg-builder-expression.ts";

export class DgBuilderCondition extends HTMLElement {
  private editor: ConditionEditor | undefined;

  connectedCallback(): void {
    const input = this.querySelector("textarea");
    if (!input || this.editor || input.getAttribute("aria-invalid") === "true") return; // what is wrong is mended as text
    this.edit(input, this.dataset.object ?? "", JSON.parse(this.dataset.fields || "[]") as KnownField[]);
    const object = document.getElementById(this.dataset.for ?? "");
    object?.addEventListener("change", () => void this.turnTo(input, (object as HTMLSelectElement).value));
  }

  private edit(input: HTMLTextAreaElement, object: string, fields: KnownField[]): void {
    this.editor?.element.remove();
    this.editor = undefined;
    input.hidden = Boolean(fields.length);
    if (!fields.length) return;
    this.editor = new ConditionEditor(object, fields, input.value, (text) => {
      if (text === input.value) return;
      input.value = text;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    }, false, () => savingIn(this));
    this.append(this.editor.element);
  }

  private async turnTo(input: HTMLTextAreaElement, object: string): Promise<void> {
    const response = await fetch(`${this.dataset.url}?object=${encodeURIComponent(object)}`, { headers: { Accept: "application/json" } }).catch(() => null);
    const fields = response?.ok ? ((await response.json()) as KnownField[]) : [];
    this.edit(input, object, fields);
  }
}

if (!customElements.get("dg-builder-condition")) customElements.define("dg-builder-condition", DgBuilderCondition);
