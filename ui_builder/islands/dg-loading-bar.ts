// <dg-loading-bar>: the 2-px bar on top while a request takes longer than 100 ms; below that nothing moves.

const PATIENCE = 100; // ms

export class DgLoadingBar extends HTMLElement {
  private running = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly begin = (): void => {
    this.running += 1;
    this.timer ??= setTimeout(() => this.setAttribute("data-on", ""), PATIENCE);
  };
  private readonly end = (): void => {
    this.running = Math.max(0, this.running - 1);
    if (this.running === 0) this.clear();
  };
  private readonly clear = (): void => {
    this.running = 0;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.removeAttribute("data-on");
  };

  connectedCallback(): void {
    this.classList.add("dg-loading-bar");
    document.addEventListener("htmx:beforeRequest", this.begin);
    document.addEventListener("htmx:afterRequest", this.end);
    document.addEventListener("dg:request", this.begin);
    document.addEventListener("dg:response", this.end);
    window.addEventListener("beforeunload", this.begin);
    window.addEventListener("pageshow", this.clear); // back from the browser's page cache
  }

  disconnectedCallback(): void {
    document.removeEventListener("htmx:beforeRequest", this.begin);
    document.removeEventListener("htmx:afterRequest", this.end);
    document.removeEventListener("dg:request", this.begin);
    document.removeEventListener("dg:response", this.end);
    window.removeEventListener("beforeunload", this.begin);
    window.removeEventListener("pageshow", this.clear);
  }
}

if (!customElements.get("dg-loading-bar")) customElements.define("dg-loading-bar", DgLoadingBar);
