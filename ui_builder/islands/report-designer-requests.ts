// What the report builder sends: its form, or a body alone; the answer is the fragment that takes the place of parts of the page.
import { csrfToken } from "./requests.ts";
import { t } from "./strings.ts";

const KEPT = ["csrf_token", "version", "target", "q"];

/** A form that says nothing but a body: for going back, and for the preview. */
export function only(form: HTMLFormElement, body: string): FormData {
  const whole = new FormData(form);
  const data = new FormData();
  for (const name of KEPT) data.set(name, String(whole.get(name) ?? ""));
  for (const one of whole.getAll("open")) data.append("open", one);
  data.set("body", body);
  return data;
}

/** The fragment that the server answers; null where it could not. */
export async function post(address: string, data: FormData, signal?: AbortSignal): Promise<string | null> {
  const headers = { "HX-Request": "true", "X-CSRF-Token": csrfToken(), Accept: "text/html" };
  try {
    const response = await fetch(address, { method: "POST", body: new URLSearchParams(data as never), headers, ...(signal ? { signal } : {}) });
    return response.ok ? await response.text() : null;
  } catch {
    return null;
  }
}

export function complain(): void {
  const detail = { text: t("This could not be loaded. Try again."), tone: "bad" };
  document.dispatchEvent(new CustomEvent("dg:toast", { detail }));
}
