// <dg-composer>: a textarea in which @ offers colleagues; the name stays in the text.
import { fragment } from "./requests.ts";
import { t } from "./strings.ts";

export class DgComposer extends HTMLElement {
  private list: HTMLElement | null = null;
  private asked = 0;

  connectedCallback(): void {
    const area = this.querySelector("textarea");
    if (!area) return;
    area.addEventListener("input", () => void this.offer(area));
    area.addEventListener("keydown", (event) => this.key(event, area));
    area.addEventListener("blur", () => this.close());
  }

  private async offer(area: HTMLTextAreaElement): Promise<void> {
    const words = mentionAt(area.value, area.selectionStart);
    const turn = ++this.asked;
    if (words === null) return this.close();
    const html = await fragment(`/ui/lookup/user?q=${encodeURIComponent(words)}`);
    if (html === null || turn !== this.asked) return;
    this.list ??= this.appendChild(document.createElement("div"));
    this.list.className = "dg-pop dg-suggestions";
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", t("Suggestions"));
    this.list.innerHTML = html; // our own server's fragment, escaped there
    this.list.hidden = !this.list.querySelector("[data-id]");
    this.list.onpointerdown = (event) => event.preventDefault();
    this.list.onclick = (event) => {
      event.preventDefault();
      this.take((event.target as Element).closest<HTMLElement>("[data-id]"), area);
    };
    this.options()[0]?.setAttribute("aria-selected", "true");
  }

  private options(): HTMLElement[] {
    return [...(this.list?.querySelectorAll<HTMLElement>("[data-id]") ?? [])];
  }

  private key(event: KeyboardEvent, area: HTMLTextAreaElement): void {
    if (event.isComposing || !this.list || this.list.hidden) return;
    const options = this.options();
    const at = options.findIndex((one) => one.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      options.forEach((one) => one.setAttribute("aria-selected", "false"));
      options[(at + (event.key === "ArrowDown" ? 1 : -1) + options.length) % options.length]?.setAttribute("aria-selected", "true");
    } else if ((event.key === "Enter" || event.key === "Tab") && at >= 0) this.take(options[at] ?? null, area);
    else if (event.key === "Escape") this.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  private take(option: HTMLElement | null, area: HTMLTextAreaElement): void {
    if (!option) return;
    const until = area.selectionStart;
    const from = area.value.lastIndexOf("@", until - 1);
    area.setRangeText(`@${option.dataset.text ?? ""} `, from, until, "end");
    this.close();
    area.focus();
  }

  private close(): void {
    this.asked += 1;
    if (this.list) this.list.hidden = true;
  }
}

/** The words after the @ that is being typed at `at`, or null. */
export function mentionAt(text: string, at: number): string | null {
  const found = /(?:^|[^\w@])@([^\s@]{0,30})$/.exec(text.slice(0, at));
  return found ? (found[1] ?? "") : null;
}

if (!customElements.get("dg-composer")) customElements.define("dg-composer", DgComposer);
