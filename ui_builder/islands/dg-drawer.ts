// <dg-drawer>: the page's one drawer. A link with data-drawer loads its address's fragment into it (the address itself
// stays a page for those without JavaScript); Esc or ✕ closes it and focus returns. A second one never lies over the first.
import { arrived } from "./arriving.ts";
import { openDialog } from "./dg-dialog.ts";
import { fragment } from "./requests.ts";
import { t } from "./strings.ts";

export class DgDrawer extends HTMLElement {
  private asked = 0;

  connectedCallback(): void {
    const dialog = this.querySelector("dialog");
    dialog?.addEventListener("click", (event) => {
      const target = event.target as Element;
      if (target === dialog || target.closest("[data-closes]")) dialog.close();
    });
    dialog?.addEventListener("close", () => dialog.replaceChildren());
  }

  /** Load `url` into the drawer and open it. */
  async open(url: string, opener: Element | null): Promise<void> {
    const dialog = this.querySelector("dialog");
    if (!dialog) return;
    const turn = ++this.asked;
    const html = await fragment(url);
    if (html !== null) await arrived(html);
    if (turn !== this.asked) return; // something else was asked for meanwhile
    if (html === null) {
      document.dispatchEvent(new CustomEvent("dg:toast", { detail: { text: t("This could not be loaded. Try again."), tone: "bad" } }));
      return;
    }
    dialog.innerHTML = html; // our own server's fragment, escaped there; scripts in it never run
    window.htmx?.process(dialog);
    document.dispatchEvent(new Event("dg:load"));
    openDialog(dialog, opener);
  }
}

if (!customElements.get("dg-drawer")) {
  customElements.define("dg-drawer", DgDrawer);
  document.addEventListener("click", (event) => {
    const link = (event.target as Element).closest?.<HTMLElement>("[data-drawer]");
    const drawer = document.querySelector<DgDrawer>("dg-drawer");
    if (!link || !drawer || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    void drawer.open(link.dataset.drawer || link.getAttribute("href") || "", link);
  });
}
