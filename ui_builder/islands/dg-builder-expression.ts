// <dg-builder-expression data-object data-yields data-field data-saving data-braces>: completes and checks the expression in
// its <textarea> while it is typed and says its type or what is wrong and where. The object is data-object, or the form's own
// "object" input. data-braces: a text with {{ expressions }} in it.
import { postJson } from "./builder-requests.ts";
import { Completion, type Word, wordsOf } from "./expression-completion.ts";
import { t } from "./strings.ts";

export interface CheckAnswer {
  ok: boolean;
  type?: string;
  message?: string;
  position?: number;
  length?: number;
  hint?: string | null;
}

const PAUSE = 300; // ms without a key before the server is asked

export class DgBuilderExpression extends HTMLElement {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asked = 0;

  connectedCallback(): void {
    const input = this.input();
    if (!input || input.dataset.completes) return;
    input.dataset.completes = "true";
    new Completion(input, { object: () => this.object(), saving: savingIn(this), braces: "braces" in this.dataset, suggest: () => this.suggested() });
    input.addEventListener("input", () => this.soon());
    if (input.value.trim() && input.getAttribute("aria-invalid") !== "true") this.soon();
  }

  disconnectedCallback(): void {
    clearTimeout(this.timer);
  }

  private input(): HTMLTextAreaElement | HTMLInputElement | null {
    return this.querySelector("textarea, input");
  }

  private soon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.check(), PAUSE);
  }

  private async check(): Promise<void> {
    const input = this.input();
    if (!input) return;
    const number = ++this.asked;
    const text = input.value;
    if (!text.trim()) return this.say(null, text);
    try {
      const body = { text, object: this.object(), yields: "braces" in this.dataset ? "text" : (this.dataset.yields ?? "condition"), field: this.keyField() || this.dataset.field || "", field_of: this.dataset.fieldOf ?? "", saving: savingIn(this), returns: this.returns() };
      const answer = await postJson<CheckAnswer>("/builder/check-expression", body);
      if (number === this.asked) this.say(answer, text);
    } catch {
      this.say(null, text); // the server says it again when the form is saved
    }
  }

  private object(): string {
    if ("fixed" in this.dataset) return this.dataset.object ?? "";
    const own = this.closest("form")?.querySelector<HTMLSelectElement>('[name="b/object"]');
    return own?.value || this.dataset.object || "";
  }

  /** The field that takes the value, where a select beside the input chooses it (data-key). */
  private keyField(): string {
    return (document.getElementById(this.dataset.key ?? "") as HTMLSelectElement | null)?.value ?? "";
  }

  /** Values of the field that takes the value, for an empty input. */
  private async suggested(): Promise<Word[]> {
    const name = this.keyField();
    if (!name) return [];
    const words = await wordsOf(this.dataset.fieldOf ?? this.object(), "", false);
    return (words.find((one) => one.text === name)?.values ?? []).map(([text, label]) => ({ text: JSON.stringify(text), label, kind: "value", detail: "", icon: "tag" }));
  }

  /** What a formula's form says that it yields. */
  private returns(): string {
    return this.input()?.name === "b/formula" ? (this.closest("form")?.querySelector<HTMLSelectElement>('[name="b/returns"]')?.value ?? "") : "";
  }

  private say(answer: CheckAnswer | null, text: string): void {
    const place = this.querySelector<HTMLElement>("[data-said]");
    const input = this.input();
    if (!place || !input) return;
    const wrong = answer !== null && !answer.ok;
    place.className = wrong ? "dg-error" : "dg-hint";
    if (wrong) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
    place.replaceChildren();
    if (wrong) place.append(...marked(text, answer));
    else if (answer?.type) place.textContent = t("Right: {type}", { type: answer.type });
  }
}

const OF_A_WRITE = ["saved", "created", "updated", "deleted"];

/** Whether prior() and changed() are there: as data-saving says, and with an automation's trigger only if it is a write. */
export function savingIn(element: HTMLElement): boolean {
  const trigger = element.closest("form")?.querySelector<HTMLInputElement>('[name="@on"]:checked');
  return "saving" in element.dataset && (!trigger || OF_A_WRITE.includes(trigger.value));
}

/** The message, and the part of the expression that it is about, marked. */
export function marked(text: string, answer: CheckAnswer): Node[] {
  const at = Math.max(0, answer.position ?? 0);
  const end = at + Math.max(1, answer.length ?? 1);
  const mark = document.createElement("mark");
  mark.textContent = text.slice(at, end) || "…";
  const code = document.createElement("code");
  code.append(text.slice(Math.max(0, at - 16), at), mark, text.slice(end, end + 16));
  const message = document.createElement("span");
  message.append(answer.message ?? "", " ", code);
  return [message];
}

if (!customElements.get("dg-builder-expression")) customElements.define("dg-builder-expression", DgBuilderExpression);
