// <dg-report-bar>: the form above a report or a dashboard is sent as soon as something is chosen; a period of one's own
// waits for its button. What is left as it is stays out of the address. Without scripts a button sends the form.
export class DgReportBar extends HTMLElement {
  connectedCallback(): void {
    this.dataset.ready = "";
    this.addEventListener("change", this.changed);
    this.addEventListener("submit", this.submitted);
  }

  disconnectedCallback(): void {
    this.removeEventListener("change", this.changed);
    this.removeEventListener("submit", this.submitted);
  }

  private readonly changed = (event: Event): void => {
    const target = event.target;
    const form = this.querySelector("form");
    if (!form) return;
    if (target instanceof HTMLSelectElement) {
      if (target.value === "custom") this.querySelector<HTMLInputElement>('[name="from"]')?.focus();
      else form.requestSubmit();
    } else if (event instanceof CustomEvent) {
      form.requestSubmit(); // a person was chosen from the suggestions
    }
  };

  private readonly submitted = (event: SubmitEvent): void => {
    const form = event.target as HTMLFormElement;
    const own = form.querySelector<HTMLSelectElement>('[name="period"]')?.value === "custom";
    for (const input of form.querySelectorAll<HTMLInputElement | HTMLSelectElement>("input, select")) {
      if (input.value === "" || (!own && (input.name === "from" || input.name === "to"))) input.disabled = true;
    }
    window.setTimeout(() => {
      for (const input of form.querySelectorAll<HTMLInputElement | HTMLSelectElement>(":disabled")) input.disabled = false;
    }); // the page may be kept for going back
  };
}

if (!customElements.get("dg-report-bar")) customElements.define("dg-report-bar", DgReportBar);
