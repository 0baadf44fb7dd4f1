// <dg-report-designer data-address data-object>: the report builder over a plain form. Each button, drop or key sends the form
// and takes the parts that come back; the preview follows. Saving goes the browser's own way.
import type Sortable from "sortablejs";
import { closeMenu, openMenu } from "./report-designer-menu.ts";
import { dragging } from "./report-designer-dragging.ts";
import { Bodies, Turns, about, carried, fitting, idOf } from "./report-designer-state.ts";
import { complain, only, post } from "./report-designer-requests.ts";
import { completes } from "./report-designer-words.ts";
import { swap } from "./report-designer-swap.ts";
import { t } from "./strings.ts";

const TYPING = 600; // ms without a key before what was typed is taken up
const SEARCHING = 250;
const LOOKING = 150; // ms after a change before the preview is asked for
const SAVES = ["save", "copy", "publish"];
const ITSELF = ["relation", "object", "target", "q"]; // inputs that only serve their buttons

export class DgReportDesigner extends HTMLElement {
  private bodies!: Bodies;
  private readonly turns = new Turns();
  private sortables: Sortable[] = [];
  private lifted: { address: string; before: string } | null = null;
  private timers = new Map<string, ReturnType<typeof setTimeout>>();
  private looking: AbortController | null = null;
  private leaving = false;
  private answered = true; // the last command

  connectedCallback(): void {
    this.bodies = new Bodies(this.body.value);
    document.addEventListener("click", this.clicked);
    document.addEventListener("keydown", this.pressed);
    document.addEventListener("submit", this.submitted, true); // before others hear of it
    window.addEventListener("beforeunload", this.unloading);
    this.addEventListener("change", (event) => this.changed(event));
    this.addEventListener("input", (event) => this.typed(event));
    const title = document.getElementById("rd-label");
    title?.addEventListener("input", () => this.later("typing", TYPING, () => void this.send("draw")));
    for (const one of document.querySelectorAll<HTMLElement>(".dg-rd-island")) one.hidden = false;
    this.ready();
    this.look(this.querySelector("[data-rd-wait]") !== null);
  }

  disconnectedCallback(): void {
    document.removeEventListener("click", this.clicked);
    document.removeEventListener("keydown", this.pressed);
    document.removeEventListener("submit", this.submitted, true);
    window.removeEventListener("beforeunload", this.unloading);
    for (const one of this.sortables) one.destroy();
  }

  private get form(): HTMLFormElement {
    return this.querySelector("form") as HTMLFormElement;
  }

  private get body(): HTMLInputElement {
    return this.querySelector('[name="body"]') as HTMLInputElement;
  }

  private get zones(): string[] {
    return [...this.querySelectorAll<HTMLElement>("[data-zone]")].map((one) => one.dataset.zone ?? "");
  }

  /** After drawing: what can be dragged, completed and undone. */
  private ready(): void {
    for (const one of this.sortables) one.destroy();
    this.sortables = dragging(this, (command) => void this.send(command));
    for (const input of this.querySelectorAll<HTMLTextAreaElement>("textarea[data-rd-words]")) completes(input, () => this.querySelector<HTMLSelectElement>('[name="object"]')?.value ?? "", () => this.body.value);
    for (const [name, can] of [["undo", this.bodies.canUndo], ["redo", this.bodies.canRedo]] as const) {
      document.querySelector<HTMLButtonElement>(`[data-rd="${name}"]`)?.toggleAttribute("disabled", !can);
    }
    if (this.lifted) document.getElementById(idOf("h", this.lifted.address))?.closest("li")?.classList.add("dg-lifted");
  }

  /** How much is under way; styles and tests see it. */
  private waits(by: 1 | -1): void {
    const count = Number(this.dataset.waits ?? 0) + by;
    if (count > 0) this.dataset.waits = String(count);
    else delete this.dataset.waits;
  }

  private later(what: string, pause: number, work: () => void): void {
    clearTimeout(this.timers.get(what));
    this.timers.set(what, setTimeout(work, pause));
  }

  /** One command with the form as it is when its turn comes. */
  private send(command: string, body?: string): Promise<void> {
    clearTimeout(this.timers.get("typing"));
    this.waits(1);
    return this.turns.run(async () => {
      const data = body === undefined ? new FormData(this.form) : only(this.form, body);
      data.set("do", command);
      const html = await post(this.dataset.address ?? "", data);
      this.answered = html !== null;
      if (html === null) return complain();
      const opened = document.getElementById(idOf("d", about(command))) as HTMLDetailsElement | null;
      const keep = opened?.open ?? false;
      const touched = new DOMParser().parseFromString(html, "text/html").querySelector<HTMLElement>("#rd-panel")?.dataset.touched ?? "";
      const late = swap(html, data, keep && touched ? [idOf("d", touched)] : []);
      if (body === undefined) this.bodies.take(this.body.value);
      this.settle(command, touched);
      if (late) this.later("typing", TYPING, () => void this.send("draw"));
    }).finally(() => this.waits(-1));
  }

  private settle(command: string, touched: string): void {
    if (this.lifted && about(command) === this.lifted.address && touched) this.lifted.address = touched;
    this.ready();
    if (this.lifted) document.getElementById(idOf("h", this.lifted.address))?.focus();
    else if (/^(add|formula|step|cross)/.test(command) && touched) this.show(touched);
    if (!/^(open|search|target)/.test(command)) this.look();
  }

  private show(address: string): void {
    const summary = document.getElementById(idOf("s", address));
    summary?.scrollIntoView({ block: "nearest" });
    const details = summary?.closest("details");
    if (details?.open) details.querySelector<HTMLElement>(".dg-rd-form :is(textarea, input:not([type=hidden]), select)")?.focus();
    this.say(t("{name} added", { name: summary?.title ?? "" }));
  }

  private look(now = true): void {
    if (!now) return;
    this.querySelector("#rd-preview")?.setAttribute("aria-busy", "true");
    this.later("looking", LOOKING, () => void this.preview());
  }

  private async preview(): Promise<void> {
    this.looking?.abort();
    const turn = (this.looking = new AbortController());
    const place = this.querySelector<HTMLElement>("#rd-preview");
    place?.setAttribute("aria-busy", "true");
    const data = only(this.form, this.body.value);
    data.set("do", "preview");
    const html = await post(this.dataset.address ?? "", data, turn.signal);
    if (turn !== this.looking) return; // something newer was asked for
    place?.removeAttribute("aria-busy");
    if (html === null || !place) return complain();
    place.innerHTML = html; // our own server's fragment, escaped there; scripts in it never run
    document.dispatchEvent(new Event("dg:load"));
    this.say(place.querySelector(".dg-rd-took, .dg-note")?.textContent?.trim() ?? "");
  }

  private readonly clicked = (event: MouseEvent): void => {
    const target = event.target as Element;
    const own = target.closest?.<HTMLElement>("[data-rd]")?.dataset.rd;
    if (own === "undo" || own === "redo") this.turn(own === "undo");
    else if (own === "fields" || own === "close-fields") {
      event.preventDefault();
      this.unfold(own === "fields");
    } else if (own === "done") target.closest("details")?.removeAttribute("open");
    const adds = target.closest?.<HTMLElement>("[data-rd-add]")?.dataset.rdAdd;
    if (adds !== undefined) {
      event.preventDefault();
      this.aim(adds);
    }
    const field = target.closest?.<HTMLElement>(".dg-rd-field");
    if (field && this.contains(field)) this.choose(field, event);
  };

  /** The next fields go into this part. */
  private aim(zone: string): void {
    const target = this.querySelector<HTMLSelectElement>('[name="target"]');
    if (target) target.value = zone;
    this.unfold(true);
    this.querySelector<HTMLInputElement>("#rd-search")?.focus();
    if (zone === "where" && !this.querySelector(".dg-filter-line, #rd-where")) void this.send("target:where");
  }

  private unfold(open: boolean): void {
    this.querySelector("#rd-palette")?.classList.toggle("dg-open", open);
    if (open) this.querySelector<HTMLInputElement>("#rd-search")?.focus();
  }

  private choose(field: HTMLElement, event: Event): void {
    event.preventDefault();
    const item = field.closest<HTMLElement>("[data-path]");
    const path = item?.dataset.path ?? "";
    const zones = fitting(item?.dataset.zones ?? "", [...this.zones, "period"]);
    const target = this.querySelector<HTMLSelectElement>('[name="target"]');
    if (target && target.value !== "auto" && (zones.includes(target.value) || target.value === "where")) {
      void this.send(`add:${target.value}:${path}`);
      this.unfold(window.innerWidth > 720);
    } else if (zones.length === 1 && zones[0]) void this.send(`add:${zones[0]}:${path}`);
    else if (zones.length) openMenu(field, zones.map((zone) => [zone, this.called(zone)]), (zone) => {
      void this.send(`add:${zone}:${path}`);
      this.unfold(false);
      field.focus();
    });
  }

  private called(zone: string): string {
    const words: Record<string, string> = { period: t("Period"), cross: this.dataset.related ?? "" };
    return words[zone] ?? this.querySelector<HTMLOptionElement>(`[name="target"] option[value="${zone}"]`)?.textContent ?? zone;
  }

  private readonly submitted = (event: SubmitEvent): void => {
    if (event.target !== this.form) return;
    const button = event.submitter as HTMLButtonElement | null;
    const command = button?.value ?? "draw";
    if (SAVES.includes(command)) {
      button?.setAttribute("aria-busy", "true");
      if (this.dataset.waits) this.saveAfterwards(event, command);
      else this.leaving = true;
      return;
    }
    event.preventDefault();
    if (!button?.matches(".dg-rd-field, [data-rd-add]")) void this.send(command);
    button?.closest("dg-menu")?.querySelector("details")?.removeAttribute("open");
  };

  /** What is on its way belongs to what is saved; if it did not arrive, nothing is. */
  private saveAfterwards(event: SubmitEvent, command: string): void {
    event.preventDefault();
    void this.turns.run(async () => {
      const button = document.querySelector<HTMLButtonElement>(`[name="do"][value="${command}"]`);
      if (this.answered) this.form.requestSubmit(button);
      else button?.removeAttribute("aria-busy");
    });
  }

  private changed(event: Event): void {
    const input = event.target as HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;
    if (input.name === "object") void this.send("object");
    if (!input.name || ITSELF.includes(input.name) || input.name.endsWith(":text")) return;
    void this.send("draw");
  }

  private typed(event: Event): void {
    const input = event.target as HTMLInputElement;
    if ((event as InputEvent).isComposing || input.closest("dg-lookup, dg-select, .ts-wrapper")) return;
    if (input.name === "q") this.later("searching", SEARCHING, () => void this.send("search"));
    else if (input.matches('textarea, input:not([type="checkbox"], [type="radio"], [type="hidden"])')) {
      this.later("typing", input.matches("textarea") ? 2 * TYPING : TYPING, () => {
        if (!this.querySelector(".dg-completion:not([hidden])")) void this.send("draw");
      });
    }
  }

  private turn(back: boolean): void {
    void this.turns.run(async () => {
      const body = this.bodies.turn(back);
      if (body !== null) void this.send("draw", body);
    });
  }

  private readonly pressed = (event: KeyboardEvent): void => {
    if (event.isComposing) return;
    const target = event.target as HTMLElement;
    const letter = event.key.toLowerCase();
    if ((event.ctrlKey || event.metaKey) && (letter === "z" || letter === "y") && !target.closest?.("input, textarea")) {
      event.preventDefault();
      event.stopPropagation();
      this.turn(letter === "z" && !event.shiftKey);
    } else if (event.key === "Escape" && this.contains(target) && !this.lifted) this.fold(target);
    if (target.matches?.(".dg-rd-handle")) this.carry(event, target.closest<HTMLElement>("[data-id]")?.dataset.id ?? "");
    else if (event.key === "Delete" && target.matches?.(".dg-rd-chip summary")) void this.send(`remove:${target.closest<HTMLElement>("[data-id]")?.dataset.id}`);
  };

  private fold(target: HTMLElement): void {
    closeMenu();
    this.unfold(false);
    const details = target.closest<HTMLDetailsElement>(".dg-rd-item[open]");
    if (!details || this.querySelector(".dg-completion:not([hidden])")) return;
    details.open = false;
    details.querySelector("summary")?.focus();
  }

  private carry(event: KeyboardEvent, address: string): void {
    if (!this.lifted) {
      if (event.key === "Delete") void this.send(`remove:${address}`);
      if (event.key !== " ") return;
      this.lifted = { address, before: this.body.value };
      (event.target as HTMLElement).closest("li")?.classList.add("dg-lifted");
      this.say(t("Lifted. Arrows move, Enter drops, Esc puts back."));
    } else if (event.key === "Enter" || event.key === " " || event.key === "Escape") {
      const { before } = this.lifted;
      this.lifted = null;
      this.querySelector(".dg-lifted")?.classList.remove("dg-lifted");
      if (event.key === "Escape") void this.back(before);
    } else {
      const command = carried(event.key, this.lifted.address, this.zones);
      if (!command) return;
      void this.send(command);
    }
    event.preventDefault();
    event.stopPropagation();
  }

  private async back(before: string): Promise<void> {
    await this.send("draw", before);
    this.bodies.take(this.body.value);
  }

  private say(text: string): void {
    const place = document.querySelector("[data-rd-said]");
    if (place) place.textContent = text;
  }

  private readonly unloading = (event: BeforeUnloadEvent): void => {
    if (!this.leaving && document.querySelector("#rd-state .dg-pill")) event.preventDefault();
  };
}

if (!customElements.get("dg-report-designer")) customElements.define("dg-report-designer", DgReportDesigner);
