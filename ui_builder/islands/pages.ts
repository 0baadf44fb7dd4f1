// Takes parts of a page again from the server: what a form's answer leads to, and regions by their id.
import { csrfToken } from "./requests.ts";

/** Send a form as htmx would; the server answers 204 with the address that follows, or HTML. */
export function send(form: HTMLFormElement, submitter: HTMLElement | null, onProgress?: (share: number) => void): Promise<{ status: number; text: string; to: string | null }> {
  const body = new FormData(form, submitter instanceof HTMLButtonElement ? submitter : null);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest(); // fetch knows no progress of an upload
    request.open("POST", form.action);
    request.setRequestHeader("HX-Request", "true");
    request.setRequestHeader("Accept", "text/html, application/json");
    request.setRequestHeader("X-CSRF-Token", csrfToken());
    request.upload.onprogress = (event) => onProgress?.(event.lengthComputable ? event.loaded / event.total : 0);
    request.onload = () => resolve({ status: request.status, text: request.responseText, to: request.getResponseHeader("HX-Redirect") });
    request.onerror = () => reject(new Error("network"));
    document.dispatchEvent(new Event("dg:request"));
    request.onloadend = () => document.dispatchEvent(new Event("dg:response"));
    request.send(body);
  });
}

/** The page at `url` as a document that is not shown. */
export async function pageAt(url: string): Promise<Document | null> {
  try {
    const response = await fetch(url, { headers: { Accept: "text/html" } });
    return response.ok ? new DOMParser().parseFromString(await response.text(), "text/html") : null;
  } catch {
    return null;
  }
}

/** Put the regions of `page` in place of ours; the focus stays on the element with the same id. */
export function takeRegions(page: Document, ids: string[]): void {
  const focused = document.activeElement?.id;
  for (const id of ids) {
    const old = document.getElementById(id);
    const fresh = page.getElementById(id);
    if (!old || !fresh) continue;
    const taken = document.importNode(fresh, true);
    old.replaceWith(taken);
    window.htmx?.process(taken);
  }
  if (focused && document.activeElement?.id !== focused) document.getElementById(focused)?.focus();
  document.dispatchEvent(new Event("dg:load"));
  const toast = page.querySelector(".dg-toast");
  if (toast) {
    const undo = toast.querySelector<HTMLElement>("[data-undo]")?.dataset.undo;
    const tone = toast.getAttribute("role") === "alert" ? "bad" : undefined;
    const text = toast.querySelector("span:not(.dg-rule)")?.textContent ?? "";
    document.dispatchEvent(new CustomEvent("dg:toast", { detail: { text, ...(undo ? { undo } : {}), ...(tone ? { tone } : {}) } }));
  }
}

/** Say something that went wrong. */
export function complain(text: string): void {
  document.dispatchEvent(new CustomEvent("dg:toast", { detail: { text, tone: "bad" } }));
}
