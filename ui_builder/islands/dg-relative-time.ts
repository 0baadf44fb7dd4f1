// <dg-relative-time datetime="…">: keeps "3 minutes ago" true while the page stays open. The server writes the first
// text and the absolute title; beyond 30 days the server's date is left alone.
import { language } from "./strings.ts";

const STEPS: readonly [Intl.RelativeTimeFormatUnit, number][] = [["day", 86_400], ["hour", 3_600], ["minute", 60]];

/** The words for `seconds` from now (negative = past), or null beyond 30 days. */
export function relativeWords(seconds: number, lang: string): string | null {
  const format = new Intl.RelativeTimeFormat(lang, { numeric: "auto" });
  if (Math.abs(seconds) > 30 * 86_400) return null;
  for (const [unit, size] of STEPS)
    if (Math.abs(seconds) >= size) return spaced(format.format(Math.trunc(seconds / size), unit), lang);
  return spaced(format.format(0, "second"), lang);
}

/** A half space between Han and digits, as all our own texts have. */
function spaced(text: string, lang: string): string {
  return lang.startsWith("zh") ? text.replace(/(\d)(?=\p{Script=Han})/gu, "$1 ") : text;
}

export class DgRelativeTime extends HTMLElement {
  private timer: ReturnType<typeof setInterval> | undefined;

  connectedCallback(): void {
    this.refresh();
    this.timer = setInterval(() => this.refresh(), 60_000);
  }

  disconnectedCallback(): void {
    clearInterval(this.timer);
  }

  private refresh(): void {
    const moment = Date.parse(this.getAttribute("datetime") ?? "");
    if (Number.isNaN(moment)) return;
    const words = relativeWords((moment - Date.now()) / 1000, language());
    if (words) this.textContent = words;
  }
}

if (!customElements.get("dg-relative-time")) customElements.define("dg-relative-time", DgRelativeTime);
