// <dg-signature>: draws a signature with finger, pen or mouse and puts it as PNG into the file input inside; the input
// itself stays for those who sign by uploading a picture.
import { t } from "./strings.ts";

export class DgSignature extends HTMLElement {
  private drawn = false;

  connectedCallback(): void {
    const input = this.querySelector<HTMLInputElement>("input[type=file]");
    if (!input || this.querySelector("canvas")) return;
    const canvas = document.createElement("canvas");
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", t("Sign here: {name}", { name: this.dataset.label ?? "" }));
    const clear = document.createElement("button");
    clear.type = "button";
    clear.className = "dg-btn dg-btn-small dg-btn-quiet";
    clear.textContent = t("Clear");
    this.prepend(canvas, clear);
    requestAnimationFrame(() => this.size(canvas));
    clear.addEventListener("click", () => {
      this.size(canvas);
      input.value = "";
      this.drawn = false;
    });
    canvas.addEventListener("pointerdown", (event) => this.stroke(canvas, input, event));
  }

  private size(canvas: HTMLCanvasElement): void {
    const scale = window.devicePixelRatio || 1;
    canvas.width = Math.max(1, Math.round(canvas.clientWidth * scale)); // setting it also clears
    canvas.height = Math.max(1, Math.round(canvas.clientHeight * scale));
    const pen = canvas.getContext("2d");
    if (pen) Object.assign(pen, { lineWidth: 2.2 * scale, lineCap: "round", lineJoin: "round", strokeStyle: "#1D2129" });
  }

  private stroke(canvas: HTMLCanvasElement, input: HTMLInputElement, start: PointerEvent): void {
    const pen = canvas.getContext("2d");
    if (!pen) return;
    canvas.setPointerCapture(start.pointerId);
    const scale = canvas.width / canvas.clientWidth;
    pen.beginPath();
    pen.moveTo(start.offsetX * scale, start.offsetY * scale);
    const draw = (event: PointerEvent): void => {
      pen.lineTo(event.offsetX * scale, event.offsetY * scale);
      pen.stroke();
      this.drawn = true;
    };
    canvas.addEventListener("pointermove", draw);
    canvas.addEventListener("pointerup", () => {
      canvas.removeEventListener("pointermove", draw);
      if (this.drawn) canvas.toBlob((blob) => blob && keep(input, blob), "image/png");
    }, { once: true });
  }
}

function keep(input: HTMLInputElement, blob: Blob): void {
  const files = new DataTransfer();
  files.items.add(new File([blob], "signature.png", { type: "image/png" }));
  input.files = files.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

if (!customElements.get("dg-signature")) customElements.define("dg-signature", DgSignature);
