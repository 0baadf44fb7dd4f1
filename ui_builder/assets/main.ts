// The page's entry: htmx, the islands every page has, and a loader that fetches any other island when its tag appears.
import htmx from "htmx.org";
import { islands } from "islands";
import "../islands/dg-dialog.ts";
import "../islands/dg-drawer.ts";
import "../islands/dg-keys.ts";
import "../islands/dg-loading-bar.ts";
import "../islands/dg-menu.ts";
import "../islands/dg-relative-time.ts";
import "../islands/dg-toasts.ts";
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

const asked = new Set<string>();

function load(root: ParentNode): void {
  for (const [tag, loader] of Object.entries(islands)) {
    if (asked.has(tag) || customElements.get(tag) || !root.querySelector(tag)) continue;
    asked.add(tag);
    loader().catch(() => asked.delete(tag)); // a lost connection: tried again with the next fragment
  }
}

load(document);
document.addEventListener("htmx:load", () => load(document));
document.addEventListener("dg:load", () => load(document));
