// <dg-builder-icon>: shows the icon whose name is typed or chosen beside its input.

export class DgBuilderIcon extends HTMLElement {
  connectedCallback(): void {
    const input = this.querySelector("input");
    input?.addEventListener("input", () => show(this, input.value.trim()));
  }
}

/** Point the <use> of the first icon inside `root` at another symbol of the same sprite. */
export function show(root: Element, name: string): void {
  const use = root.querySelector("svg use");
  const href = use?.getAttribute("href") ?? "";
  if (use && /^[a-z0-9-]+$/.test(name)) use.setAttribute("href", `${href.split("#")[0]}#${name}`);
}

if (!customElements.get("dg-builder-icon")) customElements.define("dg-builder-icon", DgBuilderIcon);
