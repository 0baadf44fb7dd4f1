// <dg-department-tree data-move="/…" data-open="id">: nested lists whose items (data-id) move by dragging .dg-handle or by
// keys: Space lifts, up and down among siblings, right under the one above, left out of it, Enter drops, Esc puts back.
// A drop POSTs parent and index to {data-move}/{id}/move and takes the tree again; the server refuses circles.
import Sortable from "sortablejs";
import { complain, pageAt, send, takeRegions } from "./pages.ts";
import { t } from "./strings.ts";

interface Lifted {
  item: HTMLElement;
  list: Element;
  before: Element | null;
}

export class DgDepartmentTree extends HTMLElement {
  private sortables: Sortable[] = [];
  private lifted: Lifted | null = null;

  connectedCallback(): void {
    this.sortables = [...this.querySelectorAll<HTMLElement>("ul")].map((list) => new Sortable(list, {
      group: "departments", handle: ".dg-handle", draggable: "li", animation: 120, ghostClass: "dg-ghost", dragClass: "dg-drag",
      fallbackOnBody: true, swapThreshold: 0.5, invertSwap: true, emptyInsertThreshold: 8,
      onStart: () => this.classList.add("dg-dragging"),
      onEnd: (event) => {
        this.classList.remove("dg-dragging");
        if (event.from !== event.to || event.oldIndex !== event.newIndex) void this.place(event.item);
      },
    }));
    this.addEventListener("keydown", this.pressed);
  }

  disconnectedCallback(): void {
    for (const sortable of this.sortables) sortable.destroy();
    this.removeEventListener("keydown", this.pressed);
  }

  private readonly pressed = (event: KeyboardEvent): void => {
    const handle = event.target as HTMLElement;
    const item = handle.closest<HTMLElement>("li[data-id]");
    if (event.isComposing || !item || !handle.matches(".dg-handle")) return;
    if (!this.lifted) {
      if (event.key !== " ") return;
      this.lifted = { item, list: item.parentElement as Element, before: item.nextElementSibling };
      item.classList.add("dg-lifted");
      say(t("Lifted. Arrows move, Enter drops, Esc puts back."));
    } else if (event.key === "Escape") {
      this.lifted.list.insertBefore(item, this.lifted.before);
      this.drop(null);
    } else if (event.key === "Enter" || event.key === " ") this.drop(item);
    else if (!step(item, event.key)) return;
    handle.focus();
    event.preventDefault();
    event.stopPropagation();
  };

  private drop(item: HTMLElement | null): void {
    const lifted = this.lifted;
    this.lifted = null;
    lifted?.item.classList.remove("dg-lifted");
    if (item && lifted && (item.parentElement !== lifted.list || item.nextElementSibling !== lifted.before)) void this.place(item);
  }

  private async place(item: HTMLElement): Promise<void> {
    const list = item.parentElement as HTMLElement;
    const form = document.createElement("form");
    form.action = `${this.dataset.move}/${item.dataset.id}/move`;
    for (const [name, value] of [["parent", list.dataset.parent ?? ""], ["index", String([...list.children].indexOf(item))]] as const) {
      const input = form.appendChild(document.createElement("input"));
      Object.assign(input, { type: "hidden", name, value });
    }
    try {
      const answer = await send(form, null);
      if (answer.status >= 400) complain(reason(answer.text) ?? t("Something went wrong (error {status}).", { status: answer.status }));
    } catch {
      complain(t("The server cannot be reached. What you typed is kept."));
    }
    const page = await pageAt(window.location.href);
    if (page) takeRegions(page, ["departments"]);
  }
}

/** Move an item one step; whether the key is one that moves. */
export function step(item: HTMLElement, key: string): boolean {
  const [previous, next] = [item.previousElementSibling, item.nextElementSibling];
  if (key === "ArrowUp") previous?.before(item);
  else if (key === "ArrowDown") next?.after(item);
  else if (key === "ArrowRight") previous?.querySelector(":scope > ul")?.append(item);
  else if (key === "ArrowLeft") item.parentElement?.closest("li[data-id]")?.after(item);
  else return false;
  return true;
}

/** The sentence of the page that says why not. */
function reason(text: string): string | null {
  return new DOMParser().parseFromString(text, "text/html").querySelector(".dg-fault p")?.textContent ?? null;
}

function say(text: string): void {
  document.dispatchEvent(new CustomEvent("dg:toast", { detail: { text } }));
}

if (!customElements.get("dg-department-tree")) customElements.define("dg-department-tree", DgDepartmentTree);
