// <dg-dashboard>: the cards of a dashboard. Refreshes them, one or all, shows them on the full screen (then every minute
// anew), and says in a card what could not be loaded. The cards load by themselves, each with hx-get.
import { t } from "./strings.ts";

const EVERY = 60_000; // ms between refreshes on the full screen

export class DgDashboard extends HTMLElement {
  private timer: ReturnType<typeof setInterval> | undefined;

  connectedCallback(): void {
    document.addEventListener("click", this.clicked);
    document.addEventListener("fullscreenchange", this.turned);
    for (const event of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) this.addEventListener(event, this.failed);
    this.addEventListener("htmx:afterSwap", this.arrived);
  }

  disconnectedCallback(): void {
    document.removeEventListener("click", this.clicked);
    document.removeEventListener("fullscreenchange", this.turned);
    clearInterval(this.timer);
  }

  get cards(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>(".dg-widget[hx-get]")];
  }

  /** Ask again for these cards; what they show stays until the answer is there. */
  refresh(cards: HTMLElement[] = this.cards): void {
    for (const card of cards) card.dispatchEvent(new CustomEvent("dg:refresh"));
    const now = new Date();
    this.say(`${String(now.getHours()).padStart(2, "0")}:${String(now.getMinutes()).padStart(2, "0")}`);
  }

  private say(time: string): void {
    const place = document.querySelector("[data-as-of-text]");
    if (place) place.textContent = t("Data as of {time}", { time });
  }

  private readonly clicked = (event: Event): void => {
    const target = event.target as Element;
    const what = target.closest<HTMLElement>("[data-dash]")?.dataset.dash;
    const one = target.closest<HTMLElement>("[data-refresh]");
    if (!what && !one) return;
    const mouse = event as MouseEvent;
    if (mouse.ctrlKey || mouse.metaKey || mouse.shiftKey) return;
    if (one) {
      const card = one.closest<HTMLElement>(".dg-widget[hx-get]");
      if (!card) return; // the page came with everything in it: the link opens it anew
      event.preventDefault();
      one.closest("details")?.removeAttribute("open");
      this.refresh([card]);
    } else if (what === "full") {
      void this.requestFullscreen?.().catch(() => undefined);
    } else if (what === "refresh" && this.cards.length) {
      event.preventDefault();
      this.refresh();
    }
  };

  private readonly turned = (): void => {
    clearInterval(this.timer);
    if (document.fullscreenElement === this) this.timer = setInterval(() => this.refresh(), EVERY);
  };

  private readonly arrived = (event: Event): void => {
    (event.target as Element).removeAttribute?.("data-failed");
    document.dispatchEvent(new Event("dg:load"));
  };

  private readonly failed = (event: Event): void => {
    const card = (event.target as Element).closest<HTMLElement>(".dg-widget[hx-get]");
    if (!card || card.dataset.failed !== undefined) return;
    card.dataset.failed = "";
    const room = document.createElement("div");
    room.className = "dg-inside dg-widget-fault";
    room.setAttribute("role", "status");
    const text = document.createElement("p");
    text.textContent = t("This could not be loaded. Try again.");
    const again = document.createElement("button");
    again.type = "button";
    again.className = "dg-btn dg-btn-small";
    again.dataset.refresh = "";
    again.textContent = t("Try again");
    room.append(text, again);
    card.querySelector(".dg-inside, .dg-widget-scroll")?.replaceWith(room);
    if (!room.isConnected) card.append(room);
  };
}

if (!customElements.get("dg-dashboard")) customElements.define("dg-dashboard", DgDashboard);
