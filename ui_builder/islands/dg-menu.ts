// <dg-menu>: a <details> menu that closes on Esc, on a click elsewhere and on choosing; arrows move inside it.

export class DgMenu extends HTMLElement {
  connectedCallback(): void {
    const details = this.querySelector("details");
    if (!details) return;
    details.addEventListener("toggle", () => {
      if (!details.open) return;
      for (const other of document.querySelectorAll<HTMLDetailsElement>("dg-menu > details[open]")) if (other !== details) other.open = false;
    });
    this.addEventListener("keydown", (event) => this.key(event, details));
    this.addEventListener("focusout", (event) => {
      if (event.relatedTarget instanceof Node && !this.contains(event.relatedTarget)) details.open = false;
    });
  }

  private key(event: KeyboardEvent, details: HTMLDetailsElement): void {
    if (event.isComposing || !details.open) return;
    const items = [...details.querySelectorAll<HTMLElement>(".dg-menu-items :is(a[href], button:not([disabled]))")];
    const at = items.indexOf(document.activeElement as HTMLElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") {
      details.open = false;
      details.querySelector("summary")?.focus();
      event.stopPropagation();
    } else if (step && items.length) {
      items[(at + step + items.length) % items.length]?.focus();
    } else if (event.key === "Home" || event.key === "End") {
      items.at(event.key === "Home" ? 0 : -1)?.focus();
    } else return;
    event.preventDefault();
  }
}

if (!customElements.get("dg-menu")) {
  customElements.define("dg-menu", DgMenu);
  document.addEventListener("click", (event) => {
    for (const open of document.querySelectorAll<HTMLDetailsElement>("dg-menu > details[open]"))
      if (!open.contains(event.target as Node)) open.open = false;
  });
}
