// <dg-palette>: the Ctrl K palette. Navigation and creation are in the page and are filtered at once; records come from
// GET /ui/jump?q= as ready options. Arrows choose, Enter goes.
import { fragment } from "./requests.ts";

const PAUSE = 120; // ms without a keystroke before the server is asked

export class DgPalette extends HTMLElement {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asking: AbortController | undefined;

  connectedCallback(): void {
    const input = this.querySelector("input");
    if (!input) return;
    input.addEventListener("input", () => this.changed(input.value));
    this.addEventListener("keydown", (event) => this.key(event));
    this.closest("dialog")?.addEventListener("close", () => {
      input.value = "";
      this.changed("");
    });
    this.choose(this.options()[0]);
  }

  private list(): HTMLElement | null {
    return this.querySelector("[role=listbox]");
  }

  private options(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>("[role=option]:not([hidden])")];
  }

  private changed(text: string): void {
    const wanted = text.trim().toLowerCase();
    for (const found of this.querySelectorAll("[data-found]")) found.remove();
    for (const option of this.querySelectorAll<HTMLElement>("[data-text]")) option.hidden = !(option.dataset.text ?? "").includes(wanted);
    this.choose(this.options()[0]);
    clearTimeout(this.timer);
    this.asking?.abort();
    if (wanted) this.timer = setTimeout(() => void this.ask(text.trim()), PAUSE);
  }

  private async ask(text: string): Promise<void> {
    this.asking = new AbortController();
    const html = await fragment(`/ui/jump?q=${encodeURIComponent(text)}`, this.asking.signal);
    if (html === null) return;
    const found = document.createElement("div");
    found.dataset.found = "";
    found.innerHTML = html; // our own server's fragment, escaped there
    this.list()?.prepend(found);
    this.choose(this.options()[0]);
  }

  private choose(option: HTMLElement | undefined): void {
    for (const other of this.querySelectorAll("[aria-selected=true]")) other.setAttribute("aria-selected", "false");
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    const input = this.querySelector("input");
    if (option && input) {
      option.id ||= `palette-${Math.random().toString(36).slice(2)}`;
      input.setAttribute("aria-activedescendant", option.id);
    }
  }

  private key(event: KeyboardEvent): void {
    if (event.isComposing) return;
    const options = this.options();
    const at = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      this.choose(options[(at + (event.key === "ArrowDown" ? 1 : -1) + options.length) % options.length]);
    } else if (event.key === "Enter" && at >= 0) {
      options[at]?.click();
    } else return;
    event.preventDefault();
  }
}

if (!customElements.get("dg-palette")) customElements.define("dg-palette", DgPalette);
