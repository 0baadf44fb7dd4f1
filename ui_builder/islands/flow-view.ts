// How much of a flow's tree is seen, and the address of what is chosen in it.

const ZOOMS = [0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.25, 1.5];

/** The zoom one step in (1) or out (-1). */
export function nextZoom(zoom: number, by: 1 | -1): number {
  return ZOOMS[ZOOMS.indexOf(zoom) + by] ?? zoom;
}

/** The largest zoom at which the whole tree is seen; `zoom`: the one at which it is drawn now. */
export function fitting(root: ParentNode, zoom: number): number {
  const tree = root.querySelector<HTMLElement>("[data-root]");
  const pane = root.querySelector<HTMLElement>("#flow-canvas");
  if (!tree || !pane) return 1;
  const [wide, high] = [tree.scrollWidth / zoom, tree.scrollHeight / zoom];
  const most = Math.min((pane.clientWidth - 48) / wide, (pane.clientHeight - 100) / high, 1);
  return [...ZOOMS].reverse().find((one) => one <= most) ?? ZOOMS[0] ?? 1;
}

/** The query of a chosen node or branch; `trial`: the period whose numbers are shown. */
export function queryOf(node: string, branch: string, trial: string): string {
  const found = new URLSearchParams(trial);
  if (node) found.set("node", node);
  if (node && branch) found.set("branch", branch);
  return String(found) && `?${found}`;
}

/** The period of an address, as a part of a query. */
export function trialIn(address: URL): string {
  return String(new URLSearchParams([...address.searchParams].filter(([name]) => name === "since" || name === "until")));
}

/** Where one looks and works: scrolling, open parts of the inspector, the focus. What is returned puts them back after the
 * parts were replaced; a focus that was on the canvas goes to the card that is chosen then. */
export function sight(root: HTMLElement): (card: HTMLElement | null) => void {
  const scrolls = (): HTMLElement[] => [...root.querySelectorAll<HTMLElement>("#flow-canvas, #flow-inspector")];
  const places = scrolls().map((one) => [one.scrollLeft, one.scrollTop] as const);
  const open = [...root.querySelectorAll<HTMLDetailsElement>("details.dg-section[id][open]")].map((one) => one.id);
  const at = document.activeElement;
  const name = at?.getAttribute("name") ?? "";
  const canvas = at === document.body || Boolean(at?.closest("#flow-canvas, .dg-flow-tools, .dg-flow-quick"));
  return (card) => {
    for (const id of open) document.getElementById(id)?.setAttribute("open", "");
    scrolls().forEach((one, n) => one.scrollTo(...(places[n] ?? [0, 0])));
    if (canvas) card?.focus();
    else if (name && document.activeElement === document.body) root.querySelector<HTMLElement>(`#flow-inspector [name="${CSS.escape(name)}"]`)?.focus();
  };
}
