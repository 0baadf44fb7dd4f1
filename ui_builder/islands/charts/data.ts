// What the server sends of a chart (reports/charts/data.py), and what drawing it depends on besides.

export type Key = string | number | boolean | null;

export interface Category {
  label: string;
  keys: Key[] | null; // null: no record list stands behind it
  column?: Key[];
  other?: boolean;
  place?: string | null; // a province's short Chinese name
}

export interface Series {
  name: string;
  value: string;
  of: string; // the value that it is another form of: the same in the earlier period
  keys: Key[];
  row_keys: Key[];
  open: boolean;
  before: boolean;
  format: string;
  data: (number | null)[];
  texts: string[];
  full: string[];
  colour?: number; // its place in the palette, where others are hidden
}

export interface Whole {
  name: string;
  value: number | null;
  text: string;
  full: string;
  before: string | null;
  change: { text: string; way: "up" | "down" | "same"; good: boolean | null } | null;
}

export interface ChartData {
  type: string;
  title: string;
  categories: Category[];
  series: Series[];
  format: string;
  currency: string;
  locale: "en" | "zh";
  stacked: boolean;
  smooth: boolean;
  dates: boolean;
  target: number | null;
  target_text: string | null;
  before: boolean;
  drill: string | null;
  notes: string[];
  sentence: string;
  whole?: string | null;
  steps?: string[] | null; // beside each step of a funnel
  number?: Whole | null;
}

/** Colours from the page's tokens, and room in CSS pixels. */
export interface Look {
  colours: string[];
  ink: string;
  ink2: string;
  ink3: string;
  line: string;
  surface: string;
  mute: string;
  font: string;
  width: number;
  height: number;
  picture?: boolean; // drawn by the server: nobody points at it
}

/** A datum: which line, at which place. */
export interface Point {
  series: number;
  category: number;
}

export type Option = Record<string, unknown>;

/** From here on there is room for words beside the drawing. */
export const WIDE = 420;

const WORDS = { target: { en: "Target", zh: "目标" }, of: { en: "of", zh: "/" } };

/** The few words that stand inside a drawing; a picture in a mail has no page to take them from. */
export function word(name: keyof typeof WORDS, data: ChartData): string {
  return WORDS[name][data.locale];
}
