// <dg-board data-object data-pipeline [data-moves]>: cards go from lane to lane by mouse, touch, keyboard (arrows, Space
// lifts, Enter drops, Esc puts back) or their menu. The lane says what its gate lacks before the drop; a drop shows at
// once and is put back when the server refuses; what is missing is asked for in a dialog.
import Sortable from "sortablejs";
import { askIn } from "./asking.ts";
import { laneOf, linkOf, nameOf, neighbour, openMenu, type Origin, recount, replace } from "./board-lanes.ts";
import { complain } from "./pages.ts";
import { csrfToken } from "./requests.ts";
import { t } from "./strings.ts";

interface Way {
  open: boolean;
  text: string;
}
type Ways = Record<string, Way>;

const HOLD = 180; // ms that a finger rests on a card before it is lifted; shorter is scrolling

export class DgBoard extends HTMLElement {
  private sortables: Sortable[] = [];
  private lifted: Origin | null = null;
  private readonly waiting = new Map<string, Origin>(); // by record: drops that the server has not decided
  private ways: Ways = {};
  private asked = 0;

  connectedCallback(): void {
    this.addEventListener("keydown", (event) => this.key(event));
    if (!this.hasAttribute("data-moves")) return;
    for (const list of this.querySelectorAll<HTMLElement>("[data-cards]")) this.sortables.push(this.sortable(list));
    this.addEventListener("click", (event) => this.clicked(event));
    this.addEventListener("submit", (event) => {
      event.preventDefault();
      const form = event.target as HTMLFormElement;
      const origin = [...this.waiting].find(([id]) => form.getAttribute("action")?.includes(`/${id}/`))?.[1];
      if (origin) void this.send(new FormData(form, event.submitter), origin);
    });
  }

  disconnectedCallback(): void {
    for (const one of this.sortables) one.destroy();
    this.sortables = [];
  }

  private sortable(list: HTMLElement): Sortable {
    return new Sortable(list, {
      group: "board", draggable: ".dg-lane-card", animation: 120, sort: false, ghostClass: "dg-ghost", fallbackClass: "dg-drag",
      forceFallback: true, fallbackOnBody: true, fallbackTolerance: 4, delay: HOLD, delayOnTouchOnly: true, touchStartThreshold: 4,
      filter: "[data-card-menu]", preventOnFilter: false,
      onStart: (event) => this.lift(event.item),
      onMove: (event) => this.over(laneOf(event.to)),
      onEnd: (event) => {
        const origin = this.lifted;
        this.lifted = null;
        this.clear();
        if (!origin || event.to === event.from) return;
        origin.lane = laneOf(event.from) ?? origin.lane;
        void this.drop(origin);
      },
    });
  }

  // -- lifting ------------------------------------------------------------------------------------------------------

  private lift(card: HTMLElement): void {
    const lane = laneOf(card);
    if (!lane) return;
    this.lifted = { card, lane, next: card.nextElementSibling };
    this.ways = {};
    this.classList.add("dg-lifting");
    void this.look(card).then(() => this.shut());
  }

  /** Ask where the card may go. */
  private async look(card: HTMLElement): Promise<Ways> {
    const turn = ++this.asked;
    try {
      const pipeline = encodeURIComponent(this.dataset.pipeline ?? "");
      const response = await fetch(`${this.url()}/ways/${card.dataset.id}?pipeline=${pipeline}`, { headers: { Accept: "application/json" } });
      if (!response.ok || turn !== this.asked) return {};
      this.ways = (await response.json()) as Ways;
    } catch {
      return {}; // the drop asks the server itself
    }
    return this.ways;
  }

  /** Which lanes the card may not enter, as long as it is lifted. */
  private shut(): void {
    if (!this.lifted) return;
    for (const lane of this.lanes()) lane.classList.toggle("dg-shut", this.way(lane)?.open === false && lane !== this.lifted.lane);
    const here = this.querySelector<HTMLElement>(".dg-lane.dg-target");
    if (here) this.over(here);
  }

  /** The card is over this lane: it says what is missing. False where it may not be dropped. */
  private over(lane: HTMLElement | null): boolean {
    for (const other of this.lanes()) {
      const on = other === lane && other !== this.lifted?.lane;
      other.classList.toggle("dg-target", on);
      this.note(other, on ? this.way(other) : undefined);
    }
    return !lane || lane === this.lifted?.lane || this.way(lane)?.open !== false;
  }

  private way(lane: HTMLElement): Way | undefined {
    return this.ways[lane.dataset.stage ?? ""];
  }

  private note(lane: HTMLElement, way: Way | undefined): void {
    const note = lane.querySelector<HTMLElement>("[data-note]");
    if (!note) return;
    note.hidden = !way?.text;
    note.textContent = way?.text ? way.text + (way.open ? ` ${t("A dialog asks for it after the drop.")}` : "") : "";
    note.classList.toggle("dg-bad", way?.open === false);
  }

  private clear(): void {
    this.classList.remove("dg-lifting");
    for (const lane of this.lanes()) {
      lane.classList.remove("dg-target", "dg-shut");
      this.note(lane, undefined);
    }
  }

  // -- dropping -----------------------------------------------------------------------------------------------------

  /** The card lies in its new lane already; the server decides. */
  private async drop(origin: Origin): Promise<void> {
    const lane = laneOf(origin.card);
    if (!lane) return;
    recount(origin.lane, -1);
    recount(lane, 1);
    const values = new FormData();
    values.set("value", lane.dataset.stage ?? "");
    values.set("board", window.location.pathname + window.location.search);
    await this.send(values, origin);
  }

  private async send(values: FormData, origin: Origin): Promise<void> {
    const { card } = origin;
    this.waiting.set(card.dataset.id ?? "", origin);
    card.setAttribute("aria-busy", "true");
    document.dispatchEvent(new Event("dg:request"));
    try {
      const headers = { "HX-Request": "true", "X-CSRF-Token": csrfToken(), Accept: "application/json, text/html" };
      const response = await fetch(`/o/${this.dataset.object}/${card.dataset.id}/stage`, { method: "POST", body: values, headers });
      if (response.headers.get("Content-Type")?.includes("json")) await this.decided(response, origin);
      else if (response.status !== 422 || !(await askIn(this, await response.text(), linkOf(card), () => this.putBack(origin)))) this.refused(origin);
    } catch {
      this.refused(origin, t("The server cannot be reached. What you typed is kept."));
    } finally {
      card.removeAttribute("aria-busy");
      document.dispatchEvent(new Event("dg:response"));
    }
  }

  private async decided(response: Response, origin: Origin): Promise<void> {
    const said = (await response.json()) as { moved?: boolean; submitted?: boolean; text?: string; undo?: string; detail?: string; title?: string };
    if (response.ok && said.submitted) { // for approval first: it moves once that is given
      this.putBack(origin);
      document.dispatchEvent(new CustomEvent("dg:toast", { detail: { text: said.text ?? "" } }));
      return;
    }
    if (!response.ok || said.moved !== true) return this.refused(origin, said.text ?? said.detail ?? said.title);
    this.waiting.delete(origin.card.dataset.id ?? "");
    origin.card.querySelector(".dg-lane-flag")?.remove(); // it is new at its stage
    if (said.text) document.dispatchEvent(new CustomEvent("dg:toast", { detail: { text: said.text, ...(said.undo ? { undo: said.undo } : {}) } }));
    await this.heads();
  }

  private refused(origin: Origin, text?: string): void {
    this.putBack(origin);
    complain(text || t("This could not be loaded. Try again."));
  }

  private putBack(origin: Origin): void {
    const lane = laneOf(origin.card);
    if (lane && lane !== origin.lane) {
      recount(lane, -1);
      recount(origin.lane, 1);
    }
    this.waiting.delete(origin.card.dataset.id ?? "");
    replace(origin);
    linkOf(origin.card)?.focus();
  }

  /** Counts and sums as the server knows them. */
  private async heads(): Promise<void> {
    const turn = ++this.asked;
    const response = await fetch(`${this.url()}/heads${window.location.search}`, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!response?.ok || turn !== this.asked) return;
    const drawn = (await response.json()) as Record<string, string>;
    for (const lane of this.lanes()) {
      const head = lane.querySelector<HTMLElement>("[data-head]");
      const html = drawn[lane.dataset.stage ?? ""];
      if (head && html !== undefined && !head.contains(document.activeElement)) head.innerHTML = html; // our own server's, escaped there
    }
  }

  // -- keys and the menu --------------------------------------------------------------------------------------------

  private key(event: KeyboardEvent): void {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const card = (event.target as Element).closest<HTMLElement>(".dg-lane-card");
    if (!card || !(event.target as Element).matches("[data-card]")) return;
    if (this.lifted ? this.carry(event.key) : this.walk(event.key, card)) {
      event.preventDefault();
      event.stopPropagation();
    }
  }

  private walk(key: string, card: HTMLElement): boolean {
    if (key === " ") {
      if (!this.hasAttribute("data-moves") || this.waiting.has(card.dataset.id ?? "")) return true;
      this.lift(card);
      card.classList.add("dg-lifted");
      this.say(t("Lifted. Left and right choose a lane, Enter drops, Esc puts back."));
      return true;
    }
    const next = neighbour(this, card, key);
    if (next) linkOf(next)?.focus();
    return next !== null;
  }

  private carry(key: string): boolean {
    const origin = this.lifted;
    if (!origin) return false;
    const { card } = origin;
    if (key === "ArrowLeft" || key === "ArrowRight") {
      const lanes = this.lanes();
      const lane = lanes[lanes.indexOf(laneOf(card) as HTMLElement) + (key === "ArrowRight" ? 1 : -1)];
      if (!lane) return true;
      if (lane === origin.lane) replace(origin);
      else lane.querySelector("[data-cards]")?.prepend(card);
      this.over(lane);
      lane.scrollIntoView({ block: "nearest", inline: "nearest" });
      linkOf(card)?.focus({ preventScroll: true });
      this.say(`${t("Over {lane}.", { lane: nameOf(lane) })} ${lane === origin.lane ? "" : (this.way(lane)?.text ?? "")}`);
      return true;
    }
    if (key !== "Enter" && key !== " " && key !== "Escape") return key.startsWith("Arrow") || key === "Tab";
    const lane = laneOf(card);
    if (key !== "Escape" && lane && this.way(lane)?.open === false && lane !== origin.lane) {
      this.say(this.way(lane)?.text ?? "");
      return true; // it stays lifted
    }
    this.lifted = null;
    card.classList.remove("dg-lifted");
    this.clear();
    if (key === "Escape" || lane === origin.lane) {
      replace(origin);
      this.say(t("Put back."));
    } else {
      this.say(t("Moved."));
      void this.drop(origin);
    }
    linkOf(card)?.focus();
    return true;
  }

  private clicked(event: Event): void {
    const target = event.target as Element;
    const opener = target.closest<HTMLElement>("[data-card-menu]");
    const to = target.closest<HTMLElement>("[data-to]");
    const card = target.closest<HTMLElement>(".dg-lane-card");
    if (!card) return;
    if (opener) openMenu(opener, this.querySelector("template[data-menu]"), (items) => void this.mark(items, card));
    else if (to) {
      to.closest("details")?.removeAttribute("open");
      const from = laneOf(card);
      const lane = this.lanes().find((one) => one.dataset.stage === to.dataset.to);
      if (!lane || !from || lane === from || this.waiting.has(card.dataset.id ?? "")) return;
      const origin = { card, lane: from, next: card.nextElementSibling };
      lane.querySelector("[data-cards]")?.prepend(card);
      lane.scrollIntoView({ block: "nearest", inline: "center" });
      void this.drop(origin);
    }
  }

  private async mark(items: HTMLElement, card: HTMLElement): Promise<void> {
    const ways = await this.look(card);
    for (const item of items.querySelectorAll<HTMLButtonElement>("[data-to]")) {
      const way = ways[item.dataset.to ?? ""];
      item.hidden = item.dataset.to === laneOf(card)?.dataset.stage;
      item.disabled = way?.open === false;
      item.title = way?.text ?? "";
    }
  }

  private say(text: string): void {
    const place = this.querySelector("[data-say]");
    if (place) place.textContent = text.trim();
  }

  private lanes(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>(".dg-lane")];
  }

  private url(): string {
    return `/o/${this.dataset.object}/board`;
  }
}

if (!customElements.get("dg-board")) customElements.define("dg-board", DgBoard);
