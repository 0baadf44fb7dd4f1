// What the layout designer shows at the right for the chosen section, field, related list, or for the page itself.
import { ConditionEditor, type KnownField } from "./builder-condition.ts";
import { field, h, icon, select } from "./builder-dom.ts";
import { type Layout, type Related, type Words, addSection, changeRelated, changeSection, moveSection, placeOf, put, removeSection, step, withWords, without, wordsIn } from "./builder-layout-state.ts";
import { t } from "./strings.ts";

export interface KnownRelated {
  object: string;
  field: string;
  label: string;
  through: string;
  icon: string;
  columns: [string, string][];
}

export type Chosen = { kind: "page" } | { kind: "section"; index: number } | { kind: "field"; name: string } | { kind: "related"; index: number };

export interface Designer {
  layout: Layout;
  fields: KnownField[];
  related: KnownRelated[];
  locale: string;
  object: string;
  change(next: Layout, again?: boolean): void;
  choose(what: Chosen): void;
}

type Button = { icon: string; label: string; run: () => void; bad?: boolean };

export function inspector(designer: Designer, chosen: Chosen): HTMLElement[] {
  if (chosen.kind === "section" && designer.layout.sections[chosen.index]) return sectionPart(designer, chosen.index);
  if (chosen.kind === "field" && placeOf(designer.layout, chosen.name)) return fieldPart(designer, chosen.name);
  const related = chosen.kind === "related" ? designer.layout.related?.[chosen.index] : undefined;
  if (chosen.kind === "related" && related) return relatedPart(designer, chosen.index, related);
  return pagePart(designer);
}

function head(designer: Designer, glyph: string, text: string): HTMLElement {
  const close = h("button", { type: "button", class: "dg-btn dg-btn-icon dg-btn-small dg-btn-quiet", "aria-label": t("Close"), click: () => designer.choose({ kind: "page" }) }, icon("x"));
  return h("header", {}, h("span", { class: "dg-field-icon" }, icon(glyph)), h("h2", { class: "dg-clip dg-grow" }, text), close);
}

/** Two inputs for a label, in both languages. */
function label(designer: Designer, text: string, words: Words | undefined, change: (words: Words) => void, id: string): HTMLElement {
  let now = words;
  const inputs = (["zh", "en"] as const).map((locale) => {
    const value = typeof words === "string" ? (locale === "en" ? words : "") : (words?.[locale] ?? "");
    const input = h("input", { class: "dg-input dg-small", value, lang: locale === "zh" ? "zh-CN" : "en", placeholder: locale === "zh" ? "中文" : "English", "aria-label": `${text} ${locale === "zh" ? "中文" : "English"}`, input: () => change((now = withWords(now, locale, input.value))) });
    return input;
  });
  const [first] = designer.locale === "zh" ? inputs : [...inputs].reverse();
  if (first) first.id = id;
  return h("div", { class: "dg-field", role: "group", "aria-label": text }, h("span", { class: "dg-label" }, text), h("span", { class: "dg-builder-pair" }, ...inputs));
}

function buttons(list: Button[]): HTMLElement {
  return h("div", { class: "dg-row dg-wrap" }, ...list.map((one) => h("button", { type: "button", class: `dg-btn dg-btn-small ${one.bad ? "dg-btn-danger" : "dg-btn-quiet"}`, click: one.run }, icon(one.icon), one.label)));
}

function sectionPart(designer: Designer, index: number): HTMLElement[] {
  const { layout } = designer;
  const section = layout.sections[index];
  if (!section) return [];
  const change = (part: object, again = true): void => designer.change(changeSection(designer.layout, index, part), again);
  const columns = h("span", { class: "dg-segmented", role: "group", "aria-label": t("Columns") }, ...[1, 2, 3].map((n) => h("button", { type: "button", "aria-pressed": String((section.columns ?? 2) === n), click: () => change({ columns: n }) }, String(n))));
  const collapsed = h("input", { class: "dg-switch", type: "checkbox", role: "switch", checked: section.collapsed === true, change: () => change({ collapsed: collapsed.checked }) });
  const condition = new ConditionEditor(designer.object, designer.fields, section.visible_when ?? "", (text) => change({ visible_when: text }, false));
  const move = (by: number): void => {
    designer.change(moveSection(designer.layout, index, index + by));
    designer.choose({ kind: "section", index: Math.max(0, Math.min(layout.sections.length - 1, index + by)) });
  };
  return [
    head(designer, "layout-rows", `${t("Section")}: ${wordsIn(section.label, designer.locale, section.name)}`),
    h("div", { class: "dg-section" }, label(designer, t("Title"), section.label, (words) => change({ label: words }, false), "section-title"), h("div", { class: "dg-field" }, h("span", { class: "dg-label" }, t("Columns")), h("span", {}, columns)), h("label", { class: "dg-choice" }, collapsed, t("Closed at first"))),
    h("div", { class: "dg-section" }, h("h3", {}, t("When it shows")), condition.element),
    h("div", { class: "dg-section" }, buttons([
      { icon: "arrow-up", label: t("Move up"), run: () => move(-1) },
      { icon: "arrow-down", label: t("Move down"), run: () => move(1) },
      { icon: "trash", label: t("Remove the section"), bad: true, run: () => { designer.change(removeSection(designer.layout, index)); designer.choose({ kind: "page" }); } },
    ])),
  ];
}

function fieldPart(designer: Designer, name: string): HTMLElement[] {
  const known = designer.fields.find((f) => f.name === name);
  const at = placeOf(designer.layout, name);
  const sections = designer.layout.sections.map((section, index) => [String(index), wordsIn(section.label, designer.locale, section.name)] as const);
  const to = select(sections, String(at?.section ?? 0), (value) => designer.change(put(designer.layout, name, { section: Number(value), index: designer.layout.sections[Number(value)]?.fields.length ?? 0 })));
  return [
    head(designer, known?.icon ?? "forms", known?.label ?? name),
    h("div", { class: "dg-section" }, h("div", { class: "dg-row dg-meta" }, h("span", { class: "dg-mono" }, name), known?.required && h("span", {}, t("required"))), field(t("Section"), to, "field-section"), buttons([
      { icon: "arrow-up", label: t("Move up"), run: () => designer.change(step(designer.layout, name, -1)) },
      { icon: "arrow-down", label: t("Move down"), run: () => designer.change(step(designer.layout, name, 1)) },
      { icon: "x", label: t("Take off the layout"), bad: true, run: () => { designer.change(without(designer.layout, name)); designer.choose({ kind: "page" }); } },
    ])),
    h("div", { class: "dg-section" }, h("a", { class: "dg-link", href: `/builder/objects/${designer.object}?field=${name}` }, t("Label, help and rules of the field"))),
  ];
}

/** An ordered choice of some of the fields. */
function several(text: string, all: readonly (readonly [string, string])[], now: readonly string[], change: (names: string[]) => void, id: string): HTMLElement {
  const rows = now.map((name, index) => h("li", { class: "dg-row" }, h("span", { class: "dg-grow dg-clip" }, all.find(([key]) => key === name)?.[1] ?? name),
    h("button", { type: "button", class: "dg-btn dg-btn-icon dg-btn-small dg-btn-quiet", "aria-label": `${t("Move up")} ${name}`, disabled: index === 0, click: () => change(now.map((_, at) => (at === index - 1 ? name : at === index ? (now[index - 1] ?? "") : (now[at] ?? "")))) }, icon("arrow-up")),
    h("button", { type: "button", class: "dg-btn dg-btn-icon dg-btn-small dg-btn-quiet", "aria-label": `${t("Remove")} ${name}`, click: () => change(now.filter((one) => one !== name)) }, icon("x"))));
  const add = select([["", t("Add…")], ...all.filter(([key]) => !now.includes(key))], "", (name) => name && change([...now, name]));
  return h("div", { class: "dg-col dg-gap-1" }, field(text, add, id), h("ul", {}, ...rows));
}

function relatedPart(designer: Designer, index: number, related: Related): HTMLElement[] {
  const known = designer.related.find((one) => one.object === related.object && one.field === related.field);
  const change = (part: Partial<Related>): void => designer.change(changeRelated(designer.layout, index, part));
  const columns = known?.columns ?? [];
  const sorts = [["", t("As usual")], ...columns.flatMap(([name, text]) => [[name, `${text} ↑`], [`-${name}`, `${text} ↓`]] as [string, string][]), ["-created_at", t("Newest first")]] as [string, string][];
  const sort = select(sorts, related.sort ?? "", (value) => change({ sort: value }));
  return [
    head(designer, known?.icon ?? "table", known?.label ?? related.object),
    h("div", { class: "dg-section" }, several(t("Columns"), columns, related.columns ?? [], (names) => change({ columns: names }), "related-columns"), field(t("Order"), sort, "related-sort"), buttons([{ icon: "trash", label: t("Remove the list"), bad: true, run: () => { designer.change(changeRelated(designer.layout, index, null)); designer.choose({ kind: "page" }); } }])),
  ];
}

function pagePart(designer: Designer): HTMLElement[] {
  const { layout } = designer;
  const all = designer.fields.map((f) => [f.name, f.label] as const);
  const paths = [["", t("None")], ...designer.fields.filter((f) => f.type === "picklist" && !f.system).map((f) => [f.name, f.label] as const)] as [string, string][];
  const path = select(paths, layout.path ?? "", (value) => {
    const { path: _, ...rest } = designer.layout;
    designer.change((value ? { ...rest, path: value } : rest) as Layout);
  });
  return [
    h("header", {}, h("span", { class: "dg-field-icon" }, icon("layout")), h("h2", { class: "dg-grow" }, t("Page"))),
    h("div", { class: "dg-section" }, label(designer, t("Name of the layout"), layout.label, (words) => designer.change({ ...designer.layout, label: words }, false), "layout-label"), several(t("Highlights at the head of the page"), all, layout.highlights ?? [], (names) => designer.change({ ...designer.layout, highlights: names }), "page-highlights"), field(t("Stage path"), path, "page-path")),
    h("div", { class: "dg-section" }, buttons([{ icon: "plus", label: t("Add a section"), run: () => { designer.change(addSection(designer.layout, { en: "New section", zh: "新分区" })); designer.choose({ kind: "section", index: designer.layout.sections.length - 1 }); } }])),
  ];
}
