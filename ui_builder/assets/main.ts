// The page's entry: htmx, the islands every page has, and a loader that fetches any other island when its tag appears.
import htmx from "htmx.org";
import { islands } from "islands";
import "../islands/dg-bell.ts";
import "../islands/dg-dialog.ts";
import "../islands/dg-drawer.ts";
import "../islands/dg-keys.ts";
import "../islands/dg-loading-bar.ts";
import "../islands/dg-menu.ts";
import "../islands/dg-relative-time.ts";
import "../islands/dg-toasts.ts";
import type { Arriving } from "../islands/arriving.ts";
import { csrfToken } from "../islands/requests.ts";

declare global {
  interface Window {
    htmx: typeof htmx;
  }
}
window.htmx = htmx;

// The content security policy allows no eval and no inline style; fragments never bring scripts of their own.
Object.assign(htmx.config, {
  allowEval: false, includeIndicatorStyles: false, allowScriptTags: false, historyCacheSize: 0, refreshOnHistoryMiss: true,
  scrollIntoViewOnBoost: false, timeout: 30_000,
  defaultSettleDelay: 0, // htmx hears a new element from then on: a choice made before would be lost
  responseHandling: [
    { code: "204", swap: false },
    { code: "[23]..", swap: true },
    { code: "422", swap: true }, // a form that came back with its errors
    { code: "[45]..", swap: false, error: true },
  ],
});

document.addEventListener("htmx:configRequest", (event) => {
  (event as CustomEvent<{ headers: Record<string, string> }>).detail.headers["X-CSRF-Token"] = csrfToken();
});

const asked = new Map<string, Promise<unknown>>();

/** Fetch the islands under `root` that are not there yet. */
function load(root: ParentNode): Promise<unknown>[] {
  const waits: Promise<unknown>[] = [];
  for (const [tag, loader] of Object.entries(islands)) {
    if (customElements.get(tag) || !root.querySelector(tag)) continue;
    const wait = asked.get(tag) ?? loader().catch(() => asked.delete(tag)); // a lost connection: tried again later
    asked.set(tag, wait);
    waits.push(wait);
  }
  return waits;
}

load(document);
document.addEventListener("htmx:load", () => load(document));
document.addEventListener("dg:load", () => load(document));
document.addEventListener("dg:arriving", (event) => {
  const { html, waits } = (event as CustomEvent<Arriving>).detail;
  const template = document.createElement("template");
  template.innerHTML = html; // our own server's fragment; nothing in a template runs
  waits.push(...load(template.content));
});
