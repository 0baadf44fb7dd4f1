// <dg-record data-url="/o/book/…">: the record page. Values are edited where they stand (a click, or E), forms with
// data-refresh are sent in place, and tabs change without leaving; afterwards the regions of the page are taken again.
import { arrived } from "./arriving.ts";
import { askIn } from "./asking.ts";
import { isTyping } from "./dg-keys.ts";
import { complain, pageAt, send, takeRegions } from "./pages.ts";
import { fragment } from "./requests.ts";
import { t } from "./strings.ts";

const REGIONS = ["record-title", "record-path", "record-facts", "related", "record-approvals", "record-team", "timeline"];

export class DgRecord extends HTMLElement {
  private edited: { fact: HTMLElement; shown: Node[]; sent: string } | null = null;
  private saving = false;
  private asked = 0;

  connectedCallback(): void {
    this.addEventListener("click", this.clicked);
    this.addEventListener("submit", this.submitted);
    this.addEventListener("keydown", this.pressed);
    this.addEventListener("change", this.changed);
    this.addEventListener("focusout", this.left);
    this.addEventListener("dragover", (event) => (event.target as Element).closest("[data-upload]") && event.preventDefault());
    this.addEventListener("drop", this.dropped);
    document.addEventListener("keydown", this.letter);
    document.addEventListener("click", this.copied);
    document.addEventListener("dg:created", this.refreshAll);
    document.addEventListener("dg:record-changed", this.refreshAll); // said by what the drawer did
    const sent = sessionStorage.getItem("dg-draft-sent"); // a form led here: it was saved
    if (sent) localStorage.removeItem(sent);
    sessionStorage.removeItem("dg-draft-sent");
  }

  disconnectedCallback(): void {
    document.removeEventListener("keydown", this.letter);
    document.removeEventListener("click", this.copied);
    document.removeEventListener("dg:created", this.refreshAll);
    document.removeEventListener("dg:record-changed", this.refreshAll);
  }

  private readonly clicked = (event: Event): void => {
    const target = event.target as Element;
    if (target.closest("[data-cancel]")) return this.restore(true);
    if (target.closest("[data-take-theirs]")) {
      this.restore(true);
      void this.refresh();
      return;
    }
    const tab = target.closest<HTMLAnchorElement>("a[data-tab], [data-regions] a");
    const mouse = event as MouseEvent;
    if (tab && !mouse.ctrlKey && !mouse.metaKey && !mouse.shiftKey) {
      event.preventDefault();
      void this.show(tab.href, [tab.dataset.tab === undefined ? "timeline" : "related"]);
      return;
    }
    const need = target.closest<HTMLElement>("[data-edit-fact]");
    const needed = need && this.querySelector<HTMLElement>(`[data-fact="${need.dataset.editFact}"]`);
    if (needed?.querySelector(".dg-fact-edit") && !mouse.ctrlKey && !mouse.metaKey) {
      event.preventDefault();
      needed.scrollIntoView({ block: "nearest" });
      void this.edit(needed);
      return;
    }
    const fact = target.closest<HTMLElement>("[data-fact]");
    if (fact && !target.closest("a, input, textarea, select, label, form") && fact.querySelector(".dg-fact-edit")) {
      if (!window.getSelection()?.toString()) void this.edit(fact);
    }
  };

  private readonly pressed = (event: KeyboardEvent): void => {
    if (event.isComposing || event.defaultPrevented) return;
    const target = event.target as HTMLElement;
    if (event.key === "Escape" && target.closest(".dg-fact-form")) {
      event.preventDefault();
      this.restore(true);
    } else if (event.key.toLowerCase() === "e" && !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(target)) {
      const fact = target.closest<HTMLElement>("[data-fact]");
      if (!fact?.querySelector(".dg-fact-edit") || document.documentElement.dataset.keys === "off") return;
      event.preventDefault();
      void this.edit(fact);
    }
  };

  private readonly letter = (event: KeyboardEvent): void => {
    if (event.key.toLowerCase() !== "s" || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (isTyping(document.activeElement) || document.documentElement.dataset.keys === "off" || document.querySelector("dialog[open]")) return;
    const menu = this.querySelector<HTMLDetailsElement>(".dg-gate dg-menu > details");
    if (!menu) return;
    event.preventDefault();
    menu.open = true;
    menu.querySelector<HTMLElement>("button")?.focus();
  };

  private readonly changed = (event: Event): void => {
    const input = event.target as HTMLElement;
    const upload = input.closest<HTMLFormElement>("[data-upload]");
    if (upload && input instanceof HTMLInputElement && input.files?.length) upload.requestSubmit();
    const composer = input.closest<HTMLFormElement>(".dg-composer");
    if (composer && input instanceof HTMLInputElement && input.type === "file") {
      const chosen = composer.querySelector("[data-chosen]");
      if (chosen) chosen.textContent = [...(input.files ?? [])].map((file) => file.name).join(", ");
    }
    if (input instanceof HTMLSelectElement && !input.multiple) input.closest<HTMLFormElement>(".dg-fact-form")?.requestSubmit();
  };

  private readonly dropped = (event: DragEvent): void => {
    const form = (event.target as Element).closest<HTMLFormElement>("[data-upload]");
    const input = form?.querySelector<HTMLInputElement>("input[type=file]");
    if (!form || !input || !event.dataTransfer?.files.length) return;
    event.preventDefault();
    input.files = event.dataTransfer.files;
    form.requestSubmit();
  };

  private readonly left = (event: FocusEvent): void => {
    const form = (event.target as Element).closest<HTMLFormElement>(".dg-fact-form:not(.dg-conflict)");
    const to = event.relatedTarget;
    if (!form || this.saving || !document.hasFocus() || (to instanceof Node && form.contains(to))) return;
    setTimeout(() => {
      if (this.saving || !form.isConnected || form.contains(document.activeElement) || form.querySelector("input[type=file]")) return;
      if (valuesOf(form) === this.edited?.sent) this.restore(false);
      else form.requestSubmit();
    });
  };

  private readonly submitted = (event: SubmitEvent): void => {
    const form = event.target as HTMLFormElement;
    if (form.matches(".dg-fact-form")) {
      event.preventDefault();
      void this.save(form, event.submitter);
    } else if (form.matches("[data-refresh], [data-upload]")) {
      event.preventDefault();
      void this.act(form, event.submitter);
    }
  };

  /** Open the input of a fact in its place. */
  async edit(fact: HTMLElement): Promise<void> {
    if (fact.querySelector("form") || this.saving) return;
    this.restore(false);
    const turn = ++this.asked;
    const html = await fragment(`${this.dataset.url}/field/${fact.dataset.fact}`);
    if (html !== null) await arrived(html);
    if (turn !== this.asked) return; // another fact was asked for meanwhile
    const value = fact.querySelector(".dg-fact-value");
    if (html === null || !value) return complain(t("This could not be loaded. Try again."));
    const shown = [...value.childNodes];
    value.innerHTML = html; // our own server's fragment, escaped there; scripts in it never run
    fact.classList.add("dg-editing");
    document.dispatchEvent(new Event("dg:load"));
    const form = value.querySelector("form");
    this.edited = { fact, shown, sent: form ? valuesOf(form) : "" };
    focusFirst(value);
  }

  private restore(focus: boolean): void {
    if (!this.edited) return;
    const { fact, shown } = this.edited;
    this.edited = null;
    fact.classList.remove("dg-editing");
    fact.querySelector(".dg-fact-value")?.replaceChildren(...shown);
    if (focus) fact.querySelector<HTMLElement>(".dg-fact-edit")?.focus();
  }

  private async save(form: HTMLFormElement, submitter: HTMLElement | null): Promise<void> {
    const fact = form.closest<HTMLElement>("[data-fact]");
    const value = form.closest(".dg-fact-value");
    if (!fact || !value || this.saving) return;
    this.saving = true;
    form.classList.add("dg-saving");
    try {
      const answer = await send(form, submitter);
      if (answer.status === 422 || answer.status === 409) {
        value.innerHTML = answer.text; // our own server's fragment, as in edit
        document.dispatchEvent(new Event("dg:load"));
        focusFirst(value);
        return;
      }
      if (answer.status >= 400) return complain(sentence(answer.text) ?? t("Something went wrong (error {status}).", { status: answer.status }));
      const said = JSON.parse(answer.text) as { changed: boolean; undo: string | null };
      const name = fact.dataset.fact;
      const label = fact.querySelector("dt")?.textContent ?? "";
      this.restore(false);
      if (!said.changed) return;
      await this.refresh();
      this.querySelector<HTMLElement>(`[data-fact="${name}"] .dg-fact-edit`)?.focus();
      const detail = { text: t("{name} was saved", { name: label }), ...(said.undo ? { undo: said.undo } : {}) };
      document.dispatchEvent(new CustomEvent("dg:toast", { detail }));
    } catch {
      complain(t("The server cannot be reached. What you typed is kept."));
    } finally {
      form.classList.remove("dg-saving");
      this.saving = false;
    }
  }

  private async act(form: HTMLFormElement, submitter: HTMLElement | null): Promise<void> {
    const bar = form.querySelector("progress");
    if (form.dataset.sending) return;
    form.dataset.sending = "true";
    try {
      const answer = await send(form, submitter, (share) => {
        if (bar) Object.assign(bar, { hidden: false, value: Math.round(share * 100) });
      });
      if (answer.status === 422 && (await askIn(this, answer.text, submitter))) return;
      if (answer.status >= 400) return complain(sentence(answer.text) ?? t("Something went wrong (error {status}).", { status: answer.status }));
      const to = new URL(answer.to ?? window.location.href, window.location.href);
      if (to.pathname !== this.dataset.url) return window.location.assign(to);
      if (form.matches(".dg-composer")) form.reset();
      await this.show(to.search ? to.href : window.location.href, REGIONS);
    } catch {
      complain(t("The server cannot be reached. What you typed is kept."));
    } finally {
      delete form.dataset.sending;
      if (bar) bar.hidden = true;
    }
  }

  private readonly refreshAll = (): void => void this.refresh();

  /** Take every region again; what is being written in the composer stays. */
  refresh(): Promise<void> {
    return this.show(window.location.href, REGIONS);
  }

  private async show(url: string, regions: string[]): Promise<void> {
    const page = await pageAt(url);
    if (!page) return complain(t("This could not be loaded. Try again."));
    const draft = this.querySelector<HTMLTextAreaElement>("#composer-text")?.value;
    takeRegions(page, regions);
    const composer = this.querySelector<HTMLTextAreaElement>("#composer-text");
    if (composer && draft) composer.value = draft;
    document.title = page.title;
    const address = new URL(url, window.location.href);
    if (address.search !== window.location.search) history.replaceState(history.state, "", address.pathname + address.search);
  }

  private readonly copied = (event: Event): void => {
    const button = (event.target as Element).closest?.<HTMLElement>("[data-copy]");
    if (!button) return;
    const text = new URL(button.dataset.copy ?? "", window.location.href).href;
    const done = (): boolean => document.dispatchEvent(new CustomEvent("dg:toast", { detail: { text: t("The link was copied") } }));
    void navigator.clipboard?.writeText(text).then(done, () => complain(text));
  };
}

function valuesOf(form: HTMLFormElement): string {
  return JSON.stringify([...new FormData(form)].map(([name, value]) => [name, value instanceof File ? value.name : value]));
}

function focusFirst(root: Element): void {
  const first = root.querySelector<HTMLElement>("[aria-invalid=true]:not([type=hidden])") ?? root.querySelector<HTMLElement>('input:not([type=hidden]), textarea, select, button:not([tabindex="-1"])');
  first?.focus();
  if (first instanceof HTMLInputElement && first.type === "text") first.select();
}

function sentence(text: string): string | null {
  try {
    const body = JSON.parse(text) as { title?: string; detail?: string };
    return body.detail ?? body.title ?? null;
  } catch {
    return new DOMParser().parseFromString(text, "text/html").querySelector(".dg-fault p")?.textContent ?? null;
  }
}

if (!customElements.get("dg-record")) customElements.define("dg-record", DgRecord);
