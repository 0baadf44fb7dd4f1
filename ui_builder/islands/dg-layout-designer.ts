// <dg-layout-designer>: arranges a layout. A <script type="application/json"> inside says what there is; every change is saved
// into the draft. Fields and sections are dragged, or lifted with Space and moved with arrows; the inspector has buttons, too.
import Sortable from "sortablejs";
import { type KnownField, askCondition, conditionWords } from "./builder-condition.ts";
import { h, icon } from "./builder-dom.ts";
import { type Chosen, type Designer, type KnownRelated, inspector } from "./builder-layout-inspector.ts";
import { type ConditionRow, type Layout, type Section, Steps, addSection, meets, moveSection, placeOf, put, step, without, wordsIn } from "./builder-layout-state.ts";
import { postJson } from "./builder-requests.ts";
import { t } from "./strings.ts";

interface Given {
  document: Layout;
  hash: string;
  url: string;
  object: string;
  locale: string;
  fields: KnownField[];
  related: KnownRelated[];
  sample: Record<string, string>;
}

interface Saved {
  hash?: string;
  detail?: string;
  problems?: { path: string; text: string }[];
}

const PAUSE = 500; // ms without a change before it is saved

export class DgLayoutDesigner extends HTMLElement implements Designer {
  fields: KnownField[] = [];
  related: KnownRelated[] = [];
  locale = "en";
  object = "";
  private steps!: Steps<Layout>;
  private given!: Given;
  private chosen: Chosen = { kind: "page" };
  private lifted: { field?: string; section?: number; moved?: boolean } | null = null;
  private conditions = new Map<string, { rows: ConditionRow[]; joined: string } | null>();
  private typed: Record<string, string> | null = null;
  private phone = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private saving: Promise<void> = Promise.resolve();
  private kept = true; // everything is saved
  private sortables: Sortable[] = [];
  private words = "";

  connectedCallback(): void {
    this.given = JSON.parse(this.querySelector("script")?.textContent ?? "{}") as Given;
    Object.assign(this, { fields: this.given.fields, related: this.given.related, locale: this.given.locale, object: this.given.object });
    this.steps = new Steps(this.given.document);
    this.addEventListener("keydown", (event) => this.key(event));
    document.addEventListener("click", this.clicked);
    document.addEventListener("keydown", this.shortcut);
    window.addEventListener("beforeunload", this.leaving);
    this.draw();
    for (const section of this.layout.sections) void this.learn(section.visible_when);
  }

  disconnectedCallback(): void {
    document.removeEventListener("click", this.clicked);
    document.removeEventListener("keydown", this.shortcut);
    window.removeEventListener("beforeunload", this.leaving);
    for (const one of this.sortables) one.destroy();
  }

  get layout(): Layout {
    return this.steps.present;
  }

  /** Take up a change; `again`: draw the inspector anew (not while somebody types in it). */
  change(next: Layout, again = true): void {
    if (next === this.layout) return;
    if (this.lifted?.moved) this.steps.present = next; // one carry is one step to undo
    else this.steps.go(next);
    if (this.lifted) this.lifted.moved = true;
    for (const section of next.sections) void this.learn(section.visible_when);
    this.draw(again);
    this.saveSoon();
  }

  choose(what: Chosen): void {
    this.chosen = what;
    this.draw();
  }

  private saveSoon(): void {
    clearTimeout(this.timer);
    this.kept = false;
    this.timer = setTimeout(() => this.save(), PAUSE);
  }

  /** Saved in turn: each with the hash that the one before brought. */
  private save(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.saving = this.saving.then(() => this.send());
  }

  private readonly leaving = (event: BeforeUnloadEvent): void => {
    if (!this.kept) event.preventDefault();
    if (this.timer !== undefined) this.save();
  };

  private async send(): Promise<void> {
    try {
      const answer = await postJson<Saved>(this.given.url, { document: this.layout, hash: this.given.hash });
      if (answer.status >= 400) return this.say(answer.detail ?? "", true);
      this.given.hash = answer.hash ?? this.given.hash;
      this.kept = this.timer === undefined;
      const problem = answer.problems?.[0];
      this.say(problem ? problem.text : t("Saved in the draft"), problem !== undefined);
    } catch (error) {
      this.say((error as Error).message, true);
    }
  }

  private say(text: string, bad = false): void {
    const place = document.querySelector<HTMLElement>("[data-layout-saved]");
    if (!place) return;
    place.className = bad ? "dg-bad" : "dg-meta";
    place.textContent = text;
  }

  private async learn(text: string | undefined): Promise<void> {
    if (!text || this.conditions.has(text)) return;
    this.conditions.set(text, null);
    const answer = await askCondition(this.object, { text }).catch(() => null);
    if (answer?.ok && answer.rows) this.conditions.set(text, { rows: answer.rows, joined: answer.joined ?? "all" });
    this.draw(false);
  }

  private readonly clicked = (event: Event): void => {
    const what = (event.target as Element).closest<HTMLElement>("[data-layout]")?.dataset.layout;
    if (what === "undo" || what === "redo") this.turn(what);
    else if (what === "phone" || what === "desktop") this.phone = what === "phone";
    else if (what === "try") this.typed = this.typed ? null : {};
    else return;
    this.draw();
  };

  private readonly shortcut = (event: KeyboardEvent): void => {
    if (event.isComposing || !(event.ctrlKey || event.metaKey) || (event.target as Element).closest?.("input, textarea")) return;
    const key = event.key.toLowerCase();
    if (key !== "z" && key !== "y") return;
    event.preventDefault();
    event.stopPropagation();
    this.turn(key === "y" || event.shiftKey ? "redo" : "undo");
    this.draw();
  };

  private turn(what: "undo" | "redo"): void {
    if (what === "undo" ? this.steps.undo() : this.steps.redo()) this.saveSoon();
  }

  private draw(again = true): void {
    const focus = (document.activeElement as HTMLElement | null)?.dataset.key;
    const scroll = this.querySelector(".dg-canvas")?.scrollTop ?? 0;
    for (const one of this.sortables) one.destroy();
    const side = again ? h("aside", { class: "dg-inspector", "aria-label": t("Properties"), "data-chosen": this.chosen.kind }, ...inspector(this, this.chosen)) : this.querySelector(".dg-inspector");
    this.replaceChildren(this.palette(), this.canvas(), ...(side ? [side] : []));
    this.sortables = this.dragging();
    const canvas = this.querySelector(".dg-canvas");
    if (canvas) canvas.scrollTop = scroll;
    if (focus) this.querySelector<HTMLElement>(`[data-key="${CSS.escape(focus)}"]`)?.focus();
    this.toolbar();
  }

  private toolbar(): void {
    const set = (name: string, change: (button: HTMLButtonElement) => void): void => document.querySelectorAll<HTMLButtonElement>(`[data-layout="${name}"]`).forEach(change);
    set("undo", (button) => (button.disabled = !this.steps.canUndo));
    set("redo", (button) => (button.disabled = !this.steps.canRedo));
    set("try", (button) => button.setAttribute("aria-pressed", String(this.typed !== null)));
    set("desktop", (button) => button.setAttribute("aria-pressed", String(!this.phone)));
    set("phone", (button) => button.setAttribute("aria-pressed", String(this.phone)));
  }

  private palette(): HTMLElement {
    const placed = new Set(this.layout.sections.flatMap((section) => section.fields));
    const free = this.fields.filter((f) => !placed.has(f.name) && !f.system && `${f.label} ${f.name}`.toLowerCase().includes(this.words));
    const item = (glyph: string, text: string, key: string, run: () => void, data: Record<string, string> = {}): HTMLElement =>
      h("li", data, h("button", { type: "button", class: "dg-nav-item", "data-key": key, click: run }, h("span", { class: "dg-field-icon" }, icon(glyph)), h("span", { class: "dg-clip" }, text)));
    const find = h("input", { type: "search", placeholder: t("Find a field"), value: this.words, "aria-label": t("Find a field"), "data-key": "find", input: () => { this.words = find.value.toLowerCase(); this.draw(false); } });
    const used = new Set((this.layout.related ?? []).map((one) => `${one.object}.${one.field}`));
    const lists = this.related.filter((one) => !used.has(`${one.object}.${one.field}`));
    const add = (one: KnownRelated): void => {
      this.change({ ...this.layout, related: [...(this.layout.related ?? []), { object: one.object, field: one.field, columns: one.columns.slice(0, 4).map(([name]) => name) }] });
      this.choose({ kind: "related", index: (this.layout.related?.length ?? 1) - 1 });
    };
    return h("div", { class: "dg-palette", role: "region", "aria-label": t("What can be placed") },
      h("label", { class: "dg-input dg-small" }, icon("search"), find),
      h("div", { class: "dg-meta dg-builder-head" }, `${t("Not placed")} (${free.length})`),
      h("ul", { "data-palette": true }, ...free.map((f) => item(f.icon, f.label, `f:${f.name}`, () => this.place(f.name), { "data-name": f.name }))),
      h("div", { class: "dg-meta dg-builder-head" }, t("Components")),
      h("ul", {}, item("layout-rows", t("Section"), "section", () => { this.change(addSection(this.layout, { en: "New section", zh: "新分区" })); this.choose({ kind: "section", index: this.layout.sections.length - 1 }); }),
        ...lists.map((one) => item(one.icon, `${one.label} · ${one.through}`, `r:${one.object}.${one.field}`, () => add(one)))));
  }

  private place(name: string): void {
    const section = this.chosen.kind === "section" ? this.chosen.index : this.chosen.kind === "field" ? (placeOf(this.layout, this.chosen.name)?.section ?? 0) : 0;
    if (!this.layout.sections.length) return;
    this.change(put(this.layout, name, { section, index: this.layout.sections[section]?.fields.length ?? 0 }));
    this.choose({ kind: "field", name });
    this.querySelector<HTMLElement>(`[data-key="${CSS.escape(`f:${name}`)}"]`)?.focus();
  }

  private canvas(): HTMLElement {
    const related = (this.layout.related ?? []).map((one, index) => {
      const known = this.related.find((given) => given.object === one.object && given.field === one.field);
      const columns = (one.columns ?? []).map((name) => h("span", { class: "dg-clip dg-grow" }, known?.columns.find(([key]) => key === name)?.[1] ?? name));
      const on = this.chosen.kind === "related" && this.chosen.index === index;
      return h("section", { class: `dg-layout-section${on ? " dg-on" : ""}` }, h("header", {}, h("button", { type: "button", class: "dg-builder-title", "data-key": `rel:${index}`, click: () => this.choose({ kind: "related", index }) }, icon(known?.icon ?? "table"), known?.label ?? one.object), h("span", { class: "dg-meta" }, t("Related list"))), h("div", { class: "dg-row dg-ink2 dg-builder-columns-row" }, ...columns));
    });
    const sections = this.layout.sections.map((section, index) => this.section(section, index));
    const empty = !sections.length && h("p", { class: "dg-empty" }, t("Add a section first, then fields."));
    return h("div", { class: "dg-pane dg-canvas", role: "region", "aria-label": t("Layout"), tabindex: "0" }, h("div", { class: `dg-builder-page${this.phone ? " dg-phone-width" : ""}` }, h("div", { "data-sections": true }, ...sections), empty, ...related));
  }

  private section(section: Section, index: number): HTMLElement {
    const on = this.chosen.kind === "section" && this.chosen.index === index;
    const rule = section.visible_when ? this.conditions.get(section.visible_when) : undefined;
    if (this.typed && rule && !meets(rule.rows, rule.joined, this.typed)) return h("section", { hidden: true });
    const title = wordsIn(section.label, this.locale, section.name);
    const handle = h("button", { type: "button", class: "dg-handle", "data-key": `handle:${index}`, "data-section": index, "aria-label": t("Move the section {name}", { name: title }) }, icon("grip-vertical", "dg-ink2"));
    const why = section.visible_when && h("span", { class: "dg-pill dg-info dg-clip", title: section.visible_when }, icon("git-branch"), rule ? conditionWords(rule.rows, rule.joined, this.fields) : section.visible_when);
    const open = h("button", { type: "button", class: "dg-builder-title", "data-key": `section:${index}`, click: () => this.choose({ kind: "section", index }) }, title);
    const grid = h("div", { class: "dg-layout-grid", "data-grid": index, "data-columns": this.phone ? 1 : (section.columns ?? 2) }, ...section.fields.map((name, at) => this.cell(name, index, at)));
    if (!section.fields.length) grid.append(h("div", { class: "dg-drop" }, t("Put fields here")));
    return h("section", { class: `dg-layout-section${on ? " dg-on" : ""}${this.lifted?.section === index ? " dg-lifted" : ""}`, "aria-label": title }, h("header", {}, handle, open, h("span", { class: "dg-meta dg-nowrap" }, t("{n} columns", { n: section.columns ?? 2 })), why || null), grid);
  }

  private cell(name: string, section: number, index: number): HTMLElement {
    if (name === "-") return h("div", { class: "dg-layout-field dg-builder-blank", "data-name": `-${section}.${index}` });
    const known = this.fields.find((f) => f.name === name);
    const on = this.chosen.kind === "field" && this.chosen.name === name;
    const classes = `dg-layout-field${known?.required ? " dg-required" : ""}${on ? " dg-on" : ""}${this.lifted?.field === name ? " dg-lifted" : ""}${known?.wide ? " dg-wide" : ""}`;
    const inside = [h("span", { class: "dg-meta dg-clip" }, known?.label ?? name), known ? this.sample(known) : h("span", { class: "dg-bad" }, t("There is no such field"))];
    if (this.typed && known) return h("label", { class: classes }, ...inside);
    return h("button", { type: "button", class: classes, "data-name": name, "data-field": name, "data-key": `f:${name}`, "aria-describedby": "layout-keys", click: () => this.choose({ kind: "field", name }) }, ...inside);
  }

  private sample(known: KnownField): HTMLElement {
    const value = this.typed?.[known.name] ?? "";
    const typed = (text: string): void => { if (this.typed) { this.typed[known.name] = text; this.draw(false); } };
    if (this.typed && known.expression === "boolean") return h("input", { type: "checkbox", class: "dg-check", "data-key": `t:${known.name}`, checked: value === "true", change: (event) => typed((event.target as HTMLInputElement).checked ? "true" : "") });
    if (this.typed && known.type === "picklist") {
      const made = h("select", { class: "dg-input dg-small", "data-key": `t:${known.name}`, change: () => typed(made.value) }, h("option", { value: "" }), ...known.values.map(([key, text]) => h("option", { value: key, selected: key === value }, text)));
      return made;
    }
    if (this.typed) return h("input", { class: "dg-input dg-small", "data-key": `t:${known.name}`, value, change: (event) => typed((event.target as HTMLInputElement).value) });
    return h("span", { class: "dg-clip" }, this.given.sample[known.name] || "—");
  }

  private dragging(): Sortable[] {
    if (this.typed) return [];
    const group = { name: "layout-fields", pull: true, put: true };
    const own = { animation: 120, forceFallback: true, fallbackTolerance: 4 }; // not the browser's dragging, which knows no buttons
    const made = [...this.querySelectorAll<HTMLElement>("[data-palette], [data-grid]")].map((list) =>
      new Sortable(list, { ...own, group, draggable: "[data-name]", ghostClass: "dg-ghost", delay: 150, delayOnTouchOnly: true, onEnd: (event) => this.dropped(event) }));
    const sections = this.querySelector<HTMLElement>("[data-sections]");
    if (sections) made.push(new Sortable(sections, { ...own, handle: ".dg-handle", draggable: ".dg-layout-section", onEnd: (event) => this.change(moveSection(this.layout, event.oldIndex ?? 0, event.newIndex ?? 0)) }));
    return made;
  }

  private dropped(event: Sortable.SortableEvent): void {
    const name = event.item.dataset.name ?? "";
    const to = event.to.dataset.grid;
    if (to === undefined && event.from.dataset.grid !== undefined) this.change(without(this.layout, name));
    else if (to !== undefined && !name.startsWith("-")) this.change(put(this.layout, name, { section: Number(to), index: event.newDraggableIndex ?? 0 }));
    else this.draw();
    if (to !== undefined) this.choose({ kind: "field", name });
  }

  private key(event: KeyboardEvent): void {
    const target = event.target as HTMLElement;
    if (event.isComposing || this.typed) return;
    const field = target.matches(".dg-layout-field") ? target.dataset.name : undefined;
    const section = target.matches(".dg-handle") ? Number(target.dataset.section) : undefined;
    if (field === undefined && section === undefined) return;
    if (this.lifted) this.carry(event, field, section);
    else if (event.key === " ") {
      this.lifted = field === undefined ? { section: section ?? 0 } : { field };
      document.dispatchEvent(new CustomEvent("dg:toast", { detail: { text: t("Lifted. Arrows move, Enter drops, Esc puts back.") } }));
      event.preventDefault();
      this.draw(false);
    } else if (event.key === "Delete" && field) {
      event.preventDefault();
      this.change(without(this.layout, field));
    }
  }

  private carry(event: KeyboardEvent, field: string | undefined, section: number | undefined): void {
    const by = { ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1 }[event.key] as 1 | -1 | undefined;
    event.preventDefault();
    event.stopPropagation();
    if (by && field) this.change(step(this.layout, field, by));
    else if (by && section !== undefined && this.layout.sections[section + by]) {
      if (this.lifted) this.lifted.section = section + by;
      this.change(moveSection(this.layout, section, section + by));
      this.querySelector<HTMLElement>(`[data-key="handle:${section + by}"]`)?.focus();
    } else if (event.key === "Enter" || event.key === " " || event.key === "Escape") {
      const moved = this.lifted?.moved;
      this.lifted = null;
      if (event.key === "Escape" && moved) this.turn("undo");
      this.draw(false);
    }
  }
}

if (!customElements.get("dg-layout-designer")) customElements.define("dg-layout-designer", DgLayoutDesigner);
