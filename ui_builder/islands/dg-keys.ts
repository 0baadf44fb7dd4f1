// <dg-keys>: the keyboard map of every page. Elements say which letter presses them with data-key="c"; rows that J and K
// walk carry data-row. Single letters rest inside inputs and can be turned off; nothing acts while an IME composes.
import { openDialog } from "./dg-dialog.ts";
import type { DgToasts } from "./dg-toasts.ts";

/** Whether typing belongs to this element and not to the page. */
export function isTyping(element: Element | null): boolean {
  if (!(element instanceof HTMLElement)) return false;
  if (element.isContentEditable || element.closest(".ts-control")) return true;
  return element.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=button], [type=submit], [type=file])");
}

/** Move among rows: the focused row's neighbour, or the first one. Returns the row now current. */
export function walkRows(step: 1 | -1): HTMLElement | null {
  const rows = [...document.querySelectorAll<HTMLElement>("[data-row]")].filter((row) => row.getClientRects().length > 0 || !row.offsetParent);
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const next = rows[at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + step))];
  if (!next) return null;
  const target = next.matches("a, button, [tabindex]") ? next : next.querySelector<HTMLElement>("a[href]");
  target?.focus();
  next.scrollIntoView({ block: "nearest" });
  return next;
}

export class DgKeys extends HTMLElement {
  connectedCallback(): void {
    document.addEventListener("keydown", this.pressed);
  }

  disconnectedCallback(): void {
    document.removeEventListener("keydown", this.pressed);
  }

  private readonly pressed = (event: KeyboardEvent): void => {
    if (event.isComposing || event.keyCode === 229 || event.defaultPrevented) return;
    const acted = event.ctrlKey || event.metaKey ? this.withControl(event) : !event.altKey && this.letter(event);
    if (acted) event.preventDefault();
  };

  private withControl(event: KeyboardEvent): boolean {
    const key = event.key.toLowerCase();
    if (key === "k") return open("dg-palette-dialog");
    if (key === "b") return this.toggleNavigation();
    if (key === "enter") {
      const form = document.activeElement?.closest("form") ?? document.querySelector<HTMLFormElement>("form[data-main]");
      form?.requestSubmit();
      return form !== null;
    }
    if (key === "z" && !event.shiftKey && !isTyping(document.activeElement)) {
      return document.querySelector<DgToasts>("dg-toasts")?.undo() ?? false;
    }
    return false;
  }

  private letter(event: KeyboardEvent): boolean {
    if (isTyping(document.activeElement) || document.documentElement.dataset.keys === "off") return false;
    if (document.querySelector("dialog[open]")) return false;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (key === "?") return open("dg-keys-dialog");
    if (key === "x") return toggleRow();
    const pressed = document.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`);
    if (pressed) {
      if (isTyping(pressed)) pressed.focus();
      else pressed.click();
      return true;
    }
    if (key === "/") return open("dg-palette-dialog");
    if (key === "j" || key === "k") return walkRows(key === "j" ? 1 : -1) !== null;
    return false;
  }

  private toggleNavigation(): boolean {
    const narrow = document.documentElement.dataset.nav !== "narrow";
    document.documentElement.dataset.nav = narrow ? "narrow" : "wide";
    document.cookie = `dg_nav=${narrow ? "narrow" : "wide"}; path=/; max-age=31536000; samesite=lax`;
    return true;
  }
}

function open(id: string): boolean {
  const dialog = document.getElementById(id);
  if (!(dialog instanceof HTMLDialogElement)) return false;
  openDialog(dialog);
  return true;
}

function toggleRow(): boolean {
  const box = document.activeElement?.closest("[data-row]")?.querySelector<HTMLInputElement>("input[type=checkbox]");
  box?.click();
  return Boolean(box);
}

if (!customElements.get("dg-keys")) customElements.define("dg-keys", DgKeys);
