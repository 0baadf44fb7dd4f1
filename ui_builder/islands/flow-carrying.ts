// Carrying a node of a flow with the pointer to a plus on another edge. On a touch screen a node is moved by its menu.

const FAR = 6; // px before a press is a carry
const NEAR = 90; // px around a place in which it is meant
const EDGE = 48; // px from the canvas' border in which it scrolls
const PACE = 12; // px a frame

/** Let `root`'s nodes be carried; `drop` hears where. Returns what takes it back. */
export function carry(root: HTMLElement, drop: (node: string, place: string) => void): () => void {
  let start: { x: number; y: number; item: HTMLElement } | null = null;
  let ghost: HTMLElement | null = null;
  let here: HTMLElement | null = null;
  let at = { x: 0, y: 0 };

  const down = (event: PointerEvent): void => {
    const card = (event.target as Element).closest<HTMLElement>("[data-card]");
    const item = card?.closest<HTMLElement>("[data-node]");
    if (!card || !item || card.dataset.branch || card.closest("[data-node]") !== item || event.button || event.pointerType === "touch") return;
    start = { x: event.clientX, y: event.clientY, item };
  };
  const move = (event: PointerEvent): void => {
    if (!start) return;
    if (!ghost) {
      if (Math.hypot(event.clientX - start.x, event.clientY - start.y) < FAR) return;
      ghost = lift(root, start.item);
      requestAnimationFrame(scroll);
    }
    at = { x: event.clientX, y: event.clientY };
    ghost.style.transform = `translate(${event.clientX + 10}px, ${event.clientY + 6}px)`;
    const found = nearest(root, start.item, event.clientX, event.clientY);
    if (found === here) return;
    here?.classList.remove("dg-flow-here");
    found?.classList.add("dg-flow-here");
    here = found;
  };
  const scroll = (): void => {
    const pane = root.querySelector<HTMLElement>(".dg-flow-pane");
    if (!ghost || !pane) return;
    const box = pane.getBoundingClientRect();
    pane.scrollBy(pull(at.x, box.left, box.right), pull(at.y, box.top, box.bottom));
    requestAnimationFrame(scroll);
  };
  const end = (dropped: boolean): void => {
    const node = start?.item.dataset.node ?? "";
    const place = here?.dataset.place;
    const carried = ghost !== null;
    here?.classList.remove("dg-flow-here");
    ghost?.remove();
    start?.item.classList.remove("dg-flow-lifted");
    root.classList.remove("dg-flow-carrying");
    start = ghost = here = null;
    if (!carried) return;
    root.addEventListener("click", hush, { capture: true, once: true }); // the click that ends a carry opens nothing
    setTimeout(() => root.removeEventListener("click", hush, { capture: true }), 0);
    if (dropped && place !== undefined) drop(node, place);
  };
  const hush = (event: Event): void => {
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  const up = (): void => end(true);
  const key = (event: KeyboardEvent): void => {
    if (event.key === "Escape" && ghost) {
      event.preventDefault();
      event.stopImmediatePropagation();
      end(false);
    }
  };
  const still = (event: Event): void => event.preventDefault(); // not the browser's own dragging of links

  root.addEventListener("pointerdown", down);
  root.addEventListener("dragstart", still);
  document.addEventListener("pointermove", move);
  document.addEventListener("pointerup", up);
  document.addEventListener("keydown", key, { capture: true });
  return () => {
    end(false);
    document.removeEventListener("pointermove", move);
    document.removeEventListener("pointerup", up);
    document.removeEventListener("keydown", key, { capture: true });
  };
}

/** How far to scroll for a pointer near a border. */
function pull(at: number, from: number, to: number): number {
  return at < from + EDGE ? -PACE : at > to - EDGE ? PACE : 0;
}

function lift(root: HTMLElement, item: HTMLElement): HTMLElement {
  const card = item.querySelector<HTMLElement>("[data-card]");
  const ghost = document.createElement("div");
  ghost.className = `${card?.className ?? ""} dg-flow-ghost`;
  ghost.setAttribute("aria-hidden", "true");
  const title = card?.querySelector(".dg-flow-title");
  if (title) ghost.append(title.cloneNode(true));
  document.body.append(ghost);
  item.classList.add("dg-flow-lifted");
  root.classList.add("dg-flow-carrying");
  return ghost;
}

/** The place nearest to the pointer, none inside what is carried and none far away. */
export function nearest(root: ParentNode, item: Element, x: number, y: number): HTMLElement | null {
  let best: HTMLElement | null = null;
  let least = NEAR;
  for (const place of root.querySelectorAll<HTMLElement>("[data-place]")) {
    if (item.contains(place)) continue;
    const plus = (place.querySelector(".dg-plus") ?? place).getBoundingClientRect();
    const far = Math.hypot(x - (plus.left + plus.width / 2), y - (plus.top + plus.height / 2));
    if (far < least) [best, least] = [place, far];
  }
  return best;
}
