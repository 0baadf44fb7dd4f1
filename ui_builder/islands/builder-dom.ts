// Small builders of elements for islands that draw themselves.

type Child = Node | string | null | undefined | false;
type Attributes = Record<string, string | number | boolean | null | undefined | ((event: Event) => void)>;

/** An element with attributes (functions become listeners, true an empty attribute, false and null none) and children. */
export function h<Tag extends keyof HTMLElementTagNameMap>(tag: Tag, attributes: Attributes = {}, ...children: Child[]): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, String(value));
  }
  made.append(...children.filter((child): child is Node | string => child !== null && child !== undefined && child !== false));
  return made;
}

const SVG = "http://www.w3.org/2000/svg";

/** An icon of the page's sprite. */
export function icon(name: string, classes = ""): Node {
  const sprite = document.querySelector("svg use")?.getAttribute("href")?.split("#")[0] ?? "";
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", `dg-icon ${classes}`.trim());
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${sprite}#${name}`);
  svg.append(use);
  return svg;
}

/** A labelled form field. */
export function field(label: string, input: HTMLElement, id: string): HTMLElement {
  input.id = id;
  return h("div", { class: "dg-field" }, h("label", { for: id }, label), input);
}

/** A <select> of [value, text] pairs. */
export function select(options: readonly (readonly [string, string])[], value: string, change: (value: string) => void, attributes: Attributes = {}): HTMLSelectElement {
  const made = h("select", { class: "dg-input dg-small", ...attributes });
  for (const [key, text] of options) made.append(h("option", { value: key, selected: key === value }, text));
  made.addEventListener("change", () => change(made.value));
  return made;
}
