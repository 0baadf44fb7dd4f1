// Walking the tree of a flow: which card lies above, below, left or right of another, and which place is behind it.

export type Way = "up" | "down" | "left" | "right";

/** The node and the branch that a card stands for; "" and "" for the submitter's. */
export function keyOf(card: HTMLElement): { node: string; branch: string } {
  return { node: card.dataset.key ?? "", branch: card.dataset.branch ?? "" };
}

/** The card of a node, or of a branch of it. */
export function cardAt(root: ParentNode, node: string, branch = ""): HTMLElement | null {
  return [...root.querySelectorAll<HTMLElement>("[data-card]")].find((one) => keyOf(one).node === node && keyOf(one).branch === branch) ?? null;
}

/** The place right behind a card: after a node, at the start of a branch. */
export function placeBehind(card: HTMLElement): string {
  const after = card.closest("li")?.nextElementSibling;
  return after instanceof HTMLElement ? (after.dataset.place ?? "") : "";
}

/** The card that one comes to from `card`; null at the border. */
export function neighbour(card: HTMLElement, way: Way): HTMLElement | null {
  const item = card.closest("li");
  if (!item) return null;
  if (way === "down") return below(item) ?? null;
  if (way === "up") return above(item);
  return beside(item, way === "right" ? 1 : -1);
}

function own(item: Element | null | undefined): HTMLElement | null {
  return item?.querySelector<HTMLElement>(":scope > [data-card], :scope > .dg-flow-head-row > [data-card]") ?? null;
}

function below(item: Element): HTMLElement | null {
  const inside = item.querySelector(":scope > .dg-flow-ways > .dg-flow-way > .dg-flow-list > .dg-flow-item");
  return own(inside) ?? after(item);
}

/** The next card of the list, else the one behind the fork in whose branch the list lies. */
function after(item: Element): HTMLElement | null {
  for (let next = item.nextElementSibling; next; next = next.nextElementSibling) if (own(next)) return own(next);
  const fork = item.closest(".dg-flow-way")?.closest(".dg-flow-fork");
  return fork ? after(fork) : null;
}

function above(item: Element): HTMLElement | null {
  for (let last = item.previousElementSibling; last; last = last.previousElementSibling) if (own(last)) return own(last);
  return own(item.closest(".dg-flow-way")?.closest(".dg-flow-fork"));
}

/** The card of the branch beside, as far down as this one, or its last. */
function beside(item: Element, by: 1 | -1): HTMLElement | null {
  const way = item.closest(".dg-flow-way");
  if (!way) return null;
  const other = by === 1 ? way.nextElementSibling : way.previousElementSibling;
  if (!other) {
    const fork = way.closest(".dg-flow-fork");
    return fork ? beside(fork, by) : null;
  }
  const cards = (list: Element | null): Element[] => [...(list?.children ?? [])].filter((one) => own(one));
  const row = cards(item.parentElement).indexOf(item);
  const there = cards(other.querySelector(":scope > .dg-flow-list"));
  return own(there[Math.min(row, there.length - 1)]);
}
