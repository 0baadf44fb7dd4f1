// <dg-list-table>: what a list's table does beyond links: selection, editing in place, column widths, the menu of a row,
// Shift on a head adds a sort key; on a phone a long press selects.
import { isTyping } from "./dg-keys.ts";
import { Editing } from "./list-editing.ts";
import { Selection } from "./list-selection.ts";
import { Widths } from "./list-widths.ts";

const LONG = 500; // ms of a press that selects

export class DgListTable extends HTMLElement {
  private selection: Selection | undefined;
  private editing: Editing | undefined;
  private pressed: ReturnType<typeof setTimeout> | undefined;

  connectedCallback(): void {
    this.selection = new Selection(this);
    this.editing = new Editing(this);
    new Widths(this);
    this.selection.show(); // the browser may have kept boxes checked
    this.addEventListener("click", (event) => this.clicked(event));
    this.addEventListener("keydown", (event) => this.key(event));
    document.addEventListener("keydown", this.escaped);
    this.addEventListener("pointerdown", (event) => this.hold(event));
    for (const name of ["pointerup", "pointercancel", "pointermove", "scroll"]) this.addEventListener(name, () => clearTimeout(this.pressed));
  }

  disconnectedCallback(): void {
    document.removeEventListener("keydown", this.escaped);
    document.body.classList.remove("dg-rows-chosen");
  }

  private clicked(event: MouseEvent): void {
    const target = event.target as Element;
    const opener = target.closest<HTMLElement>("[data-row-menu]");
    const head = target.closest<HTMLAnchorElement>("a[data-sort]");
    const action = target.closest<HTMLElement>("[data-do]");
    if (opener) this.menu(opener);
    else if (head && event.shiftKey) {
      event.preventDefault();
      window.location.assign(withSortKey(window.location.href, this.dataset.order ?? "", head.dataset.sort ?? ""));
    } else if (action) this.act(action);
    else if (this.classList.contains("dg-choosing") && window.innerWidth <= 720) {
      const row = target.closest<HTMLElement>("tr[data-row]");
      if (row && !target.closest("input")) {
        event.preventDefault();
        this.selection?.toggle(row);
      }
    }
  }

  private key(event: KeyboardEvent): void {
    if (this.editing?.key(event) || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const row = (event.target as Element).closest<HTMLElement>("tr[data-row]");
    if (!row || isTyping(event.target as Element) || document.documentElement.dataset.keys === "off") return;
    if (event.key.toLowerCase() === "e" && this.editing?.editRow(row)) event.preventDefault();
  }

  private readonly escaped = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open], details[open] > .dg-menu-items")) return;
    if (this.selection?.chosen().length) this.selection.clear();
  };

  private hold(event: PointerEvent): void {
    const row = (event.target as Element).closest<HTMLElement>("tr[data-row]");
    if (event.pointerType !== "touch" || !row) return;
    this.pressed = setTimeout(() => {
      this.selection?.toggle(row);
      row.addEventListener("click", (click) => click.preventDefault(), { once: true, capture: true });
    }, LONG);
  }

  /** The ⋯ of a row: made from one template when it is first opened. */
  private menu(opener: HTMLElement): void {
    const template = document.querySelector<HTMLTemplateElement>("#dg-row-menu");
    const row = opener.closest<HTMLElement>("tr[data-row]");
    if (!template || !row) return;
    const menu = document.createElement("dg-menu");
    const details = document.createElement("details");
    const summary = document.createElement("summary");
    summary.className = opener.className;
    summary.setAttribute("role", "button");
    summary.setAttribute("aria-label", opener.getAttribute("aria-label") ?? "");
    summary.append(...opener.childNodes);
    const items = document.createElement("div");
    items.className = "dg-pop dg-menu-items";
    items.append(template.content.cloneNode(true));
    const address = `/o/${this.dataset.object}/${row.dataset.id}`;
    for (const link of items.querySelectorAll<HTMLAnchorElement>("a[data-href]")) link.href = (link.dataset.href ?? "").replace("{href}", address);
    for (const item of items.querySelectorAll("[role=menuitem]")) item.removeAttribute("role");
    if (opener.getBoundingClientRect().bottom > window.innerHeight - 260) items.classList.add("dg-up");
    details.append(summary, items);
    menu.append(details);
    opener.replaceWith(menu);
    details.open = true;
    summary.focus();
  }

  private act(action: HTMLElement): void {
    const row = action.closest<HTMLElement>("tr[data-row]");
    const details = action.closest("details");
    if (details) details.open = false;
    if (!row) return;
    if (action.dataset.do === "cell") this.editing?.editRow(row);
    else if (action.dataset.do === "select") this.selection?.toggle(row);
    else if (action.dataset.do === "delete") {
      this.selection?.clear();
      this.selection?.toggle(row);
      this.querySelector<HTMLButtonElement>("#dg-bulk [value=delete]")?.click();
    }
  }
}

/** The address sorted by one more key; a key that is there already turns round. */
export function withSortKey(href: string, order: string, path: string): string {
  const keys = order.split(",").filter(Boolean);
  const at = keys.findIndex((key) => key.replace(/^-/, "") === path);
  if (at < 0) keys.push(path);
  else keys[at] = keys[at] === path ? `-${path}` : path;
  const url = new URL(href);
  url.searchParams.set("sort", keys.join(","));
  return url.toString();
}

if (!customElements.get("dg-list-table")) customElements.define("dg-list-table", DgListTable);
