// <dg-dashboard>: the cards of a dashboard. Refreshes them, one or all, shows them on the full screen (a wall: then anew
// every few minutes), and says in a card what could not be loaded. The cards load by themselves, each with hx-get. One whose
// answer is the same as before stays as it is, so that nothing flickers and nothing opened closes.
import { heightsOf, keepHeight } from "./card-heights.ts";
import { t } from "./strings.ts";

const EVERY = 180_000; // ms between refreshes on the full screen; its head says so
const UNAUTHORISED = 401;

interface Asked {
  xhr?: XMLHttpRequest;
  shouldSwap?: boolean;
  target?: Element;
}

export class DgDashboard extends HTMLElement {
  private timer: ReturnType<typeof setInterval> | undefined;
  private readonly shown = new WeakMap<Element, string>(); // what each card was answered

  connectedCallback(): void {
    const heights = heightsOf(location.pathname);
    for (const card of this.cards) if (heights[card.id]) card.style.height = `${heights[card.id]}px`;
    document.addEventListener("click", this.clicked);
    document.addEventListener("fullscreenchange", this.turned);
    for (const event of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) this.addEventListener(event, this.failed);
    this.addEventListener("htmx:beforeSwap", this.answered);
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
    for (const place of document.querySelectorAll("[data-as-of-text]")) place.textContent = t("Data as of {time}", { time });
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
    } else if (what === "leave") {
      void document.exitFullscreen?.().catch(() => undefined);
    } else if (what === "refresh" && this.cards.length) {
      event.preventDefault();
      this.refresh();
    }
  };

  private readonly turned = (): void => {
    clearInterval(this.timer);
    if (document.fullscreenElement !== this) return;
    this.timer = setInterval(() => {
      if (!document.hidden) this.refresh();
    }, EVERY);
  };

  private readonly answered = (event: Event): void => {
    const { xhr, target } = (event as CustomEvent<Asked>).detail ?? {};
    if (!xhr || !(target instanceof HTMLElement) || !target.matches(".dg-widget")) return;
    if (xhr.status === 200 && target.dataset.failed === undefined && this.shown.get(target) === xhr.responseText) (event as CustomEvent<Asked>).detail.shouldSwap = false;
    this.shown.set(target, xhr.responseText);
  };

  private readonly arrived = (event: Event): void => {
    const place = event.target as Element;
    place.removeAttribute?.("data-failed");
    if (place instanceof HTMLElement && place.matches(".dg-widget")) {
      place.style.height = "";
      requestAnimationFrame(() => keepHeight(location.pathname, place.id, place.offsetHeight));
    } else this.shown.delete(place.closest(".dg-widget") ?? place); // part of a card is another one now
    document.dispatchEvent(new Event("dg:load"));
  };

  private readonly failed = (event: Event): void => {
    const card = (event.target as Element).closest<HTMLElement>(".dg-widget[hx-get]");
    if (!card) return;
    event.stopPropagation(); // it is said here, not in a toast as well
    if ((event as CustomEvent<Asked | undefined>).detail?.xhr?.status === UNAUTHORISED) return this.ended();
    if (card.dataset.failed !== undefined) return;
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

  /** Signed out: the numbers stay, with the time that they are of, and a way back. */
  private ended(): void {
    clearInterval(this.timer);
    if (this.querySelector("[data-ended]")) return;
    const note = document.createElement("p");
    note.className = "dg-note dg-warn dg-dash-ended";
    note.dataset.ended = "";
    note.setAttribute("role", "alert");
    const text = document.createElement("span");
    text.textContent = t("You are signed out: these numbers are not renewed any more.");
    const link = document.createElement("a");
    link.href = `/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`;
    link.textContent = t("Sign in");
    note.append(text, " ", link);
    this.prepend(note);
  }
}

if (!customElements.get("dg-dashboard")) customElements.define("dg-dashboard", DgDashboard);
