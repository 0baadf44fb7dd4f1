// <dg-quick-create data-object="shelf">: the small form in the drawer. It is sent in place; the new record is told to
// the page by "dg:created" {object, id, title, url}, which the link that asked for it takes.
import { complain, send } from "./pages.ts";
import { t } from "./strings.ts";

export class DgQuickCreate extends HTMLElement {
  connectedCallback(): void {
    this.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.create(event.target as HTMLFormElement, event.submitter);
    });
    this.querySelector<HTMLElement>("input:not([type=hidden]), select, textarea")?.focus();
  }

  private async create(form: HTMLFormElement, submitter: HTMLElement | null): Promise<void> {
    if (form.dataset.sending) return;
    form.dataset.sending = "true";
    const dialog = this.closest("dialog");
    try {
      const answer = await send(form, submitter);
      if (answer.status === 422 && dialog) {
        dialog.innerHTML = answer.text; // our own server's fragment, escaped there
        document.dispatchEvent(new Event("dg:load"));
        dialog.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
        return;
      }
      if (answer.status >= 400) return complain(t("Something went wrong (error {status}).", { status: answer.status }));
      const made = JSON.parse(answer.text) as { id: string; title: string; url: string; object: string };
      dialog?.close();
      document.dispatchEvent(new CustomEvent("dg:created", { detail: made }));
      document.dispatchEvent(new CustomEvent("dg:toast", { detail: { text: t("“{name}” was created", { name: made.title }) } }));
    } catch {
      complain(t("The server cannot be reached. What you typed is kept."));
    } finally {
      delete form.dataset.sending;
    }
  }
}

if (!customElements.get("dg-quick-create")) customElements.define("dg-quick-create", DgQuickCreate);
