// <dg-print>: a page that was opened to be printed asks for it once everything on it is drawn.
export class DgPrint extends HTMLElement {
  connectedCallback(): void {
    if (document.readyState === "complete") this.soon();
    else window.addEventListener("load", () => this.soon(), { once: true });
  }

  private soon(): void {
    window.setTimeout(() => window.print(), document.querySelector("dg-chart") ? 900 : 100); // ms; charts come moving
  }
}

if (!customElements.get("dg-print")) customElements.define("dg-print", DgPrint);
