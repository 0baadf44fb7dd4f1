// Completion inside an expression's <textarea>: fields, links to walk along, relations, values of picklists, functions.
// Arrows choose, Enter or Tab takes, Esc closes; nothing acts while an IME composes. Used by dg-builder-expression.
import { h, icon } from "./builder-dom.ts";

export interface Word {
  text: string; // what is written
  label: string;
  kind: "field" | "link" | "relation" | "function" | "value";
  detail: string;
  icon: string;
  values?: [string, string][];
}

export interface Spot {
  path: string; // what stands before the last dot: "shelf" in "shelf.na"
  word: string; // what is being typed: "na"
  start: number; // where it begins in the text
  of: string; // inside quotes after `genre = "`: the field whose value is typed
}

export interface Settings {
  object: () => string;
  saving: boolean;
  braces: boolean; // a text with {{ expressions }} in it: completion only inside them
  suggest?: () => Promise<Word[]>; // what an empty input may become
  words?: (object: string, path: string) => Promise<Word[]>; // in place of the builder's own words
}

const MOST = 40;
const known = new Map<string, Promise<Word[]>>();

/** What is being typed at the caret; null where nothing can be completed. */
export function spotAt(text: string, caret: number, braces = false): Spot | null {
  let before = text.slice(0, caret);
  if (braces) {
    const open = before.lastIndexOf("{{");
    if (open < 0 || before.indexOf("}}", open) >= 0) return null;
    before = " ".repeat(open + 2) + before.slice(open + 2);
  }
  const value = /([\w$.]+)\s*(?:=|!=|<>)\s*"([^"]*)$/.exec(before);
  if (value) return { path: "", word: value[2] ?? "", start: caret - (value[2] ?? "").length, of: value[1] ?? "" };
  if ((before.match(/"/g) ?? []).length % 2) return null;
  const found = /\$?[\p{L}_][\w]*(?:\.\w*)*$/u.exec(before);
  if (!found) return null;
  const dot = found[0].lastIndexOf(".");
  const word = found[0].slice(dot + 1);
  return { path: dot < 0 ? "" : found[0].slice(0, dot), word, start: caret - word.length, of: "" };
}

/** The words that fit what is typed, the best first. */
export function fitting(words: readonly Word[], typed: string): Word[] {
  const wanted = typed.toLowerCase();
  const rank = (one: Word): number => (one.text.toLowerCase().startsWith(wanted) ? 0 : one.label.toLowerCase().startsWith(wanted) ? 1 : one.text.toLowerCase().includes(wanted) || one.label.toLowerCase().includes(wanted) ? 2 : 3);
  return words.map((one, at) => ({ one, at, rank: rank(one) })).filter((entry) => entry.rank < 3).sort((a, b) => a.rank - b.rank || a.at - b.at).slice(0, MOST).map((entry) => entry.one);
}

/** The words of an object, or of what a path from it leads to. */
export function wordsOf(object: string, path: string, saving: boolean): Promise<Word[]> {
  const key = `${object} ${path} ${saving}`;
  const there = known.get(key);
  if (there) return there;
  const query = new URLSearchParams({ object, path, ...(saving ? { saving: "1" } : {}) });
  const asked = fetch(`/builder/expression-words?${query}`, { headers: { Accept: "application/json" } })
    .then((response) => (response.ok ? (response.json() as Promise<Word[]>) : []))
    .catch(() => []);
  known.set(key, asked);
  return asked;
}

let numbers = 0;

export class Completion {
  private readonly list = h("ul", { class: "dg-completion", role: "listbox", hidden: true, id: `completion-${++numbers}` });
  private shown: Word[] = [];
  private at = 0;
  private spot: Spot | null = null;
  private turn = 0;

  constructor(private readonly input: HTMLTextAreaElement | HTMLInputElement, private readonly settings: Settings) {
    input.insertAdjacentElement("afterend", this.list);
    this.list.setAttribute("aria-label", input.labels?.[0]?.textContent?.trim() || input.getAttribute("aria-label") || "…");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-controls", this.list.id);
    input.setAttribute("autocomplete", "off");
    input.addEventListener("input", (event) => void this.open((event as InputEvent).isComposing));
    input.addEventListener("focus", () => void this.suggest());
    input.addEventListener("keydown", (event) => this.key(event as KeyboardEvent));
    input.addEventListener("blur", () => this.close());
    this.list.addEventListener("mousedown", (event) => {
      event.preventDefault(); // the input keeps the focus
      const chosen = (event.target as Element).closest<HTMLElement>("[data-at]");
      if (chosen) this.take(Number(chosen.dataset.at));
    });
  }

  private async open(composing: boolean, asked = false): Promise<void> {
    if (!composing && !this.input.value.trim()) return this.suggest();
    const turn = ++this.turn;
    const spot = composing ? null : spotAt(this.input.value, this.input.selectionStart ?? 0, this.settings.braces);
    if (!spot || (!spot.word && !spot.path && !spot.of && !asked)) return this.close();
    const path = spot.of ? spot.of.split(".").slice(0, -1).join(".") : spot.path;
    const words = await (this.settings.words?.(this.settings.object(), path) ?? wordsOf(this.settings.object(), path, this.settings.saving));
    if (turn !== this.turn) return;
    this.spot = spot;
    this.show(fitting(spot.of ? valuesOf(words, spot.of) : words, spot.word), spot);
  }

  private async suggest(): Promise<void> {
    if (this.input.value.trim() || !this.settings.suggest) return;
    const turn = ++this.turn;
    const words = await this.settings.suggest();
    if (turn !== this.turn || !words.length) return;
    this.spot = { path: "", word: "", start: 0, of: "" };
    this.show(words, this.spot);
  }

  private show(words: Word[], spot: Spot): void {
    this.shown = words.length === 1 && words[0]?.text === spot.word ? [] : words;
    this.at = 0;
    if (!this.shown.length) return this.close();
    this.list.replaceChildren(...this.shown.map((one, at) =>
      h("li", { role: "option", id: `${this.list.id}-${at}`, "data-at": at, "aria-selected": at === 0 ? "true" : "false" }, icon(one.icon, "dg-ink2"), h("code", {}, one.text), h("span", { class: "dg-clip" }, one.label === one.text ? "" : one.label), h("span", { class: "dg-meta dg-clip" }, one.detail)),
    ));
    this.list.style.top = `${this.input.offsetTop + this.input.offsetHeight}px`;
    this.list.hidden = false;
    this.mark();
  }

  private close(): void {
    this.turn++;
    this.list.hidden = true;
    this.input.removeAttribute("aria-activedescendant");
  }

  private mark(): void {
    for (const [at, option] of [...this.list.children].entries()) {
      option.setAttribute("aria-selected", String(at === this.at));
      if (at === this.at) option.scrollIntoView({ block: "nearest" });
    }
    this.input.setAttribute("aria-activedescendant", `${this.list.id}-${this.at}`);
  }

  private key(event: KeyboardEvent): void {
    if (event.isComposing) return;
    if (this.list.hidden) {
      if (event.key === " " && event.ctrlKey) {
        event.preventDefault();
        void this.open(false, true);
      }
      return;
    }
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      this.at = (this.at + (event.key === "ArrowDown" ? 1 : -1) + this.shown.length) % this.shown.length;
      this.mark();
    } else if ((event.key === "Enter" || event.key === "Tab") && !event.ctrlKey && !event.shiftKey) this.take(this.at);
    else if (event.key === "Escape") this.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  private take(at: number): void {
    const word = this.shown[at];
    const spot = this.spot;
    if (!word || !spot) return;
    const after = this.input.value.slice(this.input.selectionStart ?? 0);
    const call = word.kind === "function";
    const written = call && !after.startsWith("(") ? `${word.text}()` : spot.of && !after.startsWith('"') ? `${word.text}"` : word.text;
    this.input.value = this.input.value.slice(0, spot.start) + written + after;
    const caret = spot.start + (call ? word.text.length + 1 : written.length);
    this.input.setSelectionRange(caret, caret);
    this.close();
    this.input.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

function valuesOf(words: readonly Word[], path: string): Word[] {
  const field = words.find((one) => one.text === path.slice(path.lastIndexOf(".") + 1));
  return (field?.values ?? []).map(([text, label]) => ({ text, label, kind: "value", detail: "", icon: "tag" }));
}
