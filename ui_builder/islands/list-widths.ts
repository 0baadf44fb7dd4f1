// Column widths of a list: dragged at the head's edge, remembered in this browser by object and column.

const LEAST = 56; // px

export class Widths {
  constructor(private readonly root: HTMLElement) {
    this.restore();
    root.addEventListener("pointerdown", (event) => this.grab(event));
    root.addEventListener("dblclick", (event) => this.reset(event));
  }

  private get place(): string {
    return `dg-widths:${this.root.dataset.object}`;
  }

  private kept(): Record<string, number> {
    try {
      return JSON.parse(localStorage.getItem(this.place) ?? "{}") as Record<string, number>;
    } catch {
      return {};
    }
  }

  private keep(path: string, width: number | null): void {
    const all = this.kept();
    if (width === null) delete all[path];
    else all[path] = width;
    try {
      localStorage.setItem(this.place, JSON.stringify(all));
    } catch {
      // a browser that keeps nothing: the width lasts as long as the page
    }
  }

  private col(path: string): HTMLElement | null {
    return this.root.querySelector<HTMLElement>(`col[data-col="${CSS.escape(path)}"]`);
  }

  private restore(): void {
    for (const [path, width] of Object.entries(this.kept())) {
      const col = this.col(path);
      if (col && width >= LEAST) col.style.width = `${width}px`;
    }
  }

  private grab(event: PointerEvent): void {
    const grip = (event.target as Element).closest<HTMLElement>("[data-resize]");
    const head = grip?.closest("th");
    const col = grip && this.col(grip.dataset.resize ?? "");
    if (!grip || !head || !col) return;
    event.preventDefault();
    const start = event.clientX;
    const width = head.offsetWidth;
    let now = width;
    const move = (moved: PointerEvent): void => {
      now = Math.max(LEAST, Math.round(width + moved.clientX - start));
      col.style.width = `${now}px`;
    };
    const drop = (): void => {
      document.removeEventListener("pointermove", move);
      document.removeEventListener("pointerup", drop);
      if (now !== width) this.keep(grip.dataset.resize ?? "", now);
    };
    document.addEventListener("pointermove", move);
    document.addEventListener("pointerup", drop);
  }

  private reset(event: Event): void {
    const path = (event.target as Element).closest<HTMLElement>("[data-resize]")?.dataset.resize;
    const col = path && this.col(path);
    if (!path || !col) return;
    col.style.removeProperty("width");
    this.keep(path, null);
  }
}
