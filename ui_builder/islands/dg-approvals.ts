// <dg-approvals>: the inbox of approvals. Rows and J/K open an approval beside the list; what asks first (a[data-ask],
// form[data-ask]) is shown as a dialog; after a decision the parts of the page are taken again. On a phone a row swiped
// to the right asks to approve it, to the left to return it. Without scripts every step is a page of its own.
import { askIn } from "./asking.ts";
import { complain, pageAt, send, takeRegions } from "./pages.ts";
import { fragment } from "./requests.ts";
import { t } from "./strings.ts";

const REGIONS = ["approvals-head", "approvals-tabs", "approvals-list", "approval", "nav-approvals", "tab-approvals"];
const OPENED = ["approvals-head", "approval"];
const SWIPED = 72; // pixels

export class DgApprovals extends HTMLElement {
  private asked = 0;
  private touch: { row: HTMLElement; x: number; y: number } | null = null;

  connectedCallback(): void {
    document.addEventListener("click", this.clicked);
    this.addEventListener("submit", this.submitted);
    this.addEventListener("change", this.changed);
    this.addEventListener("touchstart", this.touched, { passive: true });
    this.addEventListener("touchend", this.lifted);
    window.addEventListener("popstate", this.back);
  }

  disconnectedCallback(): void {
    document.removeEventListener("click", this.clicked);
    window.removeEventListener("popstate", this.back);
  }

  private readonly clicked = (event: MouseEvent): void => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button > 0) return;
    const link = (event.target as Element).closest?.<HTMLAnchorElement>("a[data-approval], a[data-ask]");
    if (!link) return;
    if (link.dataset.ask !== undefined) {
      event.preventDefault();
      void this.ask(link.href, link);
    } else if (isWide()) {
      event.preventDefault();
      void this.open(link.href);
    }
  };

  private readonly submitted = (event: SubmitEvent): void => {
    const form = event.target as HTMLFormElement;
    if (form.dataset.ask !== undefined && form.method === "get") {
      event.preventDefault();
      void this.ask(`${form.action}?${query(form, event.submitter)}`, event.submitter);
    } else if (form.dataset.refresh !== undefined || form.dataset.ask !== undefined) {
      event.preventDefault();
      void this.act(form, event.submitter);
    }
  };

  private readonly changed = (event: Event): void => {
    const input = event.target;
    if (input instanceof HTMLInputElement && input.dataset.next !== undefined) {
      document.cookie = `dg_approvals_next=${input.checked ? "on" : "off"}; path=/; max-age=31536000; samesite=lax`;
    }
    if (input instanceof HTMLSelectElement && input.name === "flow") input.form?.requestSubmit();
    if (input instanceof HTMLInputElement && input.type === "file") {
      const chosen = input.closest(".dg-composer, .dg-move-foot")?.querySelector("[data-chosen]");
      if (chosen) chosen.textContent = [...(input.files ?? [])].map((file) => file.name).join(", ");
    }
  };

  /** Ask what an address asks, as a dialog. */
  private async ask(url: string, opener: HTMLElement | null): Promise<void> {
    const html = await fragment(url);
    if (html === null || !(await askIn(this, html, opener))) complain(t("This could not be loaded. Try again."));
  }

  private async act(form: HTMLFormElement, submitter: HTMLElement | null): Promise<void> {
    if (form.dataset.sending) return;
    form.dataset.sending = "true";
    try {
      const answer = await send(form, submitter);
      if (answer.status === 422 && (await askIn(this, answer.text, submitter))) return;
      if (answer.status >= 400) return complain(sentence(answer.text) ?? t("Something went wrong (error {status}).", { status: answer.status }));
      await this.show(answer.to ?? window.location.href, REGIONS);
    } catch {
      complain(t("The server cannot be reached. What you typed is kept."));
    } finally {
      delete form.dataset.sending;
    }
  }

  /** Open another approval beside the list. */
  private async open(url: string): Promise<void> {
    const path = new URL(url, window.location.href).pathname;
    for (const row of this.querySelectorAll(".dg-approval-row")) {
      const link = row.querySelector<HTMLAnchorElement>("a[data-approval]");
      const current = link?.pathname === path;
      row.classList.toggle("dg-current", current);
      if (current) row.scrollIntoView({ block: "nearest" });
      if (current) link?.setAttribute("aria-current", "true");
      else link?.removeAttribute("aria-current");
    }
    await this.show(url, OPENED);
  }

  private async show(url: string, regions: string[], push = true): Promise<void> {
    const turn = ++this.asked;
    document.dispatchEvent(new Event("dg:request"));
    const page = await pageAt(url);
    document.dispatchEvent(new Event("dg:response"));
    if (turn !== this.asked) return; // something else was asked for meanwhile
    if (!page?.getElementById("approval")) {
      window.location.assign(url); // not a page of ours: somewhere else
      return;
    }
    const single = page.querySelector(".dg-app")?.classList.contains("dg-one") ?? false;
    document.querySelector(".dg-app")?.classList.toggle("dg-one", single);
    document.querySelector(".dg-app")?.classList.toggle("dg-many", !single);
    const at = this.querySelector(".dg-approval-list")?.scrollTop ?? 0;
    takeRegions(page, regions);
    const list = this.querySelector(".dg-approval-list");
    if (list) list.scrollTop = at;
    document.title = page.title;
    if (push && url !== window.location.href) history.pushState(null, "", url);
    if (!document.activeElement || document.activeElement === document.body) document.getElementById("approval-title")?.focus({ preventScroll: true });
  }

  private readonly back = (): void => void this.show(window.location.href, REGIONS, false);

  private readonly touched = (event: TouchEvent): void => {
    const row = (event.target as Element).closest<HTMLElement>("[data-swipe]");
    const touch = event.touches[0];
    this.touch = row && touch && event.touches.length === 1 ? { row, x: touch.clientX, y: touch.clientY } : null;
  };

  private readonly lifted = (event: TouchEvent): void => {
    const from = this.touch;
    const to = event.changedTouches[0];
    this.touch = null;
    if (!from || !to || isWide()) return;
    const [right, down] = [to.clientX - from.x, to.clientY - from.y];
    if (Math.abs(right) < SWIPED || Math.abs(down) > Math.abs(right) / 2) return;
    event.preventDefault(); // no click follows
    void this.ask(`${from.row.dataset.swipe}/decide?verdict=${right > 0 ? "approve" : "return"}`, from.row.querySelector("a"));
  };
}

function isWide(): boolean {
  return window.matchMedia("(min-width: 721px)").matches;
}

function query(form: HTMLFormElement, submitter: HTMLElement | null): string {
  const found = new URLSearchParams();
  const data = new FormData(form, submitter instanceof HTMLButtonElement ? submitter : null);
  for (const [name, value] of data) if (typeof value === "string") found.append(name, value);
  return found.toString();
}

function sentence(text: string): string | null {
  try {
    const body = JSON.parse(text) as { title?: string; detail?: string };
    return body.detail ?? body.title ?? null;
  } catch {
    return new DOMParser().parseFromString(text, "text/html").querySelector(".dg-fault p")?.textContent ?? null;
  }
}

if (!customElements.get("dg-approvals")) customElements.define("dg-approvals", DgApprovals);
