// <dg-dialog>: wraps a <dialog>; any [data-opens="id"] opens it, focus returns to the opener when it closes.

/** Where focus goes when an overlay closes: its opener, what was put in its place (by its id), or nothing. */
const openers = new WeakMap<HTMLDialogElement, HTMLElement>();

/** Open a dialog modally; `opener` gets the focus back. [data-first-focus] inside wins over the first control. */
export function openDialog(dialog: HTMLDialogElement, opener: Element | null = document.activeElement): void {
  if (dialog.open) return;
  if (opener instanceof HTMLElement) openers.set(dialog, opener);
  dialog.showModal();
  dialog.querySelector<HTMLElement>("[data-first-focus]")?.focus();
  dialog.addEventListener("close", () => {
    const back = openers.get(dialog);
    openers.delete(dialog);
    const now = back?.isConnected ? back : document.getElementById(back?.id || "-");
    now?.focus();
  }, { once: true });
}

export class DgDialog extends HTMLElement {
  connectedCallback(): void {
    const dialog = this.querySelector("dialog");
    if (!dialog) return;
    dialog.addEventListener("click", (event) => {
      const target = event.target as Element;
      if (target === dialog || target.closest("[data-closes]")) {
        event.preventDefault();
        dialog.close();
      }
    });
    if (this.hasAttribute("data-open")) openDialog(dialog, null);
  }
}

if (!customElements.get("dg-dialog")) {
  customElements.define("dg-dialog", DgDialog);
  document.addEventListener("click", (event) => {
    const opener = (event.target as Element).closest?.<HTMLElement>("[data-opens]");
    const dialog = opener && document.getElementById(opener.dataset.opens ?? "");
    if (opener && dialog instanceof HTMLDialogElement) {
      event.preventDefault();
      openDialog(dialog, opener);
    }
  });
}
