// <dg-list-panel>: the popover of a list (filter, columns, order, saving, bulk edits). A link with data-panel loads its
// address into it; a bulk action's answer comes into it too. On a phone it is a sheet from below.
import { arrived } from "./arriving.ts";
import { openDialog } from "./dg-dialog.ts";
import { Typing } from "./list-typing.ts";
import { csrfToken, fragment } from "./requests.ts";
import { t } from "./strings.ts";

const GAP = 6; // px between the opener and the popover

export class DgListPanel extends HTMLElement {
  private asked = 0;

  connectedCallback(): void {
    const dialog = this.dialog();
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog || (event.target as Element).closest("[data-closes]")) dialog.close();
    });
    dialog.addEventListener("close", () => dialog.replaceChildren());
    document.addEventListener("click", this.clicked);
    document.addEventListener("submit", this.submitted);
  }

  disconnectedCallback(): void {
    document.removeEventListener("click", this.clicked);
    document.removeEventListener("submit", this.submitted);
  }

  private dialog(): HTMLDialogElement {
    return this.querySelector("dialog") as HTMLDialogElement;
  }

  private readonly clicked = (event: MouseEvent): void => {
    const link = (event.target as Element).closest?.<HTMLAnchorElement>("a[data-panel]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    void this.load(link);
  };

  private async load(link: HTMLAnchorElement): Promise<void> {
    const turn = ++this.asked;
    const html = await fragment(link.href);
    if (html !== null) await arrived(html);
    if (turn !== this.asked) return; // another panel was asked for meanwhile
    if (html === null) complain();
    else this.show(html, link.dataset.panel ?? "center", link);
  }

  /** A bulk action: its answer is another address or something to show. Downloads go the browser's own way. */
  private readonly submitted = (event: SubmitEvent): void => {
    const form = event.target as HTMLFormElement;
    const button = event.submitter as HTMLButtonElement | null;
    if (form.getAttribute("id") !== "dg-bulk" || button?.hasAttribute("data-download")) return; // boxes named "id" hide form.id
    event.preventDefault();
    void this.send(form, button);
  };

  private async send(form: HTMLFormElement, button: HTMLButtonElement | null): Promise<void> {
    const body = new FormData(form, button);
    button?.setAttribute("aria-busy", "true");
    try {
      const headers = { "HX-Request": "true", "X-CSRF-Token": csrfToken(), Accept: "text/html" };
      const response = await fetch(form.getAttribute("action") ?? "", { method: "POST", body: new URLSearchParams(body as never), headers });
      const elsewhere = response.headers.get("HX-Redirect");
      if (elsewhere) window.location.assign(elsewhere);
      else if (response.ok) {
        const html = await response.text();
        await arrived(html);
        this.show(html, "center", button);
      }
      else complain();
    } catch {
      complain();
    } finally {
      button?.removeAttribute("aria-busy");
    }
  }

  private show(html: string, place: string, opener: HTMLElement | null): void {
    const dialog = this.dialog();
    dialog.innerHTML = html; // our own server's fragment, escaped there; scripts in it never run
    dialog.dataset.place = place;
    window.htmx?.process(dialog);
    document.dispatchEvent(new Event("dg:load"));
    openDialog(dialog, opener);
    put(dialog, place, opener);
    const at = document.activeElement; // browsers may put the focus on what scrolls
    if (!dialog.contains(at) || !at?.matches("a, button, input, select, textarea, [data-first-focus]")) {
      dialog.querySelector<HTMLElement>("select, input:not([type=hidden]), button:not([tabindex])")?.focus();
    }
  }
}

/** Under its opener, inside the window; phones place it by CSS. */
export function put(dialog: HTMLElement, place: string, opener: HTMLElement | null): void {
  dialog.style.removeProperty("left");
  dialog.style.removeProperty("top");
  if (place === "center" || !opener || window.innerWidth <= 720) return;
  const at = opener.getBoundingClientRect();
  const left = place === "end" ? at.right - dialog.offsetWidth : at.left;
  dialog.style.left = `${Math.max(8, Math.min(left, window.innerWidth - dialog.offsetWidth - 8))}px`;
  dialog.style.top = `${at.bottom + GAP}px`;
}

function complain(): void {
  const detail = { text: t("This could not be loaded. Try again."), tone: "bad" };
  document.dispatchEvent(new CustomEvent("dg:toast", { detail }));
}

if (!customElements.get("dg-list-panel")) {
  customElements.define("dg-list-panel", DgListPanel);
  new Typing("filter-builder");
}
