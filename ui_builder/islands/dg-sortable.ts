// <dg-sortable>: children with data-id can be dragged by .dg-handle (or anywhere) and moved by keyboard: Space lifts,
// arrows move, Enter or Space drops, Esc puts back. Fires "dg:sorted" with {ids, moved}; the same data-group may swap.
import Sortable from "sortablejs";
import { t } from "./strings.ts";

export interface Sorted {
  ids: string[];
  moved: string;
}

export class DgSortable extends HTMLElement {
  private sortable: Sortable | undefined;
  private lifted: { item: HTMLElement; before: Element | null } | null = null;

  connectedCallback(): void {
    const list = this.list();
    const handle = list.querySelector(".dg-handle") ? { handle: ".dg-handle" } : {};
    this.sortable = new Sortable(list, {
      ...handle, animation: 120, draggable: "[data-id]", ghostClass: "dg-ghost", dragClass: "dg-drag",
      ...(this.dataset.group ? { group: this.dataset.group } : {}),
      onEnd: (event) => {
        if (event.from !== event.to || event.oldIndex !== event.newIndex) notify(event.to, event.item);
      },
    });
    this.addEventListener("keydown", (event) => this.key(event));
  }

  disconnectedCallback(): void {
    this.sortable?.destroy();
  }

  private list(): HTMLElement {
    return this.querySelector<HTMLElement>("[data-sortable-list], tbody, ul, ol") ?? this;
  }

  private key(event: KeyboardEvent): void {
    if (event.isComposing) return;
    const handle = event.target as HTMLElement;
    const item = handle.closest<HTMLElement>("[data-id]");
    if (!item || (!handle.matches(".dg-handle") && handle !== item)) return;
    if (this.lifted) this.move(event, handle);
    else if (event.key === " ") {
      this.lifted = { item, before: item.nextElementSibling };
      item.classList.add("dg-lifted");
      say(t("Lifted. Arrows move, Enter drops, Esc puts back."));
      event.preventDefault();
    }
  }

  private move(event: KeyboardEvent, handle: HTMLElement): void {
    if (!this.lifted) return;
    const { item, before } = this.lifted;
    const previous = item.previousElementSibling;
    const next = item.nextElementSibling;
    if ((event.key === "ArrowUp" || event.key === "ArrowLeft") && previous) previous.before(item);
    else if ((event.key === "ArrowDown" || event.key === "ArrowRight") && next) next.after(item);
    else if (event.key === "Escape") {
      item.parentElement?.insertBefore(item, before);
      this.drop(null);
    } else if (event.key === "Enter" || event.key === " ") this.drop(item);
    else return;
    handle.focus();
    event.preventDefault();
    event.stopPropagation();
  }

  private drop(moved: HTMLElement | null): void {
    this.lifted?.item.classList.remove("dg-lifted");
    this.lifted = null;
    if (moved?.parentElement) notify(moved.parentElement, moved);
  }
}

/** The ids of a list's items in their order. */
export function orderOf(list: Element): string[] {
  return [...list.children].map((child) => (child as HTMLElement).dataset.id).filter((id): id is string => id !== undefined);
}

function notify(list: Element, item: HTMLElement): void {
  const detail: Sorted = { ids: orderOf(list), moved: item.dataset.id ?? "" };
  item.dispatchEvent(new CustomEvent("dg:sorted", { bubbles: true, detail }));
}

function say(text: string): void {
  document.dispatchEvent(new CustomEvent("dg:toast", { detail: { text } }));
}

if (!customElements.get("dg-sortable")) customElements.define("dg-sortable", DgSortable);
