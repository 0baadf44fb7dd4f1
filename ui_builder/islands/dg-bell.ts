// <dg-bell>: the link to the inbox with the number of unread notifications. It asks every 30 s while the page is seen,
// at once when it is seen again, less often while the server does not answer, and no more once the session has ended.
// Others listen to "dg:unread" on the document, whose detail is what the server said.

import { csrfToken } from "./requests.ts";

export interface Unread {
  unread: number;
  latest: string | null;
}

const EVERY = 30_000; // ms
const LONGEST = 10 * 60_000; // ms between two attempts that fail
const KEPT = "dg-unread";
const COUNTED = 100; // the server counts no further

/** What stands in the mark: nothing, a number, or 99+. */
export function countWords(unread: number): string {
  return unread <= 0 ? "" : unread >= COUNTED ? "99+" : String(unread);
}

/** How long to wait after `failures` attempts in a row that failed. */
export function pause(failures: number): number {
  return Math.min(LONGEST, EVERY * 2 ** Math.min(failures, 10));
}

let mark = ""; // the ETag of what is known; one for all bells of the page
let asking: Promise<void> | null = null;

export class DgBell extends HTMLElement {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private failures = 0;
  private ended = false;

  connectedCallback(): void {
    document.addEventListener("visibilitychange", this.seen);
    window.addEventListener("focus", this.seen);
    document.addEventListener("dg:inbox-changed", this.ask);
    document.addEventListener("dg:unread", this.heard);
    const kept = sessionStorage.getItem(KEPT); // what the page before knew: no flicker while we ask
    if (kept) this.show(Number(kept));
    this.ask();
  }

  disconnectedCallback(): void {
    clearTimeout(this.timer);
    document.removeEventListener("visibilitychange", this.seen);
    window.removeEventListener("focus", this.seen);
    document.removeEventListener("dg:inbox-changed", this.ask);
    document.removeEventListener("dg:unread", this.heard);
  }

  private readonly seen = (): void => {
    if (document.visibilityState === "visible") this.ask();
    else clearTimeout(this.timer);
  };

  private readonly heard = (event: Event): void => this.show((event as CustomEvent<Unread>).detail.unread);

  private readonly ask = (): void => {
    if (this.ended || !csrfToken()) return; // nobody is signed in here
    clearTimeout(this.timer);
    asking ??= this.request().finally(() => (asking = null));
    void asking.then(() => {
      clearTimeout(this.timer);
      if (!this.ended && document.visibilityState === "visible") this.timer = setTimeout(this.ask, pause(this.failures));
    });
  };

  private async request(): Promise<void> {
    try {
      const response = await fetch("/inbox/unread", { headers: { Accept: "application/json", ...(mark ? { "If-None-Match": mark } : {}) } });
      this.ended = response.status === 401;
      this.failures = response.ok || response.status === 304 ? 0 : this.failures + 1;
      if (!response.ok) return void (await response.text()); // an answer that nobody reads holds its connection
      const said = (await response.json()) as Unread;
      mark = response.headers.get("ETag") ?? "";
      document.dispatchEvent(new CustomEvent<Unread>("dg:unread", { detail: said }));
    } catch {
      this.failures += 1; // no network: the number stays as it was
    }
  }

  private show(unread: number): void {
    sessionStorage.setItem(KEPT, String(unread));
    const count = this.querySelector<HTMLElement>("[data-count]");
    if (!count) return;
    count.textContent = countWords(unread);
    count.hidden = unread <= 0;
    const link = this.querySelector("a");
    const words = link?.dataset.unread?.replace("{n}", countWords(unread));
    const spoken = this.querySelector<HTMLElement>("[data-spoken]");
    if (spoken) spoken.textContent = unread > 0 && words ? `, ${words}` : "";
  }
}

if (!customElements.get("dg-bell")) customElements.define("dg-bell", DgBell);
