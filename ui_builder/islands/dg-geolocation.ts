// <dg-geolocation>: fills latitude, longitude and accuracy from the device when asked to.
import { t } from "./strings.ts";

export class DgGeolocation extends HTMLElement {
  connectedCallback(): void {
    const button = this.querySelector("button");
    if (!button || !("geolocation" in navigator)) return;
    button.hidden = false;
    button.addEventListener("click", () => {
      button.setAttribute("aria-busy", "true");
      navigator.geolocation.getCurrentPosition((position) => this.fill(button, position), () => {
        button.removeAttribute("aria-busy");
        const detail = { text: t("The position is not available. Type it, or allow it in the browser."), tone: "bad" };
        document.dispatchEvent(new CustomEvent("dg:toast", { detail }));
      }, { enableHighAccuracy: true, timeout: 15_000 });
    });
  }

  private fill(button: HTMLElement, { coords }: GeolocationPosition): void {
    button.removeAttribute("aria-busy");
    for (const [part, value] of [["latitude", coords.latitude], ["longitude", coords.longitude], ["accuracy", coords.accuracy]] as const) {
      const input = this.querySelector<HTMLInputElement>(`input[name$="[${part}]"]`);
      if (!input) continue;
      input.value = part === "accuracy" ? String(Math.round(value)) : value.toFixed(6);
      input.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }
}

if (!customElements.get("dg-geolocation")) customElements.define("dg-geolocation", DgGeolocation);
