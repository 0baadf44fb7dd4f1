// Lanes and cards of a board: where a card is, where an arrow goes, how it is put back. Used by <dg-board>.

/** Where a card was before it was lifted. */
export interface Origin {
  card: HTMLElement;
  lane: HTMLElement;
  next: Element | null;
}

/** The card that an arrow leads to: above, below, or beside it in the nearest lane that has cards. */
export function neighbour(board: HTMLElement, card: HTMLElement, key: string): HTMLElement | null {
  const lanes = [...board.querySelectorAll<HTMLElement>(".dg-lane")].map((lane) => [...lane.querySelectorAll<HTMLElement>(".dg-lane-card")]);
  const at = lanes.findIndex((cards) => cards.includes(card));
  const place = lanes[at]?.indexOf(card) ?? -1;
  if (key === "ArrowDown" || key === "ArrowUp") return lanes[at]?.[place + (key === "ArrowDown" ? 1 : -1)] ?? null;
  if (key !== "ArrowLeft" && key !== "ArrowRight") return null;
  const beside = key === "ArrowRight" ? lanes.slice(at + 1) : lanes.slice(0, at).reverse();
  const cards = beside.find((one) => one.length > 0);
  return cards?.[Math.min(place, cards.length - 1)] ?? null;
}

export function laneOf(element: Element | null): HTMLElement | null {
  return element?.closest<HTMLElement>(".dg-lane") ?? null;
}

export function linkOf(card: Element): HTMLElement | null {
  return card.querySelector<HTMLElement>("[data-card]");
}

export function nameOf(lane: HTMLElement): string {
  return lane.querySelector("h2")?.textContent ?? "";
}

export function replace({ card, lane, next }: Origin): void {
  const list = lane.querySelector("[data-cards]");
  list?.insertBefore(card, next?.parentElement === list ? next : null);
}

export function recount(lane: HTMLElement, by: number): void {
  const place = lane.querySelector<HTMLElement>("[data-count]");
  if (!place) return;
  const count = Math.max(0, Number(place.dataset.count) + by);
  place.dataset.count = String(count);
  const text = [...place.childNodes].find((node) => node.nodeType === Node.TEXT_NODE && /\d/.test(node.textContent ?? ""));
  if (text) text.textContent = String(count);
}

/** The ⋯ of a card, made when it is first opened: every stage, from one template. */
export function openMenu(opener: HTMLElement, template: HTMLTemplateElement | null, shown: (items: HTMLElement) => void): void {
  if (!template) return;
  const menu = document.createElement("dg-menu");
  const details = document.createElement("details");
  const summary = document.createElement("summary");
  summary.className = opener.className;
  summary.setAttribute("role", "button");
  summary.setAttribute("aria-label", opener.getAttribute("aria-label") ?? "");
  summary.append(...opener.childNodes);
  const items = document.createElement("div");
  items.className = "dg-pop dg-menu-items";
  items.append(template.content.cloneNode(true));
  details.append(summary, items);
  menu.append(details);
  opener.replaceWith(menu);
  details.addEventListener("toggle", () => details.open && shown(items));
  details.open = true;
  summary.focus();
}
