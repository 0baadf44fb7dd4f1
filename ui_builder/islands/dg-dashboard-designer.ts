// <dg-dashboard-designer>: drags and resizes the widgets of a dashboard (gridstack), also by arrow keys; every change is
// saved, and can be undone. Where somebody else was faster, it asks whose shall count; what is not saved is not left
// without a word. A <script type="application/json"> inside says what there is. Forms do the rest.
import { GridStack, type GridItemHTMLElement } from "gridstack";
import { postJson } from "./builder-requests.ts";
import { type Body, type Places, onlyMoved, placeOf, same, stepped, withPlaces } from "./dashboard-state.ts";
import { t } from "./strings.ts";

interface Given {
  body: Body;
  token: string;
  url: string;
  key: string;
  least: Record<string, [number, number]>;
}

interface Kept {
  past: Body[];
  present: Body;
  future: Body[];
}

const PAUSE = 400; // ms without a change before it is saved
const MOST = 40; // steps that can be undone
const ROW = 44; // pixels

export class DgDashboardDesigner extends HTMLElement {
  private given!: Given;
  private past: Body[] = [];
  private future: Body[] = [];
  private grid: GridStack | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private saving: Promise<boolean> = Promise.resolve(true);
  private quiet = false;
  private kept = true; // whether the server has what is shown

  connectedCallback(): void {
    this.given = JSON.parse(this.querySelector("script")?.textContent ?? "{}") as Given;
    this.remember();
    const room = this.querySelector<HTMLElement>(".grid-stack");
    if (room) {
      this.grid = GridStack.init({ column: 12, cellHeight: ROW, margin: 6, mode: "float", animate: !matchMedia("(prefers-reduced-motion: reduce)").matches, draggable: { cancel: "a, button, input, select, form" } }, room);
      this.grid?.on("change", () => this.take());
    }
    this.addEventListener("keydown", (event) => this.key(event));
    document.addEventListener("click", this.clicked, true);
    document.addEventListener("keydown", this.shortcut);
    window.addEventListener("beforeunload", this.leaving);
    this.dataset.ready = "";
    this.buttons();
  }

  disconnectedCallback(): void {
    document.removeEventListener("click", this.clicked, true);
    document.removeEventListener("keydown", this.shortcut);
    window.removeEventListener("beforeunload", this.leaving);
    this.grid?.destroy(false);
  }

  /** What was undone before a form brought the page anew; a form's change is a step of its own. */
  private remember(): void {
    let kept: Kept | null = null;
    try {
      kept = JSON.parse(sessionStorage.getItem(this.storage) ?? "null") as Kept | null;
    } catch {
      kept = null;
    }
    if (!kept) return;
    const still = same(kept.present, this.given.body);
    this.past = still ? kept.past : [...kept.past, kept.present].slice(-MOST);
    this.future = still ? kept.future : [];
  }

  private keep(): void {
    const kept: Kept = { past: this.past, present: this.given.body, future: this.future };
    try {
      sessionStorage.setItem(this.storage, JSON.stringify(kept));
    } catch {
      // a full storage: undoing then ends with the page
    }
    this.buttons();
  }

  private get storage(): string {
    return `dg-design-${this.given.key}`;
  }

  private take(): void {
    if (!this.grid || this.quiet) return;
    const places: Places = {};
    for (const node of this.grid.engine.nodes) if (node.id) places[node.id] = [node.x ?? 0, node.y ?? 0, node.w ?? 1, node.h ?? 1];
    const next = withPlaces(this.given.body, places);
    if (next === this.given.body) return;
    this.past = [...this.past, this.given.body].slice(-MOST);
    this.future = [];
    this.given.body = next;
    this.keep();
    clearTimeout(this.timer);
    this.kept = false;
    this.timer = setTimeout(() => void this.save(), PAUSE);
  }

  /** Saved in turn; whether it was kept. */
  private save(): Promise<boolean> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.saving = this.saving.then(() => this.send());
    return this.saving;
  }

  private async send(): Promise<boolean> {
    this.say(t("Saving"));
    this.kept = false;
    try {
      const answer = await postJson<{ token?: string; detail?: string }>(this.given.url, { body: this.given.body, token: this.given.token });
      if (answer.status === 409 && answer.token) return this.overtaken(answer.detail ?? "", answer.token);
      if (answer.status >= 400) return this.failed(answer.detail ?? "");
      this.given.token = answer.token ?? this.given.token;
      this.kept = this.timer === undefined;
      this.say(t("Saved"));
      return true;
    } catch (error) {
      return this.failed((error as Error).message);
    }
  }

  private failed(text: string): boolean {
    this.say("");
    document.dispatchEvent(new CustomEvent("dg:toast", { detail: { text, tone: "bad" } }));
    return false;
  }

  /** Somebody else has kept another state: theirs, or this one over it. */
  private overtaken(text: string, token: string): boolean {
    this.say("");
    this.querySelector("[data-overtaken]")?.remove();
    const note = document.createElement("div");
    note.className = "dg-note dg-warn dg-row dg-wrap";
    note.dataset.overtaken = "";
    note.setAttribute("role", "alert");
    const said = document.createElement("span");
    said.className = "dg-grow";
    said.textContent = text;
    const button = (words: string, act: () => void): HTMLButtonElement => {
      const made = document.createElement("button");
      made.type = "button";
      made.className = "dg-btn dg-btn-small";
      made.textContent = words;
      made.addEventListener("click", act);
      return made;
    };
    const theirs = button(t("Take theirs"), () => {
      this.kept = true;
      location.reload();
    });
    const mine = button(t("Keep mine"), () => {
      this.given.token = token;
      note.remove();
      void this.save();
    });
    note.append(said, theirs, mine);
    this.prepend(note);
    note.scrollIntoView?.({ block: "nearest" });
    return false;
  }

  private readonly leaving = (event: BeforeUnloadEvent): void => {
    if (!this.kept) event.preventDefault();
  };

  private say(text: string): void {
    const place = document.querySelector<HTMLElement>("[data-design-said]");
    if (place) place.textContent = text;
  }

  private buttons(): void {
    document.querySelectorAll<HTMLButtonElement>('[data-design="undo"]').forEach((one) => (one.disabled = !this.past.length));
    document.querySelectorAll<HTMLButtonElement>('[data-design="redo"]').forEach((one) => (one.disabled = !this.future.length));
  }

  private turn(back: boolean): void {
    const [from, to] = back ? [this.past, this.future] : [this.future, this.past];
    const next = from.pop();
    if (!next) return;
    const before = this.given.body;
    to.push(before);
    this.given.body = next;
    this.keep();
    const moved = onlyMoved(before, next);
    if (moved) this.show(next);
    void this.save().then((kept) => {
      if (kept && !moved) location.reload();
    });
  }

  private show(body: Body): void {
    this.quiet = true;
    this.grid?.batchUpdate(true);
    for (const item of this.grid?.getGridItems() ?? []) {
      const name = item.gridstackNode?.id;
      if (!name || !body.widgets?.[name]) continue;
      const [x, y, w, h] = placeOf(body, name);
      this.grid?.update(item, { x, y, w, h });
    }
    this.grid?.batchUpdate(false);
    this.quiet = false;
  }

  private readonly clicked = (event: Event): void => {
    const target = event.target as Element;
    const what = target.closest<HTMLElement>("[data-design]")?.dataset.design;
    if (what) this.turn(what === "undo");
    else if (this.timer !== undefined && target.closest("[data-drawer], [type=submit]")) void this.save(); // forms begin from what is kept
  };

  private readonly shortcut = (event: KeyboardEvent): void => {
    if (event.isComposing || !(event.ctrlKey || event.metaKey) || (event.target as Element).closest?.("input, textarea, select, dialog")) return;
    const key = event.key.toLowerCase();
    if (key !== "z" && key !== "y") return;
    event.preventDefault();
    event.stopPropagation();
    this.turn(key === "z" && !event.shiftKey);
  };

  private key(event: KeyboardEvent): void {
    const card = event.target as HTMLElement;
    if (event.isComposing || !card.matches(".dg-design-card")) return;
    const item = card.closest<GridItemHTMLElement>(".grid-stack-item");
    const name = item?.gridstackNode?.id ?? "";
    if (event.key === "Enter") card.querySelector<HTMLElement>("[data-drawer]")?.click();
    else if (event.key === "Delete") card.querySelector<HTMLButtonElement>("form [type=submit]")?.click();
    const next = item && stepped(placeOf(this.given.body, name), event.key, event.shiftKey, this.given.least[this.given.body.widgets?.[name]?.type ?? ""] ?? [1, 1]);
    if (!item || !next) return;
    event.preventDefault();
    const [x, y, w, h] = next;
    this.grid?.update(item, { x, y, w, h });
    this.take();
    const at = placeOf(this.given.body, name);
    this.say(t("Column {x}, row {y}, {w} wide, {h} high", { x: at[0] + 1, y: at[1] + 1, w: at[2], h: at[3] }));
  }
}

if (!customElements.get("dg-dashboard-designer")) customElements.define("dg-dashboard-designer", DgDashboardDesigner);
