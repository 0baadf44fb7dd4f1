// <dg-files>: names and sizes of the files just chosen, under the native file input; files may be dropped on it.

export class DgFiles extends HTMLElement {
  connectedCallback(): void {
    const input = this.querySelector<HTMLInputElement>("input[type=file]");
    if (!input) return;
    const list = this.appendChild(document.createElement("div"));
    list.className = "dg-row dg-wrap";
    list.setAttribute("aria-live", "polite");
    const show = (): void => {
      list.replaceChildren(...[...(input.files ?? [])].map((file) => {
        const chip = document.createElement("span");
        chip.className = "dg-file";
        chip.textContent = `${file.name} · ${readableSize(file.size)}`;
        return chip;
      }));
    };
    input.addEventListener("change", show);
    this.addEventListener("dragover", (event) => event.preventDefault());
    this.addEventListener("drop", (event) => {
      event.preventDefault();
      if (event.dataTransfer?.files.length) {
        input.files = event.dataTransfer.files;
        show();
      }
    });
  }
}

/** Bytes as "820 B", "12 KB", "3.4 MB". */
export function readableSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const kilo = bytes / 1024;
  return kilo < 1000 ? `${Math.round(kilo)} KB` : `${(kilo / 1024).toFixed(1)} MB`;
}

if (!customElements.get("dg-files")) customElements.define("dg-files", DgFiles);
