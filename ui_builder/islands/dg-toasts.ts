// <dg-toasts>: the region where short messages appear for 8 s, with undo. Raised by the server (HX-Trigger "dg:toast",
// or rendered inside at page load) or by `document.dispatchEvent(new CustomEvent("dg:toast", {detail}))`.
import { post } from "./requests.ts";
import { t } from "./strings.ts";

export interface Toast {
  text: string;
  tone?: "bad";
  undo?: string; // address to POST to; the page is loaded again afterwards
}

const SHOWN_FOR = 8000; // ms

export class DgToasts extends HTMLElement {
  private undoing: HTMLButtonElement | null = null;
  private readonly raised = (event: Event): void => this.show((event as CustomEvent<Toast>).detail);

  connectedCallback(): void {
    this.setAttribute("role", "status");
    this.setAttribute("aria-live", "polite");
    document.addEventListener("dg:toast", this.raised);
    document.addEventListener("htmx:responseError", this.failed);
    document.addEventListener("htmx:sendError", this.failed);
    for (const toast of this.querySelectorAll<HTMLElement>(".dg-toast")) this.start(toast);
  }

  disconnectedCallback(): void {
    document.removeEventListener("dg:toast", this.raised);
    document.removeEventListener("htmx:responseError", this.failed);
    document.removeEventListener("htmx:sendError", this.failed);
  }

  show(toast: Toast): void {
    const box = document.createElement("div");
    box.className = "dg-toast";
    const text = document.createElement("span");
    text.textContent = toast.text;
    box.append(text);
    if (toast.tone === "bad") box.setAttribute("role", "alert");
    if (toast.undo) {
      const rule = document.createElement("span");
      rule.className = "dg-rule";
      const button = document.createElement("button");
      button.type = "button";
      button.className = "dg-btn dg-btn-small";
      button.dataset.undo = toast.undo;
      button.textContent = t("Undo");
      box.append(rule, button);
    }
    this.append(box);
    this.start(box);
  }

  /** Undo what the newest toast offers to undo; false if there is nothing. */
  undo(): boolean {
    if (!this.undoing?.isConnected) return false;
    this.undoing.click();
    return true;
  }

  private start(toast: HTMLElement): void {
    const button = toast.querySelector<HTMLButtonElement>("[data-undo]");
    if (button) {
      this.undoing = button;
      button.addEventListener("click", () => void this.runUndo(toast, button));
    }
    let timer = setTimeout(() => toast.remove(), SHOWN_FOR);
    const hold = (): void => clearTimeout(timer); // never taken away from under a pointer or the focus
    const release = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => toast.remove(), SHOWN_FOR / 2);
    };
    for (const name of ["pointerenter", "focusin"]) toast.addEventListener(name, hold);
    for (const name of ["pointerleave", "focusout"]) toast.addEventListener(name, release);
  }

  private async runUndo(toast: HTMLElement, button: HTMLButtonElement): Promise<void> {
    button.disabled = true;
    try {
      await post(button.dataset.undo ?? "");
      toast.remove();
      window.location.reload();
    } catch (error) {
      toast.remove();
      this.show({ text: (error as Error).message, tone: "bad" });
    }
  }

  private readonly failed = (event: Event): void => {
    const request = (event as CustomEvent<{ xhr?: XMLHttpRequest }>).detail?.xhr;
    const problem = readProblem(request);
    const text = problem ?? (request?.status ? t("Something went wrong (error {status}).", { status: request.status }) : t("The server cannot be reached. What you typed is kept."));
    this.show({ text, tone: "bad" });
  };
}

function readProblem(request: XMLHttpRequest | undefined): string | null {
  if (!request?.getResponseHeader("Content-Type")?.includes("json")) return null;
  try {
    const body = JSON.parse(request.responseText) as { title?: string; detail?: string };
    return body.detail ?? body.title ?? null;
  } catch {
    return null;
  }
}

if (!customElements.get("dg-toasts")) customElements.define("dg-toasts", DgToasts);
