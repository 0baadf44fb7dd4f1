// <dg-builder-publish data-steps="n">: while its form publishes, asks how far that is and shows it. Without it the page waits.
import { t } from "./strings.ts";

const PAUSE = 1000; // ms between two questions

interface Progress {
  state?: string;
  done?: number;
}

export class DgBuilderPublish extends HTMLElement {
  private timer: ReturnType<typeof setInterval> | undefined;

  connectedCallback(): void {
    this.querySelector("form")?.addEventListener("submit", () => {
      this.timer ??= setInterval(() => void this.ask(), PAUSE);
    });
  }

  disconnectedCallback(): void {
    clearInterval(this.timer);
  }

  private async ask(): Promise<void> {
    const place = this.querySelector<HTMLElement>("[data-progress]");
    if (!place) return;
    try {
      const answer = await fetch("/builder/changes/progress", { headers: { Accept: "application/json" } });
      const progress = (await answer.json()) as Progress;
      place.hidden = false;
      place.setAttribute("role", "status");
      place.className = "dg-meta";
      place.textContent = sentence(progress, Number(this.dataset.steps ?? 0));
    } catch {
      // the publish goes on; the page that follows says what became of it
    }
  }
}

/** How far a publish is, in words. */
export function sentence(progress: Progress, steps: number): string {
  if (progress.state === "switched") return t("Switched; cleaning up");
  if (progress.state !== "preparing") return t("Starting");
  return steps > 0 ? t("{done} of about {steps} steps done", { done: progress.done ?? 0, steps: Math.max(steps, progress.done ?? 0) }) : t("Preparing");
}

if (!customElements.get("dg-builder-publish")) customElements.define("dg-builder-publish", DgBuilderPublish);
