// <dg-forms>: what every form of the page gets: no second submission, the button's label "Saving" at the same width,
// thousands taken out of numbers, and a warning before typed text is lost.
import { t } from "./strings.ts";

export class DgForms extends HTMLElement {
  private dirty = false;

  connectedCallback(): void {
    document.addEventListener("submit", this.submitted);
    document.addEventListener("input", this.typed);
    document.addEventListener("focusout", this.left);
    window.addEventListener("beforeunload", this.leaving);
    window.addEventListener("pageshow", this.shown);
    document.querySelector<HTMLElement>("#errors")?.focus();
  }

  disconnectedCallback(): void {
    document.removeEventListener("submit", this.submitted);
    document.removeEventListener("input", this.typed);
    document.removeEventListener("focusout", this.left);
    window.removeEventListener("beforeunload", this.leaving);
    window.removeEventListener("pageshow", this.shown);
  }

  private readonly submitted = (event: SubmitEvent): void => {
    const form = event.target as HTMLFormElement;
    if (form.method !== "post" || event.defaultPrevented || form.hasAttribute("hx-post")) return;
    if (form.dataset.sending) {
      event.preventDefault();
      return;
    }
    form.dataset.sending = "true";
    if (form.hasAttribute("data-main")) this.dirty = false;
    const button = event.submitter as HTMLButtonElement | null;
    if (button?.dataset.busy) queueMicrotask(() => showBusy(button)); // after its name and value were read
  };

  private readonly typed = (event: Event): void => {
    if ((event.target as Element).closest("form[data-main]")) this.dirty = true;
  };

  private readonly left = (event: FocusEvent): void => {
    const input = event.target;
    if (input instanceof HTMLInputElement && input.dataset.number) input.value = plainNumber(input.value);
  };

  private readonly leaving = (event: BeforeUnloadEvent): void => {
    if (this.dirty && !document.querySelector("form[data-draft]")) event.preventDefault();
  };

  private readonly shown = (event: PageTransitionEvent): void => {
    if (!event.persisted) return; // back from the page cache: forms can be sent again
    for (const form of document.querySelectorAll<HTMLFormElement>("form[data-sending]")) delete form.dataset.sending;
    for (const button of document.querySelectorAll<HTMLElement>("[aria-busy=true][data-busy]")) hideBusy(button);
  };
}

/** "1,234.50", "１２３４" and "−5" as plain digits; what is no number stays as typed, for the server to name. */
export function plainNumber(text: string): string {
  const plain = text.normalize("NFKC").replace(/[,\s]/g, "").replace(/^−/, "-");
  return /^-?\d*\.?\d+$/.test(plain) ? plain : text;
}

function showBusy(button: HTMLElement): void {
  button.style.minWidth = `${button.offsetWidth}px`;
  button.dataset.label = button.textContent ?? "";
  button.setAttribute("aria-busy", "true");
  const spinner = document.createElement("span");
  spinner.className = "dg-spinner";
  button.replaceChildren(spinner, button.dataset.busy || t("Saving"));
}

function hideBusy(button: HTMLElement): void {
  button.removeAttribute("aria-busy");
  button.textContent = button.dataset.label ?? button.textContent;
}

if (!customElements.get("dg-forms")) customElements.define("dg-forms", DgForms);
