// A page that asks something before it saves (a form.dg-ask), shown as a dialog over the page that wanted to save.
import { arrived } from "./arriving.ts";
import { t } from "./strings.ts";

/** Show the form in `html` inside `host`; false if there is none. Its sending is left to the host (`data-refresh`). */
export async function askIn(host: HTMLElement, html: string, opener: HTMLElement | null, cancelled?: () => void): Promise<boolean> {
  const form = new DOMParser().parseFromString(html, "text/html").querySelector<HTMLFormElement>("form.dg-ask");
  if (!form) return false;
  await arrived(form.outerHTML);
  const dialog = document.createElement("dialog");
  dialog.className = "dg-dialog dg-asking";
  form.dataset.refresh = "";
  dialog.append(document.importNode(form, true));
  host.append(dialog);
  let sent = false;
  dialog.addEventListener("submit", () => {
    sent = true;
    setTimeout(() => dialog.close());
  });
  dialog.addEventListener("click", (event) => {
    const target = event.target as Element;
    if (target !== dialog && !target.closest(".dg-ask > a, .dg-move-foot a")) return;
    event.preventDefault();
    dialog.close();
  });
  dialog.addEventListener("close", () => {
    dialog.remove();
    (opener?.isConnected ? opener : document.getElementById(opener?.id || "-"))?.focus();
    if (!sent) cancelled?.();
  });
  dialog.setAttribute("aria-label", form.querySelector("h2")?.textContent ?? t("Please look again before it is saved"));
  document.dispatchEvent(new Event("dg:load"));
  dialog.showModal();
  const first = dialog.querySelector<HTMLElement>("[aria-invalid=true]") ?? dialog.querySelector<HTMLElement>("[data-first-focus]") ?? dialog.querySelector<HTMLElement>(".dg-move input:not([type=hidden]), .dg-move select, .dg-move textarea");
  first?.focus();
  return true;
}
