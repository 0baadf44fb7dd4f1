// <dg-lookup data-object="shelf">: a text input over a hidden id. Suggestions come from GET /ui/lookup/{object}?q= as
// <a role="option" data-id data-text>, or from the address in data-source; without JavaScript the server finds the
// record by the words when saving.
import { fragment } from "./requests.ts";
import { t } from "./strings.ts";

const PAUSE = 150; // ms

export class DgLookup extends HTMLElement {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asking: AbortController | undefined;
  private list: HTMLElement | null = null;
  private chosen = "";
  private creating = false;
  private readonly created = (event: Event): void => {
    const made = (event as CustomEvent<{ object: string; id: string; title: string }>).detail;
    if (!this.creating || made.object !== this.dataset.object) return;
    this.creating = false;
    this.set(made.id, made.title);
    this.inputs().text?.focus();
    this.close();
  };

  connectedCallback(): void {
    const { text } = this.inputs();
    if (!text) return;
    this.chosen = text.value;
    document.addEventListener("dg:created", this.created);
    text.setAttribute("role", "combobox");
    text.setAttribute("aria-autocomplete", "list");
    text.setAttribute("aria-expanded", "false");
    text.addEventListener("input", () => this.typed());
    text.addEventListener("focus", () => text.select());
    text.addEventListener("click", () => void this.ask(text.value === this.chosen ? "" : text.value));
    this.addEventListener("keydown", (event) => this.key(event));
    this.addEventListener("focusout", (event) => {
      if (!(event.relatedTarget instanceof Node && this.contains(event.relatedTarget))) this.leave();
    });
  }

  disconnectedCallback(): void {
    document.removeEventListener("dg:created", this.created);
  }

  private set(to: string, words: string): void {
    const { id, text } = this.inputs();
    if (id) id.value = to;
    if (text) text.value = this.chosen = words;
    this.dispatchEvent(new CustomEvent("change", { bubbles: true, detail: { id: to } }));
  }

  private inputs(): { id: HTMLInputElement | null; text: HTMLInputElement | null } {
    return { id: this.querySelector("input[type=hidden]"), text: this.querySelector("input[type=text]") };
  }

  private typed(): void {
    const { id, text } = this.inputs();
    if (id) id.value = ""; // words that were not chosen are looked up by the server
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.ask(text?.value ?? ""), PAUSE);
  }

  private async ask(words: string): Promise<void> {
    this.asking?.abort();
    this.asking = new AbortController();
    const field = encodeURIComponent(this.dataset.field ?? "");
    const source = this.dataset.source ?? `/ui/lookup/${this.dataset.object}`;
    const html = await fragment(`${source}?q=${encodeURIComponent(words.trim())}&field=${field}`, this.asking.signal);
    if (html === null || !this.contains(document.activeElement)) return;
    this.open(html);
  }

  private open(html: string): void {
    this.list ??= this.appendChild(document.createElement("div"));
    this.list.className = "dg-pop dg-suggestions";
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", t("Suggestions"));
    this.list.id ||= `suggestions-${Math.random().toString(36).slice(2)}`;
    this.list.innerHTML = html; // our own server's fragment, escaped there
    this.list.hidden = false;
    this.list.onpointerdown = (event) => event.preventDefault(); // keeps the focus in the input
    this.list.onclick = (event) => {
      this.creating = (event.target as Element).closest("[data-create]") !== null; // opens the drawer; "dg:created" follows
      this.take((event.target as Element).closest<HTMLElement>("[data-id]"), event);
    };
    const { text } = this.inputs();
    text?.setAttribute("aria-expanded", "true");
    text?.setAttribute("aria-controls", this.list.id);
    this.mark(this.options()[0]);
  }

  private options(): HTMLElement[] {
    return [...(this.list?.querySelectorAll<HTMLElement>("[role=option]") ?? [])];
  }

  private mark(option: HTMLElement | undefined): void {
    for (const one of this.options()) one.setAttribute("aria-selected", String(one === option));
    option?.scrollIntoView({ block: "nearest" });
    if (option) {
      option.id ||= `option-${Math.random().toString(36).slice(2)}`;
      this.inputs().text?.setAttribute("aria-activedescendant", option.id);
    }
  }

  private take(option: HTMLElement | null, event?: Event): void {
    if (!option) return; // e.g. "Create …", which is a link of its own
    event?.preventDefault();
    this.set(option.dataset.id ?? "", option.dataset.text ?? option.textContent?.trim() ?? "");
    this.close();
  }

  private key(event: KeyboardEvent): void {
    if (event.isComposing) return;
    const options = this.options();
    const open = this.list !== null && !this.list.hidden;
    const at = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!open) void this.ask("");
      else this.mark(options[(at + (event.key === "ArrowDown" ? 1 : -1) + options.length) % options.length]);
    } else if (event.key === "Enter" && open && at >= 0) {
      options[at]?.click();
    } else if (event.key === "Escape" && open) {
      this.close();
      event.stopPropagation();
    } else return;
    event.preventDefault();
  }

  private leave(): void {
    const { id, text } = this.inputs();
    if (text && id && !text.value.trim()) {
      id.value = "";
      this.chosen = "";
    }
    this.close();
  }

  private close(): void {
    clearTimeout(this.timer);
    this.asking?.abort();
    if (this.list) this.list.hidden = true;
    this.inputs().text?.setAttribute("aria-expanded", "false");
  }
}

if (!customElements.get("dg-lookup")) customElements.define("dg-lookup", DgLookup);
