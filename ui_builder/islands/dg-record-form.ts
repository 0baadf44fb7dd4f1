// <dg-record-form>: a record's form. Conditional sections and fields follow what is typed (the server decides), dependent
// choices narrow, child rows come and go, and a draft is kept in this browser every 2 s.
import { post } from "./requests.ts";
import { t } from "./strings.ts";

const PAUSE = 250; // ms after the last change until the server is asked what shows
const DRAFT = 2000; // ms
const NOT_KEPT = new Set(["csrf_token", "attempt", "version", "id"]);

interface State {
  sections: Record<string, boolean>;
  fields: Record<string, { shown: boolean; required: boolean }>;
  symbols: Record<string, string>;
}

export class DgRecordForm extends HTMLElement {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private keeper: ReturnType<typeof setInterval> | undefined;
  private dirty = false;
  private asked = 0;

  connectedCallback(): void {
    const form = this.form();
    if (!form) return;
    this.draft(form);
    this.narrow();
    this.rows();
    form.addEventListener("input", () => this.changed());
    form.addEventListener("change", (event) => this.chosen(event, form));
    form.addEventListener("click", (event) => this.clicked(event));
    form.addEventListener("submit", () => {
      sessionStorage.setItem("dg-draft-sent", this.key());
      this.dirty = false;
    });
    this.keeper = setInterval(() => this.keep(), DRAFT);
    if (!document.querySelector("#errors")) form.querySelector<HTMLElement>("input:not([type=hidden], [type=radio], [type=checkbox]), textarea")?.focus();
  }

  disconnectedCallback(): void {
    clearInterval(this.keeper);
  }

  private form(): HTMLFormElement | null {
    return this.querySelector("form");
  }

  private key(): string {
    return `dg-draft:${this.dataset.draft}`;
  }

  private changed(): void {
    this.dirty = true;
    if (!this.hasAttribute("data-conditional")) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.ask(), PAUSE);
  }

  private chosen(event: Event, form: HTMLFormElement): void {
    const input = event.target as HTMLElement;
    if (input.matches("[data-switches]")) {
      form.requestSubmit(form.querySelector<HTMLButtonElement>('button[value="again"]'));
      return;
    }
    if (input.closest(".dg-line-remove")) this.rows();
    this.narrow();
    this.changed();
  }

  private clicked(event: Event): void {
    const button = (event.target as Element).closest<HTMLElement>("[data-add-line]");
    const lines = button?.closest<HTMLElement>("[data-lines]");
    const template = lines?.querySelector("template");
    if (!lines || !template) return;
    event.preventDefault();
    const numbers = [...lines.querySelectorAll<HTMLInputElement>(`tbody input[name="${lines.dataset.lines}:rows"]`)].map((one) => Number(one.value));
    const number = String(Math.max(-1, ...numbers) + 1);
    const holder = document.createElement("tbody");
    holder.innerHTML = template.innerHTML.replaceAll("__n__", number); // our own server's row, escaped there
    const row = holder.firstElementChild;
    if (!row) return;
    lines.querySelector("tbody")?.append(row);
    document.dispatchEvent(new Event("dg:load"));
    row.querySelector<HTMLElement>("input:not([type=hidden]), select, textarea")?.focus();
    this.dirty = true;
  }

  /** Rows that are marked to be removed leave the table; a new one leaves for good. */
  private rows(): void {
    for (const box of this.querySelectorAll<HTMLInputElement>(".dg-line-remove input[type=checkbox]")) {
      const row = box.closest("tr");
      if (!row || !box.checked) continue;
      if (row.querySelector('input[name$="].id"]')) row.hidden = true;
      else row.remove();
    }
  }

  /** Choices under another choice: only those that go with it can be taken. */
  private narrow(): void {
    for (const cell of this.querySelectorAll<HTMLElement>("select[data-controlled-by]")) narrowChoices(cell as HTMLSelectElement, this.form());
  }

  private async ask(): Promise<void> {
    const form = this.form();
    if (!form) return;
    const turn = ++this.asked;
    const values = new FormData(form);
    for (const [name, value] of [...values]) if (value instanceof File) values.delete(name);
    try {
      const response = await post(`/o/${this.dataset.object}/form-state`, values);
      if (turn === this.asked) this.apply((await response.json()) as State);
    } catch {
      // the server says it again when the form is saved
    }
  }

  private apply(state: State): void {
    for (const [name, shown] of Object.entries(state.sections)) this.querySelector(`[data-section="${name}"]`)?.toggleAttribute("data-hidden", !shown);
    for (const [name, { shown, required }] of Object.entries(state.fields)) {
      const cell = this.querySelector<HTMLElement>(`[data-cell="${name}"]`);
      cell?.toggleAttribute("data-hidden", !shown);
      if (cell) markRequired(cell, required);
    }
    for (const [name, symbol] of Object.entries(state.symbols)) {
      const before = this.querySelector(`[data-cell="${name}"] .dg-before`);
      if (before) before.textContent = symbol;
    }
  }

  private keep(): void {
    const form = this.form();
    if (!this.dirty || !form) return;
    this.dirty = false;
    const kept = [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !NOT_KEPT.has(name));
    try {
      localStorage.setItem(this.key(), JSON.stringify({ at: Date.now(), version: form.querySelector<HTMLInputElement>("[name=version]")?.value ?? "", kept }));
      this.say(t("Draft kept {time}", { time: clock(Date.now()) }));
    } catch {
      // a full or forbidden storage: the form works without
    }
  }

  /** Bring back what was typed before, unless it was sent, or the server has just given the form back. */
  private draft(form: HTMLFormElement): void {
    const sent = sessionStorage.getItem("dg-draft-sent");
    sessionStorage.removeItem("dg-draft-sent");
    if (this.hasAttribute("data-returned")) return;
    if (sent) localStorage.removeItem(sent);
    const text = localStorage.getItem(this.key());
    if (!text) return;
    try {
      const { at, version, kept } = JSON.parse(text) as { at: number; version: string; kept: [string, string][] };
      const now = form.querySelector<HTMLInputElement>("[name=version]")?.value ?? "";
      if (version !== now || Date.now() - at > 7 * 86_400_000) return localStorage.removeItem(this.key());
      fill(form, kept);
      this.say(t("Your draft of {time} was brought back.", { time: clock(at) }), () => {
        localStorage.removeItem(this.key());
        window.location.reload();
      });
      this.changed();
      this.dirty = false;
    } catch {
      localStorage.removeItem(this.key());
    }
  }

  private say(text: string, discard?: () => void): void {
    const place = document.getElementById("draft-state");
    if (!place) return;
    place.textContent = text;
    if (!discard) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "dg-btn dg-btn-small dg-btn-quiet";
    button.textContent = t("Discard");
    button.addEventListener("click", discard);
    place.append(" ", button);
  }
}

/** Hide and disable options whose parents do not include the controlling value; a choice that no longer fits is emptied. */
export function narrowChoices(select: HTMLSelectElement, form: HTMLFormElement | null): void {
  const above = form?.querySelector<HTMLSelectElement>(`[name="${CSS.escape(select.dataset.controlledBy ?? "")}"]`)?.value ?? "";
  for (const option of select.options) {
    const parents = option.dataset.parents?.split(" ");
    const fits = !parents || parents.includes(above);
    option.hidden = option.disabled = !fits;
    if (!fits && option.selected) {
      option.selected = false;
      if (!select.multiple) select.value = "";
    }
  }
}

function markRequired(cell: HTMLElement, required: boolean): void {
  const label = cell.querySelector("label, .dg-label");
  const mark = label?.querySelector(".dg-required");
  if (required && label && !mark) {
    const star = document.createElement("span");
    star.className = "dg-required";
    star.setAttribute("aria-hidden", "true");
    star.textContent = "*";
    label.append(star);
  } else if (!required) mark?.remove();
}

function fill(form: HTMLFormElement, kept: [string, string][]): void {
  const values = new Map<string, string[]>();
  for (const [name, value] of kept) values.set(name, [...(values.get(name) ?? []), value]);
  for (const control of form.elements) {
    if (!(control instanceof HTMLInputElement || control instanceof HTMLTextAreaElement || control instanceof HTMLSelectElement)) continue;
    const given = values.get(control.name);
    if (!control.name || NOT_KEPT.has(control.name) || (control instanceof HTMLInputElement && control.type === "file")) continue;
    if (control instanceof HTMLInputElement && (control.type === "checkbox" || control.type === "radio")) {
      if (given || control.type === "checkbox") control.checked = given?.includes(control.value) ?? false;
    } else if (control instanceof HTMLSelectElement && control.multiple) {
      for (const option of control.options) option.selected = given?.includes(option.value) ?? false;
    } else if (given && !(control.type === "hidden" && given.length > 1)) control.value = given[0] ?? "";
  }
}

function clock(moment: number): string {
  return new Date(moment).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });
}

if (!customElements.get("dg-record-form")) customElements.define("dg-record-form", DgRecordForm);
