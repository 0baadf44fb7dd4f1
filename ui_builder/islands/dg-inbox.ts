// <dg-inbox>: the inbox page. Opening a notification marks it read on the way, M turns the focused row read or unread,
// and what arrives meanwhile appears by itself.
import type { Unread } from "./dg-bell.ts";
import { isTyping } from "./dg-keys.ts";
import { pageAt, takeRegions } from "./pages.ts";
import { csrfToken } from "./requests.ts";

export class DgInbox extends HTMLElement {
  private latest = "";

  connectedCallback(): void {
    this.latest = this.dataset.latest ?? "";
    this.addEventListener("click", this.opened);
    this.addEventListener("auxclick", this.opened);
    document.addEventListener("keydown", this.pressed);
    document.addEventListener("htmx:afterRequest", this.marked);
    document.addEventListener("dg:unread", this.heard);
  }

  disconnectedCallback(): void {
    document.removeEventListener("keydown", this.pressed);
    document.removeEventListener("htmx:afterRequest", this.marked);
    document.removeEventListener("dg:unread", this.heard);
  }

  private readonly opened = (event: Event): void => {
    const row = (event.target as Element).closest("a[data-open]")?.closest<HTMLElement>(".dg-new");
    const mouse = event as MouseEvent;
    if (!row || (event.type === "auxclick" && mouse.button !== 1)) return;
    const body = new URLSearchParams({ id: row.dataset.notification ?? "", csrf_token: csrfToken() });
    // `keepalive`: the request outlives this page, which the click is about to leave
    void fetch("/inbox/read", { method: "POST", body, keepalive: true, headers: { "HX-Request": "true" } }).catch(() => undefined);
    row.classList.remove("dg-new");
    row.querySelector(".dg-inbox-dot")?.remove();
  };

  private readonly pressed = (event: KeyboardEvent): void => {
    if (event.key.toLowerCase() !== "m" || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (isTyping(document.activeElement) || document.documentElement.dataset.keys === "off" || document.querySelector("dialog[open]")) return;
    const button = document.activeElement?.closest("[data-notification]")?.querySelector<HTMLButtonElement>("[data-mark]");
    if (!button) return;
    event.preventDefault();
    button.focus(); // its id is the same in the row that comes back
    button.click();
  };

  private readonly marked = (event: Event): void => {
    const path = (event as CustomEvent<{ pathInfo?: { requestPath?: string } }>).detail.pathInfo?.requestPath;
    if (path?.startsWith("/inbox/read")) document.dispatchEvent(new Event("dg:inbox-changed"));
  };

  private readonly heard = (event: Event): void => {
    const { latest } = (event as CustomEvent<Unread>).detail;
    if (!latest || latest <= this.latest) return; // ids grow with time
    this.latest = latest;
    void pageAt(window.location.href).then((page) => page && takeRegions(page, ["inbox-entries", "inbox-tabs", "inbox-count", "inbox-all"]));
  };
}

if (!customElements.get("dg-inbox")) customElements.define("dg-inbox", DgInbox);
