// The report builder's state: the body that its form carries, with undo, and what drops and keys ask of it. Pure. A body is
// changed by commands that the server understands (screens/reports/designing/changing.py), so that one meaning exists.
import { Steps } from "./builder-layout-state.ts";

export interface Dragged {
  path?: string; // of a field on offer
  address?: string; // of an item of the report: rows.0, values.total
}

/** The command of a drop into a zone at a place; null where nothing changes. */
export function dropped(what: Dragged, zone: string, index: number): string | null {
  if (what.path) return `add:${zone}:${what.path}:${index}`;
  if (!what.address) return null;
  const [from, place] = parted(what.address);
  return from === zone && Number(place) === index ? null : `move:${what.address}:${zone}:${index}`;
}

/** "rows.0" in its zone and place. */
export function parted(address: string): [string, string] {
  const dot = address.indexOf(".");
  return dot < 0 ? [address, ""] : [address.slice(0, dot), address.slice(dot + 1)];
}

/** The zones among those shown into which something fits, in their order. */
export function fitting(zones: string, shown: readonly string[]): string[] {
  const wanted = zones.split(" ");
  return shown.filter((zone) => wanted.includes(zone));
}

const GROUPS = ["rows", "columns"];

/** What a key does to a lifted item; null where it does nothing. */
export function carried(key: string, address: string, shown: readonly string[]): string | null {
  if (key === "ArrowUp") return `up:${address}`;
  if (key === "ArrowDown") return `down:${address}`;
  const by = { ArrowLeft: -1, ArrowRight: 1 }[key];
  const [zone] = parted(address);
  if (!by || ![...GROUPS, "values"].includes(zone)) return null;
  const among = shown.filter((one) => [...GROUPS, "values"].includes(one));
  const next = among[among.indexOf(zone) + by];
  return next ? `move:${address}:${next}` : null;
}

/** The address that a command is about: of "move:rows.0:columns" rows.0; "" of none. */
export function about(command: string): string {
  const [verb, first] = command.split(":");
  return ["up", "down", "move", "remove", "rename"].includes(verb ?? "") ? (first ?? "") : "";
}

/** The id of an item's part: its handle "h", details "d" or summary "s". */
export function idOf(part: "h" | "d" | "s", address: string): string {
  return `rd-${part}-${address.replaceAll(".", "-")}`;
}

/** The bodies that were, as texts. What a server says anew without a change is no step. */
export class Bodies {
  private readonly steps: Steps<string>;

  constructor(first: string) {
    this.steps = new Steps(first);
  }

  get present(): string {
    return this.steps.present;
  }

  /** Take up what the server says; whether it is another than before. */
  take(body: string): boolean {
    if (same(body, this.steps.present)) return false;
    this.steps.go(body);
    return true;
  }

  /** The body to go back (or on) to; null at the end. */
  turn(back: boolean): string | null {
    return (back ? this.steps.undo() : this.steps.redo()) ? this.steps.present : null;
  }

  get canUndo(): boolean {
    return this.steps.canUndo;
  }

  get canRedo(): boolean {
    return this.steps.canRedo;
  }
}

/** Whether two bodies say the same. The order of keys counts: that of values is the order of columns. */
export function same(one: string, other: string): boolean {
  if (one === other) return true;
  try {
    return JSON.stringify(JSON.parse(one)) === JSON.stringify(JSON.parse(other));
  } catch {
    return false;
  }
}

/** The names of a body's values, each with what it says: the words of a formula. */
export function valueNames(body: string): { name: string; text: string; label: string }[] {
  try {
    const values = (JSON.parse(body) as { values?: Record<string, unknown> }).values ?? {};
    return Object.entries(values).map(([name, one]) => {
      const value = typeof one === "string" ? { value: one } : (one as { value?: string; label?: unknown });
      return { name, text: value.value ?? "", label: labelIn("label" in value ? value.label : "") };
    });
  } catch {
    return [];
  }
}

function labelIn(label: unknown): string {
  if (typeof label === "string") return label;
  const words = (label ?? {}) as Record<string, string>;
  const locale = typeof document !== "undefined" && document.documentElement.lang.startsWith("zh") ? "zh" : "en";
  return words[locale] ?? words.en ?? words.zh ?? "";
}

/** One after the other: each begins when the one before is done, so that every change is made on the newest body. */
export class Turns {
  private last: Promise<unknown> = Promise.resolve();

  run<T>(work: () => Promise<T>): Promise<T> {
    const next = this.last.then(work, work);
    this.last = next.catch(() => undefined);
    return next;
  }
}
