// A value of a list edited where it stands: Enter saves and shows it at once, Esc restores, a conflict shows both values.
import { arrived } from "./arriving.ts";
import { csrfToken, fragment } from "./requests.ts";
import { t } from "./strings.ts";

const INSIDE = "input, select, textarea, button, a[href], dg-lookup, dg-select, label";

export class Editing {
  private cell: HTMLTableCellElement | null = null;
  private before: Node[] = [];
  private given = "";
  private busy = false;
  private asked = 0;

  constructor(private readonly root: HTMLElement) {
    root.addEventListener("click", (event) => this.clicked(event));
    root.addEventListener("focusout", (event) => this.left(event));
    root.addEventListener("submit", (event) => this.submitted(event));
  }

  /** Whether a key was meant for the cell being edited. */
  key(event: KeyboardEvent): boolean {
    if (!this.cell || !this.cell.contains(event.target as Node)) return false;
    if (event.isComposing || event.keyCode === 229) return true;
    if (event.key === "Escape") this.restore();
    else if (event.key === "Enter" && !(event.target as Element).matches("button, textarea")) void this.save();
    else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void this.save();
    else if (event.key === "Tab") void this.saveAndMove(event.shiftKey ? -1 : 1);
    else return true;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  /** Edit the first editable value of a row. */
  editRow(row: HTMLElement): boolean {
    const cell = row.querySelector<HTMLTableCellElement>("td[data-cell]");
    if (cell) void this.open(cell);
    return cell !== null;
  }

  private clicked(event: MouseEvent): void {
    const target = event.target as Element;
    const cell = target.closest<HTMLTableCellElement>("td[data-cell]");
    if (target.closest("[data-cancel]")) this.restore();
    else if (cell && cell !== this.cell && !target.closest(INSIDE) && !window.getSelection()?.toString()) {
      if (window.innerWidth > 720) void this.open(cell);
    }
  }

  private left(event: FocusEvent): void {
    const cell = this.cell;
    if (!cell || this.busy || !cell.contains(event.target as Node)) return;
    setTimeout(() => {
      if (this.cell === cell && !this.busy && !cell.contains(document.activeElement) && document.hasFocus()) void this.save();
    }, 0);
  }

  private submitted(event: SubmitEvent): void {
    if (!(event.target as Element).matches(".dg-cell-form")) return;
    event.preventDefault();
    void this.save(true, event.submitter);
  }

  private async open(cell: HTMLTableCellElement): Promise<void> {
    if (this.cell) await this.save();
    const row = cell.closest<HTMLElement>("tr");
    const turn = ++this.asked;
    const html = await fragment(`/o/${this.root.dataset.object}/${row?.dataset.id}/cell/${cell.dataset.cell}${window.location.search}`);
    if (html !== null) await arrived(html);
    if (turn !== this.asked) return; // another cell was asked for meanwhile
    if (html === null) {
      say(t("This could not be loaded. Try again."), "bad");
      return;
    }
    this.before = [...cell.childNodes];
    this.cell = cell;
    this.draw(html);
    this.given = this.values();
  }

  private draw(html: string): void {
    const cell = this.cell;
    if (!cell) return;
    cell.classList.add("dg-edit");
    cell.innerHTML = html; // our own server's fragment, escaped there
    document.dispatchEvent(new Event("dg:load"));
    const input = cell.querySelector<HTMLElement>("select, textarea, input:not([type=hidden])");
    input?.focus();
    if (input instanceof HTMLInputElement && /text|search|tel|email|url/.test(input.type)) input.select();
  }

  private form(): HTMLFormElement | null {
    return this.cell?.querySelector("form") ?? null;
  }

  private values(): string {
    const form = this.form();
    return form ? new URLSearchParams(new FormData(form) as never).toString() : "";
  }

  private restore(): void {
    const cell = this.cell;
    this.cell = null;
    if (!cell) return;
    cell.classList.remove("dg-edit", "dg-saving");
    cell.replaceChildren(...this.before);
    cell.closest("tr")?.querySelector<HTMLElement>("a[href]")?.focus();
  }

  private async saveAndMove(step: 1 | -1): Promise<void> {
    const cells = [...(this.cell?.closest("tr")?.querySelectorAll<HTMLTableCellElement>("td[data-cell]") ?? [])];
    const next = cells[cells.indexOf(this.cell as HTMLTableCellElement) + step];
    const row = this.cell?.closest("tr")?.id;
    const field = next?.dataset.cell;
    if (!(await this.save()) || !field || !row) return;
    const again = document.getElementById(row)?.querySelector<HTMLTableCellElement>(`td[data-cell="${CSS.escape(field)}"]`);
    if (again) await this.open(again);
  }

  /** Send the value; what was typed shows at once. Nothing changed: nothing sent. True when the cell is closed. */
  private async save(always = false, submitter: HTMLElement | null = null): Promise<boolean> {
    const form = this.form();
    const cell = this.cell;
    if (!form || !cell || this.busy) return false;
    const conflict = cell.querySelector(".dg-cell-conflict");
    if (conflict && !always) return false;
    if (!conflict && this.values() === this.given) {
      this.restore();
      return true;
    }
    this.busy = true;
    const body = new URLSearchParams(new FormData(form, submitter) as never);
    const typed = [...cell.childNodes];
    cell.classList.add("dg-saving");
    cell.replaceChildren(document.createTextNode(shownValue(form)));
    try {
      const headers = { "HX-Request": "true", "X-CSRF-Token": csrfToken(), Accept: "text/html" };
      const response = await fetch(form.getAttribute("action") + window.location.search, { method: "POST", body, headers });
      return await this.answered(response, cell, typed);
    } catch {
      cell.replaceChildren(...typed);
      say(t("The server cannot be reached. What you typed is kept."), "bad");
      return false;
    } finally {
      cell.classList.remove("dg-saving");
      this.busy = false;
    }
  }

  private async answered(response: Response, cell: HTMLTableCellElement, typed: Node[]): Promise<boolean> {
    const html = await response.text();
    if (response.ok) {
      this.cell = null;
      swapRow(cell.closest("tr"), html);
      const raised = JSON.parse(response.headers.get("HX-Trigger") || "{}") as Record<string, unknown>;
      for (const [name, detail] of Object.entries(raised)) document.dispatchEvent(new CustomEvent(name, { detail }));
      return true;
    }
    if (response.status === 409 || response.status === 422) {
      this.draw(html);
      return false;
    }
    cell.replaceChildren(...typed);
    say(t("Something went wrong (error {status}).", { status: response.status }), "bad");
    return false;
  }
}

/** What the form's input says, as it will read in the cell. */
export function shownValue(form: HTMLFormElement): string {
  const select = form.querySelector("select");
  if (select) return [...select.selectedOptions].map((option) => option.textContent?.trim()).join(", ");
  const input = form.querySelector<HTMLInputElement>("textarea, input:not([type=hidden])");
  if (!input) return "";
  return input.type === "checkbox" ? (input.checked ? "✓" : "") : input.value;
}

function swapRow(row: HTMLElement | null, html: string): void {
  if (!row) return;
  const template = document.createElement("template");
  template.innerHTML = html;
  const fresh = template.content.querySelector("tr");
  const chosen = row.querySelector<HTMLInputElement>("input[name=id]")?.checked ?? false;
  if (!fresh) {
    row.remove();
    return;
  }
  row.replaceWith(fresh);
  const box = fresh.querySelector<HTMLInputElement>("input[name=id]");
  if (box && chosen) box.click();
  document.dispatchEvent(new Event("dg:load"));
  fresh.querySelector<HTMLElement>("a[href]")?.focus();
}

function say(text: string, tone: "bad"): void {
  document.dispatchEvent(new CustomEvent("dg:toast", { detail: { text, tone } }));
}
