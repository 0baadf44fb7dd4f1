// <dg-report-place>: whoever orders a report's rows or sets what is counted gets the page anew, and stays where he was in
// it: the same scroll, the focus on what he used. Without scripts the page begins at its top.
const KEY = "dg-report-place";
const USED = ".dg-report-grid thead a, .dg-report-rows thead a, .dg-report-bar .dg-chip-x";

interface Place { path: string; focus: string; left: number; top: number; body: number }

export class DgReportPlace extends HTMLElement {
  connectedCallback(): void {
    document.addEventListener("click", this.used, true);
    document.addEventListener("submit", this.used, true);
    this.comeBack();
  }

  disconnectedCallback(): void {
    document.removeEventListener("click", this.used, true);
    document.removeEventListener("submit", this.used, true);
  }

  private readonly used = (event: Event): void => {
    const target = event.target as Element;
    if (event instanceof MouseEvent && (event.ctrlKey || event.metaKey || event.shiftKey)) return; // in a page of its own
    const link = event.type === "click" ? target.closest<HTMLElement>(USED) : null;
    const form = event.type === "submit" ? target.closest(".dg-report-bar") : null;
    if (!link && !form) return;
    const control = link?.closest(".dg-report-chip")?.querySelector("select, [type=text]") ?? link ?? document.activeElement;
    const scroll = document.querySelector(".dg-report-scroll");
    const place: Place = { path: location.pathname, focus: control?.id ?? "", left: scroll?.scrollLeft ?? 0, top: scroll?.scrollTop ?? 0, body: document.getElementById("body")?.scrollTop ?? 0 };
    sessionStorage.setItem(KEY, JSON.stringify({ ...place, at: Date.now() }));
  };

  private comeBack(): void {
    const kept = sessionStorage.getItem(KEY);
    sessionStorage.removeItem(KEY);
    if (!kept) return;
    const place = JSON.parse(kept) as Place & { at: number };
    if (place.path !== location.pathname || Date.now() - place.at > 60_000) return; // another page came between
    const scroll = document.querySelector(".dg-report-scroll");
    if (scroll) scroll.scrollTo(place.left, place.top);
    if (place.focus) document.getElementById(place.focus)?.focus({ preventScroll: true });
    document.getElementById("body")?.scrollTo(0, place.body);
  }
}

if (!customElements.get("dg-report-place")) customElements.define("dg-report-place", DgReportPlace);
