// The layout designer's state: a layout's document and what can be done with it. Pure; every change gives a new layout.

export type Words = string | { en?: string; zh?: string };

export interface Section {
  name: string;
  label?: Words;
  columns?: number;
  fields: string[];
  visible_when?: string;
  collapsed?: boolean;
}

export interface Related {
  object: string;
  field: string;
  columns?: string[];
  sort?: string;
  label?: Words;
}

export interface Layout {
  object: string;
  label?: Words;
  sections: Section[];
  related?: Related[];
  highlights?: string[];
  path?: string;
  [key: string]: unknown;
}

export interface Place {
  section: number;
  index: number;
}

export interface ConditionRow {
  path: string;
  operator: string;
  values: { kind: string; text: string }[];
}

/** Where a field stands, or null. */
export function placeOf(layout: Layout, name: string): Place | null {
  for (const [section, one] of layout.sections.entries()) {
    const index = one.fields.indexOf(name);
    if (index >= 0) return { section, index };
  }
  return null;
}

/** The layout with a field at a place, taken away from where it stood before. */
export function put(layout: Layout, name: string, to: Place): Layout {
  const sections = layout.sections.map((section) => ({ ...section, fields: section.fields.filter((one) => one !== name) }));
  sections[to.section]?.fields.splice(to.index, 0, name);
  return { ...layout, sections };
}

/** One step on (+1) or back (-1), across the borders of sections. */
export function step(layout: Layout, name: string, by: 1 | -1): Layout {
  const at = placeOf(layout, name);
  if (!at) return layout;
  const index = at.index + by;
  const here = layout.sections[at.section];
  if (here && index >= 0 && index < here.fields.length) return put(layout, name, { section: at.section, index });
  const next = layout.sections[at.section + by];
  return next ? put(layout, name, { section: at.section + by, index: by > 0 ? 0 : next.fields.length }) : layout;
}

export function without(layout: Layout, name: string): Layout {
  return { ...layout, sections: layout.sections.map((section) => ({ ...section, fields: section.fields.filter((one) => one !== name) })) };
}

export function changeSection(layout: Layout, index: number, change: Partial<Section>): Layout {
  return { ...layout, sections: layout.sections.map((section, at) => (at === index ? tidy({ ...section, ...change }) : section)) };
}

export function addSection(layout: Layout, label: Words, at = layout.sections.length): Layout {
  const taken = new Set(layout.sections.map((section) => section.name));
  let number = layout.sections.length + 1;
  while (taken.has(`section_${number}`)) number++;
  const sections = [...layout.sections];
  sections.splice(at, 0, { name: `section_${number}`, label, columns: 2, fields: [] });
  return { ...layout, sections };
}

export function removeSection(layout: Layout, index: number): Layout {
  return { ...layout, sections: layout.sections.filter((_, at) => at !== index) };
}

export function moveSection(layout: Layout, from: number, to: number): Layout {
  if (to < 0 || to >= layout.sections.length) return layout;
  const sections = [...layout.sections];
  const [moved] = sections.splice(from, 1);
  if (moved) sections.splice(to, 0, moved);
  return { ...layout, sections };
}

export function changeRelated(layout: Layout, index: number, change: Partial<Related> | null): Layout {
  const related = (layout.related ?? []).flatMap((one, at) => (at !== index ? [one] : change ? [tidy({ ...one, ...change })] : []));
  return { ...layout, related };
}

/** Without keys that say nothing. */
function tidy<T extends object>(thing: T): T {
  return Object.fromEntries(Object.entries(thing).filter(([, value]) => value !== undefined && value !== "" && value !== false)) as T;
}

/** The text of a label in a language, and the label with another text in it. */
export function wordsIn(label: Words | undefined, locale: string, name = ""): string {
  if (typeof label === "string") return label;
  return label?.[locale as "en" | "zh"] ?? label?.en ?? label?.zh ?? name;
}

export function withWords(label: Words | undefined, locale: string, text: string): Words {
  const before = typeof label === "string" ? { en: label } : { ...label };
  return Object.fromEntries(Object.entries({ ...before, [locale]: text }).filter(([, value]) => value)) as Words;
}

/** Undo and redo over whole values. */
export class Steps<T> {
  private past: T[] = [];
  private future: T[] = [];
  constructor(public present: T) {}

  go(next: T): void {
    this.past = [...this.past.slice(-199), this.present];
    this.future = [];
    this.present = next;
  }

  undo(): boolean {
    const before = this.past.pop();
    if (before === undefined) return false;
    this.future.push(this.present);
    this.present = before;
    return true;
  }

  redo(): boolean {
    const after = this.future.pop();
    if (after === undefined) return false;
    this.past.push(this.present);
    this.present = after;
    return true;
  }

  get canUndo(): boolean {
    return this.past.length > 0;
  }

  get canRedo(): boolean {
    return this.future.length > 0;
  }
}

/** Whether what is typed meets a condition's rows; for trying a form out. */
export function meets(rows: readonly ConditionRow[], joined: string, typed: Readonly<Record<string, string>>): boolean {
  const one = (row: ConditionRow): boolean => {
    const value = typed[row.path] ?? "";
    const wanted = row.values.map((given) => given.text);
    const first = wanted[0] ?? "";
    const order = Number.isNaN(Number(value)) || Number.isNaN(Number(first)) ? value.localeCompare(first) : Number(value) - Number(first);
    switch (row.operator) {
      case "=": return first === "false" ? value !== "true" : value === first;
      case "!=": return value !== first;
      case "in": return wanted.includes(value);
      case "not in": return !wanted.includes(value);
      case "blank": return value === "";
      case "not blank": return value !== "";
      case "contains": case "includes": return value.includes(first);
      case "not contains": case "excludes": return !value.includes(first);
      case "begins": return value.startsWith(first);
      case "ends": return value.endsWith(first);
      case "<": return value !== "" && order < 0;
      case "<=": return value !== "" && order <= 0;
      case ">": return value !== "" && order > 0;
      case ">=": return value !== "" && order >= 0;
      default: return true;
    }
  };
  return rows.length === 0 || (joined === "any" ? rows.some(one) : rows.every(one));
}
