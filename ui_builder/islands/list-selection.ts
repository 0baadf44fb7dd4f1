// Which rows of a list are selected: boxes, ranges with Shift, all shown; and what the bulk bar says about them.
import { language } from "./strings.ts";

export class Selection {
  private last: HTMLInputElement | null = null;

  constructor(private readonly root: HTMLElement) {
    root.addEventListener("click", (event) => this.clicked(event));
    root.addEventListener("change", () => this.show());
    root.addEventListener("reset", () => queueMicrotask(() => this.clear()));
  }

  boxes(): HTMLInputElement[] {
    return [...this.root.querySelectorAll<HTMLInputElement>("tbody input[type=checkbox][name=id]")];
  }

  chosen(): HTMLInputElement[] {
    return this.boxes().filter((box) => box.checked);
  }

  clear(): void {
    for (const box of this.boxes()) box.checked = false;
    this.show();
  }

  toggle(row: HTMLElement): void {
    row.querySelector<HTMLInputElement>("input[type=checkbox][name=id]")?.click();
  }

  private clicked(event: MouseEvent): void {
    const box = event.target;
    if (!(box instanceof HTMLInputElement) || box.type !== "checkbox") return;
    if (box.hasAttribute("data-all")) for (const one of this.boxes()) one.checked = box.checked;
    else if (box.name === "id") {
      if (event.shiftKey && this.last) for (const one of between(this.boxes(), this.last, box)) one.checked = box.checked;
      this.last = box;
    }
    this.show();
  }

  /** Marks rows, the box in the head, and the bar's words: how many, and the sum of the first summed column. */
  show(): void {
    const boxes = this.boxes();
    const chosen = boxes.filter((box) => box.checked);
    for (const box of boxes) box.closest("tr")?.classList.toggle("dg-selected", box.checked);
    const all = this.root.querySelector<HTMLInputElement>("[data-all]");
    if (all) {
      all.checked = chosen.length > 0 && chosen.length === boxes.length;
      all.indeterminate = chosen.length > 0 && chosen.length < boxes.length;
    }
    this.root.classList.toggle("dg-choosing", chosen.length > 0);
    document.body.classList.toggle("dg-rows-chosen", chosen.length > 0);
    const words = this.root.querySelector<HTMLElement>("[data-chosen]");
    for (const place of document.querySelectorAll("[data-chosen-count]")) place.textContent = String(chosen.length);
    if (!words) return;
    const sum = sumOf(chosen.map((box) => box.closest("tr")?.querySelector<HTMLElement>("[data-sum]") ?? null));
    words.textContent = (words.dataset.words ?? "{n}").replace("{n}", String(chosen.length)) + (sum ? ` · ${sum}` : "");
  }
}

/** The items from one to the other, in either direction. */
export function between<T>(all: T[], one: T, other: T): T[] {
  const [from, to] = [all.indexOf(one), all.indexOf(other)].sort((a, b) => a - b) as [number, number];
  return from < 0 ? [] : all.slice(from, to + 1);
}

/** The sum of cells' amounts; nothing when their currencies differ. */
export function sumOf(cells: (HTMLElement | null)[]): string {
  const filled = cells.filter((cell): cell is HTMLElement => cell !== null);
  const currencies = new Set(filled.map((cell) => cell.dataset.currency ?? ""));
  if (!filled.length || currencies.size > 1) return "";
  const symbol = /^[^\d−-]*/.exec(filled[0]?.textContent?.trim() ?? "")?.[0] ?? "";
  const total = filled.reduce((sum, cell) => sum + Math.round(Number(cell.dataset.sum) * 100), 0) / 100;
  const digits = total % 1 ? 2 : 0;
  const shown = new Intl.NumberFormat(language(), { minimumFractionDigits: digits, maximumFractionDigits: 2 });
  return (total < 0 ? "−" : "") + symbol + shown.format(Math.abs(total));
}
